"""An examination: one exam session, or the shifts that belong together."""

from datetime import datetime

from django.db.models import Max, Q

from quizzes.models import Attempt, ExamSession
from staff.kept_queries import KeptQuery


def shifts_of(session: ExamSession):
    """All shifts of the examination, this one too, in the order of time."""
    return ExamSession.objects.filter(_shifts(session)).order_by("opens_at", "pk")


def _shifts(session) -> Q:
    first = session.first_shift_id or session.pk
    return Q(pk=first) | Q(first_shift=first)


def open_until(attempt: Attempt, *, now: datetime) -> datetime | None:
    """When the last exam session in which somebody may still meet the questions of ``attempt`` ends by its plan.

    Those are the shifts of its own examination that were not ended, also the coming ones, and every session of the
    same test that has begun ``now``. None where there is none: an end that passed counts only once the session was
    ended.
    """
    if not attempt.exam_session_id:
        found = _RUNNING.first(attempt.quiz_id, now)
        return found[0] if found else None
    running = Q(quiz=attempt.quiz_id, opens_at__lte=now) | _shifts(attempt.exam_session)
    return ExamSession.objects.filter(running, ended_at=None).aggregate(last=Max("closes_at"))["last"]


def _running(quiz: int, now: datetime):
    open_now = ExamSession.objects.filter(quiz=quiz, opens_at__lte=now, ended_at=None)
    return open_now.order_by("-closes_at").values_list("closes_at")


_RUNNING = KeptQuery(_running, int, datetime)
