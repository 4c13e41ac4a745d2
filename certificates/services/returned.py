"""Signed files that come back from outside: each is looked at, and attached whole or not at all.

An upload is a row that a worker goes through; killed in the middle, it begins again and finds what it had attached.
"""

import hashlib
import logging
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.storage import storages
from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from wagtail.log_actions import log

from certificates import signing
from certificates.enums import CertificateStatus, EventKind, SignatureLevel, SignatureRole
from certificates.errors import BatchRefused, KeyProblem, NotSound
from certificates.models import BatchItem, Certificate, CertificateFile, SigningBatch, SigningUpload
from certificates.services.issuing import CLAIM, MOST_TRIES, store, tell_the_holder
from certificates.webhooks.sending import note_event
from staff import clock, private_files
from staff.archives import (
    SIGNATURES,
    Archive,
    ArchiveLeadsOutside,
    ArchiveLocked,
    ArchiveRefused,
    ArchiveSuspicious,
)
from staff.background import kind_of_fault

logger = logging.getLogger(__name__)

LARGEST_UPLOAD = 28 * 1024 * 1024
# What signatures with their pictures, stamps and proofs may add to a sheet.
MOST_ADDED = 4 * 1024 * 1024
# Sizes of files of other batches that are tried to say where a file belongs.
MOST_OTHERS = 2_000
# What goes out beside the sheets and may come back with them.
_BESIDE = (".txt", ".csv", ".json")
ISSUED, PART, ALREADY, REFUSED = "issued", "part", "already", "refused"


class Refused(Exception):
    """A file is not attached; ``code`` and ``facts`` say why, in whose words is the page's matter."""

    def __init__(self, code: str, **facts):
        self.code, self.facts = code, facts
        super().__init__(code)


def take_upload(*, batch: SigningBatch, content: bytes, file_name: str, by) -> SigningUpload:
    """Keeps what was handed in, for ``work_upload`` to look at. What was refused before is looked at again."""
    if len(content) > LARGEST_UPLOAD:
        raise BatchRefused("too large")
    digest = hashlib.sha256(content).hexdigest()
    name = private_files.store(content, f"signing-uploads/{digest[:2]}/{digest}")
    facts = {"file_name": file_name[-255:], "size": len(content), "name": name, "uploaded_by": by}
    with transaction.atomic():
        upload, is_new = SigningUpload.objects.get_or_create(batch=batch, sha256=digest, defaults=facts)
        locked = SigningUpload.objects.select_for_update().get(pk=upload.pk)
        if not is_new and locked.done_at and any(row["outcome"] == REFUSED for row in locked.report):
            locked.done_at, locked.tries, locked.claimed_until, locked.last_error = None, 0, None, ""
            locked.name, locked.uploaded_at, locked.uploaded_by = name, clock.now(), by
            locked.save()
        log(instance=batch, action="certificates.upload", user=by, data={"sha256": digest, "name": file_name[-100:]})
        return locked


def work_uploads() -> int:
    """Looks at what was left behind; how many uploads are done now."""
    waiting = list(_free().order_by("pk").values_list("pk", flat=True)[:20])
    done = sum(work_upload(upload_id=pk) for pk in waiting)
    for upload in SigningUpload.objects.filter(done_at__isnull=False).exclude(name="").order_by("pk")[:20]:
        _clear(upload)
    return done


def work_upload(*, upload_id: int) -> bool:
    """Looks at each file of an upload and attaches those that are right; true if this call did it."""
    now = clock.database_now()
    if not _free().filter(pk=upload_id).update(claimed_until=now + CLAIM, tries=F("tries") + 1, last_error=""):
        return False
    upload = SigningUpload.objects.select_related("batch", "uploaded_by").get(pk=upload_id)
    try:
        with storages["private"].open(upload.name) as file:
            report = _look_at(upload, file.read())
    except Exception as error:  # one upload that breaks must not stop the others  # noqa: BLE001
        later = clock.database_now() + timedelta(seconds=30 * 2**upload.tries)
        words = kind_of_fault(error)[:300]
        SigningUpload.objects.filter(pk=upload_id, done_at=None).update(last_error=words, claimed_until=later)
        logger.exception("Upload %s could not be looked at (try %s)", upload_id, upload.tries)
        return False
    facts = {"report": report, "done_at": clock.now(), "claimed_until": None, "tries": 0, "last_error": ""}
    SigningUpload.objects.filter(pk=upload_id, done_at=None).update(**facts)
    _clear(upload)
    return True


def _free():
    now = clock.database_now()
    return SigningUpload.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lt=now), done_at=None, tries__lt=MOST_TRIES
    )


