"""Work without anybody asking: attempts whose time is over are closed and marked."""

import logging
from datetime import timedelta

from celery import shared_task

from quizzes.enums import FinishCause
from quizzes.models import Attempt
from quizzes.services.marking import finalise
from staff import clock

logger = logging.getLogger(__name__)
BATCH = 200


@shared_task(name="quizzes.close_overdue_attempts")
def close_overdue_attempts() -> int:
    """Finishes attempts past deadline and grace with the answers that are stored. How many it closed."""
    now = clock.database_now()
    overdue = Attempt.objects.open().filter(deadline__lt=now).select_related("paper").order_by("deadline")
    closed = 0
    for attempt in overdue[:BATCH]:
        if now <= attempt.deadline + timedelta(seconds=attempt.grace_seconds):
            continue
        finalise(attempt=attempt, cause=FinishCause.SWEEPER)
        closed += 1
    return closed


PROMPT = [close_overdue_attempts]
SWEEPERS = [close_overdue_attempts]
