"""Marking again what showed a faulty question: said first, shown, and carried out once exactly as it was shown.

Nothing else marks again: a new version of a question, reviewed or not, changes no mark by itself.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from quizzes.enums import QuestionStatus, RegradePolicy
from quizzes.errors import FactsMoved, RegradeRefused
from quizzes.models import Answer, Attempt, Grading, Paper, Question, QuestionVersion, Regrade
from quizzes.regrades import row_after
from quizzes.rekeying import why_not_comparable
from quizzes.services.marking import announce, sum_up
from staff import clock
from staff.services import notify
from staff.vietnamese import as_sentence

# Papers are read in slices: what they show is long, what is kept of them is not.
SLICE = 200
# News is told for so many; the sweepers upstairs find the others within minutes, and the page answers in time.
ANNOUNCED = 200


@dataclass(frozen=True, slots=True)
class PartTurn:
    title: str
    mark_before: Decimal
    mark_after: Decimal
    was_passed: bool
    is_passed: bool


@dataclass(frozen=True, slots=True)
class Remarked:
    """A paper whose points a regrade changes: what stood there (``grading_id``), and what would.

    ``parts`` are those whose mark differs. ``detail`` is the new marking as it is stored.
    """

    attempt_id: int
    staff_member_id: int
    quiz_id: int
    grading_id: int
    mark_before: Decimal
    mark_after: Decimal
    was_passed: bool
    is_passed: bool
    parts: tuple[PartTurn, ...]
    detail: dict = field(compare=False)

    @property
    def passes_now(self) -> bool:
        return self.is_passed and not self.was_passed

    @property
    def fails_now(self) -> bool:
        return self.was_passed and not self.is_passed


@dataclass(frozen=True, slots=True)
class Plan:
    """What a regrade would do now. ``shown``: finished papers it looks at; ``running``: those that are being sat.

    ``spared``: papers that would lose points and keep them. ``not_comparable``: why some versions stay as they are.
    """

    shown: int
    spared: int
    running: int
    not_comparable: tuple[str, ...]
    papers: tuple[Remarked, ...]

    @property
    def digest(self) -> str:
        """Equal for equal effects only. Papers that are still being sat come and go and do not count."""
        facts = [self.shown, self.spared, [{**asdict(paper), "detail": None} for paper in self.papers]]
        return hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()

    def count(self, what: str) -> int:
        return sum(bool(getattr(paper, what)) for paper in self.papers)

    @property
    def raised(self) -> int:
        return sum(paper.mark_after > paper.mark_before for paper in self.papers)

    @property
    def lowered(self) -> int:
        return sum(paper.mark_after < paper.mark_before for paper in self.papers)

    @property
    def does_something(self) -> bool:
        return bool(self.papers or self.running)


def faulty_through(question: Question) -> int:
    """The last version that a regrade is about: those before the one that papers show now; of a question that was
    never corrected, or was retired, that one too."""
    current = question.current
    is_corrected = question.status != QuestionStatus.RETIRED and current.number > 1
    return current.number - 1 if is_corrected else current.number


def policies_for(question: Question) -> list[str]:
    """What can be asked for now: the new key only where there is one, and it fits a version that was shown."""
    through = faulty_through(question)
    older = _versions_shown(question, through)
    if through < question.current.number and any(not why_not_comparable(row, question.current) for row in older):
        return list(RegradePolicy.values)
    return [RegradePolicy.FULL] if older else []


def propose_regrade(*, question: Question, policy: str, reason: str, may_lower_because: str = "", by) -> Regrade:
    """Writes down what is asked for; nobody's mark changes by it. The same words sent twice are one row."""
    if not (reason := reason.strip()):
        raise RegradeRefused(_("Please say why the papers are marked again."))
    question = Question.objects.select_related("current").get(pk=question.pk)
    if policy not in policies_for(question):
        raise RegradeRefused(
            _("No paper has shown a version that this would change. Correct the question and review it first.")
        )
    found, _new = Regrade.objects.get_or_create(
        question=question,
        version=question.current,
        through=faulty_through(question),
        policy=policy,
        reason=reason[:200],
        may_lower_because=may_lower_because.strip()[:200] if policy == RegradePolicy.AGAIN else "",
        made_by=by,
        applied_at=None,
    )
    return found


def plan_of(regrade: Regrade) -> Plan:
    """What the regrade would do now; it writes nothing."""
    finished, running = _attempts(regrade)
    return _plan(regrade, finished, running)


