"""Questions of the bank as one file. Nothing is changed; that keys left the bank is logged."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from wagtail.log_actions import log

from quizzes.enums import QuestionStatus
from quizzes.exporting.entries import Remark, Written, entries_of, written_in
from quizzes.exporting.formats import FORMATS
from quizzes.models import Question

MAX_QUESTIONS = 20_000


def in_bank_order(questions) -> Iterable[Question]:
    """As they stand in the bank, without what was retired."""
    found = questions.exclude(status=QuestionStatus.RETIRED).select_related("category")
    return found.order_by("category__path", "code")[:MAX_QUESTIONS]


def export_questions(*, form: str, questions: Iterable[Question], by=None) -> Written:
    """The file in that format, and what it does not say."""
    questions = list(questions)
    written = written_in(FORMATS[form], entries_of(questions))
    if questions:
        data = {"what": "questions", "format": form, "count": written.count}
        log(instance=questions[0].category, action="quizzes.export", user=by, data=data)
    return written


@dataclass(frozen=True, slots=True)
class Told:
    """One sentence and the questions it is about: how many, and the first codes."""

    words: str
    count: int
    codes: tuple[str, ...]


def told(remarks: Iterable[Remark], *, most: int = 10) -> list[Told]:
    """The remarks by their sentences, the most frequent first."""
    remarks = list(remarks)
    counted = Counter(str(remark.note) for remark in remarks)
    return [
        Told(words, count, tuple(remark.code for remark in remarks if str(remark.note) == words)[:most])
        for words, count in counted.most_common()
    ]
