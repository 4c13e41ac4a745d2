"""Marking: one way to finish an attempt, whoever asks for it."""

from collections.abc import Collection, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from django.db import transaction

from quizzes.enums import FinishCause
from quizzes.errors import TimeNotUp
from quizzes.models import Answer, Attempt, Grading
from quizzes.regrades import regraded
from quizzes.responses import counted_responses
from quizzes.scoring import FULL, earned_percent
from quizzes.services.scripts import bring_scripts, marks_of, people_mark
from quizzes.signals import attempt_graded
from quizzes.types import kind_of
from quizzes.versions import versions_to_mark
from staff import clock
from staff.kept_queries import KeptQuery, insert_one

_CENT = Decimal("0.01")
NO_MARKS: Mapping[int, tuple[Decimal, Decimal]] = {}


@transaction.atomic
def finalise(*, attempt: Attempt, cause: str) -> Grading | None:
    """Closes the attempt and marks the stored answers; the same answers get the same mark whatever the cause.

    Called again, it returns the grading there is: None while people still mark answers of it, and for a preview of what
    people mark. The end is never later than the deadline. Raises TimeNotUp where the timer or the sweeper comes early.
    """
    attempt = _locked(attempt.pk)
    if attempt.finished_at is not None:
        return attempt.gradings.order_by("pk").last()
    now = clock.database_now()
    stands_still = attempt.paused_at is not None and cause != FinishCause.INVIGILATOR
    if stands_still or (cause in (FinishCause.TIMER, FinishCause.SWEEPER) and now < attempt.deadline):
        raise TimeNotUp
    attempt.finished_at = min(attempt.paused_at or now, attempt.deadline)
    attempt.finish_cause = cause
    attempt.paused_at = None
    attempt.save(update_fields=["finished_at", "finish_cause", "paused_at"])
    return _announced(_grade(attempt))


def _locked(pk: int) -> Attempt:
    attempt = _LOCKED.first(pk)
    if attempt is None:
        raise Attempt.DoesNotExist
    return attempt


def _to_lock(pk: int):
    locked = Attempt.objects.select_for_update(no_key=True, of=("self",))
    return locked.filter(pk=pk).select_related("paper", "quiz")


_LOCKED = KeptQuery(_to_lock, int)


@transaction.atomic
def mark_again(*, attempt: Attempt, by, reason: str, credited: Collection[int] = ()) -> Grading | None:
    """Appends a marking of a finished attempt, by the answers that count now. Earlier markings stay.

    The questions whose numbers are ``credited`` earn all their points, and do so in every later marking too. None, and
    nothing is appended, while people have to mark an answer first: the last of them does it.
    """
    attempt = _locked(attempt.pk)
    if attempt.finished_at is None:
        raise TimeNotUp
    earlier = [grading.detail for grading in attempt.gradings.order_by("pk")]
    kept = earlier[-1].get("credited", []) if earlier else []
    late = _accepted_since(attempt, earlier)
    return _announced(_grade(attempt, by=by, reason=reason, credited={*kept, *credited}, late=late))


def _accepted_since(attempt: Attempt, earlier: list[dict]) -> list[int]:
    """The numbers of the late answers that count now and did in no marking before."""
    accepted = Answer.objects.filter(attempt=attempt, late_accepted_at__isnull=False)
    known = {number for detail in earlier for number in detail.get("late", [])}
    return sorted(set(accepted.values_list("number", flat=True)) - known)


def _announced(grading: Grading | None) -> Grading | None:
    if grading is not None and not grading.attempt.is_preview:
        announce(grading)
    return grading


def announce(grading: Grading) -> None:
    """Tells the rooms above of a marking once it is committed."""
    transaction.on_commit(
        partial(
            attempt_graded.send_robust,
            sender=Attempt,
            attempt_id=grading.attempt_id,
            grading_id=grading.pk,
            by=grading.graded_by_id,
        )
    )


def _grade(
    attempt: Attempt, *, by=None, reason="", credited: Collection[int] = (), late: Collection[int] = ()
) -> Grading | None:
    """None while people have to mark something. The attempt is locked: the last mark and a late answer that is accepted
    stand in line here."""
    scripts = bring_scripts(attempt, reason=reason)
    waits = any(script.decided_at is None for script in scripts)
    if waits or (attempt.is_preview and people_mark(attempt)):
        return None
    mark, is_passed, detail = marked_with(attempt, credited, scripts)
    if late:
        detail["late"] = list(late)
    return insert_one(
        Grading(
            attempt=attempt,
            mark=mark,
            is_passed=is_passed,
            detail=detail,
            graded_at=clock.now(),
            graded_by=by,
            reason=reason,
        )
    )


