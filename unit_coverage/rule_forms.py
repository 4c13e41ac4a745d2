"""The forms of every change that is proposed: what they clean becomes the payload of a proposal."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from courses.enums import Counts, ExemptionKind, Validity
from courses.models import Course, Requirement, Track
from staff import clock
from staff.enums import DUTY_CHOICES, DUTY_OF, DutyKind, StaffCategory, UnitKind
from staff.form_fields import DayField
from staff.models import Audience
from staff.vietnamese import nfc

CODE = RegexValidator(r"^[A-Za-z0-9][A-Za-z0-9-]*$", _("Use letters without accents, digits and hyphens."))


class BackDating(forms.Form):
    """History changes only by an explicit tick with a reason. Put last in every form whose day may lie in the past."""

    back_dated = forms.BooleanField(
        label=_("I change history: the first day lies in the past"),
        required=False,
        help_text=_("Figures of earlier dates change from that day on. The change and its reason are logged."),
    )
    back_dated_because = forms.CharField(label=_("Reason for changing history"), required=False, max_length=200)

    day_field = "valid_from"

    def clean(self):
        cleaned = super().clean()
        day, ticked = cleaned.get(self.day_field), cleaned.get("back_dated")
        if day is not None and day < clock.today() and not ticked:
            self.add_error(
                self.day_field,
                gettext("This day is in the past. Choose today or later, or tick below to change history."),
            )
        if ticked and not cleaned.get("back_dated_because", "").strip():
            self.add_error("back_dated_because", gettext("Say why history is changed."))
        if not ticked:
            cleaned["back_dated_because"] = ""
        return cleaned


class NewVersion(BackDating):
    """Carries the number of the version that was on the page, so that one written meanwhile is noticed."""

    after_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class AudienceForm(NewVersion):
    """A new version of an audience's rule, or a new audience."""

    field_order = ["code", "name", "valid_from", "categories", "unit_kinds", "positions", "duties"]

    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE], help_text=_("Short; cannot be changed."))
    name = forms.CharField(label=_("Name"), max_length=200)
    valid_from = DayField(label=_("In force from"))
    categories = forms.MultipleChoiceField(
        label=_("Staff categories"),
        required=False,
        choices=StaffCategory.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every category."),
    )
    unit_kinds = forms.MultipleChoiceField(
        label=_("Kinds of body"),
        required=False,
        choices=UnitKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every kind."),
    )
    positions = forms.CharField(
        label=_("Positions"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, as in the staff list. Accents and capitals do not matter. Empty: every position."),
    )
    duties = forms.MultipleChoiceField(
        label=_("Duties"),
        required=False,
        choices=DutyKind.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Of the ticked ones, one is enough. None ticked: no duty is asked."),
    )

    def __init__(self, *args, audience: Audience | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.audience = audience
        if audience is not None:
            del self.fields["code"], self.fields["name"]

    def clean_code(self):
        if Audience.objects.filter(code=self.cleaned_data["code"]).exists():
            raise forms.ValidationError(_("This code is taken. Open that audience to write a new version of its rule."))
        return self.cleaned_data["code"]

    def clean_positions(self):
        lines = [" ".join(nfc(line).split()) for line in self.cleaned_data["positions"].splitlines()]
        return list(dict.fromkeys(line for line in lines if line))

    def payload(self) -> dict:
        cleaned = self.cleaned_data
        named = self.audience or Audience(code=cleaned.get("code"), name=cleaned.get("name"))
        lists = {name: cleaned[name] for name in ("categories", "unit_kinds", "positions", "duties")}
        return {
            "code": named.code,
            "name": named.name,
            "valid_from": cleaned["valid_from"],
            "back_dated_because": cleaned["back_dated_because"],
            "after_version": cleaned["after_version"],
            **lists,
        }


class RequirementForm(NewVersion):
    """A new version of a requirement, or a new requirement."""

    field_order = [
        "code",
        "audience",
        "what",
        "counts",
        "legal_basis",
        "valid_from",
        "valid_until",
        "due",
        "due_on",
        "due_days",
    ]

    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE], help_text=_("Short; cannot be changed."))
    audience = forms.ModelChoiceField(
        label=_("Whom it binds"), queryset=Audience.objects.order_by("name"), to_field_name="code", empty_label=None
    )
    what = forms.ChoiceField(label=_("What must be held"))
    counts = forms.ChoiceField(label=_("What counts"), choices=Counts.choices, widget=forms.RadioSelect)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300)
    valid_from = DayField(label=_("In force from"))
    valid_until = DayField(label=_("In force until"), required=False, help_text=_("Empty: without end."))
    due = forms.ChoiceField(
        label=_("By when"),
        choices=[
            ("none", _("no date")),
            ("fixed", _("on a fixed day")),
            ("days", _("a number of days after becoming bound")),
        ],
        widget=forms.RadioSelect,
    )
    due_on = DayField(label=_("Fixed day"), required=False)
    due_days = forms.IntegerField(label=_("Number of days"), required=False, min_value=1, max_value=3650)

    def __init__(self, *args, requirement: Requirement | None = None, **kwargs):
        super().__init__(*args, **kwargs)
        self.requirement = requirement
        self.fields["what"].choices = tracks_and_courses()
        if requirement is not None:
            del self.fields["code"]

    def clean_code(self):
        if Requirement.objects.filter(code=self.cleaned_data["code"]).exists():
            raise forms.ValidationError(_("This code is taken. Open that requirement to write a new version."))
        return self.cleaned_data["code"]

    def clean(self):
        cleaned = super().clean()
        due = cleaned.get("due")
        for kind, name in (("fixed", "due_on"), ("days", "due_days")):
            if due != kind:
                cleaned[name] = None
            elif cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, gettext("Fill this in, or choose another way to set the date."))
        return cleaned

    def payload(self) -> dict:
        cleaned = self.cleaned_data
        track, _sep, course = cleaned["what"].partition("/")
        return {
            "code": self.requirement.code if self.requirement else cleaned["code"],
            "audience": cleaned["audience"].code,
            "track": track,
            "course": course,
            "after_version": cleaned["after_version"],
            **{
                name: cleaned[name]
                for name in (
                    "counts",
                    "legal_basis",
                    "valid_from",
                    "valid_until",
                    "due_on",
                    "due_days",
                    "back_dated_because",
                )
            },
        }


