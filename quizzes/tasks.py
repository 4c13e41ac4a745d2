"""Work without anybody asking: attempts whose time is over are closed and marked."""

import logging
from datetime import timedelta

from celery import shared_task

from quizzes.enums import FinishCause
from quizzes.jobs import JOBS
from quizzes.models import Attempt
from quizzes.services.marking import finalise
from staff import clock

__all__ = ["JOBS", "PROMPT", "SWEEPERS"]

logger = logging.getLogger(__name__)
BATCH = 200


@shared_task(name="quizzes.close_overdue_attempts")
def close_overdue_attempts() -> int:
    """Finishes attempts past deadline and grace with the answers that are stored. How many it closed.

    One that cannot be marked stops no other; the fault is raised at the end, so that it is seen.
    """
    now = clock.database_now()
    overdue = Attempt.objects.open().filter(deadline__lt=now).select_related("paper").order_by("deadline")
    closed, faults = 0, []
    for attempt in overdue[:BATCH]:
        if now <= attempt.deadline + timedelta(seconds=attempt.grace_seconds):
            continue
        try:
            finalise(attempt=attempt, cause=FinishCause.SWEEPER)
        except Exception as error:  # noqa: BLE001 - one that cannot be marked must not keep the others open
            logger.exception("Attempt %s could not be closed", attempt.pk)
            faults.append(error)
        else:
            closed += 1
    if faults:
        raise faults[0]
    return closed


PROMPT = [close_overdue_attempts]
SWEEPERS = [close_overdue_attempts]