def marked_with(attempt: Attempt, credited: Collection[int], scripts) -> tuple[Decimal, bool, dict]:
    """(mark, passed, detail) by the answers that count now and what people marked of them. Stores nothing."""
    paper = attempt.paper
    responses = counted_responses(attempt.pk)
    versions = [item["version"] for item in paper.items]
    keys = {pk: version.key for pk, version in versions_to_mark(versions).items()}
    # After the attempt was locked: a regrade is carried out under the same locks, so none is overlooked.
    rows = regraded(rows_of(paper.items, responses, keys, credited, marks_of(scripts)), responses, versions)
    return sum_up(rows, paper.blueprint, credited)


def mark_paper(items, blueprint, responses, keys, credited: Collection[int] = ()) -> tuple[Decimal, bool, dict]:
    """(mark of 10, passed, detail): a pure function of the paper, the responses by number and the keys by version.

    A question earns the percent of its points that ``quizzes.scoring`` gives the response. A part passes when its
    mark, rounded as it is printed, reaches the pass mark and each of its sections reaches its floor; the quiz
    passes when every part does. A part that is kept from an earlier attempt has the result and weight it had there.
    """
    return sum_up(rows_of(items, responses, keys, credited), blueprint, credited)


def rows_of(items, responses, keys, credited: Collection[int] = (), marks=NO_MARKS) -> list[dict]:
    """What each question of the paper earned by its key, or by ``marks`` (points earned, and all there are), with the
    part and section where it stands.

    A row says ``credited`` where a decision gave it all its points: no key takes them back.
    """
    return [
        {
            "number": item["number"],
            "part": item["part"],
            "section": item["section"],
            "of": Decimal(item["points"]),
            "points": Decimal(item["points"])
            if item["number"] in credited
            else _earned(item, keys[item["version"]], responses.get(item["number"], []), marks.get(item["number"])),
        }
        | ({"credited": True} if item["number"] in credited else {})
        for item in items
    ]


def sum_up(rows: list[dict], blueprint: dict, credited: Collection[int] = ()) -> tuple[Decimal, bool, dict]:
    """(mark of 10, passed, detail) of the points that the questions earned, by the frozen blueprint."""
    parts = [_part(part, [row for row in rows if row["part"] == part["part"]]) for part in blueprint["parts"]]
    detail = {
        "items": [_kept(row) for row in rows],
        "parts": parts,
    }
    if credited:
        detail["credited"] = sorted(credited)
    results = [part["kept"] for part in blueprint["parts"] if "kept" in part]
    kept = [{"points": Decimal(result["points"]), "of": Decimal(result["of"])} for result in results]
    return _mark(rows + kept), all(part["passed"] for part in parts), detail


def _kept(row) -> dict:
    kept = {"number": row["number"], "points": str(row["points"]), "of": str(row["of"])}
    return kept | ({"regrade": row["regrade"]} if "regrade" in row else {})


def _earned(item, key, response, marked) -> Decimal:
    points = Decimal(item["points"])
    if kind_of(item["type"]).is_marked_by_people:
        # Without a script nothing was answered.
        return (points * marked[0] / marked[1]).normalize() + 0 if marked else Decimal(0)
    percent = earned_percent(item["type"], key, response, item.get("unit", ""))
    return points if percent == FULL else points * percent / FULL


def _part(part, rows) -> dict:
    if (kept := part.get("kept")) is not None:
        return {
            "part": part["part"],
            "mark": kept["mark"],
            "pass_mark": part["pass_mark"],
            "passed": True,
            "kept": kept["on"],
            "sections": kept["sections"],
        }
    sections = []
    for section in part["sections"]:
        mark = _mark([row for row in rows if row["section"] == section["section"]])
        floor = Decimal(section["floor_mark"])
        sections.append(
            {"section": section["section"], "mark": str(mark), "floor_mark": str(floor), "reached": mark >= floor}
        )
    mark, pass_mark = _mark(rows), Decimal(part["pass_mark"])
    return {
        "part": part["part"],
        "mark": str(mark),
        "pass_mark": str(pass_mark),
        "passed": mark >= pass_mark and all(section["reached"] for section in sections),
        "sections": sections,
    }


def _mark(rows) -> Decimal:
    """The share of points on the scale of 10, two decimals, halves up."""
    of = sum(row["of"] for row in rows)
    points = sum(row["points"] for row in rows)
    return (points * 10 / of).quantize(_CENT, ROUND_HALF_UP) if of else Decimal("0.00")
