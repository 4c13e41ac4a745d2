"""The forms of a change of one person: what each kind asks for; what they clean becomes the payload of a proposal."""

from datetime import date

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import LEAVE_CAUSES, LEAVING_CAUSES, ChangeCause, PersonalChangeKind, StaffCategory
from staff.form_fields import DayField, UnitField
from staff.models import PersonalChange, Posting, Unit
from staff.vietnamese import nfc
from unit_coverage.rule_forms import BackDating

EMPTY = {
    "last_day": None,
    "unit": "",
    "place": "",
    "position": "",
    "category": "",
    "cause": "",
    "ends_duties": False,
}


def plausible(day: date) -> None:
    """Nobody at work today was posted before 1945; a mistyped year is named at once."""
    if not 1945 <= day.year <= 2199:
        raise forms.ValidationError(_("Please look at the year once more."))


class ChangeForm(BackDating):
    """What every change asks: from which day, by which decision, and why.

    ``posting`` is the main posting as it stands; ``corrects`` the change that this one replaces, whose values stand in
    the form first.
    """

    kind: PersonalChangeKind
    field_order: list[str] = []
    day_field = "first_day"

    first_day = DayField(validators=[plausible], label=_("From"))
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60)
    decided_on = DayField(validators=[plausible], label=_("Date of the decision"))
    reason = forms.CharField(label=_("Note"), max_length=200, required=False)

    def __init__(self, *args, units, posting: Posting | None = None, corrects: PersonalChange | None = None, **kwargs):
        if corrects is not None:
            kwargs["initial"] = _values_of(corrects)
        super().__init__(*args, **kwargs)
        self.posting, self.corrects = posting, corrects
        if "unit" in self.fields:
            self.fields["unit"].queryset = units
        self.order_fields([*self.field_order, "decision_number", "decided_on", "reason"])

    def clean_decided_on(self):
        day = self.cleaned_data["decided_on"]
        if day is not None and day > clock.today():
            raise forms.ValidationError(_("The decision cannot be dated later than today."))
        return day

    def clean_position(self):
        return " ".join(nfc(self.cleaned_data["position"]).split())

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("first_day"), cleaned.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", gettext("The last day cannot lie before the first day."))
        was = self.corrects and self.corrects.first_day
        if was and was < clock.today() and first and first >= clock.today() and not cleaned.get("back_dated"):
            text = gettext("What is corrected began on a day in the past. Tick below to change history.")
            self.add_error("back_dated", text)
        return cleaned

    def payload(self) -> dict:
        cleaned = self.cleaned_data
        found = {name: cleaned.get(name, empty) for name, empty in EMPTY.items()}
        names = ("first_day", "decision_number", "decided_on", "reason", "back_dated_because")
        return {
            **found,
            **{name: cleaned[name] for name in names},
            "kind": self.kind,
            "unit": cleaned["unit"].code if cleaned.get("unit") else "",
            "corrects": self.corrects and self.corrects.pk,
        }


