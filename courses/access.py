"""Loaders that answer 404 for what is not there, not published, or somebody else's."""

from django.db.models import FilteredRelation, Q
from django.http import Http404
from django.shortcuts import get_object_or_404
from wagtail.models import Page
from wagtail.permissions import policy_registry

from courses.models import Course, CoursePage, Enrolment, LessonPage, TestPage, WordImport
from courses.places import children_of
from staff.kept_queries import KeptQuery


def course_page_for(*, code: str) -> CoursePage:
    """The published page of an open course."""
    return get_object_or_404(CoursePage.objects.live().select_related("course__track"), course__code=code)


def open_course_page_for(*, code: str) -> CoursePage:
    page = course_page_for(code=code)
    if not page.course.is_ready:
        raise Http404
    return page


def open_course_for(user, *, code: str) -> tuple[CoursePage, Enrolment | None]:
    """The published page of an open course with the reader's newest enrolment (None without one): one query.

    :raises Http404: no such course, or not open.
    """
    if user.staff_member_id is None:
        return open_course_page_for(code=code), None
    course = _OPEN_COURSE.first(code, user.staff_member_id)
    if course is None:
        raise Http404
    page, enrolment = course.page, getattr(course, "mine", None)
    page.course = course
    if enrolment is not None:
        enrolment.course = course
    return page, enrolment


def _open_course(code: str, person: int):
    return (
        Course.objects.filter(code=code, is_ready=True, page__live=True)
        .annotate(mine=FilteredRelation("enrolments", condition=Q(enrolments__staff_member=person)))
        .select_related("page", "track", "mine")
        .order_by("-mine__cycle")
    )


_OPEN_COURSE = KeptQuery(_open_course, str, int)


def lesson_for(page: CoursePage, *, slug: str) -> LessonPage:
    """The published lesson of that course; a draft is not there."""
    return get_object_or_404(LessonPage.objects.live().child_of(page), slug=slug)


def test_for(page: CoursePage) -> TestPage:
    """The exam of the course: what its start needs of it, and that is little of a page's seventy columns."""
    test = _TEST.first(*children_of(page.path))
    if test is None:
        raise Http404
    return test


def _test_among(first: str, last: str, depth: int):
    exams = TestPage.objects.exams().live().filter(path__gte=first, path__lte=last, depth=depth)
    return exams.select_related("quiz").only("path", "depth", "quiz")


_TEST = KeptQuery(_test_among, str, str, int)


def practice_for(page: CoursePage, *, slug: str) -> TestPage:
    """That practice quiz of the course; an exam is not there."""
    return get_object_or_404(TestPage.objects.practice().live().child_of(page).select_related("quiz"), slug=slug)


def own_enrolment(user, page: CoursePage) -> Enrolment:
    """The reader's own newest enrolment in the course, or 404."""
    enrolment = (
        Enrolment.objects.filter(course=page.course, staff_member=user.staff_member_id)
        .select_related("course", "staff_member")
        .order_by("-cycle")
        .first()
    )
    if user.staff_member_id is None or enrolment is None:
        raise Http404
    return enrolment


# --- In the CMS -----------------------------------------------------------------


def may_see_in_cms(user, *, page_id: int) -> bool:
    """Whether the page lies in the part of the tree that this person works in, or on the way to it."""
    return policy_registry.get_by_type(Page).explorable_instances(user).filter(pk=page_id).exists()


def pages_to_choose(pages, user):
    """Of these pages, the ones she works on, and what is published."""
    own = policy_registry.get_by_type(Page).explorable_instances(user)
    return pages.filter(Q(live=True) | Q(pk__in=own.values("pk")))


def may_add_lessons(user, page: CoursePage) -> bool:
    return page.permissions_for_user(user).can_add_subpage()


def course_page_to_write(user, *, pk: int) -> CoursePage:
    """A course in which this person may begin lessons, or 404."""
    page = get_object_or_404(CoursePage.objects.select_related("course"), pk=pk)
    if not may_add_lessons(user, page):
        raise Http404
    return page


def word_import_for(user, *, pk: int) -> WordImport:
    """What was taken from a Word file into a lesson that this person may edit, or 404."""
    found = get_object_or_404(WordImport.objects.select_related("lesson", "course_page__course"), pk=pk)
    if not found.lesson.permissions_for_user(user).can_edit():
        raise Http404
    return found
