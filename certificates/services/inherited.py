"""Takes back what a body issued that is no more: its register is ours now."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.enums import CertificateStatus
from certificates.errors import NotIssued
from certificates.models import InheritedCertificate
from staff import clock


@transaction.atomic
def revoke_inherited(*, certificate: InheritedCertificate, reason: str, by, from_day: date | None = None):
    """It does not count from ``from_day`` (today unless said) on; the line and its files stay. Twice keeps the first.

    A later export of the register brings no validity back. The holder is not told: who she is was not handed over.
    """
    if not reason.strip():
        raise NotIssued(_("Say why the certificate is revoked."))
    locked = InheritedCertificate.objects.select_for_update().get(pk=certificate.pk)
    if locked.record["status"] == CertificateStatus.REVOKED:
        return locked
    if locked.entry["status"] == CertificateStatus.SUPERSEDED:
        raise NotIssued(_("This certificate was replaced by another: revoke that one."))
    locked.revoked_from = from_day or clock.today()
    locked.revoked_at, locked.revoked_by, locked.revoked_reason = clock.now(), by, reason.strip()[:300]
    locked.save(update_fields=["revoked_from", "revoked_at", "revoked_by", "revoked_reason"])
    facts = {"reason": locked.revoked_reason, "from": locked.revoked_from.isoformat()}
    log(instance=locked, action="certificates.revoke", user=by, data=facts)
    return locked
