"""Batches of certificates that are signed with the agency's own tool: made, drawn, packed, taken back.

The row is the truth. Drawing goes on where a killed worker left it, and gives the same bytes; the archive is made
once and kept.
"""

import hashlib
import logging
from dataclasses import replace
from datetime import timedelta

from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates import manifests, signing
from certificates.enums import CertificateStatus
from certificates.errors import BatchRefused
from certificates.face import sheet_of
from certificates.models import BatchItem, Certificate, SigningBatch
from certificates.services.issuing import CLAIM, MOST_TRIES, store
from documents.certificate_sheet import draw_certificate
from staff import clock, private_files
from staff.background import kind_of_fault

logger = logging.getLogger(__name__)

# As many as fit into one upload when they come back with pictures of signature and seal.
MOST_IN_BATCH = 100


def waiting_to_go_out(user):
    """Pending certificates that ``user`` may send out and that are in no batch."""
    pending = Certificate.objects.visible_to(user).filter(status=CertificateStatus.PENDING)
    return pending.filter(qualification__revoked_from=None).signed_here()


def make_batch(*, request_key: str, by, course: str = "") -> SigningBatch:
    """The next certificates in the order of the register, at most MOST_IN_BATCH, go out together.

    The same form sent twice is one batch. BatchRefused if nothing waits.
    """
    key = hashlib.sha256(f"{by.pk}:{request_key}".encode()).hexdigest()
    try:
        with transaction.atomic():
            return SigningBatch.objects.filter(request_key=key).first() or _new_batch(key, by, course)
    except IntegrityError:
        # the same form at the same moment, or somebody else took some of them
        batch = SigningBatch.objects.filter(request_key=key).first()
        if batch is None:
            raise BatchRefused(_("Somebody else has just made a batch of these. Look at the list again.")) from None
        return batch


def _new_batch(key, by, course) -> SigningBatch:
    if not signing.is_outside():
        raise BatchRefused(_("Certificates are signed by a key of this installation; nothing goes out."))
    waiting = waiting_to_go_out(by).filter(qualification__code=course) if course else waiting_to_go_out(by)
    in_order = waiting.order_by("register__year", "register_id", "number")
    chosen = list(in_order.select_for_update(of=("self",))[:MOST_IN_BATCH])
    if not chosen:
        raise BatchRefused(_("No certificate waits to be signed."))
    batch = SigningBatch.objects.create(request_key=key, made_by=by, made_at=clock.now().replace(microsecond=0))
    BatchItem.objects.bulk_create(BatchItem(batch=batch, certificate=certificate) for certificate in chosen)
    log(instance=batch, action="certificates.batch", user=by, data={"count": len(chosen)})
    return batch


def draw_waiting() -> int:
    """Draws what was left behind; how many batches are ready now."""
    waiting = list(_free().order_by("pk").values_list("pk", flat=True)[:20])
    return sum(draw_batch_files(batch_id=pk) for pk in waiting)


def draw_batch_files(*, batch_id: int) -> bool:
    """Draws the files of a batch and packs them; true if this call made it ready.

    One certificate that cannot be drawn is left out with its reason; a fault of the storage is tried again.
    """
    now = clock.database_now()
    if not _free().filter(pk=batch_id).update(claimed_until=now + CLAIM, tries=F("tries") + 1, last_error=""):
        return False
    batch = SigningBatch.objects.get(pk=batch_id)
    try:
        for item in batch.items.open().filter(name="").select_related("certificate__register"):
            _draw(batch, item)
        _pack(batch)
    except Exception as error:  # one batch that cannot be made must not stop the others  # noqa: BLE001
        later = clock.database_now() + timedelta(seconds=30 * 2**batch.tries)
        words = kind_of_fault(error)[:300]
        SigningBatch.objects.filter(pk=batch_id, drawn_at=None).update(last_error=words, claimed_until=later)
        logger.exception("Signing batch %s could not be drawn (try %s)", batch_id, batch.tries)
        return False
    return True


