"""Work without anybody asking: passed sittings whose news was lost are settled."""

import logging

from celery import shared_task
from django.db.models import OuterRef, Subquery

from courses.models import Sitting
from courses.services.learning import settle_sitting
from quizzes.models import Attempt, Grading

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
    latest = Grading.objects.filter(attempt=OuterRef("attempt")).order_by("-pk")
    forgotten = (
        Sitting.objects.annotate(is_passed=Subquery(latest.values("is_passed")[:1]))
        .filter(is_passed=True, enrolment__passed_at=None)
        .select_related("attempt")
        .order_by("pk")
    )
    return sum(settle_sitting(attempt=sitting.attempt) is not None for sitting in forgotten[:BATCH])


SWEEPERS = [settle_forgotten]
