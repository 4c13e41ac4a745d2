"""Parts that were passed in an attempt that failed: for a time only the others are asked again."""

import calendar
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from quizzes.enums import ReviewItem, ReviewMoment
from quizzes.models import Attempt, Grading, Part, Quiz
from quizzes.review import rules_of


def kept_parts(
    quiz: Quiz,
    staff_member,
    *,
    now: datetime,
    only_supervised: bool = False,
    parts: Collection[Part] | None = None,
) -> dict[int, dict]:
    """For each part of ``quiz`` that this person need not sit again, its result as ``Paper.blueprint`` freezes it.

    Only attempts count that ended within ``keeps_parts_months`` and after the last one that was passed as a whole: a
    pass uses its parts up. Nothing is kept from a session on which the board has not decided; with
    ``only_supervised`` nothing either from an attempt without an invigilator. The best mark of a part is kept. One
    part is always asked: where all would be kept, the one whose pass is oldest is sat again. ``parts`` are those of
    the quiz, where they were read already.
    """
    if quiz.keeps_parts_months is None:
        return {}
    wanted = {part.pk for part in (quiz.parts.all() if parts is None else parts)}
    if len(wanted) < 2:
        return {}
    found: dict[int, dict] = {}
    for attempt, grading in _failed_since_the_last_pass(quiz, staff_member, only_supervised):
        if months_later(timezone.localtime(attempt.finished_at), quiz.keeps_parts_months) < now:
            continue
        for part in grading.detail["parts"]:
            is_own = part["passed"] and not part.get("kept") and part["part"] in wanted
            if is_own and _is_better(part, found.get(part["part"])):
                found[part["part"]] = _as_kept(attempt, part, grading)
    if found and len(found) == len(wanted):
        del found[min(found, key=lambda pk: found[pk]["on"])]
    return found


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A part that the next attempt does not ask, if it begins before ``until``. ``mark`` is None where the quiz does
    not show marks at once."""

    title: str
    mark: Decimal | None
    until: datetime


def kept_results(
    quiz: Quiz, staff_member, *, now: datetime, only_supervised: bool, parts: list[Part]
) -> list[KeptResult]:
    """What ``kept_parts`` finds, in the order of the parts, for the person to read."""
    kept = kept_parts(quiz, staff_member, now=now, only_supervised=only_supervised, parts=parts)
    shows_mark = ReviewItem.MARK in rules_of(quiz.purpose, quiz.review)[ReviewMoment.AFTER]
    return [
        KeptResult(
            part.title or _("Part %(number)s") % {"number": number},
            Decimal(kept[part.pk]["mark"]) if shows_mark else None,
            months_later(timezone.localtime(datetime.fromisoformat(kept[part.pk]["on"])), quiz.keeps_parts_months),
        )
        for number, part in enumerate(parts, 1)
        if part.pk in kept
    ]


def _failed_since_the_last_pass(quiz, staff_member, only_supervised) -> list[tuple[Attempt, Grading]]:
    attempts = Attempt.objects.filter(quiz=quiz, staff_member=staff_member, is_preview=False).exclude(finished_at=None)
    latest = {}
    gradings = Grading.objects.filter(attempt__in=attempts).select_related(
        "attempt__paper", "attempt__exam_session__decision"
    )
    for grading in gradings.order_by("pk"):
        latest[grading.attempt_id] = grading
    found = []
    for grading in sorted(latest.values(), key=lambda grading: -grading.attempt.number):
        if grading.is_passed:
            break
        session = grading.attempt.exam_session
        if session.is_decided if session else not only_supervised:
            found.append((grading.attempt, grading))
    return found


def _is_better(part, other) -> bool:
    return other is None or Decimal(part["mark"]) > Decimal(other["mark"])


def _as_kept(attempt: Attempt, part: dict, grading: Grading) -> dict:
    numbers = {item["number"] for item in attempt.paper.items if item["part"] == part["part"]}
    titles = {
        section["section"]: section["title"]
        for frozen in attempt.paper.blueprint["parts"]
        for section in frozen["sections"]
    }
    rows = [row for row in grading.detail["items"] if row["number"] in numbers]
    return {
        "attempt": attempt.pk,
        "on": attempt.finished_at.isoformat(),
        "mark": part["mark"],
        "points": str(sum(Decimal(row["points"]) for row in rows)),
        "of": str(sum(Decimal(row["of"]) for row in rows)),
        "sections": [section | {"title": titles[section["section"]]} for section in part["sections"]],
    }


def months_later(moment: datetime, months: int) -> datetime:
    """The same day and time ``months`` later; where that month is shorter, its last day."""
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return moment.replace(year=year, month=month + 1, day=day)
