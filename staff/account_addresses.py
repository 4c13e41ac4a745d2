"""A new e-mail address waits in the session until the code that was sent to it is typed.

No link: what opens something never stands in an address.
"""

import secrets

from django.utils import translation
from django.utils.translation import gettext as _

from staff import clock, codes, services
from staff.enums import LetterPurpose

_KEY = "new_address"
MINUTES, TRIES = 30, 5


def ask(request, email: str) -> None:
    """Send a code to ``email`` and remember that it was asked for.

    An address that another account has gets no code but a sentence; the page reads the same.
    """
    token = secrets.token_urlsafe(16)
    code = codes.one_time_code(token=f"address:{token}", account_id=request.user.pk)
    is_free = not services.is_taken(email, by_other_than=request.user)
    request.session[_KEY] = {
        "email": email,
        "hash": codes.hash_of(code, account_id=request.user.pk) if is_free else "",
        "until": clock.now().timestamp() + MINUTES * 60,
        "tries": 0,
    }
    with translation.override(request.user.language):
        subject, body = _words(code) if is_free else _taken_words()
    services.enclose(purpose=LetterPurpose.CONFIRM, address=email, subject=subject, body=body)


def pending(request) -> str | None:
    """The address that waits for its code, None if none does."""
    waiting = request.session.get(_KEY)
    if not waiting or waiting["until"] < clock.now().timestamp() or waiting["tries"] >= TRIES:
        return None
    return waiting["email"]


def confirm(request, code: str) -> bool:
    """Whether ``code`` was the one; then the address is the account's."""
    if pending(request) is None:
        return False
    waiting = request.session[_KEY]
    waiting["tries"] += 1
    request.session[_KEY] = waiting
    if not codes.matches(code, waiting["hash"], account_id=request.user.pk):
        return False
    if services.is_taken(waiting["email"], by_other_than=request.user):
        return False
    services.change_address(user=request.user, email=waiting["email"])
    del request.session[_KEY]
    return True


def _words(code: str) -> tuple[str, str]:
    return _("Confirm your e-mail address"), _(
        "Type this code on the page where you entered the address: %(code)s\n\nIt is valid for %(minutes)d minutes. If "
        "you did not ask for it, there is nothing to do."
    ) % {"code": codes.grouped(code), "minutes": MINUTES}


def _taken_words() -> tuple[str, str]:
    return _("Confirm your e-mail address"), _(
        "Somebody entered this address for an account, but it already belongs to another account. If that was you, ask "
        "your HR officer which account is yours."
    )
