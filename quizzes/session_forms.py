"""What people may say about exam sessions. Anything else in a request is not looked at."""

from ipaddress import ip_network

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import Purpose
from quizzes.models import BoardDecision, ExamSession, Quiz, ReviewRequest
from quizzes.services.sessions import marks_due_on, too_early_words
from quizzes.services.supervising import LONGEST_ADDED
from quizzes.staff_codes import StaffCodes, own_units
from staff import clock
from staff.enums import Capability
from staff.form_fields import DayField, UnitField
from staff.vietnamese import nfc

MOMENT = "%Y-%m-%dT%H:%M"


class MomentInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self):
        super().__init__(format=MOMENT)


class NamesField(forms.CharField):
    """People with their posts, one a line, as they are to be printed: a list of lines."""

    MOST, LONGEST = 20, 150

    def __init__(self, **kwargs):
        help_text = gettext_lazy("One person a line: full name, post, part in the board.")
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), help_text=help_text, **kwargs)

    def clean(self, value):
        names = [name for line in super().clean(value).splitlines() if (name := nfc(line).strip(" ,;"))]
        if not names:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(names) > self.MOST or max(map(len, names)) > self.LONGEST:
            raise forms.ValidationError(
                _("At most %(most)d people, each in one line of at most %(letters)d letters.")
                % {"most": self.MOST, "letters": self.LONGEST}
            )
        return names


class ShiftField(forms.ModelChoiceField):
    """Sessions by their begin too: shifts of one day have one title and one room."""

    def label_from_instance(self, obj):
        return f"{obj} · {clock.shown_moment(obj.opens_at)}"