def _free():
    now = clock.database_now()
    return SigningBatch.objects.to_draw().filter(Q(claimed_until=None) | Q(claimed_until__lt=now), tries__lt=MOST_TRIES)


def _draw(batch, item) -> None:
    certificate = item.certificate
    if certificate.status != CertificateStatus.PENDING:
        _leave([item], _("It was taken back before it went out."))
        return
    try:
        content = sheet_to_sign(certificate, drawn_at=batch.made_at)
    except OSError:
        raise
    except Exception as error:  # a poisonous one goes out of the batch, the others go on  # noqa: BLE001
        logger.exception("Certificate %s could not be drawn", certificate.pk)
        _leave([item], _("It could not be drawn: %(fault)s") % {"fault": kind_of_fault(error)})
        return
    digest = hashlib.sha256(content).hexdigest()
    facts = {"name": store(content, digest), "sha256": digest, "size": len(content)}
    BatchItem.objects.filter(pk=item.pk, name="").update(**facts)


def sheet_to_sign(certificate: Certificate, *, drawn_at) -> bytes:
    """The unsigned sheet with its empty places. The same certificate and moment give the same bytes."""
    is_demonstration = bool(certificate.face["is_demonstration"])
    sheet = sheet_of(certificate, signed_by="", signed_at=drawn_at, is_demonstration=is_demonstration)
    # the agency's tool writes into the places who signed and when, with its own pictures of signature and seal
    return signing.with_places(draw_certificate(replace(sheet, signature=(), seal=b"", signature_image=b"")))


def _pack(batch) -> None:
    items = list(batch.items.open().exclude(name="").select_related("certificate__register"))
    facts = {"drawn_at": clock.now(), "claimed_until": None, "tries": 0}
    if items:
        archive = manifests.packed(batch, items, _content_of)
        digest = hashlib.sha256(archive).hexdigest()
        name = private_files.store(archive, f"signing-batches/{digest[:2]}/{digest}.zip")
        facts |= {"name": name, "sha256": digest, "size": len(archive)}
    SigningBatch.objects.filter(pk=batch.pk, drawn_at=None).update(**facts)


def _content_of(item) -> bytes:
    with storages["private"].open(item.name) as file:
        return file.read()


@transaction.atomic
def take_out(*, batch: SigningBatch, numbers: list[int], reason: str, by) -> int:
    """Takes certificates (ids of items) out of a batch; they wait again. How many: what is issued stays where it is.

    A file of theirs that comes back later is refused, because the place may be taken by another one by then.
    """
    if not reason.strip():
        raise BatchRefused(_("Say why they are taken out of the batch."))
    held = batch.items.open().filter(pk__in=numbers)
    # the certificate's row first, as everywhere
    list(Certificate.objects.select_for_update().filter(pk__in=held.values("certificate")).order_by("pk"))
    items = list(held.exclude(certificate__status=CertificateStatus.ISSUED).select_related("certificate"))
    _leave(items, reason.strip())
    if items:
        serials = [item.certificate_id for item in items]
        log(instance=batch, action="certificates.take_out", user=by, data={"certificates": serials, "reason": reason})
    return len(items)


def _leave(items, reason) -> None:
    ids = [item.pk for item in items]
    BatchItem.objects.open().filter(pk__in=ids).update(left_at=clock.now(), left_because=reason[:300])


@transaction.atomic
def try_batch_again(*, batch_id: int, user) -> bool:
    """Lets a batch that could not be drawn be tried at once. Whether there was one."""
    failed = SigningBatch.objects.to_draw().filter(~Q(last_error="") | Q(tries__gte=MOST_TRIES), pk=batch_id)
    if not failed.update(tries=0, claimed_until=None, last_error=""):
        return False
    log(instance=SigningBatch.objects.get(pk=batch_id), action="certificates.retry", user=user)
    return True
