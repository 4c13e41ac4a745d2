"""Forms about the connections of other systems."""

from datetime import timedelta

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import ApiPermission
from staff.form_fields import DayField
from staff.models import Unit
from staff.services.api_tokens import LONGEST

YEAR = timedelta(days=365)


class UnitWordsField(forms.CharField):
    """A unit of today by its code or the words of its name: a whole country is too long a list to choose from."""

    MOST_NAMED = 6

    def __init__(self, **kwargs):
        kwargs.setdefault("max_length", 200)
        kwargs.setdefault("help_text", _("The code of the unit, or words of its name, for example: xã đơn dương"))
        super().__init__(**kwargs)

    def clean(self, value):
        words = super().clean(value)
        if not words:
            return None
        existing = Unit.objects.existing_on(clock.today()).select_related("parent")
        if found := existing.filter(code=words).first():
            return found
        named = list(existing.search(words).in_name_order()[: self.MOST_NAMED])
        if len(named) == 1:
            return named[0]
        if not named:
            raise ValidationError(_("No unit of today has this code or name."))
        listed = "; ".join(f"{unit.name_in_place} ({unit.code})" for unit in named)
        raise ValidationError(_("Several units are called so. Write the code: %(units)s …"), params={"units": listed})


class TokenForm(forms.Form):
    """Which system may read what, about which unit, until when."""

    name = forms.CharField(
        label=_("System"), max_length=120, help_text=_("Whose system it is and what it is for; people read it here.")
    )
    unit = UnitWordsField(label=_("Unit, with all below it"))
    permissions = forms.MultipleChoiceField(
        label=_("It may read"), choices=ApiPermission, widget=forms.CheckboxSelectMultiple
    )
    valid_until = DayField(label=_("Last day"), initial=lambda: clock.today() + YEAR)
    form_key = forms.RegexField(r"^[\w-]{20,60}$", widget=forms.HiddenInput)

    def clean_valid_until(self):
        day, today = self.cleaned_data["valid_until"], clock.today()
        if day < today:
            raise ValidationError(_("This day is over already."))
        if day > today + LONGEST:
            raise ValidationError(_("A token lasts two years at most; then the system gets another one."))
        return day
