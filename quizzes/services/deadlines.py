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
    the time is up, for its reader was told so. Setting the same end again changes and logs nothing.
    """
    if not (reason := reason.strip()):
        raise DeadlineRefused(_("Please say why the time is changed."))
    attempt = Attempt.objects.select_for_update(no_key=True).get(pk=attempt.pk)
    now = clock.database_now()
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
