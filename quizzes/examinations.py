"""An examination: one exam session, or the shifts that belong together."""

from datetime import datetime

from django.db.models import Max, Q

from quizzes.models import Attempt, ExamSession


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
    running = Q(quiz=attempt.quiz_id, opens_at__lte=now)
    if attempt.exam_session_id:
        running |= _shifts(attempt.exam_session)
    return ExamSession.objects.filter(running, ended_at=None).aggregate(last=Max("closes_at"))["last"]
