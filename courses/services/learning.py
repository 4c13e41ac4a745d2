"""Taking a course: enrol, finish lessons, sit the test, be qualified."""

from collections import defaultdict

from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, Subquery
from django.utils import timezone

from courses.enums import Origin
from courses.errors import (
    AlreadyPassed,
    CourseNotReady,
    LessonsFirst,
    NotEnrolled,
    NotInThisCourse,
    StillProvisional,
    SupervisedOnly,
)
from courses.models import (
    Course,
    CoursePage,
    Enrolment,
    LessonCompletion,
    LessonPage,
    Qualification,
    Sitting,
    TestPage,
)
from courses.renewal import may_renew
from courses.services.qualifications import grant_qualification, last_valid_day
from quizzes.counting import Marked, the_one_that_counts
from quizzes.models import Grading
from quizzes.queries import latest_grading
from quizzes.services import start_attempt
from quizzes.services.supervising import terms_of
from staff import clock
from staff.kept_queries import KeptQuery, insert_one


@transaction.atomic
def enrol(*, staff_member, course, by=None) -> Enrolment:
    """The enrolment of the running cycle; a new cycle begins where the last one is over and its qualification ends.

    Twice at once gives one enrolment. Raises CourseNotReady while the course is being prepared.
    """
    if not course.is_ready:
        raise CourseNotReady
    taken = Enrolment.objects.filter(staff_member=staff_member, course=course).select_related("course")
    last = taken.order_by("-cycle").first()
    if last is not None and not may_begin_again(last):
        return last
    cycle = last.cycle + 1 if last else 1
    enrolment, _created = Enrolment.objects.get_or_create(
        staff_member=staff_member,
        course=course,
        cycle=cycle,
        defaults={"enrolled_by": by, "enrolled_at": clock.now()},
    )
    return enrolment


def may_begin_again(enrolment: Enrolment) -> bool:
    """Only a passed cycle is followed by another: once its qualification was revoked, has ended, or soon will."""
    if enrolment.passed_at is None:
        return False
    return may_renew(Qualification.objects.filter(enrolment=enrolment), course=enrolment.course, on=clock.today())


@transaction.atomic
def complete_lesson(*, enrolment: Enrolment, lesson, revision_id: int | None) -> LessonCompletion:
    """Notes that the lesson was finished in the revision that was read. The first time counts; twice is harmless."""
    if not LessonPage.objects.live().child_of(enrolment.course.page).filter(pk=lesson.pk).exists():
        raise NotInThisCourse
    enrolment = Enrolment.objects.select_for_update(of=("self",)).select_related("course").get(pk=enrolment.pk)
    completion, created = LessonCompletion.objects.get_or_create(
        enrolment=enrolment, lesson=lesson, defaults={"revision_id": revision_id, "completed_at": clock.now()}
    )
    if created:
        _close_where_done(enrolment)
    return completion


@transaction.atomic
def complete_by_attendance(*, nomination) -> Enrolment | None:
    """Who attended a class need not finish the lessons, where the course says so; the test is still to be passed.

    Enrols where that is missing. None where nothing changes: the course does not say so, is not open, has no test, or
    the lessons are done already. A test that was passed before the lessons counts from now on.
    """
    course = nomination.class_session.course
    if not course.attendance_is_lessons or not course.is_ready or not _has_exam(course):
        return None
    person = nomination.staff_member.merged_into or nomination.staff_member
    enrolment = enrol(staff_member=person, course=course)
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("course__track", "staff_member")
    enrolment = locked.get(pk=enrolment.pk)
    if enrolment.completed_at is not None:
        return None
    enrolment.completed_at, enrolment.lessons_by = clock.now(), nomination
    enrolment.save(update_fields=["completed_at", "lessons_by"])
    _close_where_done(enrolment)
    return enrolment


def _has_exam(course: Course) -> bool:
    page = CoursePage.objects.filter(course=course).first()
    return page is not None and TestPage.objects.exams().live().child_of(page).exists()


def lessons_missing(enrolment: Enrolment) -> int:
    """How many published lessons of the course are not finished; none once all had been finished."""
    if enrolment.completed_at is not None:
        return 0
    lessons = LessonPage.objects.live().child_of(enrolment.course.page)
    return lessons.exclude(completions__enrolment=enrolment).count()


