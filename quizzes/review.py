"""What a learner may see of an attempt, and when. One pure function decides; every page asks it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from quizzes.enums import Purpose, ReviewItem, ReviewMoment

EVERYTHING = frozenset(ReviewItem.values)
NOTHING: frozenset[str] = frozenset()

# The rules of a quiz whose author changed none.
USUAL = {
    Purpose.EXAM: {
        ReviewMoment.DURING: NOTHING,
        ReviewMoment.AFTER: frozenset({ReviewItem.MARK}),
        ReviewMoment.AFTER_WINDOW: EVERYTHING,
    },
    Purpose.PRACTICE: dict.fromkeys(ReviewMoment, EVERYTHING),
}


def rules_of(purpose: str, review: dict) -> dict[str, frozenset[str]]:
    """The matrix of a quiz, moment by moment: what ``Quiz.review`` says, else the usual of its purpose."""
    usual = USUAL[Purpose(purpose)]
    return {moment: frozenset(review[moment]) if moment in review else usual[moment] for moment in ReviewMoment.values}


@dataclass(frozen=True, slots=True)
class ReviewFacts:
    """All that the decision depends on.

    ``is_open``: the attempt can still be worked on; ``is_marked``: it is finished and marked. ``closes_at`` is
    the end of the quiz's window, None without one. ``is_settled``: nothing of this quiz is open for the person, and
    the newest attempt was passed or was the last allowed. ``is_sitting_again``: another attempt of it is open.
    ``is_asked_of_others``: an exam session goes on, or a shift of the same examination is to come, in which others
    meet the same questions.
    """

    purpose: str
    rules: dict[str, frozenset[str]]
    is_open: bool
    is_marked: bool
    is_settled: bool
    is_sitting_again: bool
    now: datetime
    closes_at: datetime | None = None
    grace_seconds: int = 0
    is_asked_of_others: bool = False


def what_may_be_shown(facts: ReviewFacts) -> frozenset[str]:
    """The ReviewItems that the attempt's learner may see now.

    Nothing of an exam while it is open, whatever the rules say; and while another attempt of it is open, or an exam
    session asks others the same questions, at most the mark. The window is over when no save of anybody can count any
    more. Without a window it is over for a person who will not draw from the same questions again.
    """
    is_exam = facts.purpose == Purpose.EXAM
    if facts.is_open:
        return NOTHING if is_exam else facts.rules[ReviewMoment.DURING]
    if not facts.is_marked:
        return NOTHING
    if is_exam and facts.is_asked_of_others:
        return facts.rules[ReviewMoment.AFTER] & {ReviewItem.MARK}
    shown = facts.rules[ReviewMoment.AFTER_WINDOW if _is_window_over(facts) else ReviewMoment.AFTER]
    return shown & {ReviewItem.MARK} if is_exam and facts.is_sitting_again else shown


def _is_window_over(facts: ReviewFacts) -> bool:
    if facts.closes_at is None:
        return facts.is_settled
    return facts.now > facts.closes_at + timedelta(seconds=facts.grace_seconds)
