"""Work in the background: the domain row is the truth, a message only wakes the one who would look anyway.

Every room's ``tasks.py`` names two lists of functions without arguments: ``PROMPT`` (rows that wait
for somebody: cheap when there are none, run every second by `manage.py work`) and ``SWEEPERS`` (what a lost
message, a crash or mere passage of time left behind, run every minute). In production Celery's beat runs both lists.
A third list, ``JOBS``, describes the rows that are work to do, so that an administrator sees them all on one page.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(task, **ids) -> None:
    """After this transaction commits, ask a worker to run ``task`` with ``ids``.

    Without a broker, or while it is away, nothing is lost: the row waits for the task's sweeper.
    """
    transaction.on_commit(partial(_send, task, ids), robust=True)


def _send(task, ids) -> None:
    if settings.WORK_HELD or not settings.CELERY_BROKER_URL and not settings.CELERY_TASK_ALWAYS_EAGER:
        return
    try:
        task.delay(**ids)
    except OperationalError:
        logger.warning("The broker is away; %s %s waits for its sweeper", task.name, ids)


class JobState(models.TextChoices):
    """Where a row that is work stands. Parked: given up until somebody decides."""

    WAITING = "waiting", _("waiting")
    RUNNING = "running", _("being worked on")
    POSTPONED = "postponed", _("failed, tried again later")
    PARKED = "parked", _("parked after failures")


@dataclass(frozen=True, slots=True)
class Job:
    """One row that is work. ``name`` says what it is, ``whose`` for whom; ``error`` holds no words about people."""

    pk: int
    name: str
    state: JobState
    since: datetime
    whose: str = ""
    tries: int = 0
    next_at: datetime | None = None
    error: str = ""
    can_retry: bool = False


@dataclass(frozen=True, slots=True)
class JobSource:
    """A kind of work of a room.

    ``counts()`` answers how many rows are in each state, in a query or two. ``rows(state, start, limit)`` lists a
    slice of them in a fixed order (of every state when it is None), in a number of queries that does not grow.
    ``retry(pk, user)`` lets one row be tried at once and answers whether there was anything to do; None where that
    has no meaning. Of parked rows of a kind that ``is_alarming`` administrators are told without asking.
    """

    kind: str
    words: Any
    counts: Callable[[], dict[JobState, int]]
    rows: Callable[[JobState | None, int, int], Sequence[Job]]
    retry: Callable[[int, Any], bool] | None = None
    is_alarming: bool = True


def kind_of_fault(error: BaseException) -> str:
    """The fault's type, and what the system calls it: the rest of its text may name people or secrets."""
    said = getattr(error, "strerror", None)
    return f"{type(error).__name__}: {said}" if said else type(error).__name__
