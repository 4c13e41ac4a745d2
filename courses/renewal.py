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
    """True unless one of ``qualifications`` is held and goes on beyond the renewal window."""
    return not any(is_held(q, on) and not ends_soon(q, course=course, on=on) for q in qualifications)
