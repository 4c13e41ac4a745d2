"""The files that were not read to their end, for the list of all work."""

from datetime import timedelta

from django.db.models import Case, Count, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff import clock
from staff.background import Job, JobSource, JobState
from staff.models import ImportRun

# No file takes as long: whoever read it is gone.
ABANDONED_AFTER = timedelta(hours=1)


def _unfinished():
    return ImportRun.objects.filter(finished_at=None).annotate(
        job_state=Case(
            When(started_at__lt=clock.now() - ABANDONED_AFTER, then=Value(JobState.PARKED)),
            default=Value(JobState.RUNNING),
        )
    )


def count_imports() -> dict[JobState, int]:
    rows = _unfinished().values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_imports(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _unfinished().select_related("started_by")
    if state is not None:
        found = found.filter(job_state=state)
    return [
        Job(
            pk=run.pk,
            name=run.get_kind_display(),
            state=JobState(run.job_state),
            since=run.started_at,
            whose=run.started_by.full_name if run.started_by else "",
            error=_("Broken off. Read the file again.") if run.job_state == JobState.PARKED else "",
        )
        for run in found.order_by("pk")[start : start + limit]
    ]


JOBS = [JobSource(kind="imports", words=gettext_lazy("Files being read"), counts=count_imports, rows=list_imports)]
