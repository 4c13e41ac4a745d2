"""What pages of this room, and the rooms above, read: frozen records."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import OuterRef, Subquery
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from quizzes.enums import AgreedMark, Purpose, RegradePolicy, ReviewItem, ReviewMoment
from quizzes.examinations import open_until
from quizzes.key_words import key_of
from quizzes.models import (
    Answer,
    AnswerFile,
    Attempt,
    Grading,
    Question,
    Regrade,
    ReviewRequest,
    Script,
    ScriptMark,
)
from quizzes.question_text import text_of
from quizzes.responses import counted_responses
from quizzes.review import NOTHING, ReviewFacts, rules_of, what_may_be_shown
from quizzes.scoring import FULL, earned_percent
from quizzes.terms import attempts_for, closes_for_everybody
from quizzes.types import kind_of
from quizzes.types.by_people import judged_lines
from quizzes.versions import versions_to_mark
from staff import clock
from staff.kept_queries import KeptQuery

ATTEMPTS_LISTED = 20  # practice may be repeated without end


def latest_grading(attempt: Attempt) -> Grading | None:
    """The marking that counts, None while the attempt is not marked."""
    grading = _LATEST.first(attempt.pk)
    if grading is not None:
        grading.attempt = attempt
    return grading


_LATEST = KeptQuery(lambda attempt: Grading.objects.filter(attempt=attempt).order_by("-pk"), int)


@dataclass(frozen=True, slots=True)
class Awaited:
    """What an attempt without a mark waits for: ``open`` of ``total`` answers that people mark, until ``due_on``."""

    open: int
    total: int
    due_on: date | None


def awaited_marks(attempt: Attempt) -> Awaited:
    rows = list(Script.objects.filter(attempt=attempt).values_list("decided_at", "due_on"))
    waiting = [due_on for decided_at, due_on in rows if decided_at is None]
    return Awaited(len(waiting), len(rows), max(waiting, default=None))


def is_over(attempt: Attempt, *, now: datetime | None = None) -> bool:
    """Whether the attempt is closed to its reader: finished, or its time is up though nobody wrote that down yet.

    ``now`` is what the one clock said in this request, where it was asked already.
    """
    if attempt.finished_at is None and attempt.paused_at is not None:
        return False
    return attempt.finished_at is not None or (now or clock.database_now()) >= attempt.deadline


def remaining_seconds(attempt: Attempt, *, now: datetime | None = None) -> int:
    """Whole seconds left by the one clock, never below 0; while the attempt is paused, as many as then."""
    return max(0, int((attempt.deadline - (attempt.paused_at or now or clock.database_now())).total_seconds()))


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as the exam page prints it: from the frozen paper and the saved answer, never from the bank.

    ``body`` is the record that its type made for its ``template``.
    """

    number: int
    type: str
    stem: str
    points: Decimal
    body: object
    is_answered: bool
    is_flagged: bool
    sequence: int
    saved_at: datetime | None
    attempt_id: int
    files: tuple[AnswerFile, ...] = ()

    @property
    def file(self) -> AnswerFile | None:
        """The one that counts of the ``files`` that were handed in, the newest first."""
        return next((file for file in self.files if file.sha256 == self.body.sha256), None)

    @property
    def earlier_files(self) -> list[AnswerFile]:
        return [file for file in self.files if file.sha256 != self.body.sha256]

    @property
    def template(self) -> str:
        return kind_of(self.type).answer_template

    @property
    def holds_stem(self) -> bool:
        return kind_of(self.type).holds_stem

    @property
    def next_sequence(self) -> int:
        """What the page without a script sends: two windows that opened on the same answer cannot both win."""
        return self.sequence + 1


_SAVED = ("number", "response", "is_flagged", "sequence", "saved_at")
_ANSWERS = KeptQuery(lambda attempt: Answer.objects.filter(attempt=attempt).order_by().values_list(*_SAVED), int)


def exam_paper(attempt: Attempt) -> list[ShownQuestion]:
    """The whole paper with what was saved, in two queries; one more where files are handed in."""
    answers = {number: saved for number, *saved in _ANSWERS.rows(attempt.pk)}
    total = sum(Decimal(item["points"]) for item in attempt.paper.items)
    files = files_by_question(attempt)
    return [
        _shown(attempt.pk, item, answers[item["number"]], total, files.get(item["number"], ()))
        for item in attempt.paper.items
    ]


