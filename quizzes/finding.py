"""The questions that the filters of an address ask for: the list of the bank, and whatever else takes a selection."""

from collections.abc import Mapping

from quizzes.enums import Difficulty, Purpose, QuestionStatus, QuestionType
from quizzes.models import Category, Question
from staff.vietnamese import fold

WAITING = "waiting"  # a filter beside the statuses: what a reviewer has to look at
MINE = "mine"


def found_questions(asked: Mapping[str, str], *, user):
    """Questions by code. A filter that is empty leaves them all, and so does a choice that is none of those offered."""
    found = Question.objects.select_related("category", "current", "owner").search(asked.get("q", "")[:200])
    if category := Category.objects.filter(code=asked.get("category", "")).first():
        found = found.in_category(category)
    if (status := asked.get("status")) == WAITING:
        found = found.waiting()
    elif status in QuestionStatus.values:
        found = found.filter(status=status)
    if (kind := asked.get("type")) in QuestionType.values:
        found = found.filter(current__type=kind)
    if (pool := asked.get("pool")) in Purpose.values:
        found = found.filter(purpose=pool)
    if (difficulty := asked.get("difficulty")) in Difficulty.values:
        found = found.filter(current__difficulty=difficulty)
    if tag := fold(asked.get("tag", "")[:200]):
        found = found.filter(tags__key=tag)
    if competence := "".join(asked.get("competence", "")[:50].split()).upper():
        found = found.about(competence)
    if asked.get("owner") == MINE:
        found = found.filter(owner=user)
    return found.with_newest().order_by("code")
