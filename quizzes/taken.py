"""The papers that were taken and marked, as ``quizzes.statistics`` reads them, in a fixed number of queries."""

from collections import defaultdict

from django.db.models import Exists, OuterRef

from quizzes.models import Answer, Attempt, Grading, Quiz
from quizzes.statistics import TakenItem, TakenPaper


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
    return [_paper(detail, answered[attempt]) for attempt, detail in details.items()]


def _paper(detail, answered) -> TakenPaper:
    items = []
    for row in detail["items"]:
        version, response = answered[row["number"]]
        of = float(row["of"])
        items.append(TakenItem(version, float(row["points"]) / of, weight=of, response=response))
    return TakenPaper(tuple(items))
