"""On which terms somebody sits a quiz: its own rules, and what was granted to the person."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from django.db.models import Max

from quizzes.enums import Purpose
from quizzes.models import Accommodation, Quiz
from staff import clock
from staff.kept_queries import KeptQuery


@dataclass(frozen=True, slots=True)
class Terms:
    """``attempts`` is how many are allowed, None without limit; the window is the person's."""

    extra: timedelta
    attempts: int | None
    opens_at: datetime | None
    closes_at: datetime | None


def terms_with(quiz: Quiz, granted: Iterable[Accommodation], *, limit_minutes: int | None = None) -> Terms:
    """Of each kind the largest that was granted: two decisions about the same need do not add up. Pure.

    A percent is of ``limit_minutes``, those of the quiz unless a paper says otherwise, rounded up to whole minutes.
    """
    granted = list(granted)
    limit = quiz.time_limit if limit_minutes is None else limit_minutes
    minutes = max((max(row.extra_minutes, ceil(limit * row.extra_percent / 100)) for row in granted), default=0)
    more = max((row.extra_attempts for row in granted), default=0)
    opens = [row.opens_at for row in granted if row.opens_at is not None]
    closes = [row.closes_at for row in granted if row.closes_at is not None]
    is_limited = quiz.purpose == Purpose.EXAM and quiz.attempts_allowed is not None
    return Terms(
        extra=timedelta(minutes=minutes),
        attempts=quiz.attempts_allowed + more if is_limited else None,
        opens_at=min(opens) if opens else quiz.opens_at,
        closes_at=max(closes) if closes else quiz.closes_at,
    )


def granted_to(person: int, quiz: Quiz) -> list[Accommodation]:
    """What holds today for the person with this id and ``quiz``, in one query."""
    return _GRANTED[quiz.purpose].rows(clock.today(), quiz.pk, person)


def granted_to_each(people: Iterable[int], quiz: Quiz, *, on: date) -> dict[int, list[Accommodation]]:
    """What holds on that day for each of these people and ``quiz``, by the person's id. One query."""
    found = defaultdict(list)
    for row in Accommodation.objects.on(on).about(quiz, purpose=quiz.purpose).filter(staff_member__in=people):
        found[row.staff_member_id].append(row)
    return found


def _granted(purpose: str) -> KeptQuery:
    def build(day: date, quiz: int, person: int):
        return Accommodation.objects.on(day).about(quiz, purpose=purpose).filter(staff_member=person)

    return KeptQuery(build, date, int, int)


_GRANTED = {purpose: _granted(purpose) for purpose in Purpose.values}


def terms_for(quiz: Quiz, person: int) -> Terms:
    return terms_with(quiz, granted_to(person, quiz))


def attempts_for(quiz: Quiz, person: int) -> int | None:
    """How many attempts the person has; where the quiz does not limit them, nothing is asked."""
    return None if quiz.attempts_allowed is None else terms_for(quiz, person).attempts


def closes_for_everybody(quiz: Quiz) -> datetime | None:
    """When the last person's window ends: answers that are shown before would reach somebody who still sits."""
    if quiz.closes_at is None:
        return None
    last = Accommodation.objects.filter(quiz=quiz, ended_at=None).aggregate(last=Max("closes_at"))["last"]
    return max(quiz.closes_at, last) if last else quiz.closes_at