def files_by_question(attempt: Attempt) -> dict[int, tuple[AnswerFile, ...]]:
    """What was handed in for each question, the newest first; no query for a paper that takes no file."""
    found: dict[int, tuple[AnswerFile, ...]] = {}
    if any(kind_of(item["type"]).takes_file for item in attempt.paper.items):
        for file in AnswerFile.objects.filter(attempt=attempt).order_by("-uploaded_at", "-pk"):
            found[file.number] = (*found.get(file.number, ()), file)
    return found


def _shown(attempt_id, item, saved, total, files) -> ShownQuestion:
    response, is_flagged, sequence, saved_at = saved
    return ShownQuestion(
        number=item["number"],
        type=item["type"],
        stem=item["stem"],
        points=Decimal(item["points"]) * 10 / total,
        body=kind_of(item["type"]).shown(item, response),
        is_answered=bool(response),
        is_flagged=is_flagged,
        sequence=sequence,
        saved_at=saved_at,
        attempt_id=attempt_id,
        files=files,
    )


@dataclass(frozen=True, slots=True)
class SectionResult:
    title: str
    mark: Decimal
    floor_mark: Decimal
    is_reached: bool


@dataclass(frozen=True, slots=True)
class PartResult:
    title: str
    mark: Decimal
    pass_mark: Decimal
    is_passed: bool
    sections: tuple[SectionResult, ...]
    kept_from: datetime | None = None

    @property
    def shortfalls(self) -> list[tuple[str, Decimal, Decimal]]:
        """Why the part was not passed: of itself and of each of its sections the title, the mark and the mark that
        should have been reached."""
        own = [(self.title, self.mark, self.pass_mark)] if self.mark < self.pass_mark else []
        return own + [(s.title, s.mark, s.floor_mark) for s in self.sections if not s.is_reached]


def results_by_part(attempt: Attempt, grading: Grading) -> list[PartResult]:
    """The marking in the words of the frozen blueprint; of several parts, one without a title goes by its number."""
    titles, parts = {}, attempt.paper.blueprint["parts"]
    for number, part in enumerate(parts, 1):
        unnamed = _("Part %(number)s") % {"number": number} if len(parts) > 1 else ""
        titles["part", part["part"]] = part["title"] or unnamed
        titles.update({("section", section["section"]): section["title"] for section in part["sections"]})
    return [
        PartResult(
            title=titles["part", part["part"]],
            mark=Decimal(part["mark"]),
            pass_mark=Decimal(part["pass_mark"]),
            is_passed=part["passed"],
            kept_from=datetime.fromisoformat(part["kept"]) if part.get("kept") else None,
            sections=tuple(
                SectionResult(
                    title=section.get("title") or titles["section", section["section"]],
                    mark=Decimal(section["mark"]),
                    floor_mark=Decimal(section["floor_mark"]),
                    is_reached=section["reached"],
                )
                for section in part["sections"]
            ),
        )
        for part in grading.detail["parts"]
    ]


@dataclass(frozen=True, slots=True)
class KeptPart:
    title: str
    on: datetime


def kept_parts_on(paper) -> list[KeptPart]:
    """The parts that this paper does not ask, because they were passed before."""
    parts = [part for part in paper.blueprint["parts"] if "kept" in part]
    return [KeptPart(part["title"], datetime.fromisoformat(part["kept"]["on"])) for part in parts]


def sections_to_read_again(parts: list[PartResult]) -> list[SectionResult]:
    """Where something was wrong, the weakest first."""
    return sorted((s for part in parts for s in part.sections if s.mark < 10), key=lambda section: section.mark)


@dataclass(frozen=True, slots=True)
class PastAttempt:
    pk: int
    number: int
    finished_at: datetime
    mark: Decimal
    is_passed: bool


def attempts_of(attempt: Attempt) -> list[PastAttempt]:
    """The last finished attempts of the same person in the same quiz, oldest first, in one query."""
    return [PastAttempt(*row) for row in reversed(_FINISHED.rows(attempt.quiz_id, attempt.staff_member_id))]