def _clear(upload) -> None:
    """The content of an upload that was looked at; the same may have been handed in for another batch meanwhile."""
    if not SigningUpload.objects.filter(sha256=upload.sha256, done_at=None).exists():
        storages["private"].delete(upload.name)
    SigningUpload.objects.filter(pk=upload.pk, done_at__isnull=False).update(name="")


@dataclass(slots=True)
class _Part:
    """One file of an upload."""

    name: str
    content: bytes
    item: BatchItem | None = None
    problem: Refused | None = None


def _look_at(upload, content: bytes) -> list[dict]:
    try:
        parts = _parts(upload.file_name, content)
    except Refused as refusal:
        return [_row(upload.file_name, None, REFUSED, refusal)]
    known = _Known(upload)
    for part in parts:
        if part.problem:
            continue
        try:
            part.item = known.item_of(part.content)
        except Refused as refusal:
            part.problem = refusal
    asked = [part for part in parts if part.problem is None]
    facts = iter(_inspected(asked))
    return [_done(upload, part, None if part.problem else next(facts)) for part in parts]


def _done(upload, part, facts) -> dict:
    try:
        if part.problem:
            raise part.problem
        outcome = _attach(part, _judged(part, facts), by=upload.uploaded_by)
    except Refused as refusal:
        return _row(part.name, part.item, REFUSED, refusal)
    return _row(part.name, part.item, outcome)


def _row(name, item, outcome, refusal=None) -> dict:
    said = {"file": name[-200:], "serial": item.certificate.serial if item else "", "outcome": outcome}
    return said if refusal is None else {**said, "problem": refusal.code, "facts": refusal.facts}


def _parts(name: str, content: bytes) -> list[_Part]:
    if not content.startswith(SIGNATURES):
        return [_Part(name, content, problem=None if b"%PDF-" in content[:1024] else Refused("no_pdf"))]
    try:
        archive = Archive(content)
    except ArchiveLocked:
        raise Refused("zip_locked") from None
    except ArchiveLeadsOutside:
        raise Refused("zip_outside") from None
    except ArchiveSuspicious:
        raise Refused("zip_suspicious") from None
    except ArchiveRefused:
        raise Refused("zip_broken") from None
    names = [name for name in archive.names if not name.lower().endswith(_BESIDE)]
    if not names:
        raise Refused("zip_empty")
    parts = [_Part(name, archive.read(name)) for name in names]
    for part in parts:
        if b"%PDF-" not in part.content[:1024]:
            part.problem = Refused("no_pdf")
    return parts


class _Known:
    """The files that went out, found again by what they begin with: names mean nothing."""

    def __init__(self, upload):
        self.batch, self.user = upload.batch, upload.uploaded_by
        items = upload.batch.items.exclude(name="").select_related("certificate__register", "received", "batch")
        self.items = {item.sha256: item for item in items}
        self.others: dict | None = None

    def item_of(self, content: bytes) -> BatchItem:
        found = _begun_with(content, self.items)
        if found is None:
            other = _begun_with(content, self._others())
            raise Refused("other_batch", batch=other.batch_id) if other else Refused("foreign")
        if len(content) == found.size:
            raise Refused("unsigned")
        if len(content) > found.size + MOST_ADDED:
            raise Refused("too_large")
        return found

    def _others(self):
        if self.others is None:
            batches = SigningBatch.objects.visible_to(self.user).exclude(pk=self.batch.pk)
            items = BatchItem.objects.filter(batch__in=batches).exclude(name="").order_by("-pk")[:MOST_OTHERS]
            self.others = {item.sha256: item for item in items}
        return self.others


def _begun_with(content: bytes, items: dict) -> BatchItem | None:
    """Of ``items`` by hash, the one whose file ``content`` begins with, in one pass."""
    digest, at = hashlib.sha256(), 0
    for size in sorted({item.size for item in items.values()}):
        if size > len(content):
            return None
        digest.update(content[at:size])
        at = size
        if found := items.get(digest.hexdigest()):
            return found
    return None


