"""What one attempt was answered with, as it is marked and shown."""

from dataclasses import dataclass

from quizzes.models import Answer
from staff.kept_queries import KeptQuery


def counted_responses(attempt_id: int) -> dict[int, list[str]]:
    """By number of the question, the response that marks are made of."""
    return dict(_COUNTED.rows(attempt_id))


@dataclass(frozen=True, slots=True)
class DecidedLate:
    """What an invigilator said of an answer that came too late."""

    number: int
    counts: bool
    because: str


@dataclass(frozen=True, slots=True)
class LateAnswers:
    """Of an attempt: how many answers came too late about which nobody has decided, and what was decided of others."""

    waiting: int
    decided: tuple[DecidedLate, ...]


def late_answers(attempt_id: int) -> LateAnswers:
    rows = _LATE.rows(attempt_id)
    decided = [
        DecidedLate(number, accepted_at is not None, because)
        for number, accepted_at, refused_at, because in rows
        if accepted_at or refused_at
    ]
    return LateAnswers(waiting=len(rows) - len(decided), decided=tuple(decided))


def _late_of(attempt: int):
    late = Answer.objects.filter(attempt=attempt).that_came_late().order_by("number")
    return late.values_list("number", "late_accepted_at", "late_refused_at", "late_because")


_LATE = KeptQuery(_late_of, int)
_COUNTED = KeptQuery(
    lambda attempt: Answer.objects.filter(attempt=attempt).with_counted().values_list("number", "counted"), int
)
