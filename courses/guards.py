"""What may not be done to pages that learners' records refer to. Each answer is a refusal to show, or None."""

from django.utils.translation import gettext as _

from courses.drafts import refusals
from courses.errors import CourseError, FixedByFacts
from courses.models import (
    CatalogueIndexPage,
    CoursePage,
    Enrolment,
    LessonCompletion,
    LessonPage,
    Sitting,
    TestPage,
    TrackPage,
)
from courses.models.catalogue import course_has_facts
from courses.models.pages import SECOND_EXAM

_OURS = (CatalogueIndexPage, TrackPage, CoursePage, LessonPage, TestPage)


def refusal_to_delete(page) -> FixedByFacts | None:
    """Pages of the catalogue are deleted only while nobody learnt from them."""
    page = page.specific
    if not isinstance(page, _OURS):
        return None
    below = page.get_descendants(inclusive=True)
    courses = CoursePage.objects.filter(pk__in=below).values("course")
    used = (
        Enrolment.objects.filter(course__in=courses).exists()
        or LessonCompletion.objects.filter(lesson__in=below).exists()
        or Sitting.objects.filter(test__in=below).exists()
    )
    if not used:
        return None
    return FixedByFacts(_("Learners' records refer to this page. Unpublish it instead of deleting it."))


def refusal_to_move(page) -> FixedByFacts | None:
    """A course stays in its track, and a lesson in its course, once there are facts."""
    page = page.specific
    if isinstance(page, (CatalogueIndexPage, TrackPage)):
        return FixedByFacts(_("The catalogue and its tracks stay where they are."))
    if isinstance(page, CoursePage) and course_has_facts(page.course):
        return FixedByFacts(_("Learners' records refer to this course. It stays in its track."))
    if isinstance(page, (LessonPage, TestPage)) and refusal_to_delete(page):
        return FixedByFacts(_("Learners' records refer to this page. It stays in its course."))
    return None


def refusal_to_publish(page) -> FixedByFacts | None:
    """A course has exactly one published exam, practice beside it is welcome; each places a quiz that is published."""
    page = page.specific
    if not isinstance(page, TestPage):
        return None
    if page.is_second_exam():
        return FixedByFacts(SECOND_EXAM)
    # The quiz as it is in the newest draft: that is what would be published.
    quiz = page.get_latest_revision_as_object().quiz
    if quiz.published_at is None:
        return FixedByFacts(
            _("The quiz “%(code)s” is not published yet. Publish it first, then this page.") % {"code": quiz.code}
        )
    return None


def refusal_to_copy(page) -> FixedByFacts | None:
    """A course has one page, and a quiz one test page: only lessons are copied."""
    if isinstance(page.specific, (CatalogueIndexPage, TrackPage, CoursePage, TestPage)):
        return FixedByFacts(_("This page carries a code that exists once. Make a new one instead of copying it."))
    return None


def refusal_to_publish_in_bulk(page) -> CourseError | None:
    """Lessons among the page and all below it that the checklist holds back are not published in bulk either."""
    if refusal := refusal_to_publish(page):
        return refusal
    for lesson in LessonPage.objects.descendant_of(page, inclusive=True).select_related("latest_revision"):
        draft = lesson.get_latest_revision_as_object()
        if draft.has_unpublished_changes and (sentences := refusals(draft)):
            return CourseError(f"{draft.title}: {sentences[0]}")
    return None
