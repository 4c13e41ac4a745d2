"""Forms of the account pages."""

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from staff import codes
from staff.accounts import mistyped
from staff.models import User
from staff.vietnamese import nfc

NEW_PASSWORD = forms.PasswordInput(attrs={"autocomplete": "new-password"})
TYPED_CODE = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


class ActivateForm(forms.Form):
    """Both codes of the slip, however they are typed. Slips of the keyboard are told as such and count as no try."""

    staff_code = forms.CharField(label=_("Staff code"), max_length=60, widget=forms.TextInput(attrs=TYPED_CODE))
    code = forms.CharField(
        label=_("Activation code, or one-time code from HR"), max_length=60, widget=forms.TextInput(attrs=TYPED_CODE)
    )

    def clean_staff_code(self):
        return codes.staff_code_as_typed(self.cleaned_data["staff_code"])

    def clean_code(self):
        code = codes.as_meant(self.cleaned_data["code"])
        if codes.is_mistyped_one_time_code(code):
            raise ValidationError(
                _("This code cannot be right: it has 12 characters, and one is missing or wrong. Compare it again.")
            )
        return code

    def clean(self):
        if self.errors:
            self._hint()

    def refuse(self, refusal: str) -> None:
        """These two opened nothing. Only now is a staff code called mistyped: other codes may look like ours."""
        self.add_error(None, refusal)
        self._hint()

    def _hint(self):
        if codes.is_mistyped_staff_code(self.data.get("staff_code", "")):
            self.add_error("staff_code", mistyped())


class ChoosePasswordForm(forms.Form):
    """A new password, typed twice, by the rules that the page states before."""

    password1 = forms.CharField(label=_("New password"), max_length=128, strip=False, widget=NEW_PASSWORD)
    password2 = forms.CharField(label=_("New password (again)"), max_length=128, strip=False, widget=NEW_PASSWORD)

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    @property
    def rules(self) -> list[str]:
        return password_validators_help_texts()

    def clean_password1(self):
        password = self.cleaned_data["password1"]
        validate_password(password, self.user)
        return password

    def clean(self):
        first, second = self.cleaned_data.get("password1"), self.cleaned_data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ."))


class ProfileForm(forms.Form):
    """What somebody may change of the own account without further ado."""

    phone = forms.CharField(
        label=_("Phone"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "tel", "inputmode": "tel"}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=User._meta.get_field("language").choices)

    def clean_phone(self):
        phone = nfc(self.cleaned_data["phone"])
        if phone and (not set(phone) <= set("+0123456789 .()-") or sum(c.isdigit() for c in phone) < 8):
            raise ValidationError(_("Enter a telephone number: digits, at least eight."))
        return phone


class AddressForm(forms.Form):
    """A new e-mail address, and the password, so that a computer left open gives nobody the account."""

    email = forms.EmailField(label=_("New e-mail address"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Your password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class RemoveAddressForm(forms.Form):
    password = forms.CharField(
        label=_("Your password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ConfirmAddressForm(forms.Form):
    code = forms.CharField(label=_("Code from the e-mail"), max_length=60, widget=forms.TextInput(attrs=TYPED_CODE))

    def clean_code(self):
        code = codes.as_meant(self.cleaned_data["code"])
        if codes.is_mistyped_one_time_code(code):
            raise ValidationError(
                _("This code cannot be right: it has 12 characters, and one is missing or wrong. Compare it again.")
            )
        return code


class OneTimeCodeForm(forms.Form):
    """Why the HR officer gives somebody a one-time code."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("The owner of the account reads it. For example: forgot the password, came to the office."),
    )
    token = forms.RegexField(r"^[\w-]{20,40}$", widget=forms.HiddenInput)
