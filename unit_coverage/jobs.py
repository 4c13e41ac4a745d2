"""The changes that the standings have not taken in yet, and reports to be frozen, for the list of all work."""

from django.db.models import Case, Count, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff import clock
from staff.background import Job, JobSource, JobState
from staff.models import Change
from unit_coverage.models import FeedCursor, Report
from unit_coverage.reports.services import MOST_TRIES, try_report_again
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


def _waiting(now):
    state = Case(
        When(tries__gte=MOST_TRIES, then=Value(JobState.PARKED)),
        When(claimed_until__gt=now, last_error="", then=Value(JobState.RUNNING)),
        When(claimed_until__gt=now, then=Value(JobState.POSTPONED)),
        default=Value(JobState.WAITING),
    )
    return Report.objects.waiting().annotate(job_state=state)


def count_reports() -> dict[JobState, int]:
    rows = _waiting(clock.now()).values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_reports(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _waiting(clock.now()).select_related("unit", "requested_by")
    if state is not None:
        found = found.filter(job_state=state)
    return [
        Job(
            pk=report.pk,
            name=f"{report.get_kind_display()} · {report.unit.name} · {report.period_label}",
            state=JobState(report.job_state),
            since=report.requested_at,
            whose=report.requested_by.full_name,
            tries=report.tries,
            next_at=report.claimed_until if report.job_state == JobState.POSTPONED else None,
            error=report.last_error,
            can_retry=report.job_state in {JobState.POSTPONED, JobState.PARKED},
        )
        for report in found.order_by("pk")[start : start + limit]
    ]


def _retry_report(pk: int, user):
    return try_report_again(report_id=pk, user=user)


JOBS = [
    JobSource(kind="changes", words=gettext_lazy("Changes to be counted"), counts=count_changes, rows=list_changes),
    JobSource(
        kind="reports",
        words=gettext_lazy("Reports to be frozen"),
        counts=count_reports,
        rows=list_reports,
        retry=_retry_report,
    ),
]
