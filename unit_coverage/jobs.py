"""The changes that the standings have not taken in yet, for the list of all work."""

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff.background import Job, JobSource, JobState
from staff.models import Change
from unit_coverage.models import FeedCursor
from unit_coverage.services import READER


def _unread():
    cursor = FeedCursor.objects.filter(reader=READER).first() or FeedCursor()
    behind = Q(transaction__gt=cursor.transaction) | Q(transaction=cursor.transaction, id__gt=cursor.change_id)
    return Change.objects.filter(behind)


def count_changes() -> dict[JobState, int]:
    return {JobState.WAITING: _unread().count()}


def list_changes(state: JobState | None, start: int, limit: int) -> list[Job]:
    if state not in {None, JobState.WAITING}:
        return []
    rows = _unread().select_related("staff_member").order_by("transaction", "id")[start : start + limit]
    return [
        Job(
            pk=change.pk,
            name=_("Change to be counted: %(cause)s") % {"cause": change.cause},
            state=JobState.WAITING,
            since=change.recorded_at,
            whose=change.staff_member.full_name if change.staff_member else _("everybody"),
        )
        for change in rows
    ]


JOBS = [JobSource(kind="changes", words=gettext_lazy("Changes to be counted"), counts=count_changes, rows=list_changes)]
