"""The papers that were taken and marked, as ``quizzes.statistics`` reads them, in a fixed number of queries."""

from collections import defaultdict

from django.db.models import Exists, OuterRef

from quizzes.enums import QuestionType
from quizzes.models import Answer, Attempt, Grading, QuestionVersion, Quiz
from quizzes.statistics import TakenItem, TakenPaper

# The answer that stands for all texts and files.
WRITTEN = "written"


def taken_papers(quiz: Quiz, *, every_attempt: bool = False) -> list[TakenPaper]:
    """Finished and marked papers of people, previews left out: of each the first one, or with ``every_attempt`` all.

    The latest marking counts. A save that came too late and was not accepted is no answer.
    """
    attempts = Attempt.objects.filter(quiz=quiz, is_preview=False).exclude(finished_at=None)
    if not every_attempt:
        earlier = Attempt.objects.filter(
            quiz=quiz, staff_member=OuterRef("staff_member"), is_preview=False, number__lt=OuterRef("number")
        )
        attempts = attempts.filter(~Exists(earlier))
    marked = Grading.objects.filter(attempt__in=attempts).order_by("pk").values_list("attempt", "detail")
    details = dict(marked)  # the later ones win
    answered = defaultdict(dict)
    answers = Answer.objects.filter(attempt__in=attempts).with_counted()
    for attempt, number, version, response in answers.values_list("attempt", "number", "version", "counted"):
        answered[attempt][number] = (version, tuple(response))
    shown = {version for numbers in answered.values() for version, _response in numbers.values()}
    by_people = _marked_by_people(shown)
    return [_paper(detail, answered[attempt], by_people) for attempt, detail in details.items()]


def _marked_by_people(versions: set[int]) -> set[int]:
    """One query, also where a quiz has shown thousands."""
    types = QuestionType.marked_by_people()
    return versions & set(QuestionVersion.objects.filter(type__in=types).values_list("pk", flat=True))


def _paper(detail, answered, by_people) -> TakenPaper:
    items = []
    for row in detail["items"]:
        version, response = answered[row["number"]]
        of = float(row["of"])
        if version in by_people:
            # What was written, or handed in, is nobody's to count by.
            response = (WRITTEN,) if response else ()
        items.append(TakenItem(version, float(row["points"]) / of, weight=of, response=response))
    return TakenPaper(tuple(items))
