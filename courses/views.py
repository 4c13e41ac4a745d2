"""The catalogue, the courses and the lessons."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from courses import access, pages, services
from courses.errors import CourseError
from quizzes.errors import QuizError


@require_safe
def catalogue(request):
    return render(request, "courses/catalogue.html", {"tracks": pages.catalogue()})


@require_safe
def course(request, code):
    page = access.course_page_for(code=code)
    return render(request, "courses/course.html", pages.course_context(page, request.user))


@require_POST
def enrol(request, code):
    page = access.course_page_for(code=code)
    if request.user.staff_member is None:
        raise Http404
    try:
        enrolment = services.enrol(staff_member=request.user.staff_member, course=page.course, by=request.user)
    except CourseError as error:
        messages.error(request, str(error))
        return redirect("courses:course", code=code)
    upcoming = pages.outline_of(page, enrolment).next_lesson
    if upcoming is None:
        return redirect("courses:course", code=code)
    return redirect("courses:lesson", code=code, slug=upcoming.slug)


@require_safe
def lesson(request, code, slug):
    page, enrolment = access.open_course_for(request.user, code=code)
    return _show(request, page, enrolment, access.lesson_for(page, slug=slug))


def _show(request, page, enrolment, lesson, answers=()):
    outline = pages.outline_of(page, enrolment)
    return render(request, "courses/lesson.html", pages.lesson_context(page, lesson, outline, answers))


@require_POST
def complete(request, code, slug):
    """Notes the lesson as finished, in the revision that the reader had on the page."""
    page = access.open_course_page_for(code=code)
    lesson = access.lesson_for(page, slug=slug)
    enrolment = access.own_enrolment(request.user, page)
    services.complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=_revision_read(request, lesson))
    _here, _before, after = pages.outline_of(page, None).around(slug)
    if after is not None:
        return redirect("courses:lesson", code=code, slug=after.slug)
    messages.success(request, _("You have finished the last lesson. The test is open now."))
    return redirect(reverse("courses:course", args=[code]) + "#kiem-tra")


def _revision_read(request, lesson):
    sent = request.POST.get("revision", "")
    if sent.isdecimal() and len(sent) < 19 and lesson.revisions.filter(pk=int(sent)).exists():
        return int(sent)
    return lesson.live_revision_id


@require_http_methods(["GET", "HEAD", "POST"])
def self_check(request, code, slug, block):
    """The page again, with the feedback at the questions answered so far. Not counted, not stored.

    Whoever opens the address afresh, or switches the language there, is led to the lesson.
    """
    page, enrolment = access.open_course_for(request.user, code=code)
    lesson = access.lesson_for(page, slug=slug)
    chosen = _chosen(request.POST.get("option", ""))
    if chosen is None:
        return redirect("courses:lesson", code=code, slug=slug)
    feedback = pages.judge(lesson, str(block), chosen)
    if feedback is None:
        raise Http404
    return _show(request, page, enrolment, lesson, [*_answered_before(request, lesson, str(block)), feedback])


def _answered_before(request, lesson, block):
    """The other self-checks of the page, whose answers each form carries along."""
    for name, value in request.POST.items():
        chosen = _chosen(value) if name.startswith("k-") and name != f"k-{block}" else None
        if chosen is not None and (feedback := pages.judge(lesson, name.removeprefix("k-"), chosen)):
            yield feedback


def _chosen(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


@require_POST
def start_test(request, code):
    page, enrolment = access.open_course_for(request.user, code=code)
    test = access.test_for(page)
    if enrolment is None:
        raise Http404
    try:
        attempt = services.start_test(enrolment=enrolment, test=test)
    except (CourseError, QuizError) as error:
        messages.error(request, str(error))
        return redirect("courses:course", code=code)
    return redirect("quizzes:attempt", pk=attempt.pk)


@require_POST
def start_practice(request, code, slug):
    page = access.open_course_page_for(code=code)
    practice = access.practice_for(page, slug=slug)
    if request.user.staff_member is None:
        raise Http404
    try:
        attempt = services.start_practice(staff_member=request.user.staff_member, test=practice)
    except (CourseError, QuizError) as error:
        messages.error(request, str(error))
        return redirect("courses:course", code=code)
    return redirect("quizzes:attempt", pk=attempt.pk)
