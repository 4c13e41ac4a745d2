"""The forms of the issuing desk: whom, why, by which document."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.desk import Candidate, Choice, faults_of_numbers, numbers_in
from certificates.enums import QualificationFate, RunKind
from courses.models import Course
from quizzes.models import ExamSession
from staff import clock
from staff.enums import Capability
from staff.form_fields import DayField
from staff.queries import units_to_choose


class ChoosingForm(forms.Form):
    """Whom a run is about. All that is filled in must hold; at least one thing must be."""

    token = forms.UUIDField(widget=forms.HiddenInput)
    course = forms.ChoiceField(label=_("Course"), required=False)
    unit = forms.ChoiceField(label=_("Unit, with all below it"), required=False)
    session = forms.ChoiceField(label=_("Exam session"), required=False)
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("Until day"), required=False)
    words = forms.CharField(label=_("Full name"), required=False, max_length=100)

    def __init__(self, *args, user, **kwargs):
        kwargs["initial"] = {"token": uuid4(), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.user = user
        self.units = {unit.code: unit for unit in units_to_choose(user)}
        self.courses = {course.code: course for course in Course.objects.select_related("track")}
        sessions = ExamSession.objects.organised_by(user, Capability.HR).for_list()[:100]
        self.sessions = {str(session.pk): session for session in sessions}
        everything = ("", gettext("all"))
        self.fields["unit"].choices = [everything, *((code, unit.label) for code, unit in self.units.items())]
        self.fields["course"].choices = [everything, *((code, str(course)) for code, course in self.courses.items())]
        self.fields["session"].choices = [
            ("", gettext("whichever")),
            *((pk, f"{s.title} · {clock.shown_moment(s.opens_at)}") for pk, s in self.sessions.items()),
        ]

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", gettext("The last day lies before the first."))
        chosen = ("course", "unit", "session", "since", "until", "words", "numbers")
        if not self.errors and not any(cleaned.get(name) for name in chosen):
            raise forms.ValidationError(gettext("Choose at least a course, a unit, a session, a period or a name."))
        return cleaned

    def choice(self) -> Choice:
        cleaned = self.cleaned_data
        return Choice(
            course=self.courses.get(cleaned["course"]),
            unit=self.units.get(cleaned["unit"]),
            session=self.sessions.get(cleaned["session"]),
            since=cleaned["since"],
            until=cleaned["until"],
            words=cleaned["words"],
            numbers=tuple(cleaned.get("numbers") or ()),
        )

    def refuse_numbers(self, found: list[Candidate]) -> bool:
        """Whether a typed number names nobody, or several people: a run does all that was asked, or says why."""
        missing, several = faults_of_numbers(self.choice(), found)
        if missing:
            words = gettext("No certificate of people in your scope that fits the rest has this number: %(numbers)s.")
            self.add_error("numbers", words % {"numbers": _few(missing)})
        if several:
            words = gettext(
                "Several issuing bodies gave this number: %(numbers)s. Say in the other fields whom you mean."
            )
            self.add_error("numbers", words % {"numbers": _few(several)})
        return bool(missing or several)

    def criteria(self) -> list[list[str]]:
        """What was chosen, as (label, words), for the page of the run."""
        choice = self.choice()
        shown = {
            "course": str(choice.course or ""),
            "unit": choice.unit.label if choice.unit else "",
            "session": choice.session.title if choice.session else "",
            "since": f"{choice.since:%d/%m/%Y}" if choice.since else "",
            "until": f"{choice.until:%d/%m/%Y}" if choice.until else "",
            "words": choice.words,
            "numbers": ", ".join(choice.numbers),
        }
        return [[str(self.fields[name].label), words] for name, words in shown.items() if words]

    def facts(self) -> dict:
        """What the verb is told beside the people."""
        names = ("reason", "decision", "from_day", "fate")
        return {name: self.cleaned_data[name] for name in names if self.cleaned_data.get(name)}


def _few(numbers: list[str]) -> str:
    return ", ".join(numbers[:20]) + (", …" if len(numbers) > 20 else "")


class IssueForm(ChoosingForm):
    decision = forms.CharField(
        label=_("Decision that lists the holders"),
        max_length=300,
        required=False,
        help_text=_("As it is cited: Quyết định số 45/QĐ-UBND ngày 26/11/2026. Empty: that of each course."),
    )


class NumbersMixin(forms.Form):
    numbers = forms.CharField(
        label=_("Numbers of certificates"),
        required=False,
        max_length=20000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("As printed: 0012/2026; one a line or parted by commas. Empty: all that the rest names."),
    )

    def clean_numbers(self):
        good, bad = numbers_in(self.cleaned_data["numbers"])
        if bad:
            words = gettext("This is no number of a certificate: %(number)s. Write it as 0012/2026.")
            raise forms.ValidationError(words % {"number": bad[0][:40]})
        return good


class ReissueForm(NumbersMixin, ChoosingForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("For example: name corrected by the staff list. It is logged.")
    )
    decision = forms.CharField(
        label=_("Deciding document"),
        max_length=300,
        required=False,
        help_text=_("Empty: the one that the earlier certificate cites."),
    )


class RevokeForm(NumbersMixin, ChoosingForm):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stands in the register and in the log.")
    )
    from_day = DayField(label=_("First day on which it no longer holds"))
    fate = forms.ChoiceField(label=_("And the result itself?"), choices=QualificationFate, widget=forms.RadioSelect)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, user=user, **kwargs)
        if not user.is_superuser:
            self.fields["fate"].choices = [(QualificationFate.STAYS.value, QualificationFate.STAYS.label)]
            self.fields["fate"].initial = QualificationFate.STAYS


FORMS = {RunKind.ISSUE: IssueForm, RunKind.REISSUE: ReissueForm, RunKind.REVOKE: RevokeForm}
