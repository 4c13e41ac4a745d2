"""Work in the background: ids in, idempotent, done by the services."""

from celery import shared_task

from certificates import services
from certificates.jobs import JOBS
from certificates.webhooks import sending

__all__ = ["JOBS", "PROMPT", "SWEEPERS"]


@shared_task(name="certificates.issue_for_qualification", acks_late=True)
def issue_for_qualification(*, qualification_id: int) -> None:
    services.issue_certificate(qualification_id=qualification_id)


@shared_task(name="certificates.revoke_for_qualification", acks_late=True)
def revoke_for_qualification(*, qualification_id: int) -> None:
    services.revoke_with_qualification(qualification_id=qualification_id)


@shared_task(name="certificates.make_claims", acks_late=True)
def make_claims() -> None:
    services.claims_from_import_rows()


@shared_task(name="certificates.note_impacts", acks_late=True)
def note_impacts() -> int:
    """Lists every qualification whose mark was changed afterwards and that is not listed yet."""
    return services.note_impacts()


@shared_task(name="certificates.work_runs", acks_late=True)
def work_runs() -> int:
    """What the issuing desk confirmed: each call goes on where the last one stopped."""
    return services.work_runs()


@shared_task(name="certificates.draw_batch", acks_late=True)
def draw_batch(*, batch_id: int) -> None:
    services.draw_batch_files(batch_id=batch_id)


@shared_task(name="certificates.work_upload", acks_late=True)
def work_upload(*, upload_id: int) -> None:
    services.work_upload(upload_id=upload_id)


def attend_to_batches() -> int:
    """Batches that are to be drawn, and signed files that were handed in."""
    return services.draw_waiting() + services.work_uploads()


def issue_new() -> int:
    """What was granted just now: looks at the latest qualifications only, so asking each second costs nothing."""
    return services.issue_waiting(newest=500)


def issue_missing() -> int:
    """Every qualification whose news was lost, and every certificate that waits for another try."""
    return services.issue_waiting()


def revoke_missing() -> int:
    """Certificates whose qualification was revoked and whose news was lost."""
    return services.revoke_forgotten()


def claim_missing() -> int:
    """What staff lists and lists of past classes say, and nobody claimed yet."""
    return services.claims_from_import_rows() + services.claims_from_classes()


def open_what_was_held() -> int:
    """Papers that gave nothing beside what was held, where that was revoked in another way than at the desk."""
    return services.open_what_was_held()


def upgrade_signatures() -> int:
    """Issued certificates whose signature has not reached the level that the installation asks for."""
    return services.upgrade_waiting()


def fetch_revocation_lists() -> int:
    """The lists that say whether our signing certificate was revoked; once an hour is enough."""
    return services.fetch_revocation_lists()


@shared_task(name="certificates.send_webhooks", acks_late=True)
def send_webhooks() -> int:
    """Writes and sends messages to other systems; how many were written. Nobody waits for a receiver."""
    written = sending.spread_events()
    sending.sender.wake()
    return written


def note_expired() -> int:
    """Certificates that expired, where another system wants to know."""
    return sending.note_expired()


PROMPT = [issue_new, work_runs, attend_to_batches, send_webhooks]
SWEEPERS = [
    note_expired,
    issue_missing,
    revoke_missing,
    claim_missing,
    open_what_was_held,
    note_impacts,
    upgrade_signatures,
    fetch_revocation_lists,
]
