"""Work in the background of the ground floor: letters go out."""

from celery import shared_task

from staff import services
from staff.jobs import JOBS

__all__ = ["JOBS", "PROMPT"]


@shared_task(name="staff.send_letters", acks_late=True)
def send_letters() -> int:
    """Sends what waits; how many letters went out."""
    return services.send_waiting()


PROMPT = [send_letters]
