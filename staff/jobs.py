"""The files that were not read to their end and the letters that have not gone out, for the list of all work."""

from datetime import timedelta

from django.db.models import Case, Count, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff import clock
from staff.background import Job, JobSource, JobState
from staff.imports.taking import MOST_TRIES, try_list_again
from staff.models import ImportRun, Letter, StaffList
from staff.models.notices import LETTER_ABANDONED_AFTER
from staff.services import send_again

# No file takes as long: whoever read it is gone.
ABANDONED_AFTER = timedelta(hours=1)
# A letter that was given up is listed this long; after that its address is not going to be mended.
GIVEN_UP_SHOWN_FOR = timedelta(days=30)


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


def _unsent():
    now = clock.now()
    shown = Q(given_up_at=None) | Q(given_up_at__gt=now - GIVEN_UP_SHOWN_FOR)
    return Letter.objects.filter(shown, sent_at=None).annotate(
        job_state=Case(
            When(given_up_at__isnull=False, then=Value(JobState.PARKED)),
            When(claimed_at__gt=now - LETTER_ABANDONED_AFTER, then=Value(JobState.RUNNING)),
            When(~Q(last_error=""), then=Value(JobState.POSTPONED)),
            default=Value(JobState.WAITING),
        )
    )


def count_letters() -> dict[JobState, int]:
    rows = _unsent().values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_letters(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _unsent()
    if state is not None:
        found = found.filter(job_state=state)
    return [_letter_job(letter) for letter in found.order_by("pk")[start : start + limit]]


def _letter_job(letter: Letter) -> Job:
    state = JobState(letter.job_state)
    return Job(
        pk=letter.pk,
        name=_("Letter: %(purpose)s") % {"purpose": letter.get_purpose_display()},
        state=state,
        since=letter.created_at,
        # the address is what has to be looked at when a server refuses it
        whose=letter.address,
        tries=letter.tries,
        next_at=letter.not_before if state == JobState.POSTPONED else None,
        error=letter.last_error,
        can_retry=state in {JobState.POSTPONED, JobState.PARKED},
    )


def _waiting_lists():
    now = clock.database_now()
    return StaffList.objects.waiting().annotate(
        job_state=Case(
            When(tries__gte=MOST_TRIES, then=Value(JobState.PARKED)),
            When(~Q(last_error=""), then=Value(JobState.POSTPONED)),
            When(claimed_until__gt=now, then=Value(JobState.RUNNING)),
            default=Value(JobState.WAITING),
        )
    )


def count_lists() -> dict[JobState, int]:
    rows = _waiting_lists().values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_lists(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _waiting_lists().select_related("unit", "uploaded_by")
    if state is not None:
        found = found.filter(job_state=state)
    return [
        Job(
            pk=row.pk,
            name=_("Staff list: %(unit)s") % {"unit": row.unit},
            state=JobState(row.job_state),
            since=row.confirmed_at or row.asked_at,
            whose=row.uploaded_by.full_name,
            tries=row.tries,
            next_at=row.claimed_until if row.job_state == JobState.POSTPONED else None,
            error=row.last_error,
            can_retry=row.job_state in {JobState.POSTPONED, JobState.PARKED},
        )
        for row in found.order_by("pk")[start : start + limit]
    ]


JOBS = [
    JobSource(
        kind="staff-lists",
        words=gettext_lazy("Staff lists"),
        counts=count_lists,
        rows=list_lists,
        retry=lambda pk, user: try_list_again(list_id=pk, user=user),
    ),
    JobSource(kind="imports", words=gettext_lazy("Files being read"), counts=count_imports, rows=list_imports),
    JobSource(
        kind="letters",
        words=gettext_lazy("Letters"),
        counts=count_letters,
        rows=list_letters,
        retry=lambda pk, user: send_again(letter_id=pk, user=user),
        # one wrong address is for HR to mend; a server that takes no letters at all is a matter of its own
        is_alarming=False,
    ),
]
