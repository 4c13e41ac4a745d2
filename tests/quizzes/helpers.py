"""What the tests of this room do again and again."""

from quizzes.models import QuestionVersion
from quizzes.services import save_answer

# The rows of the author's form that a type does not use.
NO_ROWS = {
    f"{rows}-{count}_FORMS": 0
    for rows in ("accepted", "options", "pairs", "items", "gaps", "criteria")
    for count in ("TOTAL", "INITIAL")
}


def right_of(attempt, number):
    item = next(item for item in attempt.paper.items if item["number"] == number)
    return QuestionVersion.objects.get(pk=item["version"]).key["right"]


def wrong_of(attempt, number):
    item = next(item for item in attempt.paper.items if item["number"] == number)
    right = right_of(attempt, number)
    return [next(option["id"] for option in item["options"] if option["id"] not in right)]


def answer(attempt, *, right=(), wrong=(), sequence=1):
    for number in right:
        save_answer(attempt_id=attempt.pk, number=number, response=right_of(attempt, number), sequence=sequence)
    for number in wrong:
        save_answer(attempt_id=attempt.pk, number=number, response=wrong_of(attempt, number), sequence=sequence)


def in_section(attempt, title):
    """Numbers of the questions that were drawn for the section of this title."""
    section = next(s for p in attempt.paper.blueprint["parts"] for s in p["sections"] if s["title"] == title)
    return [item["number"] for item in attempt.paper.items if item["section"] == section["section"]]
