"""People in forms: named by their staff codes, one a line, or all of a unit or of a group."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff import clock
from staff.codes import staff_code_as_typed
from staff.enums import Capability
from staff.form_fields import UnitField
from staff.models import Audience, Unit

MOST_CODES = 500


class StaffCodes(forms.CharField):
    """Active accounts; a code that no account has is refused by name."""

    def __init__(self, **kwargs):
        super().__init__(required=False, widget=forms.Textarea(attrs={"rows": 3}), **kwargs)

    def prepare_value(self, value):
        return value if isinstance(value, str) or value is None else "\n".join(user.staff_code for user in value)

    def clean(self, value):
        codes = codes_in(super().clean(value))
        known = get_user_model().objects.filter(staff_code__in=codes, is_active=True)
        found = {user.staff_code: user for user in known}
        if missing := [code for code in codes if code not in found]:
            raise forms.ValidationError(_("No account has the staff code %(codes)s.") % {"codes": ", ".join(missing)})
        return [found[code] for code in codes]

    def has_changed(self, initial, data):
        return codes_in(self.prepare_value(initial) or "") != codes_in(data or "")


def codes_in(text: str) -> list[str]:
    """The codes of a text, each once, whatever parts them."""
    lines = text.replace(",", "\n").replace(";", "\n").split("\n")
    return list(dict.fromkeys(staff_code_as_typed(part) for part in lines if part.strip()))


def own_units(user):
    """The units of today for which ``user`` acts as HR officer, to choose from."""
    units = Unit.objects.visible_to(user, Capability.HR).existing_on(clock.today())
    return units.select_related("parent").in_name_order()


class ChosenPeopleForm(forms.Form):
    """People of a unit, of a group of staff, by their staff codes: all that are said together."""

    unit = UnitField(Unit.objects.none(), required=False, label=gettext_lazy("Everybody of the unit"))
    audience = forms.ModelChoiceField(
        Audience.objects.none(),
        required=False,
        label=gettext_lazy("Only those of the group"),
        empty_label=gettext_lazy("all groups"),
    )
    codes = forms.CharField(
        required=False,
        label=gettext_lazy("Staff codes"),
        help_text=gettext_lazy("One a line."),
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = own_units(user)
        self.fields["audience"].queryset = Audience.objects.order_by("name")

    def clean_codes(self):
        codes = codes_in(self.cleaned_data["codes"])
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(_("At most %(most)d codes at once.") % {"most": MOST_CODES})
        return codes

    def clean(self):
        data = super().clean()
        if not data.get("unit") and not data.get("codes") and not self.errors:
            raise forms.ValidationError(_("Please choose a unit, or type staff codes."))
        return data
