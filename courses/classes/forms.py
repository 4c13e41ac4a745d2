"""What people may say about classes. Anything else in a request is not looked at."""

import re
from datetime import date

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from courses.enums import Whom
from courses.models import ClassSession, Course, Meeting
from courses.models.classes import class_hours
from courses.services.classes import LONGEST_MEETING
from quizzes.staff_codes import ChosenPeopleForm, StaffCodes, own_units
from staff.enums import Capability
from staff.form_fields import DayField, UnitField
from staff.lists.workbook import LARGEST_FILE
from staff.models import Unit

_CLOCK = ["%H:%M", "%H:%M:%S", "%Hh%M", "%Hg%M", "%H.%M"]


class ClockField(forms.TimeField):
    """A time of day as people write it: 07:30."""

    default_error_messages = {"invalid": gettext_lazy("This is not a time. Please write it as 07:30.")}

    def __init__(self, **kwargs):
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
        super().__init__(input_formats=_CLOCK, widget=widget, **kwargs)


class ClassForm(forms.ModelForm):
    """``user`` organises it: the units offered are those of her scopes. Trainers are named by their staff codes."""

    decision_on = DayField(required=False, label=gettext_lazy("Date of the decision"))
    trainers = StaffCodes(
        label=gettext_lazy("Staff codes of the trainers"),
        help_text=gettext_lazy("One a line. They may note the attendance of this class, and see its list."),
    )

    class Meta:
        model = ClassSession
        fields = [
            "course",
            "name",
            "unit",
            "place",
            "trainer_names",
            "trainers",
            "seats",
            "decision_number",
            "decision_on",
            "attendance_percent",
            "invites",
        ]
        field_classes = {"unit": UnitField, "invites": UnitField}
        help_texts = {
            "trainer_names": gettext_lazy("As they are printed, also of trainers from elsewhere."),
            "seats": gettext_lazy("Empty: without a limit."),
            "attendance_percent": gettext_lazy("Who was there for at least this share has attended the class."),
            "invites": gettext_lazy(
                "HR officers of this unit and of all below it may send their own people. You confirm each of them. "
                "Empty: only you send people."
            ),
        }

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["course"].queryset = Course.objects.order_by("position", "code")
        self.fields["course"].empty_label = _("choose a course")
        self.fields["invites"].empty_label = _("none: only I send people")
        units = own_units(user)
        self.fields["unit"].queryset = units
        own = [unit.pk for unit in units]
        above = {pk for unit in units for pk in unit.ancestor_ids}
        self.fields["invites"].queryset = (
            Unit.objects.filter(pk__in={*own, *above}).select_related("parent").in_name_order()
        )
        if self.instance.pk:
            self.initial["trainers"] = self.instance.trainers.order_by("staff_code")

    def clean(self):
        data = super().clean()
        unit, invites = data.get("unit"), data.get("invites")
        if unit and invites and invites.pk not in {unit.pk, *unit.ancestor_ids}:
            self.add_error("invites", _("Choose the host unit itself, or a unit above it."))
        if data.get("decision_on") and not data.get("decision_number"):
            self.add_error("decision_number", _("Say which decision bears this date."))
        return data

    def _post_clean(self):
        # The verbs write; the form only reads. An instance that is not saved keeps what the page shows.
        pass


class MeetingForm(forms.ModelForm):
    """A session, or several at the same times. The class hours are worked out where they are left empty."""

    field_order = ["day", "more_days", "begins", "ends", "hours"]

    day = DayField(label=gettext_lazy("Day"))
    more_days = forms.CharField(
        required=False,
        max_length=2000,
        label=gettext_lazy("More days at the same times"),
        help_text=gettext_lazy("One a line, or with commas: 08/12/2026, 10/12/2026."),
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    begins = ClockField(label=gettext_lazy("Begins"))
    ends = ClockField(label=gettext_lazy("Ends"))
    hours = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=LONGEST_MEETING,
        label=gettext_lazy("Class hours"),
        help_text=gettext_lazy("Of 45 minutes. Empty: worked out from the times."),
    )

    class Meta:
        model = Meeting
        fields = ["day", "begins", "ends", "hours"]

    def clean_more_days(self) -> list[date]:
        return [self._day(word) for word in re.split(r"[\s,;]+", self.cleaned_data["more_days"]) if word]

    def _day(self, word: str) -> date:
        try:
            return self.fields["day"].clean(word)
        except forms.ValidationError:
            text = _("“%(word)s” is not a date. Please write day/month/year, for example 30/09/2024.")
            raise forms.ValidationError(text, params={"word": word}) from None

    @property
    def days(self) -> list[date]:
        return [self.cleaned_data["day"], *self.cleaned_data["more_days"]]

    def clean(self):
        data = super().clean()
        begins, ends = data.get("begins"), data.get("ends")
        if begins and ends:
            if ends <= begins:
                self.add_error("ends", _("The session ends after it begins."))
            elif not data.get("hours") and "hours" not in self.errors:
                data["hours"] = min(class_hours(begins, ends), LONGEST_MEETING)
        return data

    def _post_clean(self):
        pass


class WhomForm(ChosenPeopleForm):
    """Whom to look for: of a unit, of a group, not yet trained; or by staff codes."""

    field_order = ["unit", "whom", "audience", "codes"]

    whom = forms.ChoiceField(
        choices=Whom.choices,
        required=False,
        initial=Whom.MUST,
        label=gettext_lazy("Of these"),
        widget=forms.RadioSelect,
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].label = _("People of the unit and all below it")
        self.fields["codes"].label = _("Or by staff codes")
        self.fields["codes"].widget.attrs["rows"] = 3

    def clean_whom(self):
        return self.cleaned_data["whom"] or Whom.MUST


class SendForm(forms.Form):
    """The decision by which the ticked people are sent."""

    decision_number = forms.CharField(
        max_length=60, required=False, label=gettext_lazy("Number of the decision to send them")
    )
    decision_on = DayField(required=False, label=gettext_lazy("Date of the decision"))

    def clean(self):
        data = super().clean()
        if data.get("decision_on") and not data.get("decision_number"):
            self.add_error("decision_number", _("Say which decision bears this date."))
        if data.get("decision_number") and not data.get("decision_on") and "decision_on" not in self.errors:
            self.add_error("decision_on", _("Say on which day the decision was signed."))
        return data


class NoteForm(forms.Form):
    note = forms.CharField(max_length=300, required=False, label=gettext_lazy("Note (optional)"))


class ReopenForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy(
            "For example: a wrong mark. Correct it, then close the class anew; the log keeps the reason."
        ),
    )


class CancelForm(forms.Form):
    reason = forms.CharField(
        max_length=300,
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Everybody who was sent is told this reason."),
    )


class PastListForm(forms.Form):
    """A list of classes of before, for one host unit."""

    unit = UnitField(
        Unit.objects.none(),
        label=gettext_lazy("Unit that held the classes"),
        help_text=gettext_lazy("Its classes are known again by their name, course and first day."),
    )
    file = forms.FileField(
        label=gettext_lazy("List of classes and people"),
        help_text=gettext_lazy("Excel (.xlsx, .xls) or CSV, one row for each person and class, at most 5,000 rows."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xlsm,.xls,.ods,.csv,.tsv"}),
        error_messages={"empty": gettext_lazy("The file is empty.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        units = Unit.objects.visible_to(user, Capability.HR)
        self.fields["unit"].queryset = units.select_related("parent").in_name_order()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(_("The file is larger than 30 MB."))
        return file
