"""What pages of this room, and the rooms above, read: frozen records."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import OuterRef, Subquery

from quizzes.enums import QuestionType
from quizzes.models import Answer, Attempt, Grading, QuestionVersion
from quizzes.pictures import with_pictures
from quizzes.reading import shown
from quizzes.scoring import FULL, accepted_answer, earned_percent
from staff import clock


def latest_grading(attempt: Attempt) -> Grading | None:
    """The marking that counts, None while the attempt is not marked."""
    return attempt.gradings.order_by("-pk").first()


def is_over(attempt: Attempt) -> bool:
    """Whether the attempt is closed to its reader: finished, or its time is up though nobody wrote that down yet."""
    return attempt.finished_at is not None or clock.database_now() >= attempt.deadline


def remaining_seconds(attempt: Attempt) -> int:
    """Whole seconds left by the one clock, never below 0."""
    return max(0, int((attempt.deadline - clock.database_now()).total_seconds()))


@dataclass(frozen=True, slots=True)
class ShownOption:
    """``text`` is safe HTML: escaped, but for the pictures in it."""

    id: str
    text: str
    position: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownQuestion:
    """A question as the exam page prints it: from the frozen paper and the saved answer, never from the bank."""

    number: int
    type: str
    stem: str
    points: Decimal
    options: tuple[ShownOption, ...]
    is_answered: bool
    is_flagged: bool
    sequence: int
    saved_at: datetime | None

    @property
    def next_sequence(self) -> int:
        """What the page without a script sends: two windows that opened on the same answer cannot both win."""
        return self.sequence + 1

    @property
    def previous(self) -> int:
        return self.number - 1

    @property
    def next(self) -> int:
        return self.number + 1


def exam_paper(attempt: Attempt) -> list[ShownQuestion]:
    """The whole paper with what was saved, in two queries."""
    answers = {answer.number: answer for answer in Answer.objects.filter(attempt=attempt)}
    total = sum(Decimal(item["points"]) for item in attempt.paper.items)
    return [_shown(item, answers[item["number"]], total) for item in attempt.paper.items]


def _shown(item, answer, total) -> ShownQuestion:
    return ShownQuestion(
        number=item["number"],
        type=item["type"],
        stem=item["stem"],
        points=Decimal(item["points"]) * 10 / total,
        options=tuple(
            ShownOption(option["id"], with_pictures(option["text"]), position, option["id"] in answer.response)
            for position, option in enumerate(item["options"], 1)
        ),
        is_answered=bool(answer.response),
        is_flagged=answer.is_flagged,
        sequence=answer.sequence,
        saved_at=answer.saved_at,
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


def results_by_part(attempt: Attempt, grading: Grading) -> list[PartResult]:
    """The marking in the words of the frozen blueprint."""
    titles = {}
    for part in attempt.paper.blueprint["parts"]:
        titles["part", part["part"]] = part["title"]
        titles.update({("section", section["section"]): section["title"] for section in part["sections"]})
    return [
        PartResult(
            title=titles["part", part["part"]],
            mark=Decimal(part["mark"]),
            pass_mark=Decimal(part["pass_mark"]),
            is_passed=part["passed"],
            sections=tuple(
                SectionResult(
                    title=titles["section", section["section"]],
                    mark=Decimal(section["mark"]),
                    floor_mark=Decimal(section["floor_mark"]),
                    is_reached=section["reached"],
                )
                for section in part["sections"]
            ),
        )
        for part in grading.detail["parts"]
    ]


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
    """All finished attempts of the same person in the same quiz, oldest first, in one query."""
    latest = Grading.objects.filter(attempt=OuterRef("pk")).order_by("-pk")
    rows = (
        Attempt.objects.filter(quiz=attempt.quiz_id, staff_member=attempt.staff_member_id, is_preview=False)
        .exclude(finished_at=None)
        .annotate(mark=Subquery(latest.values("mark")[:1]), is_passed=Subquery(latest.values("is_passed")[:1]))
        .order_by("number")
    )
    return [PastAttempt(row.pk, row.number, row.finished_at, row.mark, row.is_passed) for row in rows]


def may_review(attempt: Attempt) -> bool:
    """Whether this attempt's learner may see the right answers now.

    The next attempt draws from the same pool, so the key is shown only when there will be none: the quiz
    allows review, nothing is open, and the newest finished attempt was passed or was the last allowed.
    Somebody who sits the quiz again in a later cycle does not see it until that cycle is over too.
    """
    if attempt.finished_at is None or not attempt.quiz.review_allowed:
        return False
    sittings = Attempt.objects.filter(
        quiz=attempt.quiz_id, staff_member=attempt.staff_member_id, is_preview=False
    ).order_by("-number")
    newest = sittings.select_related("paper").first()
    if newest is None or newest.finished_at is None:
        return False
    grading = latest_grading(newest)
    return grading.is_passed or newest.paper.blueprint.get("is_last_attempt", False)


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """``percent`` where the options of the question have percents of their own; ``text`` as in ``ShownOption``."""

    text: str
    is_chosen: bool
    is_right: bool
    percent: Decimal | None
    feedback: str


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    text: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class ReviewedQuestion:
    number: int
    stem: str
    percent: Decimal
    feedback: str
    options: tuple[ReviewedOption, ...] = ()
    typed: str | None = None
    unit: str = ""
    accepted: tuple[ReviewedAnswer, ...] = ()
    answer_feedback: str = ""

    @property
    def is_right(self) -> bool:
        return self.percent == FULL

    @property
    def is_partly_right(self) -> bool:
        return 0 < self.percent < FULL


def review_of(attempt: Attempt) -> list[ReviewedQuestion]:
    """The paper with the key of the versions that were shown. Ask ``may_review`` first."""
    versions = QuestionVersion.objects.in_bulk([item["version"] for item in attempt.paper.items])
    answers = dict(Answer.objects.filter(attempt=attempt).values_list("number", "response"))
    return [_reviewed(item, versions[item["version"]], answers[item["number"]]) for item in attempt.paper.items]


def _reviewed(item, version, response) -> ReviewedQuestion:
    percent = earned_percent(version.type, version.key, response, version.unit)
    if version.type in QuestionType.typed():
        return _reviewed_typed(item, version, response, percent)
    right, notes = set(version.key["right"]), version.feedback.get("options", {})
    percents = version.key.get("percents", {})
    return ReviewedQuestion(
        number=item["number"],
        stem=item["stem"],
        percent=percent,
        options=tuple(
            ReviewedOption(
                with_pictures(o["text"]),
                o["id"] in response,
                o["id"] in right,
                _percent(percents.get(o["id"])),
                notes.get(o["id"], ""),
            )
            for o in item["options"]
        ),
        feedback=version.feedback.get("general", ""),
    )


def _reviewed_typed(item, version, response, percent) -> ReviewedQuestion:
    typed = response[0] if response else ""
    notes = version.feedback.get("accepted", [])
    found = accepted_answer(version.type, version.key, typed, version.unit) if typed else None
    rows = [row for row in version.key["accepted"] if Decimal(row["percent"]) > 0]
    return ReviewedQuestion(
        number=item["number"],
        stem=item["stem"],
        percent=percent,
        typed=typed,
        unit=version.unit,
        accepted=tuple(ReviewedAnswer(_accepted_words(row), _percent(row["percent"])) for row in rows),
        answer_feedback=notes[found] if notes and found is not None else "",
        feedback=version.feedback.get("general", ""),
    )


def _accepted_words(row) -> str:
    """1.234,5 ± 0,5 for a number, the text with its stars for a text."""
    if "text" in row:
        return row["text"]
    value, tolerance = shown(Decimal(row["value"])), Decimal(row["tolerance"])
    return f"{value} ± {shown(tolerance)}" if tolerance else value


def _percent(text) -> Decimal | None:
    return None if text is None else Decimal(text)