def _finished(quiz_id: int, staff_member_id: int):
    latest = Grading.objects.filter(attempt=OuterRef("pk")).order_by("-pk")
    sat = Attempt.objects.filter(quiz=quiz_id, staff_member=staff_member_id, is_preview=False)
    columns = [
        "pk",
        "number",
        "finished_at",
        Subquery(latest.values("mark")[:1]),
        Subquery(latest.values("is_passed")[:1]),
    ]
    return sat.exclude(finished_at=None).order_by("-number").values_list(*columns)[:ATTEMPTS_LISTED]


_FINISHED = KeptQuery(_finished, int, int)


@dataclass(frozen=True, slots=True)
class Others:
    """The moment by the one clock, and until when others are asked the questions of a finished exam: then nothing but
    its mark may be shown. None where nobody is."""

    now: datetime
    asked_until: datetime | None


def others_of(attempt: Attempt) -> Others:
    now = clock.database_now()
    if attempt.finished_at is None or attempt.is_preview or attempt.quiz.purpose != Purpose.EXAM:
        return Others(now, None)
    return Others(now, open_until(attempt, now=now))


def shown_of(attempt: Attempt, *, grading: Grading | None = None, others: Others | None = None) -> frozenset[str]:
    """The ReviewItems that this attempt's learner may see now. ``grading`` is its latest, and ``others`` what
    ``others_of`` said in this request, where these were asked already."""
    quiz, newest, newest_grading = attempt.quiz, None, None
    if attempt.finished_at is None:
        if quiz.purpose == Purpose.EXAM:
            return NOTHING  # as what_may_be_shown would say; an exam page need not ask for the time again
    else:
        newest = _newest_like(attempt)
    if newest is not None and newest.finished_at is not None:
        newest_grading = grading if grading and newest.pk == attempt.pk else latest_grading(newest)
    others = others or others_of(attempt)
    if attempt.finished_at is not None and grading is None:
        is_newest = newest is not None and newest.pk == attempt.pk
        grading = newest_grading if is_newest else latest_grading(attempt)
    return what_may_be_shown(
        ReviewFacts(
            purpose=quiz.purpose,
            rules=rules_of(quiz.purpose, quiz.review),
            is_open=not is_over(attempt, now=others.now),
            is_marked=grading is not None,
            is_settled=newest_grading is not None and (newest_grading.is_passed or _was_the_last(newest)),
            is_sitting_again=newest is not None and newest.finished_at is None,
            now=others.now,
            closes_at=closes_for_everybody(quiz),
            grace_seconds=quiz.grace_seconds,
            is_asked_of_others=others.asked_until is not None,
        )
    )


def _newest_like(attempt: Attempt) -> Attempt | None:
    """The newest attempt of the same person in the same quiz, previews left out: mostly the very one."""
    newest = _NEWEST.first(attempt.quiz_id, attempt.staff_member_id)
    if newest == (attempt.pk,):
        return attempt
    sittings = Attempt.objects.select_related("paper", "quiz").defer("paper__items")
    return sittings.filter(pk=newest[0]).first() if newest else None


def _newest_of(quiz_id: int, staff_member_id: int):
    sat = Attempt.objects.filter(quiz=quiz_id, staff_member=staff_member_id, is_preview=False)
    return sat.order_by("-number").values_list("pk")


_NEWEST = KeptQuery(_newest_of, int, int)


def _was_the_last(attempt: Attempt) -> bool:
    """Whether no attempt was left after this one, and none was granted since."""
    rules = attempt.paper.blueprint
    if not rules.get("is_last_attempt", False):
        return False
    allowed = attempts_for(attempt.quiz, attempt.staff_member_id)
    return allowed is not None and allowed <= rules.get("attempts_allowed", allowed)


def shows_paper(attempt: Attempt) -> bool:
    """Whether the questions of a finished attempt are shown to its learner, because more than marks is."""
    return bool(shown_of(attempt) - {ReviewItem.MARK})


def shown_later(attempt: Attempt, shown: frozenset[str]) -> frozenset[str]:
    """What this learner may see only once the test is over for her."""
    quiz = attempt.quiz
    return rules_of(quiz.purpose, quiz.review)[ReviewMoment.AFTER_WINDOW] - shown


