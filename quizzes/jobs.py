"""The attempts whose time is over and that nobody has closed yet, for the list of all work."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import FinishCause
from quizzes.models import Attempt
from quizzes.services.marking import finalise
from staff import clock
from staff.background import Job, JobSource, JobState

# The sweeper comes each second, or every five; what is younger is not late.
USUAL = timedelta(seconds=10)


def _overdue():
    late = clock.database_now() - timedelta(seconds=settings.ATTEMPT_GRACE_SECONDS) - USUAL
    return Attempt.objects.open().filter(deadline__lt=late, paused_at=None)


def count_attempts() -> dict[JobState, int]:
    return {JobState.WAITING: _overdue().count()}


def list_attempts(state: JobState | None, start: int, limit: int) -> list[Job]:
    if state not in {None, JobState.WAITING}:
        return []
    rows = _overdue().select_related("quiz", "staff_member").order_by("deadline", "pk")[start : start + limit]
    return [
        Job(
            pk=attempt.pk,
            name=_("Attempt at %(quiz)s to be closed") % {"quiz": attempt.quiz},
            state=JobState.WAITING,
            since=attempt.deadline,
            whose=attempt.staff_member.full_name,
            can_retry=True,
        )
        for attempt in rows
    ]


def close_now(pk: int, user) -> bool:
    """Closes an overdue attempt with the answers that are stored, as the sweeper would."""
    attempt = _overdue().filter(pk=pk).first()
    if attempt is None or clock.database_now() <= attempt.deadline + timedelta(seconds=attempt.grace_seconds):
        return False
    finalise(attempt=attempt, cause=FinishCause.SWEEPER)
    return True


JOBS = [
    JobSource(
        kind="attempts",
        words=gettext_lazy("Attempts to be closed"),
        counts=count_attempts,
        rows=list_attempts,
        retry=close_now,
    )
]
