"""The form of a system that is to be told of certificates."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from certificates.enums import EventKind
from certificates.webhooks.addresses import objection_to
from staff.connection_forms import UnitWordsField


class EndpointForm(forms.Form):
    """Who is told of what, where."""

    name = forms.CharField(label=_("System"), max_length=120)
    unit = UnitWordsField(label=_("Unit, with all below it"))
    address = forms.CharField(
        label=_("Address for messages"),
        max_length=500,
        help_text=_("It begins with https:// and answers POST. Nothing is sent into internal networks."),
        widget=forms.URLInput(attrs={"placeholder": "https://…"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("It is told when a certificate is"), choices=EventKind, widget=forms.CheckboxSelectMultiple
    )
    tells_staff_code = forms.BooleanField(
        label=_("with the staff code of the holder, beside what the check page shows"), required=False
    )
    form_key = forms.RegexField(r"^[\w-]{20,60}$", widget=forms.HiddenInput)

    def clean_address(self):
        address = self.cleaned_data["address"]
        if objection := objection_to(address):
            raise ValidationError(objection)
        return address