def why_no_review(attempt: Attempt, shown: frozenset[str], others: Others) -> str:
    """When answers will be shown, where they are not shown now; empty where they are, or never will be."""
    if shown - {ReviewItem.MARK} or not shown_later(attempt, shown) - {ReviewItem.MARK}:
        return ""
    if others.asked_until is not None:
        return _(
            "The answers are shown when every shift of the examination has been ended, which is planned for %(moment)s."
        ) % {"moment": clock.shown_moment(others.asked_until)}
    if (closes_at := closes_for_everybody(attempt.quiz)) is not None:
        moment = date_format(localtime(closes_at), "DATETIME_FORMAT")
        return _("The answers are shown when the test is over for everybody, after %(moment)s.") % {"moment": moment}
    return _(
        "The right answers are shown when the test has been passed or no attempt is left, because the next attempt "
        "draws from the same questions."
    )


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    """A question of the paper with as much of its marking as may be shown: what may not is not in here.

    ``verdict`` is right, partly, wrong, or empty; ``points`` and ``of`` are on the scale of the paper; ``body`` is the
    record that its type made for its ``template``. Of what people marked ``judged`` says each criterion with its
    points, ``agreed`` whose of several count, and ``comments`` what markers wrote to the learner; while they have not,
    there are no ``points``.
    ``counts_because`` says why other points count than the key that was shown gives, ``corrected_key`` what the key is
    by which they do.
    """

    number: int
    type: str
    stem: str
    verdict: str
    points: Decimal | None
    of: Decimal
    feedback: str
    body: object
    attempt_id: int
    files: tuple[AnswerFile, ...] = ()
    judged: tuple[tuple[str, ...], ...] = ()
    agreed: str = ""
    comments: tuple[str, ...] = ()
    counts_because: str = ""
    corrected_key: tuple[str, ...] = ()

    @property
    def file(self) -> AnswerFile | None:
        return next((file for file in self.files if file.sha256 == self.body.sha256), None)

    @property
    def template(self) -> str:
        return kind_of(self.type).review_template

    @property
    def holds_stem(self) -> bool:
        return kind_of(self.type).holds_stem

    @property
    def heading(self) -> str:
        return _("Question %(number)s") % {"number": self.number}


def review_of(
    attempt: Attempt, shown: frozenset[str], *, grading: Grading | None = None, number: int | None = None
) -> list[ReviewedQuestion]:
    """The paper, or one question of it, with what ``shown_of`` allows; nothing where it allows no more than marks.

    ``grading`` is the marking that counts: where a decision gave a question other points than its key, those are shown.
    """
    if not shown - {ReviewItem.MARK}:
        return []
    items = [item for item in attempt.paper.items if number in (None, item["number"])]
    total = sum(Decimal(item["points"]) for item in attempt.paper.items)
    versions = versions_to_mark([item["version"] for item in items])
    answers = counted_responses(attempt.pk)
    files, scripts, decided = files_by_question(attempt), _scripts_of(attempt), _decided_points(grading)
    return [
        _reviewed(
            item,
            versions[item["version"]],
            answers[item["number"]],
            shown,
            total,
            scripts.get(item["number"]),
            decided.get(item["number"]),
            attempt_id=attempt.pk,
            files=files.get(item["number"], ()),
        )
        for item in items
    ]


def _scripts_of(attempt) -> dict[int, Script]:
    """What people marked of the paper; no query where they mark nothing."""
    if not any(kind_of(item["type"]).is_marked_by_people for item in attempt.paper.items):
        return {}
    scripts = Script.objects.filter(attempt=attempt).prefetch_related("marks")
    return {script.number: script for script in scripts}


@dataclass(frozen=True, slots=True)
class _Decided:
    """What a question earned by a decision, and not by the key that was shown."""

    percent: Decimal
    why: str
    key: tuple[str, ...] = ()


def _decided_points(grading: Grading | None) -> dict[int, _Decided]:
    """By number; no query where no decision touched the paper."""
    if grading is None:
        return {}
    rows = {row["number"]: row for row in grading.detail["items"]}
    regrades = Regrade.objects.select_related("version")
    found = {number: row["regrade"] for number, row in rows.items() if "regrade" in row}
    by_pk = regrades.in_bulk(list(found.values())) if found else {}
    decided = {number: _by_regrade(rows[number], by_pk[pk]) for number, pk in found.items()}
    if credited := grading.detail.get("credited"):
        asked = ReviewRequest.objects.filter(attempt=grading.attempt_id).first()
        said = asked.credited if asked is not None else {}
        for number in credited:
            words = _("All points were given when the paper was marked again on request: %(reason)s.")
            decided[number] = _Decided(FULL, words % {"reason": said.get(str(number), "").rstrip(".") or "–"})
    return decided


