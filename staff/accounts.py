"""How sign-in works here."""

import secrets

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm
from django import forms
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff import codes, security_log, services, sign_in_limits
from staff.enums import LetterPurpose
from staff.models import User
from staff.session_store import brought_account
from staff.sessions import LANGUAGE_SESSION_KEY
from staff.vietnamese import nfc

_DEVICE_COOKIE = "device"
_DEVICE_AGE = 180 * 24 * 60 * 60
_ACCOUNTS_A_DEVICE = 20


class AccountAdapter(DefaultAccountAdapter):
    """Accounts come from the staff list or an administrator; a closed account fails like a wrong password."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "too_many_login_attempts": gettext_lazy(
            "Too many wrong tries for this account. Try again in an hour, set a new password by e-mail, or ask your HR "
            "officer for a one-time code, which works at once."
        ),
        "email_password_mismatch": gettext_lazy("The code or address and the password do not belong together."),
        "username_password_mismatch": gettext_lazy("The code or address and the password do not belong together."),
    }

    def is_open_for_signup(self, request):
        return False

    def can_delete_email(self, email_address):
        return False

    def pre_authenticate(self, request, **credentials):
        """Takes one of the tries that are left, or refuses; see ``staff.sign_in_limits``."""
        login = nfc(credentials.get("email") or credentials.get("username") or "").lower()
        account = _account_named(login)
        device, known = _device_of(request)
        is_theirs = account is not None and account.pk in known
        self._try = sign_in_limits.take(request, account=account, login=login, device=device if is_theirs else "")
        if self._try is None:
            security_log.note("sign_in_limited", request=request)
            raise self.validation_error("too_many_login_attempts")

    def authenticate(self, request, **credentials):
        """The account, or None: for a wrong password, an unknown account and an inactive one alike."""
        self.pre_authenticate(request, **credentials)
        user = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if user:
            self._try.succeeded()
        else:
            self._try.failed()
        return user

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        request.session[LANGUAGE_SESSION_KEY] = user.language
        sign_in_limits.remember_network(request, user)
        _remember_device(request, response, user)
        return response

    def set_password(self, user, password):
        """Every way to a new password comes by here; the owner is told."""
        with transaction.atomic():
            super().set_password(user, password)
            services.password_was_changed(user=user)

    def _delete_login_attempts_cached_email(self, request, **credentials):
        if account := _account_named(credentials.get("email", "")):
            sign_in_limits.forgive(request, account=account)


class SignInBackend(AuthenticationBackend):
    """Finds the account once and hashes once, whether it exists or not: time says nothing about who has an account."""

    def _authenticate(self, request, **credentials):
        account = _account_named(credentials.get("email") or credentials.get("username") or "")
        return self._check_password(account, credentials.get("password") or "")

    def get_user(self, user_id):
        """An account that came with its session is not asked for again."""
        account = brought_account(user_id)
        if account is None:
            return super().get_user(user_id)
        return account if self.user_can_authenticate(account) else None


def _account_named(login: str) -> User | None:
    """The account of that staff code (however it is typed) or that e-mail address."""
    login = nfc(login)
    if "@" in login:
        return User.objects.filter(email__iexact=login).first()
    exact, meant = login.upper(), codes.staff_code_as_typed(login)
    found = {user.staff_code: user for user in User.objects.filter(staff_code__in={exact, meant})}
    return found.get(exact) or found.get(meant)


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
        login = nfc(self.cleaned_data["login"]).replace(" ", "")
        return login.lower() if "@" in login else login

    def clean(self):
        try:
            return super().clean()
        except ValidationError as error:
            if codes.is_mistyped_staff_code(self.cleaned_data.get("login", "")):
                raise ValidationError([error, mistyped()]) from error
            raise


def mistyped() -> str:
    return _("This staff code cannot be right: a character is wrong, or two changed places. Compare it with your slip.")


class ResetForm(ResetPasswordForm):
    """Writes a letter to the typed address, whosever it is; the worker that sends it finds the account, or nobody."""

    def clean_email(self):
        return self.cleaned_data["email"].lower()

    def save(self, request, **kwargs):
        services.enclose(purpose=LetterPurpose.RESET, address=self.cleaned_data["email"])
        return self.cleaned_data["email"]


def _at_most_128(password: str) -> None:
    if len(password) > 128:
        raise ValidationError(_("Your password can have at most %(count)d characters.") % {"count": 128})


class AddressForm(AddEmailForm):
    """Addresses are the administrator's to change: whoever could add one could later reset the password through it."""

    def clean(self):
        raise ValidationError(_("Ask your HR officer or the administrator to change your e-mail address."))
