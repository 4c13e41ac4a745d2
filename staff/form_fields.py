"""Fields that forms of several rooms share."""

from django import forms
from django.utils.translation import gettext_lazy as _

DAY_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d%m%Y", "%d/%m/%y", "%Y-%m-%d"]


class UnitField(forms.ModelChoiceField):
    """Units, those of one name told apart by the unit above."""

    def __init__(self, queryset, *, required=True, **kwargs):
        # a row of dashes, as Django writes it, says nothing
        kwargs.setdefault("empty_label", _("choose a unit") if required else "–")
        super().__init__(queryset, required=required, **kwargs)

    def label_from_instance(self, unit) -> str:
        return unit.name_in_place


class DayField(forms.DateField):
    """A day as people write it: 30/09/2026."""

    default_error_messages = {
        "invalid": _("This is not a date. Please write day/month/year, for example 30/09/2024."),
    }

    def __init__(self, **kwargs):
        kwargs.setdefault("input_formats", DAY_FORMATS)
        kwargs.setdefault(
            "widget",
            forms.DateInput(
                format="%d/%m/%Y",
                attrs={"placeholder": _("day/month/year"), "size": 12, "autocomplete": "off"},
            ),
        )
        super().__init__(**kwargs)


def numbers_in(values: list[str]) -> list[int]:
    """The ids among what a form sent, at most 500 of them; what is no id is left out."""
    return [int(value) for value in values[:500] if value.isascii() and value.isdigit() and len(value) < 19]
