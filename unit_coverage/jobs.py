"""Changes not taken in yet, what the nightly check found, and reports to be frozen, for the list of all work."""

from django.db.models import Case, Count, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff import clock
from staff.background import Job, JobSource, JobState
from unit_coverage.checks import open_discrepancies, repair, unread_changes
from unit_coverage.models import Report
from unit_coverage.reasons import day_words
from unit_coverage.reports.services import MOST_TRIES, try_report_again


def count_changes() -> dict[JobState, int]:
    return {JobState.WAITING: unread_changes().count()}


def list_changes(state: JobState | None, start: int, limit: int) -> list[Job]:
    if state not in {None, JobState.WAITING}:
        return []
    rows = unread_changes().select_related("staff_member").order_by("transaction", "id")[start : start + limit]
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


def count_discrepancies() -> dict[JobState, int]:
    return {JobState.PARKED: open_discrepancies().count()}


def list_discrepancies(state: JobState | None, start: int, limit: int) -> list[Job]:
    if state not in {None, JobState.PARKED}:
        return []
    rows = open_discrepancies().order_by("found_at", "pk")[start : start + limit]
    return [
        Job(
            pk=found.pk,
            name=_("Standing of a person differs from the facts")
            if found.staff_member
            else _("Figures of %(day)s differ from the standings") % {"day": day_words(found.day)},
            state=JobState.PARKED,
            since=found.found_at,
            whose=found.staff_member.full_name if found.staff_member else found.unit.name,
            can_retry=True,
        )
        for found in rows
    ]


JOBS = [
    JobSource(kind="changes", words=gettext_lazy("Changes to be counted"), counts=count_changes, rows=list_changes),
    JobSource(
        kind="figure-differences",
        words=gettext_lazy("Differences between figures and facts"),
        counts=count_discrepancies,
        rows=list_discrepancies,
        retry=lambda pk, user: repair(discrepancy_id=pk, user=user),
    ),
    JobSource(
        kind="reports",
        words=gettext_lazy("Reports to be frozen"),
        counts=count_reports,
        rows=list_reports,
        retry=_retry_report,
    ),
]
