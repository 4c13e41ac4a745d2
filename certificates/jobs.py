"""The certificates that wait, for the list of all work."""

from datetime import timedelta

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates import signing
from certificates.enums import CertificateStatus, SignatureLevel
from certificates.models import Certificate, SigningBatch, SigningUpload, WebhookDelivery
from certificates.services import send_webhook_again, try_again, try_batch_again, try_upload_again
from certificates.services.issuing import MOST_TRIES, certifiable
from staff import clock
from staff.background import Job, JobSource, JobState

# What was given up longer ago is on the page of its endpoint only.
GIVEN_UP_SHOWN_FOR = timedelta(days=14)


def _waiting(now):
    """Pending certificates, each with the ``job_state`` it is in."""
    return Certificate.objects.filter(status=CertificateStatus.PENDING).annotate(job_state=_state(now))


def _state(now):
    return Case(
        When(claimed_until__gt=now, last_error="", then=Value(JobState.RUNNING)),
        When(tries__gte=MOST_TRIES, then=Value(JobState.PARKED)),
        When(claimed_until__gt=now, then=Value(JobState.POSTPONED)),
        default=Value(JobState.WAITING),
    )


def count_certificates() -> dict[JobState, int]:
    rows = _waiting(clock.now()).values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_certificates(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _waiting(clock.now()).select_related("register")
    if state is not None:
        found = found.filter(job_state=state)
    return [_job(certificate) for certificate in found.order_by("pk")[start : start + limit]]


def _job(certificate) -> Job:
    state = JobState(certificate.job_state)
    error = certificate.last_error
    if state == JobState.PARKED and not error:
        error = _("The process ended in the middle of the work each time.")
    return Job(
        pk=certificate.pk,
        name=_("Certificate %(serial)s") % {"serial": certificate.serial},
        state=state,
        since=certificate.created_at,
        whose=certificate.face.get("holder", ""),
        tries=certificate.tries,
        next_at=certificate.claimed_until if state == JobState.POSTPONED else None,
        error=error,
        can_retry=state in {JobState.POSTPONED, JobState.PARKED},
    )


def _uncertified():
    return certifiable().filter(~Exists(Certificate.objects.filter(qualification=OuterRef("pk"))))


def count_uncertified() -> dict[JobState, int]:
    return {JobState.WAITING: _uncertified().count()}


def list_uncertified(state: JobState | None, start: int, limit: int) -> list[Job]:
    if state not in {None, JobState.WAITING}:
        return []
    rows = _uncertified().select_related("staff_member").order_by("pk")[start : start + limit]
    return [
        Job(
            pk=qualification.pk,
            name=_("To be entered in the register: %(course)s") % {"course": qualification.code},
            state=JobState.WAITING,
            since=qualification.granted_at,
            whose=qualification.staff_member.full_name,
        )
        for qualification in rows
    ]


def _upgrades(now):
    """Issued certificates whose signature is to be strengthened, each with the ``job_state`` it is in."""
    below = Certificate.objects.filter(status=CertificateStatus.ISSUED, level__gt=SignatureLevel.NONE)
    return below.filter(level__lt=signing.wanted_level()).annotate(job_state=_state(now))


def count_upgrades() -> dict[JobState, int]:
    rows = _upgrades(clock.now()).values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_upgrades(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _upgrades(clock.now()).select_related("register")
    if state is not None:
        found = found.filter(job_state=state)
    return [_job(certificate) for certificate in found.order_by("pk")[start : start + limit]]


def _drawing(now):
    return SigningBatch.objects.to_draw().annotate(job_state=_state(now))


def count_batches() -> dict[JobState, int]:
    rows = _drawing(clock.now()).values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_batches(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _drawing(clock.now()) if state is None else _drawing(clock.now()).filter(job_state=state)
    return [
        _row_job(batch, _("Signing batch %(number)s") % {"number": batch.pk}, batch.made_at)
        for batch in found.order_by("pk")[start : start + limit]
    ]


def _uploads(now):
    return SigningUpload.objects.filter(done_at=None).annotate(job_state=_state(now))


def count_uploads() -> dict[JobState, int]:
    rows = _uploads(clock.now()).values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_uploads(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _uploads(clock.now()) if state is None else _uploads(clock.now()).filter(job_state=state)
    return [
        _row_job(upload, _("Signed files for batch %(number)s") % {"number": upload.batch_id}, upload.uploaded_at)
        for upload in found.order_by("pk")[start : start + limit]
    ]


def _row_job(row, name: str, since) -> Job:
    state = JobState(row.job_state)
    error = row.last_error
    if state == JobState.PARKED and not error:
        error = _("The process ended in the middle of the work each time.")
    return Job(
        pk=row.pk,
        name=name,
        state=state,
        since=since,
        tries=row.tries,
        next_at=row.claimed_until if state == JobState.POSTPONED else None,
        error=error,
        can_retry=state in {JobState.POSTPONED, JobState.PARKED},
    )


def _retry_batch(pk: int, user):
    return try_batch_again(batch_id=pk, user=user)


def _retry_upload(pk: int, user):
    return try_upload_again(upload_id=pk, user=user)


def _retry(pk: int, user):
    return try_again(certificate_id=pk, user=user)


def _messages(now):
    rows = WebhookDelivery.objects.filter(sent_at=None, endpoint__ended_at=None)
    return rows.filter(Q(given_up_at=None) | Q(given_up_at__gt=now - GIVEN_UP_SHOWN_FOR)).annotate(
        job_state=Case(
            When(given_up_at__isnull=False, then=Value(JobState.PARKED)),
            When(claimed_until__gt=now, then=Value(JobState.RUNNING)),
            When(not_before__gt=now, then=Value(JobState.POSTPONED)),
            default=Value(JobState.WAITING),
        )
    )


def count_messages() -> dict[JobState, int]:
    rows = _messages(clock.now()).values_list("job_state").annotate(count=Count("pk")).order_by()
    return {JobState(state): count for state, count in rows}


def list_messages(state: JobState | None, start: int, limit: int) -> list[Job]:
    found = _messages(clock.now()) if state is None else _messages(clock.now()).filter(job_state=state)
    return [
        Job(
            pk=row.pk,
            name=_("Certificate %(serial)s: %(kind)s")
            % {"serial": row.event.certificate.serial, "kind": row.event.get_kind_display()},
            state=JobState(row.job_state),
            since=row.created_at,
            whose=row.endpoint.name,
            tries=row.tries,
            next_at=row.not_before if row.job_state == JobState.POSTPONED else None,
            error=row.fault_words,
            can_retry=row.job_state in {JobState.POSTPONED, JobState.PARKED} and row.endpoint.switched_off_at is None,
        )
        for row in found.select_related("endpoint", "event__certificate__register").order_by("pk")[
            start : start + limit
        ]
    ]


JOBS = [
    JobSource(
        kind="certificates",
        words=gettext_lazy("Certificates"),
        counts=count_certificates,
        rows=list_certificates,
        retry=_retry,
    ),
    JobSource(
        kind="register",
        words=gettext_lazy("Certificates not yet entered"),
        counts=count_uncertified,
        rows=list_uncertified,
    ),
    JobSource(
        kind="signatures",
        words=gettext_lazy("Signatures to be strengthened"),
        counts=count_upgrades,
        rows=list_upgrades,
        retry=_retry,
    ),
    JobSource(
        kind="signing-batches",
        words=gettext_lazy("Batches to be signed elsewhere"),
        counts=count_batches,
        rows=list_batches,
        retry=_retry_batch,
    ),
    JobSource(
        kind="signing-uploads",
        words=gettext_lazy("Signed files handed in"),
        counts=count_uploads,
        rows=list_uploads,
        retry=_retry_upload,
    ),
    JobSource(
        kind="webhooks",
        words=gettext_lazy("Messages to other systems"),
        counts=count_messages,
        rows=list_messages,
        retry=lambda pk, user: send_webhook_again(delivery_id=pk, user=user),
        # administrators are told when an endpoint is switched off
        is_alarming=False,
    ),
]
