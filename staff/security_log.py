"""Lines about what matters to security: who, when, from where, what; never what was typed, never a secret."""

import logging

logger = logging.getLogger("lms.security")

_GRAVE = {"sign_in_limited", "csrf_refused"}


def note(event: str, *, request, user_id: int | None = None, **facts) -> None:
    """One line for ``event``. ``user_id`` is the account it is about, where that is not who is signed in."""
    signed_in = getattr(request, "_cached_user", None)
    about = user_id if user_id is not None else getattr(signed_in, "pk", None)
    line = {
        "event": event,
        "user": about,
        "address": request.META.get("REMOTE_ADDR") or "-" if request else "-",
        **facts,
    }
    level = logging.WARNING if event in _GRAVE else logging.INFO
    logger.log(level, "%s", event, extra={"facts": line})