def _by_regrade(row: dict, regrade: Regrade) -> _Decided:
    words = {
        RegradePolicy.FULL: _("The question was faulty: everybody who was shown it gets all its points."),
        RegradePolicy.BOTH: _("The key was corrected: the one shown here and the corrected one both count."),
        RegradePolicy.AGAIN: _("The key was corrected: what counts is the corrected one, not the one shown here."),
    }[RegradePolicy(regrade.policy)]
    why = " ".join([words, _("Reason: %(reason)s.") % {"reason": regrade.reason.rstrip(".")}])
    by_key = regrade.policy in RegradePolicy.by_key()
    key = tuple(key_of(text_of(regrade.version))) if by_key else ()
    return _Decided(Decimal(row["points"]) * FULL / Decimal(row["of"]), why, key)


def _reviewed(item, version, response, shown, total, script, decided, **more) -> ReviewedQuestion:
    of, verdict = Decimal(item["points"]) * 10 / total, ""
    if kind_of(version.type).is_marked_by_people:
        percent = _percent_of(script) if response else Decimal(0)
        more |= _words_of_markers(script, version, shown)
    else:
        percent = decided.percent if decided else earned_percent(version.type, version.key, response, version.unit)
        verdict = _verdict(percent) if ReviewItem.RIGHT_OR_WRONG in shown else ""
    if decided and shown & {ReviewItem.MARK, ReviewItem.RIGHT_OR_WRONG}:
        percent = decided.percent if percent is not None else None
        more |= {"counts_because": decided.why, "corrected_key": decided.key if ReviewItem.KEY in shown else ()}
    return ReviewedQuestion(
        number=item["number"],
        type=item["type"],
        stem=item["stem"],
        verdict=verdict,
        points=of * percent / FULL if ReviewItem.MARK in shown and percent is not None else None,
        of=of,
        feedback=version.feedback.get("general", "") if ReviewItem.FEEDBACK in shown else "",
        body=kind_of(version.type).reviewed(item, version, response, shown),
        **more,
    )


def _percent_of(script: Script | None) -> Decimal | None:
    """None while the marks are not in."""
    return None if script is None or script.decided_at is None else script.earned * FULL / script.of


def _words_of_markers(script: Script | None, version, shown) -> dict:
    """How each marker judged it and what she wrote to the learner; nothing while the marks are not in."""
    if script is None or script.decided_at is None:
        return {}
    marks: list[ScriptMark] = [mark for mark in script.marks.all() if mark.round == script.round and mark.done_at]
    may_see_points = {ReviewItem.MARK, ReviewItem.RIGHT_OR_WRONG} & shown
    return {
        "judged": tuple(judged_lines(version.key, mark.chosen) for mark in marks) if may_see_points else (),
        "agreed": _whose_count(script, len(marks)) if may_see_points else "",
        "comments": tuple(mark.comment for mark in marks if mark.comment) if ReviewItem.FEEDBACK in shown else (),
    }


def _whose_count(script: Script, markers: int) -> str:
    """Whose marks count, in the order in which ``judged`` has them; empty where one marked alone."""
    if markers <= 2:
        return _("What counts is the mean of both markers.") if markers == 2 else ""
    if script.agreed_mark == AgreedMark.THIRD:
        return _("Markers 1 and 2 differed by more than is allowed: what counts is the mark of marker 3.")
    return _("Markers 1 and 2 differed by more than is allowed: what counts is the mean of all three.")


def _verdict(percent: Decimal) -> str:
    return "right" if percent == FULL else "partly" if percent > 0 else "wrong"


def was_shown_in_practice(question: Question) -> bool:
    """Whether learners met the question while practising: in the exam's pool it would be known already."""
    return Answer.objects.filter(version__question=question, attempt__quiz__purpose=Purpose.PRACTICE).exists()


def latest_regrades(question: Question) -> list[Regrade]:
    """What was decided about papers that showed the question, and what waits for a decision; the newest first."""
    return list(question.regrades.select_related("made_by", "applied_by").order_by("-pk")[:ATTEMPTS_LISTED])
