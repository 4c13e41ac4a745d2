"""When a course may be taken again: pure, so that the page, the button and the verb agree."""

from collections.abc import Iterable
from datetime import date, timedelta

from courses.models import Course, Qualification
from courses.obligations import is_held


def ends_soon(qualification: Qualification, *, course: Course, on: date) -> bool:
    """Whether ``qualification`` is held on ``on`` and its last day lies within the renewal window of its course."""
    if not is_held(qualification, on) or qualification.valid_until is None:
        return False
    return qualification.valid_until - timedelta(days=course.renewal_window_days) <= on


def may_renew(qualifications: Iterable[Qualification], *, course: Course, on: date) -> bool:
    """True unless one of ``qualifications`` is held and goes on beyond the renewal window.

    What was passed alone keeps nobody from a course that is passed before an invigilator by now.
    """
    return not any(
        is_held(q, on) and not ends_soon(q, course=course, on=on) and not was_passed_alone(q, course=course)
        for q in qualifications
    )


def was_passed_alone(qualification: Qualification, *, course: Course) -> bool:
    """Whether the course asks for an invigilator, and none was there."""
    return course.needs_supervision and qualification.is_supervised is False
