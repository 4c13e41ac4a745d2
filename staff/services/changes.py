"""News of changed standings."""

from datetime import date

from django.db import transaction

from staff import feed


@transaction.atomic
def record_change(*, staff_member=None, since: date, cause: str) -> None:
    """Tell upper floors that somebody's standing (everybody's, without a person) may differ from ``since`` on.

    Call it inside the transaction of the verb: the row commits with the fact, or not at all.
    """
    feed.write(staff_members=[staff_member and staff_member.pk], since=since, cause=cause)
