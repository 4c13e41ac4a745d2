"""A register leaves one installation and goes on answering in another: hosts die with provinces, papers do not.

A file of JSON lines: what it is, a line for each certificate, and last a signed statement over the hash of all lines
before it. Names are shortened and birth dates left out before anything is written.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates import signing
from certificates.codes import is_well_formed
from certificates.enums import CertificateStatus
from certificates.errors import HandoverRefused, NotSound
from certificates.identity import key_of
from certificates.models import Certificate, CertificateFile, InheritedCertificate, InheritedFile, InheritedRegister
from certificates.signing.statements import read_statement, sign_statement, valid_on
from certificates.trust_folder import TrustFolder
from staff import clock
from staff.vietnamese import masked_name

FORMAT = "certificate-register/1"
_STATUSES = {"issued", "revoked", "superseded"}


@dataclass(frozen=True, slots=True)
class Imported:
    """How many lines were new, and how many told something new of a line that was here."""

    body: str
    new: int
    changed: int
    lines: int


def export_register(target: BinaryIO, *, body: str) -> int:
    """Writes every certificate that was ever issued here, also of registers that were taken over; returns how many."""
    key = signing.current_key()
    site, at = settings.SITE_URL.rstrip("/"), clock.now().replace(microsecond=0).isoformat()
    seen, count = hashlib.sha256(), 0
    head = {"format": FORMAT, "site": site, "body": body, "exported_at": at}
    _write(target, head, seen)
    for record in _lines(body):
        _write(target, record, seen)
        count += 1
    statement = {**head, "lines": count, "sha256": seen.hexdigest()}
    target.write(json.dumps({"statement": sign_statement(statement, key=key)}).encode() + b"\n")
    return count


def import_register(source: Path, *, trust: TrustFolder, by=None) -> Imported:
    """Takes over a register whose statement leads to ``trust``. The same file again changes nothing.

    All or nothing: a line that was changed, left out or added, a code that is ours, or a file older than what is here
    refuses it.
    """
    statement, fingerprint = _statement_of(source, trust)
    with transaction.atomic():
        register = _register(statement, fingerprint)
        if register is None:
            return Imported(statement["body"], 0, 0, statement["lines"])
        new = changed = 0
        for record in _records(source):
            made, told = _take(register, record)
            new, changed = new + made, changed + told
        log(
            instance=register,
            action="certificates.import_register",
            user=by,
            data={"site": register.site, "sha256": register.sha256, "new": new, "changed": changed},
        )
    # from now on signatures of that body lead to something that we trust
    signing.keep_anchors(trust.anchors, trust.lists)
    return Imported(register.body, new, changed, statement["lines"])


def _lines(body) -> Iterator[dict]:
    rows = Certificate.objects.exclude(status=CertificateStatus.PENDING).order_by("pk")
    rows = rows.select_related("register", "qualification", "superseded_by")
    rows = rows.prefetch_related(Prefetch("files", CertificateFile.objects.complete()))
    for certificate in rows.iterator(chunk_size=500):
        yield _line(certificate)
    kept = InheritedCertificate.objects.order_by("pk").select_related("register").prefetch_related("files")
    for certificate in kept.iterator(chunk_size=500):
        files = [_file(file, file.stored_at) for file in certificate.files.all()]
        predecessor = certificate.entry.get("predecessor") or certificate.register.body
        line = {**certificate.record, "predecessor": predecessor, "identity": certificate.identity, "files": files}
        yield {"code": certificate.code, **line}


def _line(certificate) -> dict:
    face, revoked = certificate.face, certificate.revoked_from or certificate.qualification.revoked_from
    taken = (
        "unit",
        "course_code",
        "course",
        "track",
        "hours",
        "mark",
        "class",
        "is_supervised",
        "valid_until",
        "issuer",
    )
    return {
        "code": certificate.code,
        "number": certificate.serial,
        "holder": masked_name(face["holder"]),
        **{name: face.get(name) for name in [*taken, "valid_until", "issuer"]},
        "issued_on": certificate.issued_on.isoformat(),
        "status": certificate.status,
        "revoked_from": revoked.isoformat() if revoked else None,
        "replaced_by": certificate.superseded_by.code if certificate.superseded_by else "",
        "is_demonstration": bool(face.get("is_demonstration")),
        "identity": key_of(certificate.code, face["holder"], face["born"]),
        "files": [_file(file, file.created_at) for file in certificate.files.all()],
    }


def _file(file, stored_at) -> dict:
    facts = {"sha256": file.sha256, "size": file.size, "key_fingerprint": file.key_fingerprint}
    return {**facts, "stored_at": stored_at.isoformat()}


def _write(target, record, seen) -> None:
    line = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    seen.update(line)
    target.write(line)


def _statement_of(source, trust) -> tuple[dict, str]:
    """The statement at the end of the file, which must fit every line before it."""
    seen, count, last, head = hashlib.sha256(), 0, b"", b""
    with open(source, "rb") as file:
        for line in file:
            if last:
                seen.update(last)
                count += 1
                head = head or last
            last = line
    try:
        token = json.loads(last)["statement"]
        first = json.loads(head)
        statement, certificate = read_statement(token, anchors=trust.anchors)
        exported_at = datetime.fromisoformat(statement["exported_at"])
        is_ours = {name: statement[name] for name in ("format", "site", "body", "exported_at")} == first
        is_whole = (statement["sha256"], statement["lines"]) == (seen.hexdigest(), count - 1)
    except (ValueError, KeyError, TypeError, NotSound) as error:
        raise HandoverRefused(_("The register carries no signature that leads to the folder given.")) from error
    if statement["format"] != FORMAT or not is_ours or not is_whole or not valid_on(certificate, exported_at):
        raise HandoverRefused(_("The register was changed after it was signed."))
    return statement, certificate.fingerprint(signing.FINGERPRINT).hex()


def _register(statement, fingerprint) -> InheritedRegister | None:
    """The row to write under; None if it holds this very file already."""
    if statement["site"] == settings.SITE_URL.rstrip("/"):
        raise HandoverRefused(_("This is the register of this very installation."))
    exported_at = datetime.fromisoformat(statement["exported_at"])
    facts = {
        "body": statement["body"],
        "exported_at": exported_at,
        "sha256": statement["sha256"],
        "key_fingerprint": fingerprint,
    }
    register, is_new = InheritedRegister.objects.get_or_create(site=statement["site"], defaults=facts)
    if is_new:
        return register
    register = InheritedRegister.objects.select_for_update().get(pk=register.pk)
    if register.sha256 == statement["sha256"]:
        return None
    if exported_at < register.exported_at:
        raise HandoverRefused(_("A later export of this register was taken over already."))
    for name, value in facts.items():
        setattr(register, name, value)
    register.save(update_fields=list(facts))
    return register


def _records(source) -> Iterator[dict]:
    with open(source, "rb") as file:
        next(file)
        for line in file:
            record = json.loads(line)
            if "statement" in record:
                return
            yield record


def _take(register, record) -> tuple[int, int]:
    code, identity, files = record.pop("code"), record.pop("identity"), record.pop("files")
    if not is_well_formed(code) or record["status"] not in _STATUSES:
        raise HandoverRefused(_("The register holds a line that is none."))
    if Certificate.objects.filter(code=code).exists():
        raise HandoverRefused(_("The register holds a code of ours: %(code)s") % {"code": code})
    facts = {"entry": record, "identity": identity}
    kept, is_new = InheritedCertificate.objects.get_or_create(code=code, defaults={"register": register, **facts})
    if kept.register_id != register.pk:
        raise HandoverRefused(_("The register holds a code of another register: %(code)s") % {"code": code})
    is_changed = not is_new and (kept.entry, kept.identity) != (record, identity)
    if is_changed:
        kept.entry, kept.identity = record, identity
        kept.save(update_fields=["entry", "identity"])
    for file in files:
        defaults = {
            "certificate": kept,
            "size": file["size"],
            "key_fingerprint": file["key_fingerprint"],
            "stored_at": datetime.fromisoformat(file["stored_at"]),
        }
        InheritedFile.objects.get_or_create(sha256=file["sha256"], defaults=defaults)
    return int(is_new), int(is_changed)
