"""What a frozen paper offers, kept in the memory of the process: it never changes, and every save asks for it."""

from dataclasses import dataclass
from functools import lru_cache

from quizzes.models import Paper
from quizzes.types import kind_of
from staff.kept_queries import KeptQuery

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
    found = _PAPER.first(attempt_id)
    if found is None:
        raise Paper.DoesNotExist
    items, person, session = found
    questions = {item["number"]: _without_words(item) for item in items}
    return OfferedPaper(attempt_id, person, session is not None, questions)


def _paper_of(attempt: int):
    papers = Paper.objects.filter(attempt=attempt)
    return papers.values_list("items", "attempt__staff_member", "attempt__exam_session")


_PAPER = KeptQuery(_paper_of, int)


def _without_words(item: dict) -> dict:
    return {"number": item["number"], "type": item["type"]} | kind_of(item["type"]).without_words(item)