def start_test(*, enrolment: Enrolment, test, **terms):
    """The attempt to sit now: the open one, or a new one while the enrolment has attempts left.

    ``terms`` are those of an exam session, for ``quizzes.services.start_attempt``.
    Raises LessonsFirst, AlreadyPassed, SupervisedOnly, StillProvisional (alone, before the board has decided on a
    supervised sitting), or what ``quizzes.services.start_attempt`` raises.
    """
    try:
        return _start_test(enrolment, test, terms)
    except IntegrityError:
        # Another click was first: its attempt and sitting are there now.
        return _start_test(enrolment, test, terms)


def start_supervised(seat):
    """The start of a course's test in an exam session, as a sitting of the candidate's enrolment.

    None where the session's test is no exam of a course. Raises NotEnrolled, or what
    ``start_test`` raises.
    """
    test = TestPage.objects.exams().live().filter(quiz=seat.session.quiz_id).first()
    course = Course.objects.filter(page__path=test.path[: -test.steplen]).first() if test else None
    if course is None:
        return None
    taken = Enrolment.objects.filter(staff_member=seat.staff_member_id, course=course)
    enrolment = taken.select_related("course", "staff_member").order_by("-cycle").first()
    if enrolment is None:
        raise NotEnrolled(course)
    return start_test(enrolment=enrolment, test=test, **terms_of(seat))


def _locked_for(test, enrolment: Enrolment) -> Enrolment:
    """The enrolment under lock; NotInThisCourse where ``test`` is no exam of its course."""
    found = _ENROLMENT_TO_LOCK.first(enrolment.pk, test.pk, test.path, test.path[: -test.steplen])
    if found is None:
        raise NotInThisCourse
    return found


def _enrolment_to_lock(enrolment: int, test: int, test_path: str, course_path: str):
    exams = TestPage.objects.exams().live().filter(pk=test, path=test_path)
    above = CoursePage.objects.filter(course=OuterRef("course"), path=course_path)
    locked = Enrolment.objects.select_for_update(of=("self",)).select_related("course", "staff_member")
    return locked.filter(Exists(exams), Exists(above), pk=enrolment)


_ENROLMENT_TO_LOCK = KeptQuery(_enrolment_to_lock, int, int, str, str)


def _are_lessons_waived(terms) -> bool:
    """Whether the session lets people sit without the lessons. The qualification waits for them all the same."""
    return "seat" in terms and bool(terms["seat"].session.lessons_waived_by)


@transaction.atomic
def _start_test(enrolment: Enrolment, test, terms):
    enrolment = _locked_for(test, enrolment)
    if enrolment.passed_at is not None:
        raise AlreadyPassed
    if (missing := lessons_missing(enrolment)) and not _are_lessons_waived(terms):
        raise LessonsFirst(missing)
    running, of_test, supervised = _SAT.first(enrolment.pk, test.pk) or (0, 0, 0)
    is_running = bool(running)
    if enrolment.course.needs_supervision and "seat" not in terms and not is_running:
        raise SupervisedOnly
    may_wait = "seat" not in terms and not is_running and supervised
    if may_wait and enrolment.sittings.provisional().exists():
        raise StillProvisional
    attempt = start_attempt(
        quiz=test.quiz,
        staff_member=enrolment.staff_member,
        attempts_used=of_test,
        **terms,
    )
    # At most one of an attempt: the one that is there already stays, in the same statement.
    insert_one(Sitting(attempt=attempt, enrolment=enrolment, test=test), unless_there=True)
    return attempt


def _sat_of(enrolment: int, test: int):
    """How many sittings of the enrolment are under way, of this test, and supervised; no row without a sitting."""
    return (
        Sitting.objects.filter(enrolment=enrolment)
        .order_by()
        .values("enrolment")
        .annotate(
            running=Count("pk", filter=Q(attempt__finished_at=None)),
            of_test=Count("pk", filter=Q(test=test)),
            supervised=Count("pk", filter=Q(attempt__exam_session__isnull=False)),
        )
        .values_list("running", "of_test", "supervised")
    )


_SAT = KeptQuery(_sat_of, int, int)


def start_practice(*, staff_member, test):
    """The practice attempt to go on with, or a new one: as often as one likes, without finished lessons.

    No sitting is made, so that whatever comes of it counts for no enrolment and leads to no qualification.
    Raises CourseNotReady, NotInThisCourse, or what ``quizzes.services.start_attempt`` raises.
    """
    test = TestPage.objects.practice().live().filter(pk=test.pk).select_related("quiz").first()
    course = Course.objects.filter(page__path=test.path[: -test.steplen]).first() if test else None
    if course is None:
        raise NotInThisCourse
    if not course.is_ready:
        raise CourseNotReady
    return start_attempt(quiz=test.quiz, staff_member=staff_member)


