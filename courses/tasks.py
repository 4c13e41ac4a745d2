"""Work without anybody asking: passed sittings whose news was lost are settled."""

from celery import shared_task

from courses import services
from courses.jobs import JOBS, passed_but_open
from courses.services import class_hosts
from courses.services.learning import settle_sitting
from courses.services.past_classes import forget_old_rows

__all__ = ["JOBS", "SWEEPERS"]

BATCH = 200


@shared_task(name="courses.settle")
def settle(*, attempt_id: int) -> int | None:
    """The id of the qualification that the attempt led to, if it did."""
    qualification = settle_sitting(attempt_id=attempt_id)
    return qualification.pk if qualification else None


@shared_task(name="courses.settle_forgotten")
def settle_forgotten() -> int:
    """Settles passed sittings whose enrolment is not closed yet. How many it settled."""
    forgotten = passed_but_open().order_by("pk").values_list("attempt", flat=True)
    return sum(settle_sitting(attempt_id=attempt_id) is not None for attempt_id in forgotten[:BATCH])


@shared_task(name="courses.remind")
def remind() -> int:
    """Goes on with today's round of reminders. How many people were told something."""
    return services.remind()


@shared_task(name="courses.forget_past_lists")
def forget_past_lists() -> int:
    """Empties lists of past classes a month after they were handed in. How many."""
    return forget_old_rows()


@shared_task(name="courses.hand_on_classes")
def hand_on_classes() -> int:
    """Gives planned classes of closed units to those that followed. How many."""
    return class_hosts.hand_on_classes()


SWEEPERS = [settle_forgotten, remind, forget_past_lists, hand_on_classes]
