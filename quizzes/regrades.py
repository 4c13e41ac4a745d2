"""What the regrades in force make of the points of a paper."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from quizzes.enums import RegradePolicy
from quizzes.models import QuestionVersion, Regrade
from quizzes.rekeying import percent_by, why_not_comparable
from quizzes.scoring import FULL, earned_percent
from quizzes.types import kind_of
from staff.kept_queries import KeptQuery


def regraded(rows: list[dict], responses: dict[int, list[str]], versions: list[int]) -> list[dict]:
    """The rows of a paper as every regrade in force leaves them, one after the other; one query where there is none.

    ``versions`` are those shown, in the order of ``rows``.
    """
    decisions = _in_force_on(versions)
    if not decisions:
        return rows
    shown = QuestionVersion.objects.in_bulk(list(decisions))
    done = []
    for row, version in zip(rows, versions, strict=True):
        for decision in decisions.get(version, ()):
            row = row_after(decision, row, shown=shown[version], response=responses.get(row["number"], []))
        done.append(row)
    return done


def _in_force_on(versions: Iterable[int]) -> dict[int, list[Regrade]]:
    if _ANY_IN_FORCE.first() is None:
        return {}
    decisions = (
        Regrade.objects.in_force().filter(question__versions__in=list(versions)).select_related("version").distinct()
    )
    by_question = defaultdict(list)
    for decision in decisions:
        by_question[decision.question_id].append(decision)
    if not by_question:
        return {}
    found = defaultdict(list)
    shown = QuestionVersion.objects.filter(pk__in=list(versions), question__in=list(by_question))
    for pk, question, number in shown.values_list("pk", "question", "number"):
        found[pk] = [decision for decision in by_question[question] if number <= decision.through]
    return {pk: decisions for pk, decisions in found.items() if decisions}


# Most installations never carried one out, and which ones concern a paper is a long question.
_ANY_IN_FORCE = KeptQuery(lambda: Regrade.objects.in_force().order_by().values_list("pk"))


def row_after(decision: Regrade, row: dict, *, shown: QuestionVersion, response: list[str]) -> dict:
    """The row with the points that the decision gives; the same row where they stay as they are.

    Fewer points are given only where the decision says why, and a key says nothing of a question with other answers.
    """
    if row.get("credited"):
        return row
    if decision.policy in RegradePolicy.by_key() and why_not_comparable(shown, decision.version):
        return row
    if kind_of(shown.type).is_marked_by_people:
        own = row["points"] * FULL / row["of"] if row["of"] else FULL
    else:
        own = earned_percent(shown.type, shown.key, response, shown.unit)
    percent = percent_by(decision.policy, shown=shown, corrected=decision.version, response=response, own=own)
    points = points_of(row["of"], percent)
    if points == row["points"] or (points < row["points"] and not decision.may_lower):
        return row
    return row | {"points": points, "regrade": decision.pk}


def points_of(of: Decimal, percent: Decimal) -> Decimal:
    return of if percent == FULL else of * percent / FULL
