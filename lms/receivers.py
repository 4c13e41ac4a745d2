"""Writes down who signs in, who fails to, and whose password changes."""

from allauth.account import signals as account_signals
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Q
from django.dispatch import receiver

from staff import security_log
from staff.models import User


@receiver(user_logged_in, dispatch_uid="lms.log_sign_in")
def log_sign_in(sender, request=None, user=None, **kwargs):
    security_log.note("signed_in", request=request, user_id=user.pk)


@receiver(user_logged_out, dispatch_uid="lms.log_sign_out")
def log_sign_out(sender, request=None, user=None, **kwargs):
    if user is not None:
        security_log.note("signed_out", request=request, user_id=user.pk)


@receiver(user_login_failed, dispatch_uid="lms.log_failed_sign_in")
def log_failed_sign_in(sender, credentials=None, request=None, **kwargs):
    """The account, if there is one; never the name that was typed: now and then it is a password."""
    typed = str((credentials or {}).get("username") or (credentials or {}).get("email") or "").replace("\x00", "")[:254]
    account = User.objects.filter(Q(staff_code=typed.upper()) | Q(email__iexact=typed)).values_list("pk", flat=True)
    security_log.note("sign_in_failed", request=request, user_id=account.first() if typed else None)


@receiver(account_signals.password_changed, dispatch_uid="lms.log_password_changed")
@receiver(account_signals.password_reset, dispatch_uid="lms.log_password_reset")
@receiver(account_signals.password_set, dispatch_uid="lms.log_password_set")
def log_new_password(sender, request=None, user=None, **kwargs):
    security_log.note("password_changed", request=request, user_id=user.pk)