def _inspected(parts) -> list[signing.ReturnedFacts]:
    with tempfile.TemporaryDirectory() as folder:
        asked = []
        for number, part in enumerate(parts):
            path = Path(folder) / f"{number}.pdf"
            path.write_bytes(part.content)
            asked.append(signing.Returned(path, part.item.size))
        return signing.inspect_returned(asked) if asked else []


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What the signatures of a file come to."""

    signers: tuple[signing.Signatory, ...]
    last: object

    @property
    def is_complete(self) -> bool:
        return len(self.signers) == len(SignatureRole)


def _judged(part, facts: signing.ReturnedFacts) -> _Verdict:
    """Refused unless all that was added are the right signatures in the right order, over everything."""
    if facts.problem:
        raise Refused("unreadable")
    if facts.count == 0:
        raise Refused("changed" if not facts.only_signed else "unsigned")
    if facts.count > len(SignatureRole):
        raise Refused("too_many", count=facts.count)
    signers = [
        _signatory(number, said, role)
        for number, (said, role) in enumerate(zip(facts.signatures, SignatureRole, strict=False), start=1)
    ]
    for number, said in enumerate(facts.signatures, start=1):
        if not said.intact:
            raise Refused("broken", number=number)
        if said.revoked:
            raise Refused("revoked_key", number=number)
        if not said.trusted:
            raise Refused("untrusted", number=number)
    if not facts.only_signed or not all(said.covers and said.bottom_line for said in facts.signatures):
        raise Refused("changed")
    if not facts.signatures[-1].is_last:
        raise Refused("changed")
    return _Verdict(tuple(signers), facts.signatures[-1])


def _signatory(number, said, role) -> signing.Signatory:
    """Who made the ``number``-th signature, which is to be of ``role``."""
    try:
        known = {signatory.fingerprint: signatory for signatory in signing.signatories()}
        named = {signatory.fingerprint: signatory for signatory in signing.signatories(role)}
    except KeyProblem as problem:
        raise Refused("unusable", number=number, why=str(problem)) from problem
    if said.fingerprint not in known:
        raise Refused("stranger", number=number, role=role.value)
    if said.fingerprint not in named:
        raise Refused("order", number=number, role=role.value)
    try:
        with translation.override(settings.LANGUAGE_CODE):
            signing.refuse_unusable(named[said.fingerprint])
    except KeyProblem as problem:
        raise Refused("unusable", number=number, why=str(problem)) from problem
    return named[said.fingerprint]


def _attach(part, verdict, *, by) -> str:
    """A further file of the certificate; with all signatures it is issued. ISSUED, PART or ALREADY."""
    digest = hashlib.sha256(part.content).hexdigest()
    level = SignatureLevel.NONE
    if verdict.is_complete:
        try:
            level = signing.level_of(part.content)
        except NotSound as problem:
            raise Refused("unsound") from problem
    for signatory in verdict.signers:
        signing.keep_authority(signatory)
    name = store(part.content, digest)
    with transaction.atomic():
        certificate = Certificate.objects.select_for_update().get(pk=part.item.certificate_id)
        item = BatchItem.objects.select_for_update().get(pk=part.item.pk)
        if certificate.files.filter(sha256=digest).exists():
            return ALREADY
        _refuse_what_is_over(item, certificate)
        if item.received_id and not part.content.startswith(_content_of(item.received)):
            raise Refused("not_continuing")
        file = CertificateFile.objects.create(
            certificate=certificate,
            earlier=item.received,
            name=name,
            sha256=digest,
            size=len(part.content),
            level=level,
            key_fingerprint=verdict.signers[-1].fingerprint,
            is_demonstration=bool(certificate.face["is_demonstration"]),
        )
        item.received = file
        item.save(update_fields=["received"])
        facts = {"sha256": digest, "batch": item.batch_id}
        if not verdict.is_complete:
            log(instance=certificate, action="certificates.receive", user=by, data=facts)
            return PART
        signed_at = signing.signed_moment(verdict.last, not_before=certificate.created_at)
        certificate.status, certificate.signed_at, certificate.level = CertificateStatus.ISSUED, signed_at, level
        certificate.claimed_until, certificate.last_error, certificate.tries = None, "", 0
        certificate.save(update_fields=["status", "signed_at", "level", "claimed_until", "last_error", "tries"])
        log(instance=certificate, action="certificates.issue", user=by, data={"serial": certificate.serial, **facts})
        note_event(certificate, EventKind.ISSUED)
        tell_the_holder(certificate)
    return ISSUED


def _refuse_what_is_over(item, certificate) -> None:
    if certificate.status == CertificateStatus.REVOKED:
        raise Refused("revoked", day=certificate.revoked_from.isoformat())
    if certificate.status == CertificateStatus.SUPERSEDED:
        raise Refused("superseded")
    if certificate.status == CertificateStatus.ISSUED:
        raise Refused("issued")
    if item.left_at:
        raise Refused("left")


def _content_of(file: CertificateFile) -> bytes:
    with storages["private"].open(file.name) as stored:
        return stored.read()


@transaction.atomic
def try_upload_again(*, upload_id: int, user) -> bool:
    """Lets an upload that could not be looked at be tried at once. Whether there was one."""
    failed = SigningUpload.objects.filter(~Q(last_error="") | Q(tries__gte=MOST_TRIES), pk=upload_id, done_at=None)
    if not failed.update(tries=0, claimed_until=None, last_error=""):
        return False
    upload = SigningUpload.objects.select_related("batch").get(pk=upload_id)
    log(instance=upload.batch, action="certificates.retry", user=user)
    return True