class EndForm(BackDating):
    """The last day of something."""

    field_order = ["last_day", "reason"]
    day_field = "last_day"

    last_day = DayField(label=_("Last day"), help_text=_("This day still counts."))
    reason = forms.CharField(label=_("Reason, number of the decision"), max_length=200)

    def payload(self, **named) -> dict:
        cleaned = self.cleaned_data
        return {**named, **{name: cleaned[name] for name in ("last_day", "reason", "back_dated_because")}}


class TrackRuleForm(NewVersion):
    """What it takes to hold a track."""

    field_order = ["valid_from", "courses", "needed"]

    valid_from = DayField(label=_("In force from"))
    courses = forms.ModelMultipleChoiceField(
        label=_("Courses"), queryset=Course.objects.none(), to_field_name="code", widget=forms.CheckboxSelectMultiple
    )
    needed = forms.IntegerField(
        label=_("How many of them"), required=False, min_value=1, help_text=_("Empty: all of the ticked courses.")
    )

    def __init__(self, *args, track: Track, **kwargs):
        super().__init__(*args, **kwargs)
        self.track = track
        self.fields["courses"].queryset = Course.objects.filter(track=track).order_by("position", "code")

    def clean(self):
        cleaned = super().clean()
        needed, chosen = cleaned.get("needed"), cleaned.get("courses")
        if needed and chosen and needed > len(chosen):
            self.add_error("needed", gettext("More than the courses ticked above."))
        return cleaned

    def payload(self) -> dict:
        cleaned = self.cleaned_data
        return {
            "track": self.track.code,
            "courses": sorted(course.code for course in cleaned["courses"]),
            "needed": cleaned["needed"],
            "valid_from": cleaned["valid_from"],
            "back_dated_because": cleaned["back_dated_because"],
            "after_version": cleaned["after_version"],
        }


class ValidityForm(forms.Form):
    """How long a course is valid, and how early it can be taken again."""

    validity = forms.ChoiceField(label=_("Valid"), choices=Validity.choices, widget=forms.RadioSelect)
    months = forms.IntegerField(label=_("Months of validity"), required=False, min_value=1, max_value=240)
    renewal_window_days = forms.IntegerField(
        label=_("Days before the end from which the course can be taken again"), min_value=0, max_value=730
    )

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("validity") != Validity.MONTHS:
            cleaned["months"] = None
        elif cleaned.get("months") is None and "months" not in self.errors:
            self.add_error("months", gettext("Fill in for how many months."))
        return cleaned

    def payload(self, course: Course) -> dict:
        return {"course": course.code, **self.cleaned_data}


class DutyForm(BackDating):
    """A duty of one person in a unit, from a day on."""

    field_order = ["duty", "unit", "valid_from", "decision_number"]

    duty = forms.ChoiceField(label=_("Duty"), choices=DUTY_CHOICES, widget=forms.RadioSelect)
    unit = forms.ChoiceField(
        label=_("For which unit"), help_text=_("The duty ends when the person or the unit leaves.")
    )
    valid_from = DayField(label=_("From"))
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60)

    def __init__(self, *args, units, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = [(unit.code, unit.name) for unit in units]

    def payload(self) -> dict:
        cleaned = self.cleaned_data
        kind, is_full_time = DUTY_OF[cleaned["duty"]]
        return {
            "kind": kind,
            "is_full_time": is_full_time,
            **{name: cleaned[name] for name in ("unit", "valid_from", "decision_number", "back_dated_because")},
        }


class ExemptionForm(BackDating):
    """Somebody need not, or not yet, hold a track or a course of it."""

    field_order = ["kind", "what", "reason", "decision_number", "valid_from", "valid_until"]

    kind = forms.ChoiceField(label=_("Kind"), choices=ExemptionKind.choices, widget=forms.RadioSelect)
    what = forms.ChoiceField(label=_("Of what"))
    reason = forms.CharField(label=_("Reason"), max_length=300)
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60)
    valid_from = DayField(label=_("From"))
    valid_until = DayField(label=_("Until"), required=False, help_text=_("Empty: without end."))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["what"].choices = tracks_and_courses()

    def payload(self) -> dict:
        cleaned = self.cleaned_data
        track, _sep, course = cleaned["what"].partition("/")
        names = ("kind", "reason", "decision_number", "valid_from", "valid_until", "back_dated_because")
        return {"track": track, "course": course, **{name: cleaned[name] for name in names}}


def tracks_and_courses() -> list:
    """Each track as a group: the track itself, then its courses; the value is "track" or "track/course"."""
    groups = []
    whole = lazy(lambda name: gettext("The whole track: %s") % name, str)
    for track in Track.objects.order_by("position").prefetch_related("courses"):
        choices = [(track.code, whole(track.name))]
        choices += [(f"{track.code}/{course.code}", str(course)) for course in track.courses.all()]
        groups.append((track.name, choices))
    return groups