class SessionForm(forms.ModelForm):
    """``user`` organises it: the units offered are those of her scopes. Invigilators are named by their staff codes."""

    networks = forms.CharField(
        required=False,
        label=gettext_lazy("Addresses of the room"),
        help_text=gettext_lazy("One network or address a line, such as 10.12.3.0/24. Empty: from everywhere."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    invigilators = StaffCodes(
        label=gettext_lazy("Staff codes of the invigilators"),
        help_text=gettext_lazy("One a line. They see this session only, until it is over."),
    )
    markers = StaffCodes(
        label=gettext_lazy("Staff codes of the markers"),
        help_text=gettext_lazy(
            "One a line, where people mark essays, files or practical tasks. Empty: the markers of the test."
        ),
    )

    class Meta:
        model = ExamSession
        fields = [
            "title",
            "quiz",
            "unit",
            "first_shift",
            "room",
            "opens_at",
            "closes_at",
            "legal_basis",
            "lessons_waived_by",
            "complaints_until",
            "networks",
            "invigilators",
            "markers",
        ]
        widgets = {"opens_at": MomentInput(), "closes_at": MomentInput()}
        field_classes = {"unit": UnitField, "first_shift": ShiftField, "complaints_until": DayField}

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["quiz"].queryset = (
            Quiz.objects.filter(purpose=Purpose.EXAM).exclude(published_at=None).order_by("title")
        )
        self.fields["unit"].queryset = own_units(user)
        shifts = ExamSession.objects.organised_by(user, Capability.HR).filter(first_shift=None, ended_at=None)
        self.fields["first_shift"].queryset = shifts.exclude(pk=self.instance.pk).order_by("-opens_at")
        self.fields["first_shift"].help_text = _("Shifts of one examination draw papers that share no question.")
        if self.instance.pk:
            self.initial["networks"] = "\n".join(self.instance.networks)
            for name in ("invigilators", "markers"):
                self.initial[name] = getattr(self.instance, name).order_by("staff_code")

    def clean_networks(self):
        lines = [line.strip() for line in self.cleaned_data["networks"].splitlines() if line.strip()]
        for line in lines:
            try:
                ip_network(line, strict=False)
            except ValueError:
                raise forms.ValidationError(_("“%(line)s” is not an address.") % {"line": line[:50]}) from None
        return lines

    def clean(self):
        data = super().clean()
        opens, closes, until = data.get("opens_at"), data.get("closes_at"), data.get("complaints_until")
        if opens and closes and closes <= opens:
            self.add_error("closes_at", _("The session ends after it starts."))
        if closes and until and until < clock.local_day(closes):
            self.add_error("complaints_until", _("Re-marking is asked for after the examination."))
        quiz = data.get("quiz")
        if quiz and closes and until and (due_on := marks_due_on(quiz, closes)) and until <= due_on:
            self.add_error("complaints_until", too_early_words(due_on))
        if opens and closes and quiz and (closes - opens).total_seconds() < quiz.time_limit * 60:
            self.add_error(
                "closes_at",
                _("The test takes %(minutes)d minutes; the session is shorter.") % {"minutes": quiz.time_limit},
            )
        return data

    def _post_clean(self):
        # The verbs write; the form only reads. An instance that is not saved keeps what the page shows.
        pass


class ReasonForm(forms.Form):
    reason = forms.CharField(max_length=200, label=gettext_lazy("Reason"))


class AddTimeForm(ReasonForm):
    minutes = forms.IntegerField(min_value=1, max_value=LONGEST_ADDED, label=gettext_lazy("Minutes"))


class IncidentForm(forms.Form):
    text = forms.CharField(
        max_length=1000, label=gettext_lazy("What happened"), widget=forms.Textarea(attrs={"rows": 3})
    )


class ExtraTimeForm(forms.Form):
    minutes = forms.IntegerField(min_value=0, max_value=LONGEST_ADDED, label=gettext_lazy("Extra minutes"))
    reason = forms.CharField(max_length=200, required=False, label=gettext_lazy("Reason"))


class DecisionForm(forms.ModelForm):
    """With ``is_early`` the decision stands before everything is settled: that wants a tick and a reason."""

    members = NamesField(label=gettext_lazy("Members of the board"))
    is_meant = forms.BooleanField(
        required=False, label=gettext_lazy("The results shall count although this is not settled")
    )
    early_because = forms.CharField(
        required=False, max_length=300, label=gettext_lazy("Why the board does not wait (kept in the log)")
    )

    class Meta:
        model = BoardDecision
        fields = ["number", "decided_on", "members", "note"]
        field_classes = {"decided_on": DayField}

    def __init__(self, *args, is_early, **kwargs):
        super().__init__(*args, **kwargs)
        if not is_early:
            del self.fields["is_meant"], self.fields["early_because"]

    def clean(self):
        data = super().clean()
        if "is_meant" in self.fields:
            if not data.pop("is_meant", False):
                self.add_error("is_meant", _("Please tick this, or record the decision later."))
            if not data.get("early_because"):
                self.add_error("early_because", _("Please say why."))
        return data


class ReviewForm(forms.ModelForm):
    class Meta:
        model = ReviewRequest
        fields = ["reason"]
        widgets = {"reason": forms.Textarea(attrs={"rows": 5})}


class ReviewAnswerForm(forms.Form):
    """``numbers`` are the questions of the paper: those that are ticked earn all their points, each for a reason."""

    answer = forms.CharField(max_length=2000, label=gettext_lazy("Answer"), widget=forms.Textarea(attrs={"rows": 5}))
    members = NamesField(label=gettext_lazy("Who looked at the paper again"))

    def __init__(self, *args, numbers, **kwargs):
        super().__init__(*args, **kwargs)
        self.numbers = list(numbers)

    def ticked(self, number) -> bool:
        return bool(self.data.get(f"credit-{number}"))

    def reason(self, number) -> str:
        return str(self.data.get(f"why-{number}", "")).strip()[:300]

    def clean(self):
        data = super().clean()
        data["credited"] = {number: self.reason(number) for number in self.numbers if self.ticked(number)}
        if lacking := [str(number) for number, why in data["credited"].items() if not why]:
            raise forms.ValidationError(
                _("Please say why the question earns all its points: %(numbers)s.") % {"numbers": ", ".join(lacking)}
            )
        return data


class FileForm(forms.Form):
    file = forms.FileField(label=gettext_lazy("File of answers (.json)"))
