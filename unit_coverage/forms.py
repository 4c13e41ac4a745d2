"""What may stand in the address of a coverage page."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import HEADCOUNT_CATEGORIES, StaffCategory
from staff.form_fields import DayField, UnitField
from staff.models import Unit
from unit_coverage.enums import Cause, FigureKey, Group, Order
from unit_coverage.targets import shares_with_targets

# Nothing is recorded of earlier years; a year typed too short lands there.
FIRST_YEAR = 1990


class CutOffForm(forms.Form):
    """The cut-off day and one staff category. Nothing given means today and the whole headcount."""

    ngay = DayField(label=_("As of"), required=False)
    loai = forms.ChoiceField(
        label=_("Staff category"),
        required=False,
        choices=[("", _("cadres, civil servants, public employees, unclassified")), *StaffCategory.choices],
        error_messages={"invalid_choice": _("There is no such staff category.")},
    )

    co_cau = forms.ChoiceField(
        label=_("Structure"),
        required=False,
        choices=[("", _("as it was on the cut-off day")), ("hom-nay", _("by the units of today"))],
        error_messages={"invalid_choice": _("There is no such structure.")},
    )

    def add_prefix(self, field_name):
        """Addresses use hyphens: ?linh-vuc=basic."""
        return super().add_prefix(field_name).replace("_", "-")

    def clean_ngay(self):
        day = self.cleaned_data["ngay"]
        today = clock.today()
        if day is not None and day > today:
            raise forms.ValidationError(_("The cut-off day must not lie in the future."))
        if day is not None and day.year < FIRST_YEAR:
            raise forms.ValidationError(_("There are no figures before the year %(year)s.") % {"year": FIRST_YEAR})
        return day or today

    def clean(self):
        cleaned = super().clean()
        chosen = cleaned.get("loai")
        cleaned["categories"] = (chosen,) if chosen else tuple(HEADCOUNT_CATEGORIES)
        return cleaned


class DashboardForm(CutOffForm):
    """Which figure is drawn and ranked, and which units are listed, how. What it does not know is left aside."""

    linh_vuc = forms.ChoiceField(label=_("Drawn and ranked"), required=False, choices=FigureKey.choices)
    tim = forms.CharField(label=_("Unit name"), required=False, max_length=100)
    duoi = forms.BooleanField(label=_("only below the target"), required=False)
    xep = forms.CharField(required=False, max_length=20)
    xem = forms.ChoiceField(required=False, choices=[("", ""), ("nhiet", "")])

    def add_prefix(self, field_name):
        """Addresses use hyphens: ?linh-vuc=basic."""
        return super().add_prefix(field_name).replace("_", "-")

    def clean_linh_vuc(self):
        return self.cleaned_data["linh_vuc"] or FigureKey.BASIC.value

    def clean_xep(self):
        order = self.cleaned_data["xep"]
        return order if order.removeprefix("-") in {*Order.values, *FigureKey.values} else ""


class TargetForm(forms.Form):
    """A target from a day on; an earlier one of the same figure gives way to it.

    Whether the same was written before is for the verb to say: a form that comes twice is no fault.
    """

    unit = UnitField(label=_("For which unit"), queryset=Unit.objects.none(), help_text=_("And all units below it."))
    figure = forms.ChoiceField(label=_("Which share"))
    percent = forms.DecimalField(
        label=_("Target in percent"), min_value=0, max_value=100, max_digits=5, decimal_places=2, localize=True
    )
    valid_from = DayField(label=_("From"))
    valid_until = DayField(label=_("Until"), required=False)
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=300)

    def __init__(self, *args, units, for_everybody: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["figure"].choices = shares_with_targets()
        field = self.fields["unit"]
        field.queryset = units
        if for_everybody:
            field.required = False
            field.empty_label = _("all units")

    def clean(self):
        cleaned = super().clean()
        first, last = cleaned.get("valid_from"), cleaned.get("valid_until")
        if first and last and last < first:
            self.add_error("valid_until", _("The last day must not lie before the first."))
        return cleaned


class CompareForm(forms.Form):
    """A figure on two days: today, and the last day of the month before, unless said."""

    tu = DayField(label=_("From"), required=False)
    ngay = DayField(label=_("To"), required=False)
    linh_vuc = forms.ChoiceField(label=_("Track"), required=False, choices=FigureKey.choices)
    vi_sao = forms.ChoiceField(label=_("Reason"), required=False, choices=[("", _("all reasons")), *Cause.choices])

    def add_prefix(self, field_name):
        """Addresses use hyphens: ?linh-vuc=basic."""
        return super().add_prefix(field_name).replace("_", "-")

    def clean_linh_vuc(self):
        return self.cleaned_data["linh_vuc"] or FigureKey.BASIC.value

    def clean(self):
        cleaned = super().clean()
        if self.errors:
            return cleaned
        last = cleaned["ngay"] = cleaned["ngay"] or clock.today()
        first = cleaned["tu"] = cleaned["tu"] or last.replace(day=1) - timedelta(days=1)
        if last > clock.today():
            self.add_error("ngay", _("The cut-off day must not lie in the future."))
        elif first >= last:
            self.add_error("tu", _("The first day must lie before the last."))
        elif first.year < FIRST_YEAR:
            words = _("There are no figures before the year %(year)s.") % {"year": FIRST_YEAR}
            self.add_error("tu", words)
        return cleaned


class PeopleForm(CutOffForm):
    """Which figure, and which of its people."""

    field_order = ["ngay", "linh_vuc", "nhom", "loai"]

    linh_vuc = forms.ChoiceField(
        label=_("Track"),
        required=False,
        choices=FigureKey.choices,
        error_messages={"invalid_choice": _("There is no such track.")},
    )
    nhom = forms.ChoiceField(
        label=_("Groups of people"),
        required=False,
        choices=Group.choices,
        error_messages={"invalid_choice": _("There is no such group of people.")},
    )

    truc_tiep = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def clean_linh_vuc(self):
        return self.cleaned_data["linh_vuc"] or FigureKey.BASIC.value

    def clean_nhom(self):
        return self.cleaned_data["nhom"] or Group.ALL.value
