"""Who else may read: tokens of other systems are given, used and ended here."""

import base64
import hashlib
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.crypto import salted_hmac
from wagtail.log_actions import log

from staff import clock
from staff.enums import ApiPermission
from staff.models import ApiToken, Unit
from staff.services.errors import TokenLastsTooLong, TokenMayNothing, UnitNotThere

# Whoever forgets a token leaves it behind for so long at most.
LONGEST = timedelta(days=731)
PREFIX = "hoc_"
USE_NOTED_EVERY = timedelta(hours=1)


def hash_of(token: str) -> str:
    """By which a token is found; the token itself is kept by nobody."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def give_token(
    *, name: str, unit: Unit, permissions: Sequence[str], valid_until: date, form_key: str, by=None
) -> tuple[ApiToken, str]:
    """A token for another system, with the words that are shown once; logged.

    ``form_key`` is the random value of the form (or call): the same form sent twice gives the same token and one row.
    Raises UnitNotThere, TokenMayNothing, or TokenLastsTooLong.
    """
    today = clock.today()
    if not unit.existed_on(today):
        raise UnitNotThere(unit, today)
    chosen = [value for value in ApiPermission.values if value in permissions]
    if not chosen:
        raise TokenMayNothing
    if not today <= valid_until <= today + LONGEST:
        raise TokenLastsTooLong(today, today + LONGEST)
    words = _words(form_key, by)
    found, is_new = ApiToken.objects.get_or_create(
        token_hash=hash_of(words),
        defaults={
            "name": name,
            "unit": unit,
            "permissions": chosen,
            "beginning": words[:10],
            "valid_until": valid_until,
            "created_by": by,
        },
    )
    if is_new:
        facts = {"name": name, "unit": unit.code, "permissions": chosen, "until": valid_until.isoformat()}
        log(instance=found, action="staff.token.give", user=by, data=facts)
    return found, words


@transaction.atomic
def end_token(*, token: ApiToken, by=None) -> ApiToken:
    """From now on it opens nothing; logged. A second call changes nothing."""
    found = ApiToken.objects.select_for_update().get(pk=token.pk)
    if found.ended_at is None:
        found.ended_at, found.ended_by = clock.now(), by
        found.save(update_fields=["ended_at", "ended_by"])
        log(instance=found, action="staff.token.end", user=by, data={"name": found.name})
    return found


def note_token_use(token: ApiToken) -> None:
    """Remember the hour in which it was used: one statement an hour, none in between."""
    now = clock.now()
    if token.last_used_at is not None and token.last_used_at > now - USE_NOTED_EVERY:
        return
    unnoted = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    ApiToken.objects.filter(unnoted, pk=token.pk).update(last_used_at=now)


def _words(form_key: str, by) -> str:
    digest = salted_hmac("staff.api-token", f"{form_key}:{by.pk if by else ''}", algorithm="sha256").digest()
    return PREFIX + base64.urlsafe_b64encode(digest).decode().rstrip("=")
