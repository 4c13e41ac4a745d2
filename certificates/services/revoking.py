"""Takes certificates back. The row, its number and its file stay for ever."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates import signing
from certificates.enums import CertificateStatus, EventKind
from certificates.errors import KeyProblem, NotIssued
from certificates.models import Certificate
from certificates.queries import why_not_anew
from certificates.services.issuers import authority_for
from certificates.services.issuing import enter_line, locked_register, produce_file, tell_of_revocation
from certificates.webhooks.sending import note_event
from courses.models import Qualification
from staff import clock


def revoke_certificate(*, certificate: Certificate, reason: str, by, from_day: date | None = None) -> Certificate:
    """Revokes from ``from_day`` (today unless said) on. Revoking twice keeps the first reason and day.

    One that was never issued ends today at the latest: nobody held it until a later day.
    """
    if not reason.strip():
        raise NotIssued(_("Say why the certificate is revoked."))
    with transaction.atomic():
        locked = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if locked.status == CertificateStatus.REVOKED:
            return locked
        if locked.status == CertificateStatus.SUPERSEDED:
            raise NotIssued(_("This certificate was replaced by another: revoke that one."))
        was_issued = locked.status == CertificateStatus.ISSUED
        locked.status = CertificateStatus.REVOKED
        today = clock.today()
        locked.revoked_from = (from_day or today) if was_issued else min(from_day or today, today)
        locked.revoked_at, locked.revoked_by, locked.revoked_reason = clock.now(), by, reason.strip()[:300]
        locked.save(update_fields=["status", "revoked_from", "revoked_at", "revoked_by", "revoked_reason"])
        log(
            instance=locked,
            action="certificates.revoke",
            user=by,
            data={"reason": locked.revoked_reason, "from": locked.revoked_from.isoformat()},
        )
        if was_issued:
            note_event(locked, EventKind.REVOKED)
        tell_of_revocation(locked, was_issued=was_issued)
        return locked


def revoke_with_qualification(*, qualification_id: int) -> int:
    """The certificate of a revoked qualification is revoked too: same day, same reason, same author; how many were.

    Taking back only the document, for a wrong word on it, is ``revoke_certificate``: then the fact still holds.
    """
    qualification = Qualification.objects.filter(pk=qualification_id).exclude(revoked_from=None).first()
    if qualification is None:
        return 0
    live = list(Certificate.objects.live().filter(qualification=qualification))
    for certificate in live:
        revoke_certificate(
            certificate=certificate,
            reason=qualification.revoked_reason or _("The qualification was revoked."),
            by=qualification.revoked_by,
            from_day=qualification.revoked_from,
        )
    return len(live)


def revoke_forgotten() -> int:
    """Revokes every live certificate of a revoked qualification; how many there were."""
    ids = (
        Certificate.objects.live().exclude(qualification__revoked_from=None).values_list("qualification_id", flat=True)
    )
    return sum(revoke_with_qualification(qualification_id=pk) for pk in list(ids.distinct()))


def supersede_certificate(*, certificate: Certificate, reason: str, by, decision: str = "") -> Certificate:
    """A new certificate with today's words and a new number; the earlier one points at it.

    It cites ``decision``; without one, what the earlier one cites. While the key cannot be used nothing is replaced
    (NotIssued); where the agency signs the new one waits for its signatures.
    """
    return _replace(certificate, CertificateStatus.ISSUED, reason=reason, by=by, decision=decision)


def replace_revoked_certificate(*, certificate: Certificate, reason: str, by, decision: str = "") -> Certificate:
    """A new certificate, with a new number, of a result that stands though its document was taken back.

    The earlier one stays revoked, with its day and its reason, and points at the new one.
    """
    return _replace(certificate, CertificateStatus.REVOKED, reason=reason, by=by, decision=decision)


def _refuse_while_nothing_is_signed():
    # the earlier one ends at once: its holder must not be left with one that nobody can sign
    try:
        signing.current_key()
    except KeyProblem as problem:
        raise NotIssued(_("The earlier certificate stays in force. %(problem)s") % {"problem": problem}) from problem


def _replace(certificate, status, *, reason, by, decision) -> Certificate:
    """The certificate that takes the place of ``certificate``, which must have ``status`` unless it has one already."""
    if not reason.strip():
        raise NotIssued(_("Say why the certificate is replaced."))
    with transaction.atomic():
        today = clock.today()
        course_id = Qualification.objects.values_list("course", flat=True).get(pk=certificate.qualification_id)
        authority = authority_for(course_id, on=today)
        register = locked_register(authority.issuer, year=today.year)
        earlier = Certificate.objects.select_for_update().get(pk=certificate.pk)
        if earlier.superseded_by is not None:
            return earlier.superseded_by
        if earlier.status != status:
            raise NotIssued(_("Only an issued certificate can be replaced."))
        is_revoked = status == CertificateStatus.REVOKED
        if not is_revoked and not signing.is_outside():
            _refuse_while_nothing_is_signed()
        if is_revoked and (why_not := why_not_anew(earlier)):
            raise NotIssued(why_not)
        if not is_revoked:
            earlier.status = CertificateStatus.SUPERSEDED
            earlier.save(update_fields=["status"])
        new = enter_line(
            register=register,
            qualification=earlier.qualification,
            authority=authority,
            day=today,
            decision=decision or earlier.face["decision"],
        )
        earlier.superseded_by = new
        earlier.save(update_fields=["superseded_by"])
        if not is_revoked:
            note_event(earlier, EventKind.SUPERSEDED)
        log(instance=earlier, action="certificates.supersede", user=by, data={"reason": reason, "by": new.code})
    produce_file(certificate_id=new.pk)
    new.refresh_from_db()
    return new
