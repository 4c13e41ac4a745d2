"""Reads for pages of this room and the rooms above."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from certificates.codes import grouped, is_well_formed
from certificates.enums import CertificateStatus
from certificates.face import class_in_english
from certificates.models import (
    Certificate,
    CertificateFile,
    InheritedCertificate,
    InheritedFile,
    InheritedRegister,
)
from courses.enums import Origin
from staff import clock
from staff.vietnamese import masked_name

VALID, EXPIRED, REVOKED, SUPERSEDED, PENDING = "valid", "expired", "revoked", "superseded", "pending"


def certificates_of(staff_member) -> dict[int, Certificate]:
    """The latest certificate of each qualification of a person, by the qualification's id, in one query."""
    rows = Certificate.objects.filter(qualification__staff_member=staff_member).select_related("register")
    return {certificate.qualification_id: certificate for certificate in rows.order_by("pk")}


def is_certified_here(qualification) -> bool:
    """Whether a certificate of ours belongs to it, by itself or at the desk: not where another body proves it."""
    return qualification.course_id is not None and qualification.origin in {Origin.PASSED, Origin.COMPLETED}


@dataclass(frozen=True, slots=True)
class PublicRecord:
    """What a stranger with the code may know: no full name, no date of birth, no personal number.

    What ends in ``_en`` is the same in English, empty where nobody wrote it down.
    """

    code: str
    holder: str
    unit: str
    course_code: str
    course: str
    track: str
    hours: int | None
    mark: str
    result: str
    is_supervised: bool | None
    number: str
    issuer: str
    issued_on: date
    status: str
    valid_until: date | None
    revoked_from: date | None
    is_demonstration: bool
    replaced_by: str = ""
    predecessor: str = ""
    issuer_en: str = ""
    course_en: str = ""
    track_en: str = ""
    result_en: str = ""


@dataclass(frozen=True, slots=True)
class IssuedFile:
    """A file that was issued: what is known of its bytes."""

    sha256: str
    code: str
    key_fingerprint: str
    stored_at: datetime


def issued_file(hashes: list[str]) -> IssuedFile | None:
    """The issued file with one of these SHA-256, the longest if there are several."""
    issued = CertificateFile.objects.complete().filter(sha256__in=hashes)
    file = issued.select_related("certificate").order_by("-size").first()
    if file is not None:
        return IssuedFile(file.sha256, file.certificate.code, file.key_fingerprint, file.created_at)
    file = InheritedFile.objects.filter(sha256__in=hashes).select_related("certificate").order_by("-size").first()
    if file is not None:
        return IssuedFile(file.sha256, file.certificate.code, file.key_fingerprint, file.stored_at)
    return None


def has_signed(key_fingerprint: str) -> bool:
    """Whether a certificate issued here was signed with this key."""
    return CertificateFile.objects.complete().filter(key_fingerprint=key_fingerprint).exists()


def predecessor_that_signed(key_fingerprint: str) -> str:
    """The body that signed with this key its register, which was taken over, or a certificate in it; else empty."""
    register = InheritedRegister.objects.filter(key_fingerprint=key_fingerprint).first()
    if register is not None:
        return register.body
    file = InheritedFile.objects.filter(key_fingerprint=key_fingerprint).select_related("certificate__register").first()
    return file.certificate.register.body if file else ""


def status_on(certificate: Certificate, day: date) -> str:
    """ "valid", "expired", "revoked" (from its day on), "superseded" or "pending"."""
    if certificate.status == CertificateStatus.PENDING:
        return PENDING
    if certificate.status == CertificateStatus.SUPERSEDED:
        return SUPERSEDED
    if certificate.status == CertificateStatus.REVOKED and certificate.revoked_from <= day:
        return REVOKED
    revoked_from = certificate.qualification.revoked_from
    if revoked_from is not None and revoked_from <= day:
        return REVOKED
    last = certificate.face.get("valid_until")
    return EXPIRED if last and date.fromisoformat(last) < day else VALID


def why_not_anew(revoked: Certificate) -> str:
    """Why no new certificate takes the place of one that was revoked; empty where one may."""
    if revoked.qualification.revoked_from is not None:
        return _("The result was revoked.")
    if revoked.revoked_from > clock.today():
        return _("Revoked from %(day)s: from that day on a new one can take its place.") % {
            "day": f"{revoked.revoked_from:%d/%m/%Y}"
        }
    return ""


