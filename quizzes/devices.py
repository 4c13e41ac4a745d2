"""Which computer a candidate sits at: a random cookie, of which only a keyed hash is stored."""

import secrets

from django.utils.crypto import salted_hmac

COOKIE = "may-thi"
_AGE = 60 * 60 * 24


def device_of(request) -> str:
    """The keyed hash of this browser's cookie; empty where it has none yet."""
    value = request.COOKIES.get(COOKIE, "")
    return _hash(value) if 20 <= len(value) <= 60 else ""


def ensured_device(request) -> tuple[str, str]:
    """(keyed hash, cookie): of this browser, with a new cookie where it has none."""
    value = request.COOKIES.get(COOKIE, "")
    if not 20 <= len(value) <= 60:
        value = secrets.token_urlsafe(24)
    return _hash(value), value


def remember(response, cookie: str, *, is_secure: bool):
    """``response`` with the cookie of this computer."""
    response.set_cookie(COOKIE, cookie, max_age=_AGE, httponly=True, samesite="Lax", secure=is_secure)
    return response


def _hash(value: str) -> str:
    return salted_hmac("quizzes.device", value, algorithm="sha256").hexdigest()