@transaction.atomic
def apply_regrade(*, regrade: Regrade, shown: str, by) -> Regrade:
    """Appends the markings that were shown, if they are still the same; a second call changes nothing.

    Raises FactsMoved where a paper was handed in or marked meanwhile. Papers that are being sat are marked by the same
    decision when they are handed in: the last thing that happens here is to wait for those being finished at this
    moment, and whoever finishes later finds the decision.
    """
    regrade = Regrade.objects.select_for_update(of=("self",)).select_related("version").get(pk=regrade.pk)
    if regrade.applied_at is not None:
        return regrade
    if regrade.version_id != Question.objects.get(pk=regrade.question_id).current_id:
        raise RegradeRefused(_("A newer version of the question was reviewed meanwhile. Please begin again from it."))
    finished, running = _attempts(regrade)
    _locked(finished)
    plan = _plan(regrade, finished, running)
    if plan.digest != shown:
        raise FactsMoved
    regrade.applied_at, regrade.applied_by, regrade.shown = clock.now(), by, shown
    regrade.save(update_fields=["applied_at", "applied_by", "shown"])
    _append(regrade, plan, by)
    _say(regrade, plan)
    if any(row.finished_at is not None for row in _locked(_attempts(regrade)[1])) or _attempts(regrade)[0] != finished:
        raise FactsMoved
    return regrade


def _versions_shown(question: Question, through: int) -> list[QuestionVersion]:
    shown = Answer.objects.filter(version__question=question, attempt__is_preview=False).values("version")
    return list(question.versions.filter(pk__in=shown, number__lte=through).order_by("number"))


def _attempts(regrade: Regrade) -> tuple[list[int], list[int]]:
    """(finished, running) papers that showed one of the versions; previews count nowhere."""
    rows = Attempt.objects.filter(
        is_preview=False,
        answers__version__question=regrade.question_id,
        answers__version__number__lte=regrade.through,
    )
    found = dict(rows.values_list("pk", "finished_at"))
    return sorted(pk for pk in found if found[pk] is not None), sorted(pk for pk in found if found[pk] is None)


def _locked(attempts: list[int]) -> list[Attempt]:
    """Always in one order, so that two regrades wait for each other and neither for ever."""
    rows = Attempt.objects.select_for_update(no_key=True).order_by("pk").only("finished_at")
    return [row for start in range(0, len(attempts), SLICE) for row in rows.filter(pk__in=attempts[start:][:SLICE])]


def _plan(regrade: Regrade, finished: list[int], running: list[int]) -> Plan:
    versions = {version.pk: version for version in regrade.question.versions.filter(number__lte=regrade.through)}
    shown = Answer.objects.filter(attempt__in=finished, version__in=list(versions)).values("version").distinct()
    reasons = [
        why_not_comparable(versions[row["version"]], regrade.version)
        for row in shown.order_by("version")
        if regrade.policy in RegradePolicy.by_key()
    ]
    papers, spared = [], 0
    for start in range(0, len(finished), SLICE):
        for paper, is_spared in _remarked(regrade, finished[start:][:SLICE], versions):
            spared += is_spared
            if paper is not None:
                papers.append(paper)
    return Plan(
        shown=len(finished),
        spared=spared,
        running=len(running),
        not_comparable=tuple(reason for reason in reasons if reason),
        papers=tuple(papers),
    )


def _remarked(regrade, attempts: list[int], versions: dict) -> Iterator[tuple[Remarked | None, bool]]:
    gradings = {row.attempt_id: row for row in Grading.objects.filter(attempt__in=attempts).order_by("pk")}
    asked = Answer.objects.filter(attempt__in=attempts, version__in=list(versions)).with_counted()
    answers = {}
    for attempt, number, version, response in asked.values_list("attempt", "number", "version", "counted"):
        answers.setdefault(attempt, {})[number] = (versions[version], response)
    papers = Paper.objects.filter(attempt__in=attempts).select_related("attempt").order_by("attempt")
    for paper in papers:
        grading = gradings.get(paper.attempt_id)
        if grading is not None:
            yield _remark(regrade, paper, grading, answers[paper.attempt_id])


