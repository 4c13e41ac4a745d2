"""Work in the background of the ground floor: letters go out."""

from celery import shared_task

from staff import services
from staff.imports import taking
from staff.jobs import JOBS

__all__ = ["JOBS", "PROMPT", "SWEEPERS"]


@shared_task(name="staff.send_letters", acks_late=True)
def send_letters() -> int:
    """Sends what waits; how many letters went out."""
    return services.send_waiting()


@shared_task(name="staff.tell_of_locked_codes", acks_late=True)
def tell_of_locked_codes() -> int:
    """Tells the officers whose codes were locked by wrong tries; how many were told now."""
    return services.tell_of_locked_codes()


@shared_task(name="staff.carry_out_reorganisations", acks_late=True)
def carry_out_reorganisations() -> int:
    """Carries out confirmed plans whose day has come; how many."""
    return services.carry_out_due()


@shared_task(name="staff.work_lists", acks_late=True)
def work_lists() -> int:
    """Reads or takes in the staff lists that wait; how many went a step on."""
    return taking.work_lists()


@shared_task(name="staff.forget_old_lists", acks_late=True)
def forget_old_lists() -> int:
    """Deletes cells and names of old staff lists; of how many."""
    return taking.forget_old_lists()


@shared_task(name="staff.remind_of_rights", acks_late=True)
def remind_of_rights() -> int:
    """Asks administrators again for rights that a reorganisation waits for; how many were told."""
    return services.remind_of_rights()


PROMPT = [send_letters, work_lists]
SWEEPERS = [tell_of_locked_codes, carry_out_reorganisations, remind_of_rights, forget_old_lists]
