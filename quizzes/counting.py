"""Which of somebody's attempts at a quiz is the result. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from quizzes.enums import Counting


@dataclass(frozen=True, slots=True)
class Marked:
    """A finished attempt; ``mark`` and ``is_passed`` are None while it is not marked."""

    attempt_id: int
    mark: Decimal | None
    is_passed: bool | None


def the_one_that_counts(rule: str, attempts: Sequence[Marked]) -> Marked | None:
    """Of the finished ``attempts``, oldest first. None where there is none, or where it is not marked yet.

    The best is one that passed rather than one that did not, whatever their marks (9 with a section under its floor
    is no pass), then the higher mark, then the earlier.
    """
    if not attempts:
        return None
    if rule == Counting.HIGHEST:
        marked = [attempt for attempt in attempts if attempt.mark is not None]
        return max(marked, key=lambda attempt: (attempt.is_passed, attempt.mark), default=None)
    chosen = attempts[-1] if rule == Counting.LAST else attempts[0]
    return chosen if chosen.mark is not None else None
