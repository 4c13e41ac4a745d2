"""Work without anybody asking: passed sittings whose news was lost are settled."""

import logging

from celery import shared_task

from courses import services
from courses.jobs import JOBS, passed_but_open
from courses.services.learning import settle_sitting
from quizzes.models import Attempt

__all__ = ["JOBS", "SWEEPERS"]

logger = logging.getLogger(__name__)
BATCH = 200


@shared_task(name="courses.settle")
def settle(*, attempt_id: int) -> int | None:
    """The id of the qualification that the attempt led to, if it did."""
    attempt = Attempt.objects.filter(pk=attempt_id).first()
    if attempt is None:
        logger.warning("Attempt %s vanished before it was settled", attempt_id)
        return None
    qualification = settle_sitting(attempt=attempt)
    return qualification.pk if qualification else None


@shared_task(name="courses.settle_forgotten")
def settle_forgotten() -> int:
    """Settles passed sittings whose enrolment is not closed yet. How many it settled."""
    forgotten = passed_but_open().select_related("attempt").order_by("pk")
    return sum(settle_sitting(attempt=sitting.attempt) is not None for sitting in forgotten[:BATCH])


@shared_task(name="courses.remind")
def remind() -> int:
    """Goes on with today's round of reminders. How many people were told something."""
    return services.remind()


SWEEPERS = [settle_forgotten, remind]