def _remark(regrade, paper: Paper, grading: Grading, answers: dict) -> tuple[Remarked | None, bool]:
    """The paper with its new marking, None where no point changes; and whether it would have lost points."""
    rows = _rows(paper, grading)
    after = [
        row_after(regrade, row, shown=answers[row["number"]][0], response=answers[row["number"]][1])
        if row["number"] in answers
        else row
        for row in rows
    ]
    if after == rows:
        return None, _would_lose(regrade, rows, answers)
    mark, is_passed, detail = sum_up(after, paper.blueprint, grading.detail.get("credited", ()))
    titles = {part["part"]: part["title"] for part in paper.blueprint["parts"]}
    return Remarked(
        attempt_id=paper.attempt_id,
        staff_member_id=paper.attempt.staff_member_id,
        quiz_id=paper.attempt.quiz_id,
        grading_id=grading.pk,
        mark_before=grading.mark,
        mark_after=mark,
        was_passed=grading.is_passed,
        is_passed=is_passed,
        parts=tuple(_turns(grading.detail["parts"], detail["parts"], titles)),
        detail=detail,
    ), False


def _would_lose(regrade, rows, answers) -> bool:
    """Whether a question keeps points only because the decision may lower nobody."""
    if regrade.may_lower or regrade.policy != RegradePolicy.AGAIN:
        return False
    strict = Regrade(pk=regrade.pk, policy=regrade.policy, version=regrade.version, may_lower_because="?")
    return any(
        row_after(strict, row, shown=answers[row["number"]][0], response=answers[row["number"]][1]) != row
        for row in rows
        if row["number"] in answers
    )


def _rows(paper: Paper, grading: Grading) -> list[dict]:
    """The questions as the latest marking left them, whoever marked: only what the regrade is about is marked anew."""
    places = {item["number"]: {"part": item["part"], "section": item["section"]} for item in paper.items}
    for number in grading.detail.get("credited", ()):
        places[number]["credited"] = True
    return [
        row | places[row["number"]] | {"points": Decimal(row["points"]), "of": Decimal(row["of"])}
        for row in grading.detail["items"]
    ]


def _turns(before: list[dict], after: list[dict], titles: dict) -> Iterator[PartTurn]:
    for old, new in zip(before, after, strict=True):
        if (old["mark"], old["passed"]) != (new["mark"], new["passed"]):
            yield PartTurn(
                title=titles.get(old["part"], ""),
                mark_before=Decimal(old["mark"]),
                mark_after=Decimal(new["mark"]),
                was_passed=old["passed"],
                is_passed=new["passed"],
            )


def _append(regrade: Regrade, plan: Plan, by) -> None:
    made = Grading.objects.bulk_create(
        (
            Grading(
                attempt_id=paper.attempt_id,
                mark=paper.mark_after,
                is_passed=paper.is_passed,
                detail=paper.detail,
                graded_at=regrade.applied_at,
                graded_by=by,
                reason=regrade.reason,
                regrade=regrade,
            )
            for paper in plan.papers
        ),
        batch_size=SLICE,
    )
    log(
        instance=regrade.question,
        action="quizzes.regrade",
        user=by,
        data={
            "regrade": regrade.pk,
            "policy": regrade.policy,
            "through": regrade.through,
            "reason": regrade.reason,
            "may_lower_because": regrade.may_lower_because,
            "papers": len(plan.papers),
            "raised": plan.raised,
            "lowered": plan.lowered,
            "passes_now": plan.count("passes_now"),
            "fails_now": plan.count("fails_now"),
        },
    )
    # Those whose standing turns come first: upstairs they matter most.
    turned = {paper.attempt_id for paper in plan.papers if paper.was_passed != paper.is_passed}
    for grading in sorted(made, key=lambda row: row.attempt_id not in turned)[:ANNOUNCED]:
        announce(grading)


def _say(regrade: Regrade, plan: Plan) -> None:
    """Tells everybody whose mark differs. The marks stand on the result page, which shows them when it may."""
    changed = {paper.attempt_id for paper in plan.papers if paper.mark_before != paper.mark_after}
    sittings = Attempt.objects.filter(pk__in=changed).select_related("staff_member__user", "quiz")
    for attempt in sittings.order_by("pk"):
        notify(
            to=attempt.staff_member,
            kind="quizzes.regraded",
            key=f"regrade-{regrade.pk}-{attempt.pk}",
            words=partial(_words, attempt.quiz.title, regrade.reason),
            path=reverse("quizzes:result", args=[attempt.pk]),
        )


def _words(title: str, reason: str) -> tuple[str, str]:
    return (
        _("Your test was marked again: %(title)s") % {"title": title},
        _(
            "A question of the test “%(title)s” was marked again and your mark changed. The reason: %(reason)s "
            "You need not do anything."
        )
        % {"title": title, "reason": as_sentence(reason)},
    )
