"""What the rules of a course say of the candidates of an exam session, before they press Start."""

from collections import defaultdict

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from courses.models import Course, Enrolment, LessonCompletion, LessonPage, Qualification, Sitting, TestPage
from courses.renewal import may_renew
from courses.services.learning import enrol
from quizzes.eligibility import ENROLMENT, Hindrance, hindrances, lack_enrolment_only, of_attempts
from quizzes.models import ExamSession
from staff import clock
from staff.models import StaffMember


def exam_of(session: ExamSession) -> tuple[TestPage | None, Course | None]:
    """The page that places the test of a session, and its course; None where it is no exam of a course."""
    test = TestPage.objects.exams().live().filter(quiz=session.quiz_id).first()
    course = (
        Course.objects.select_related("page").filter(page__path=test.path[: -test.steplen]).first() if test else None
    )
    return test, course


def course_hindrances(session: ExamSession, people: list[int]) -> dict[int, tuple[Hindrance, ...]] | None:
    """As ``start_supervised`` would refuse each of ``people``; None where the test is no exam of a course."""
    test, course = exam_of(session)
    if course is None:
        return None
    taken = Enrolment.objects.filter(course=course, staff_member__in=people).order_by("cycle")
    newest = {enrolment.staff_member_id: enrolment for enrolment in taken}
    over = _over(course, [e for e in newest.values() if e.passed_at is not None])
    lessons = list(LessonPage.objects.live().child_of(course.page).values_list("pk", flat=True))
    enrolments = [enrolment.pk for enrolment in newest.values()]
    read = dict(
        LessonCompletion.objects.filter(enrolment__in=enrolments, lesson__in=lessons)
        .order_by()
        .values_list("enrolment")
        .annotate(n=Count("pk"))
    )
    sat = dict(
        Sitting.objects.filter(enrolment__in=enrolments, test=test)
        .order_by()
        .values_list("enrolment")
        .annotate(n=Count("pk"))
    )
    used = {person: sat.get(e.pk, 0) for person, e in newest.items() if e.pk not in over}
    of_test = of_attempts(session, people, used)
    found = {}
    for person in people:
        enrolment = newest.get(person)
        why = _of_course(session, enrolment, over, len(lessons), read) + list(of_test.get(person, ()))
        if why:
            found[person] = tuple(why)
    return found


def _of_course(session, enrolment, over, lessons, read) -> list[Hindrance]:
    is_new = enrolment is None or enrolment.pk in over
    if not is_new and enrolment.passed_at is not None:
        return [Hindrance("passed", _("has passed this course already"))]
    why = [Hindrance(ENROLMENT, _("is not enrolled in the course"))] if is_new else []
    missing = lessons if is_new else 0 if enrolment.completed_at else lessons - read.get(enrolment.pk, 0)
    if missing and not session.lessons_waived_by:
        words = ngettext("%(count)d lesson is not finished", "%(count)d lessons are not finished", missing)
        why.append(Hindrance("lessons", words % {"count": missing}))
    return why


def _over(course, passed) -> set[int]:
    """Of these passed enrolments those after which another cycle may begin, as ``may_begin_again`` says of one."""
    held = defaultdict(list)
    for qualification in Qualification.objects.filter(enrolment__in=passed):
        held[qualification.enrolment_id].append(qualification)
    return {e.pk for e in passed if may_renew(held[e.pk], course=course, on=clock.today())}


def enrol_candidates(session: ExamSession, people: list[int], by) -> int:
    """Enrols those of ``people`` whom nothing else hinders. How many. Raises CourseNotReady."""
    _test, course = exam_of(session)
    if course is None:
        return 0
    chosen = StaffMember.objects.filter(pk__in=lack_enrolment_only(hindrances(session, people)))
    return len([enrol(staff_member=person, course=course, by=by) for person in chosen.order_by("pk")])