def public_record(code: str, *, on: date) -> PublicRecord | None:
    """What the check page shows of ``code``; None for a code that was issued neither here nor where we took a register
    over.
    """
    return public_records([code], on=on).get(code)


def public_records(asked: list[str], *, on: date) -> dict[str, PublicRecord]:
    """By code, those of ``asked`` that were ever issued; in two queries, the same ones whatever is found."""
    # an ill-formed code costs what another costs
    wanted = {code if is_well_formed(code) else "-" for code in asked}
    rows = Certificate.objects.select_related("register", "qualification", "superseded_by").filter(code__in=wanted)
    found = {certificate.code: _own(certificate, on) for certificate in rows}
    kept = InheritedCertificate.objects.select_related("register").filter(code__in=wanted)
    return {certificate.code: _inherited(certificate, on) for certificate in kept} | found


def codes_of_files(hashes: list[str]) -> dict[str, str]:
    """By SHA-256, the codes of those that are issued files; in two queries."""
    found = dict(InheritedFile.objects.filter(sha256__in=hashes).values_list("sha256", "certificate__code"))
    issued = CertificateFile.objects.complete().filter(sha256__in=hashes)
    return found | dict(issued.values_list("sha256", "certificate__code"))


def _own(certificate: Certificate, on: date) -> PublicRecord:
    face = certificate.face
    status = status_on(certificate, on)
    revoked_from = certificate.revoked_from or certificate.qualification.revoked_from
    return PublicRecord(
        code=grouped(certificate.code),
        holder=masked_name(face["holder"]),
        unit=face["unit"],
        course_code=face["course_code"],
        course=face["course"],
        track=face["track"],
        hours=face["hours"],
        mark=(face["mark"] or "").replace(".", ","),
        result=face["class"],
        is_supervised=face.get("is_supervised"),
        number=certificate.serial,
        issuer=face["issuer"],
        issued_on=certificate.issued_on,
        status=status,
        valid_until=date.fromisoformat(face["valid_until"]) if face.get("valid_until") else None,
        revoked_from=revoked_from if status == REVOKED else None,
        is_demonstration=bool(face.get("is_demonstration")),
        replaced_by=grouped(certificate.superseded_by.code) if certificate.superseded_by else "",
        issuer_en=face.get("issuer_en", ""),
        course_en=face.get("course_en", ""),
        track_en=face.get("track_en", ""),
        result_en=class_in_english(face["class"]),
    )


def _inherited(kept: InheritedCertificate, day: date) -> PublicRecord:
    entry, status = kept.record, state_on(kept.record, day)
    return PublicRecord(
        code=grouped(kept.code),
        holder=entry["holder"],
        unit=entry["unit"] or "",
        course_code=entry["course_code"],
        course=entry["course"],
        track=entry["track"],
        hours=entry["hours"],
        mark=(entry["mark"] or "").replace(".", ","),
        result=entry["class"] or "",
        is_supervised=entry.get("is_supervised"),
        number=entry["number"],
        issuer=entry["issuer"],
        issued_on=date.fromisoformat(entry["issued_on"]),
        status=status,
        valid_until=date.fromisoformat(entry["valid_until"]) if entry.get("valid_until") else None,
        revoked_from=date.fromisoformat(entry["revoked_from"]) if status == REVOKED else None,
        is_demonstration=bool(entry.get("is_demonstration")),
        replaced_by=grouped(entry["replaced_by"]) if entry.get("replaced_by") else "",
        predecessor=entry.get("predecessor") or kept.register.body,
        result_en=class_in_english(entry["class"] or ""),
    )


def state_on(entry: dict, day: date) -> str:
    """``status_on`` of a line that was taken over."""
    if entry["status"] == CertificateStatus.SUPERSEDED:
        return SUPERSEDED
    revoked_from = entry.get("revoked_from")
    if revoked_from and date.fromisoformat(revoked_from) <= day:
        return REVOKED
    last = entry.get("valid_until")
    return EXPIRED if last and date.fromisoformat(last) < day else VALID
