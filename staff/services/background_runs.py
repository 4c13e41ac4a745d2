"""How the functions of the background fare: a small row a function, seen by every process and host."""

import time
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.functions import Coalesce
from wagtail.log_actions import log

from staff import clock
from staff.background import kind_of_fault
from staff.models import BackgroundFunction

# A function that runs every second is not written down every second.
SECONDS_BETWEEN_NOTES = 50.0
_noted: dict[str, float] = {}


def note_success(*, name: str, started_at: datetime, was_failing: bool) -> None:
    """The function ran and is well: written at once if it had been failing, else once a minute."""
    if not was_failing and time.monotonic() - _noted.get(name, -SECONDS_BETWEEN_NOTES) < SECONDS_BETWEEN_NOTES:
        return
    BackgroundFunction.objects.update_or_create(
        name=name,
        defaults={
            "last_started_at": started_at,
            "last_ok_at": clock.now(),
            "failures": 0,
            "failing_since": None,
            "next_try_at": None,
        },
    )
    _noted[name] = time.monotonic()


def note_failure(*, name: str, started_at: datetime, error: BaseException, pause: timedelta) -> None:
    """The function failed, and rests for ``pause``."""
    now = clock.now()
    BackgroundFunction.objects.get_or_create(name=name)
    BackgroundFunction.objects.filter(name=name).update(
        last_started_at=started_at,
        last_failed_at=now,
        last_error=kind_of_fault(error)[:300],
        failing_since=Coalesce(F("failing_since"), now),
        failures=F("failures") + 1,
        next_try_at=now + pause,
    )
    _noted.pop(name, None)


def failing_functions() -> dict[str, tuple[int, bool]]:
    """By name, for those that failed last time: how often in a row, and whether they still rest."""
    now = clock.now()
    rows = BackgroundFunction.objects.failing().values_list("name", "failures", "next_try_at")
    return {name: (failures, bool(next_try_at and next_try_at > now)) for name, failures, next_try_at in rows}


def try_at_once(*, function_id: int, user) -> bool:
    """Let a function that rests after failures be tried in the next round. Whether it rested."""
    resting = BackgroundFunction.objects.filter(pk=function_id, next_try_at__gt=clock.now())
    if not resting.update(next_try_at=None):
        return False
    log(instance=BackgroundFunction.objects.get(pk=function_id), action="staff.job.retry", user=user)
    return True
