"""Where somebody stands with the test of a course: what runs, what is over, and what to do next."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef, Subquery

from courses.models import CoursePage, LessonPage, Sitting, TestPage
from courses.places import children_of
from courses.services.learning import lessons_missing
from quizzes.enums import ReviewItem, ReviewMoment
from quizzes.keeping import KeptResult, kept_results
from quizzes.models import Attempt, Grading
from quizzes.review import rules_of
from quizzes.services import next_start
from quizzes.terms import attempts_for
from staff import clock
from staff.kept_queries import KeptQuery


@dataclass(frozen=True, slots=True)
class Sat:
    """One sitting of an enrolment. ``minutes_left`` is None once it is over, whoever wrote that down.

    ``mark`` and ``is_passed`` are None while there is no marking, and where the quiz does not show it at once;
    ``waits_for_marks``: it was handed in, and people still mark it.
    """

    attempt_id: int
    number: int
    minutes_left: int | None
    finished_at: datetime | None
    mark: Decimal | None
    is_passed: bool | None
    waits_for_marks: bool = False


def sittings_of(enrolment_ids: Iterable[int]) -> dict[int, tuple[Sat, ...]]:
    """The sittings of each enrolment, oldest first, in one query."""
    latest = Grading.objects.filter(attempt=OuterRef("attempt")).order_by("-pk")
    rows = (
        Sitting.objects.filter(enrolment__in=list(enrolment_ids))
        .annotate(mark=Subquery(latest.values("mark")[:1]), is_passed=Subquery(latest.values("is_passed")[:1]))
        .select_related("attempt__quiz")
        .order_by("attempt__number")
    )
    found: dict[int, tuple[Sat, ...]] = {}
    for row in rows:
        seen = found.get(row.enrolment_id, ())
        found[row.enrolment_id] = (*seen, _sat(row, number=len(seen) + 1))
    return found


def _sat(row: Sitting, number: int) -> Sat:
    attempt = row.attempt
    left = (attempt.deadline - (attempt.paused_at or clock.now())).total_seconds()
    is_over = attempt.finished_at is not None or left <= 0
    shows_mark = ReviewItem.MARK in rules_of(attempt.quiz.purpose, attempt.quiz.review)[ReviewMoment.AFTER]
    return Sat(
        attempt_id=attempt.pk,
        number=number,
        minutes_left=None if is_over else int(left // 60),
        finished_at=attempt.finished_at,
        mark=row.mark if shows_mark else None,
        is_passed=row.is_passed if shows_mark else None,
        waits_for_marks=attempt.finished_at is not None and row.mark is None,
    )


@dataclass(frozen=True, slots=True)
class LessonAbout:
    title: str
    slug: str


@dataclass(frozen=True, slots=True)
class AfterTest:
    """What a learner can do after an attempt, of the exam or of practice.

    ``lessons`` are by the title of the section that asks about each, ``kept`` the parts that the next attempt does not
    ask.
    """

    course_code: str
    course_title: str
    has_passed: bool
    attempts_left: int | None
    lessons: dict[str, LessonAbout]
    is_practice: bool = False
    may_start_at: datetime | None = None
    needs_supervision: bool = False
    is_provisional: bool = False
    lessons_missing: int = 0
    kept: tuple[KeptResult, ...] = ()

    @property
    def may_sit_again(self) -> bool:
        return not self.is_practice and not self.has_passed and self.attempts_left != 0

    @property
    def may_start_alone(self) -> bool:
        """Whether the next attempt is begun on the page of the course, and not in an exam session."""
        return self.may_sit_again and not self.needs_supervision and not self.is_provisional


def after_test(attempt: Attempt) -> AfterTest | None:
    """None for an attempt that belongs to no course, such as a preview. Three queries; more for a test of parts."""
    sitting = _SITTING.first(attempt.pk)
    if sitting is None:
        return _after_practice(attempt)
    used, is_provisional, passed_at, code, title, needs_supervision, path = sitting
    allowed = attempts_for(attempt.quiz, attempt.staff_member_id)
    return AfterTest(
        course_code=code,
        course_title=title,
        has_passed=passed_at is not None,
        attempts_left=None if allowed is None else max(0, allowed - used),
        lessons=_lessons_about(attempt, path),
        may_start_at=next_start(attempt.quiz, attempt.staff_member_id),
        needs_supervision=needs_supervision,
        is_provisional=is_provisional,
        lessons_missing=_lessons_missing(attempt),
        kept=() if passed_at or is_provisional else _kept(attempt, only_supervised=needs_supervision),
    )


def _kept(attempt: Attempt, *, only_supervised: bool) -> tuple[KeptResult, ...]:
    if len(attempt.paper.blueprint["parts"]) < 2:  # most tests: nothing is asked
        return ()
    parts, now = list(attempt.quiz.parts.all()), clock.database_now()
    return tuple(
        kept_results(attempt.quiz, attempt.staff_member_id, now=now, only_supervised=only_supervised, parts=parts)
    )


def _lessons_missing(attempt: Attempt) -> int:
    """How many lessons are still to finish after a sitting that did not need them; elsewhere they came first."""
    if not attempt.exam_session_id or not attempt.exam_session.lessons_waived_by:
        return 0
    return lessons_missing(attempt.sitting.enrolment)


def _sitting_of(attempt_id: int):
    same_test = Sitting.objects.filter(enrolment=OuterRef("enrolment"), test=OuterRef("test")).order_by()
    used = Subquery(same_test.values("test").annotate(count=Count("pk")).values("count"))
    undecided = Exists(Sitting.objects.provisional().filter(enrolment=OuterRef("enrolment")))
    course = [f"enrolment__course__{name}" for name in ("code", "title", "needs_supervision", "page__path")]
    return Sitting.objects.filter(attempt=attempt_id).values_list(used, undecided, "enrolment__passed_at", *course)


_SITTING = KeptQuery(_sitting_of, int)


def _after_practice(attempt: Attempt) -> AfterTest | None:
    practice = TestPage.objects.practice().filter(quiz=attempt.quiz_id).first()
    page = CoursePage.objects.parent_of(practice).select_related("course").first() if practice else None
    if page is None or attempt.is_preview:
        return None
    lessons = _lessons_about(attempt, page.path)
    return AfterTest(
        course_code=page.course.code,
        course_title=page.course.title,
        has_passed=False,
        attempts_left=None,
        lessons=lessons,
        is_practice=True,
    )


def _lessons_about(attempt: Attempt, path: str) -> dict[str, LessonAbout]:
    """Only what is printed of them: a page of Wagtail's has seventy columns."""
    by_topic = {code: LessonAbout(title, slug) for code, title, slug in _LESSONS.rows(*children_of(path))}
    sections = [section for part in attempt.paper.blueprint["parts"] for section in part["sections"]]
    return {s["title"]: by_topic[s["category"]] for s in sections if s.get("category") in by_topic}


def _lessons_among(first: str, last: str, depth: int):
    children = LessonPage.objects.live().filter(path__gte=first, path__lte=last, depth=depth)
    return children.exclude(topic=None).order_by("path").values_list("topic__code", "title", "slug")


_LESSONS = KeptQuery(_lessons_among, str, str, int)