def settle_sitting(*, attempt_id: int) -> Qualification | None:
    """Draws the consequence of a marked attempt: a passed one closes the enrolment and grants the qualification.

    Harmless when called twice, before marking, or for an attempt that belongs to no enrolment. The result of a
    supervised sitting is provisional, and nothing follows, until the board has decided.
    """
    enrolment, is_passed = _COUNTED.first(attempt_id) or (None, False)
    if not is_passed:
        return None  # most sittings end here: nothing follows, and nobody waits for the enrolment
    with transaction.atomic():
        locked = Enrolment.objects.select_for_update(of=("self",)).select_related("course__track")
        return _close_where_done(locked.get(pk=enrolment))


def _counted_of(attempt: int):
    latest = Grading.objects.filter(attempt=OuterRef("attempt")).order_by("-pk")
    sittings = Sitting.objects.counting().filter(attempt=attempt)
    return sittings.values_list("enrolment", Subquery(latest.values("is_passed")[:1]))


_COUNTED = KeptQuery(_counted_of, int)


def _close_where_done(enrolment: Enrolment) -> Qualification | None:
    """The enrolment is locked. Stamps are set once and never unset: later changes of the course take nothing back."""
    if lessons_missing(enrolment):
        return None
    if enrolment.completed_at is None:
        enrolment.completed_at = clock.now()
        enrolment.save(update_fields=["completed_at"])
    if enrolment.passed_at is not None:
        return Qualification.objects.filter(enrolment=enrolment).order_by("pk").first()
    passing = _passing_grading(enrolment)
    has_test = TestPage.objects.exams().live().child_of(enrolment.course.page).exists()
    if passing is None and (has_test or enrolment.lessons_by_id is not None):
        return None  # a class stands for lessons, never for a test: without one nothing follows from it
    enrolment.passed_at = clock.now()
    enrolment.save(update_fields=["passed_at"])
    return _qualify(enrolment, passing)


def _passing_grading(enrolment: Enrolment):
    """The marking of the attempt that counts by the rule of its quiz, where it is a pass and not provisional."""
    sittings = enrolment.sittings.exclude(attempt__finished_at=None).select_related("attempt__quiz")
    if enrolment.course.needs_supervision:
        sittings = sittings.exclude(attempt__exam_session=None)
    decided = set(enrolment.sittings.counting().values_list("attempt", flat=True))
    gradings, by_quiz = {}, defaultdict(list)
    for sitting in sittings.order_by("attempt__number"):
        attempt = sitting.attempt
        gradings[attempt.pk] = grading = latest_grading(attempt) if attempt.pk in decided else None
        marked = Marked(attempt.pk, grading.mark, grading.is_passed) if grading else Marked(attempt.pk, None, None)
        by_quiz[attempt.quiz].append(marked)
    for quiz, marked in by_quiz.items():
        counting = the_one_that_counts(quiz.counting, marked)
        if counting is not None and counting.is_passed:
            return gradings[counting.attempt_id]
    return None


def _last_lesson(enrolment: Enrolment):
    if enrolment.lessons_by_id is not None:
        return enrolment.completed_at
    last = enrolment.lesson_completions.aggregate(last=Max("completed_at"))["last"]
    return last or enrolment.enrolled_at


def _qualify(enrolment: Enrolment, passing) -> Qualification:
    course = enrolment.course
    # The day the paper was handed in, not the day a sweeper found it; where a session had waived the lessons, the day
    # on which the last of them was finished.
    moment = max(passing.attempt.finished_at, _last_lesson(enrolment)) if passing else enrolment.completed_at
    day = timezone.localdate(moment)
    return grant_qualification(
        staff_member=enrolment.staff_member,
        track=course.track,
        course=course,
        origin=Origin.PASSED if passing else Origin.COMPLETED,
        valid_from=day,
        valid_until=last_valid_day(course, day),
        enrolment=enrolment,
        mark=passing.mark if passing else None,
        is_supervised=passing.attempt.exam_session_id is not None if passing else None,
        cycle=enrolment.cycle,
    )
