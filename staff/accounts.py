"""How sign-in works here."""

import secrets
from urllib.parse import urlsplit, urlunsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import AddEmailForm, LoginForm
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.db.models import Q
from django.utils.translation import gettext as _

from staff import security_log
from staff.models import User
from staff.vietnamese import nfc

_DEVICE_COOKIE = "device"
_DEVICE_AGE = 180 * 24 * 60 * 60
_ACCOUNTS_A_DEVICE = 20


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the staff list or an administrator; a closed account fails like a wrong password."""

    def is_open_for_signup(self, request):
        return False

    def can_delete_email(self, email_address):
        return False

    def authenticate(self, request, **credentials):
        """The account, or None: for a wrong password, an unknown account and an inactive one alike."""
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if user:
            self._rollback_login_failed_rl_usage()
        else:
            self.authentication_failed(request, **credentials)
        return user

    def pre_authenticate(self, request, **credentials):
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            security_log.note("sign_in_limited", request=request)
            raise

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        _remember_device(request, response, user)
        return response

    def get_reset_password_from_key_url(self, key):
        """The link of the reset mail leads to our own address, whatever host the request named."""
        ours = urlsplit(settings.SITE_URL)
        link = urlsplit(super().get_reset_password_from_key_url(key))
        return urlunsplit((ours.scheme, ours.netloc, link.path, link.query, ""))

    def _get_login_attempts_cache_key(self, request, **credentials):
        """Failed tries count per account, whether it is named by its code or its address.

        A device on which the account's owner has signed in before counts apart, so that a stranger
        who uses up the tries never locks the owner out.
        """
        login = nfc(credentials.get("email") or credentials.get("username") or "").lower()
        account = User.objects.filter(Q(staff_code=login.upper()) | Q(email__iexact=login)).first()
        if account is None:
            return f"login:{login}"
        device, known = _device_of(request)
        return f"account:{account.pk}:{device}" if account.pk in known else f"account:{account.pk}"


def _device_of(request) -> tuple[str, list[int]]:
    """(the device's own id, the accounts that have signed in on it), from a cookie that only we can write."""
    try:
        value = request.get_signed_cookie(_DEVICE_COOKIE, default="", salt="staff.device", max_age=_DEVICE_AGE)
        device, *accounts = value.split(".")
        return device or secrets.token_hex(8), [int(pk) for pk in accounts]
    except (BadSignature, ValueError):
        return secrets.token_hex(8), []


def _remember_device(request, response, user) -> None:
    device, known = _device_of(request)
    accounts = [user.pk, *(pk for pk in known if pk != user.pk)][:_ACCOUNTS_A_DEVICE]
    response.set_signed_cookie(
        _DEVICE_COOKIE,
        ".".join([device, *map(str, accounts)]),
        salt="staff.device",
        max_age=_DEVICE_AGE,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


class SignInForm(LoginForm):
    """Forgives capitals, stray spaces and decomposed accents in the name; refuses a book as a password at once."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(label=_("Staff code or e-mail address"), max_length=254)
        self.fields["password"].max_length = 128
        self.fields["password"].validators.append(_at_most_128)
        self.order_fields(["login", "password"])

    def clean_login(self):
        return nfc(self.cleaned_data["login"]).replace(" ", "")


def _at_most_128(password: str) -> None:
    if len(password) > 128:
        raise ValidationError(_("Your password can have at most %(count)d characters.") % {"count": 128})


class AddressForm(AddEmailForm):
    """Addresses are the administrator's to change: whoever could add one could later reset the password through it."""

    def clean(self):
        raise ValidationError(_("Ask your HR officer or the administrator to change your e-mail address."))
