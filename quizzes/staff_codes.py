"""People named by their staff codes, one a line, in forms."""

from django import forms
from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _

from staff.codes import staff_code_as_typed


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
