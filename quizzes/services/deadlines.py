"""When an attempt ends: the one formula, and the verb that moves the end of one that is running."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from quizzes.errors import DeadlineRefused
from quizzes.models import Attempt
from staff import clock


def deadline_of(
    *,
    started_at: datetime,
    limit: timedelta,
    extra: timedelta = timedelta(),
    ends: tuple[datetime | None, ...] = (),
) -> datetime:
    """min(start + limit + extra, each end that is set): extra time never leads past the end of a window.

    Pure. It may come out at or before the start, where a window is over already: the caller refuses that.
    """
    return min([started_at + limit + extra, *(end for end in ends if end is not None)])


@transaction.atomic
def move_deadline(*, attempt: Attempt, deadline: datetime, by, reason: str) -> Attempt:
    """Ends a running attempt later or earlier, never before now; its page shows it at the next contact.

    Waits for saves that are under way and holds those that come: each is judged by one deadline. Refused once
    the time is up, for its reader was told so. Setting the same end again changes and logs nothing. While the attempt
    is paused, the moment of the pause is its "now".
    """
    if not (reason := reason.strip()):
        raise DeadlineRefused(_("Please say why the time is changed."))
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    now = attempt.paused_at or clock.database_now()
    if attempt.finished_at is not None or now >= attempt.deadline:
        raise DeadlineRefused(_("This attempt is over; its time can no longer be changed."))
    before, after = attempt.deadline, max(deadline, now)
    if after == before:
        return attempt
    attempt.deadline = after
    attempt.save(update_fields=["deadline"])
    log(
        instance=attempt,
        action="quizzes.move_deadline",
        user=by,
        data={"from": before.isoformat(), "to": after.isoformat(), "reason": reason},
    )
    return attempt


@transaction.atomic
def pause_attempt(*, attempt: Attempt, by, reason: str) -> Attempt:
    """Stops the clock of a running attempt: a save of later than this moment (and grace) is kept, not counted.

    Harmless when it stands still already. Refused once the time is up.
    """
    attempt = _running(attempt, reason)
    if attempt.paused_at is not None:
        return attempt
    now = clock.database_now()
    if now >= attempt.deadline:
        raise DeadlineRefused(_("This attempt is over; its time can no longer be changed."))
    attempt.paused_at = now
    attempt.save(update_fields=["paused_at"])
    log(instance=attempt, action="quizzes.pause_attempt", user=by, data={"reason": reason.strip()})
    return attempt


@transaction.atomic
def resume_attempt(*, attempt: Attempt, by, reason: str) -> Attempt:
    """Lets the clock run again: the end moves by as long as it stood still. Harmless when it runs already."""
    attempt = _running(attempt, reason)
    if attempt.paused_at is None:
        return attempt
    before, stood = attempt.deadline, clock.database_now() - attempt.paused_at
    attempt.deadline, attempt.paused_at = before + max(stood, timedelta()), None
    attempt.save(update_fields=["deadline", "paused_at"])
    log(
        instance=attempt,
        action="quizzes.resume_attempt",
        user=by,
        data={"from": before.isoformat(), "to": attempt.deadline.isoformat(), "reason": reason.strip()},
    )
    return attempt


def _running(attempt, reason) -> Attempt:
    """The attempt under lock, for saves to be judged either before or after."""
    if not reason.strip():
        raise DeadlineRefused(_("Please say why the time is changed."))
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    if attempt.finished_at is not None:
        raise DeadlineRefused(_("This attempt is over; its time can no longer be changed."))
    return attempt
