"""What a frozen paper offers, kept in the memory of the process: it never changes, and every save asks for it."""

from dataclasses import dataclass
from functools import lru_cache

from quizzes.models import Paper
from quizzes.types import kind_of

# Rooms full of people save at once; a paper without its texts weighs some kilobytes.
PAPERS_KEPT = 500


@dataclass(frozen=True, slots=True)
class OfferedPaper:
    """``questions``: for each number the item of the paper without the words that are shown."""

    attempt_id: int
    staff_member_id: int
    is_supervised: bool
    questions: dict[int, dict]


@lru_cache(maxsize=PAPERS_KEPT)
def offered_paper(attempt_id: int) -> OfferedPaper:
    """The paper of the attempt; Paper.DoesNotExist where there is none, which is not remembered."""
    paper = (
        Paper.objects.select_related("attempt")
        .only("items", "attempt__staff_member", "attempt__exam_session")
        .get(attempt=attempt_id)
    )
    questions = {item["number"]: _without_words(item) for item in paper.items}
    return OfferedPaper(attempt_id, paper.attempt.staff_member_id, paper.attempt.is_supervised, questions)


def _without_words(item: dict) -> dict:
    return {"number": item["number"], "type": item["type"]} | kind_of(item["type"]).without_words(item)