class _Words(forms.Form):
    position = forms.CharField(
        label=_("Position"), max_length=200, required=False, help_text=_("Empty: it stays as it is.")
    )
    category = forms.ChoiceField(label=_("Staff category"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [("", _("as it is")), *StaffCategory.choices]


class TransferForm(_Words, ChangeForm):
    kind = PersonalChangeKind.TRANSFER
    field_order = ["unit", "first_day", "position", "category"]

    unit = UnitField(
        label=_("To which unit"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        empty_label=_("choose a unit"),
        help_text=_(
            "Units of your scope. To a unit outside of it the officer of that unit asks for the person by her staff "
            "list; you answer under “Transfer requests”."
        ),
    )


class SecondmentForm(ChangeForm):
    kind = PersonalChangeKind.SECONDMENT
    field_order = ["unit", "place", "first_day", "last_day", "position", "ends_duties"]

    unit = UnitField(
        label=_("Host unit"),
        queryset=Unit.objects.none(),
        to_field_name="code",
        required=False,
        empty_label=_("outside of my scope: named below"),
        help_text=_("The person goes on counting in the home unit; the host is a further post and does not count."),
    )
    place = forms.CharField(label=_("Name of another host"), max_length=200, required=False)
    position = forms.CharField(label=_("Position at the host"), max_length=200, required=False)
    last_day = DayField(
        validators=[plausible], label=_("Until"), required=False, help_text=_("Empty: until the return is recorded.")
    )
    ends_duties = forms.BooleanField(label=_("The duties held so far end the day before"), required=False)

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("unit") and not cleaned.get("place", "").strip() and "unit" not in self.errors:
            self.add_error("place", gettext("Choose the host unit, or write its name."))
        if cleaned.get("unit"):
            cleaned["place"] = ""
        return cleaned


class LeaveForm(ChangeForm):
    kind = PersonalChangeKind.LEAVE
    field_order = ["cause", "first_day", "last_day", "ends_duties"]

    cause = forms.ChoiceField(
        label=_("Which leave"),
        widget=forms.RadioSelect,
        choices=[(cause.value, cause.label) for cause in LEAVE_CAUSES],
    )
    last_day = DayField(
        validators=[plausible], label=_("Until"), required=False, help_text=_("Empty: until the return is recorded.")
    )
    ends_duties = forms.BooleanField(label=_("The duties held so far end the day before"), required=False)
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
    decided_on = DayField(validators=[plausible], label=_("Date of the decision"), required=False)


class ReturnForm(ChangeForm):
    kind = PersonalChangeKind.RETURN
    field_order = ["first_day"]

    first_day = DayField(validators=[plausible], label=_("First day back at work"))
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
    decided_on = DayField(validators=[plausible], label=_("Date of the decision"), required=False)


class PositionForm(_Words, ChangeForm):
    kind = PersonalChangeKind.POSITION
    field_order = ["position", "category", "first_day"]

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("position") and not cleaned.get("category"):
            self.add_error("position", gettext("Write the new position, or choose the new category."))
        return cleaned


class LeavingForm(ChangeForm):
    kind = PersonalChangeKind.LEAVING
    field_order = ["cause", "first_day"]

    cause = forms.ChoiceField(
        label=_("Why"), widget=forms.RadioSelect, choices=[(cause.value, cause.label) for cause in LEAVING_CAUSES]
    )
    first_day = DayField(
        validators=[plausible],
        label=_("First day without a post"),
        help_text=_("The day from which the decision says so: the post ends the day before."),
    )
    decision_number = forms.CharField(label=_("Number of the decision"), max_length=60, required=False)
    decided_on = DayField(validators=[plausible], label=_("Date of the decision"), required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("cause") not in (None, "", ChangeCause.DIED):
            for name in ("decision_number", "decided_on"):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, gettext("Fill in the decision; only after a death it may be left out."))
        return cleaned


class RejoinForm(ChangeForm):
    kind = PersonalChangeKind.REJOIN
    field_order = ["unit", "first_day", "position", "category"]

    unit = UnitField(
        label=_("In which unit"), queryset=Unit.objects.none(), to_field_name="code", empty_label=_("choose a unit")
    )
    position = forms.CharField(label=_("Position"), max_length=200)
    category = forms.ChoiceField(label=_("Staff category"), choices=StaffCategory.choices)


class TakeBackForm(BackDating):
    """Why a change is taken back; for one that was in force before today, also why history is changed."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
    field_order = ["reason"]

    def __init__(self, *args, first_day: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.is_history = first_day < clock.today()
        if not self.is_history:
            del self.fields["back_dated"], self.fields["back_dated_because"]
        else:
            self.fields["back_dated"].label = _("I change history: this was in force before today")

    def clean(self):
        cleaned = super().clean()
        if self.is_history and not cleaned.get("back_dated"):
            text = gettext("This was in force before today. Tick here to change history.")
            self.add_error("back_dated", text)
        return cleaned

    def payload(self, change: PersonalChange) -> dict:
        names = ("reason", "back_dated_because")
        return {"change": change.pk, **{name: self.cleaned_data.get(name, "") for name in names}}


def _values_of(change: PersonalChange) -> dict:
    names = (*EMPTY, "first_day", "decision_number", "decided_on", "reason")
    return {**{name: getattr(change, name) for name in names}, "unit": change.unit and change.unit.code}


_ALL = (TransferForm, SecondmentForm, LeaveForm, ReturnForm, PositionForm, LeavingForm, RejoinForm)
FORMS = {form.kind: form for form in _ALL}


def title_of(kind: PersonalChangeKind) -> str:
    return capfirst(str(kind.label))
