"""Saving one answer.

A room full of learners saves at every click, so a save is one statement: it looks at the attempt, holds it against
a handing-in that is under way, decides by the database's clock whether the save is in time, and writes.
"""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache

from django.db import connection
from django.utils.translation import gettext as _

from quizzes.enums import FinishCause
from quizzes.errors import AttemptFinished, ResponseRefused, TakenOver
from quizzes.models import Answer, Attempt
from quizzes.papers import offered_paper
from quizzes.types import kind_of
from staff import clock
from staff.kept_queries import planned_cursor

MAX_SEQUENCE = 2**53 - 1  # what a browser can count to exactly


@dataclass(frozen=True, slots=True)
class SaveResult:
    """What became of a save. ``accepted``: it counts. ``stale``: a newer one is stored and was kept.
    ``late``: it came after deadline and grace, is stored, and counts only if an invigilator accepts it.
    ``answered_at``: the moment of this answer, by the database's clock; later than ``saved_at`` where a save is told
    again what became of it."""

    accepted: bool
    stale: bool
    late: bool
    saved_at: datetime | None
    deadline: datetime
    answered_at: datetime = field(compare=False)


def save_answer(
    *,
    attempt_id: int,
    number: int,
    response: list[str],
    sequence: int,
    is_flagged: bool | None = None,
    device: str = "",
) -> SaveResult:
    """Stores the newest response to one question.

    A save with a smaller sequence than the stored one changes nothing; the same save twice is saved once.
    Raises ResponseRefused for what the paper does not offer, AttemptFinished after the learner handed in, TakenOver
    where the sitting goes on at another computer than ``device`` (a keyed hash).
    """
    response = checked_response(offered_paper(attempt_id).questions, number, response, sequence)
    row = _store(attempt_id, number, response, sequence, is_flagged, device)
    if row is None:
        return _outcome_of_none(attempt_id, number, response, sequence, device)
    saved_at, late_saved_at, deadline = row
    late = late_saved_at is not None and (saved_at is None or late_saved_at >= saved_at)
    saved_at = late_saved_at if late else saved_at
    return SaveResult(
        accepted=not late, stale=False, late=late, saved_at=saved_at, deadline=deadline, answered_at=saved_at
    )


# The share lock makes saves wait for a finalise that is under way, and a finalise for saves, but saves not for each
# other: an acknowledged save is always among the answers that were marked. SQLite's writers queue anyway.
_STATEMENT = """
    WITH sitting AS (
        SELECT id, {now} AS moment, finished_at IS NULL AND {in_time} AS counts
        FROM quizzes_attempt
        WHERE id = %(attempt)s AND finish_cause <> %(submitted)s
            AND holder IN ('', %(device)s) {lock}
    )
    UPDATE quizzes_answer SET
        sequence = %(sequence)s,
        response = CASE WHEN counts THEN {response} ELSE response END,
        saved_at = CASE WHEN counts THEN moment ELSE saved_at END,
        late_response = CASE WHEN counts THEN late_response ELSE {response} END,
        late_saved_at = CASE WHEN counts THEN late_saved_at ELSE moment END,
        is_flagged = CASE WHEN counts THEN COALESCE(CAST(%(flag)s AS boolean), is_flagged) ELSE is_flagged END
    FROM sitting
    WHERE attempt_id = sitting.id AND number = %(number)s AND sequence < %(sequence)s
        AND late_accepted_at IS NULL AND late_refused_at IS NULL
    RETURNING saved_at, late_saved_at, (SELECT deadline FROM quizzes_attempt WHERE id = %(attempt)s)
"""
_DIALECTS = {
    "postgresql": {
        "in_time": "{now} <= LEAST(deadline, paused_at) + grace_seconds * interval '1 second'",
        "lock": "FOR SHARE",
        "response": "CAST(%(response)s AS jsonb)",
    },
    "sqlite": {
        # To the millisecond: a day as a fraction is no exact number.
        "in_time": "ROUND((julianday({now}) - julianday(MIN(deadline, COALESCE(paused_at, deadline)))) * 86400, 3)"
        " <= grace_seconds",
        "lock": "",
        "response": "%(response)s",
    },
}


@cache
def _statement(vendor: str, now: str) -> str:
    return _STATEMENT.format(now=now, **{name: part.format(now=now) for name, part in _DIALECTS[vendor].items()})


def _store(attempt_id, number, response, sequence, is_flagged, device) -> tuple | None:
    """(when it was saved, when late, the deadline) of the answer after the save; None where nothing was written."""
    now, moment = clock.database_now_as_sql()
    values = {
        "attempt": attempt_id,
        "number": number,
        "response": json.dumps(response),
        "sequence": sequence,
        "flag": is_flagged,
        "device": device,
        "submitted": FinishCause.SUBMITTED.value,
    }
    with planned_cursor() as cursor:
        cursor.execute(_statement(connection.vendor, now), values | moment)
        row = cursor.fetchone()
    return row and tuple(map(_moment, row))


def _moment(value) -> datetime | None:
    """As the models give it: SQLite hands a moment over as it stands there, in UTC without saying so."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


def _outcome_of_none(attempt_id, number, response, sequence, device) -> SaveResult:
    """Why nothing was written: handed in, or stored before. A retry whose first acknowledgement was lost is told what
    the first one was told."""
    attempt = Attempt.objects.only("finish_cause", "deadline", "holder").get(pk=attempt_id)
    if attempt.finish_cause == FinishCause.SUBMITTED:
        raise AttemptFinished
    if attempt.holder not in ("", device):
        raise TakenOver
    stored = Answer.objects.get(attempt=attempt, number=number)
    if stored.is_late_decided and sequence > stored.sequence:
        raise AttemptFinished  # what an invigilator has decided about is no longer changed
    is_repeat = stored.sequence == sequence
    late = is_repeat and stored.late_response == response
    accepted = is_repeat and stored.late_response is None and stored.response == response
    return SaveResult(
        accepted=accepted,
        stale=not (late or accepted),
        late=late,
        saved_at=stored.late_saved_at if late else stored.saved_at,
        deadline=attempt.deadline,
        answered_at=clock.database_now(),
    )


def checked_response(questions, number, response, sequence) -> list[str]:
    """``response`` as it is stored; ResponseRefused for what the paper does not offer."""
    item = questions.get(number)
    if item is None:
        raise ResponseRefused(_("This paper has no question %(number)s.") % {"number": number})
    if not 0 < sequence <= MAX_SEQUENCE:
        raise ResponseRefused(_("The save carries no valid sequence number."))
    return kind_of(item["type"]).checked(item, response)
