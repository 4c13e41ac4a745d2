"""Certificates that say something else of their holder than the staff list does today."""

from urllib.parse import urlencode

from django.urls import reverse

from certificates.desk import people_of
from certificates.enums import CertificateStatus
from certificates.face import holder_otherwise
from certificates.models import Certificate
from staff.models import StaffMember, User
from staff.outdated_papers import OutdatedPaper


def outdated_certificates(person: StaffMember, reader: User) -> list[OutdatedPaper]:
    """Issued ones in force that ``reader`` may issue anew, the newest first, each with what it says otherwise.

    They stay as they are until somebody issues them anew: a certificate is never wrong about its own day.
    """
    if not people_of(reader).filter(pk=person.pk).exists():
        return []
    rows = Certificate.objects.filter(
        qualification__staff_member=person,
        qualification__revoked_from=None,
        status=CertificateStatus.ISSUED,
    )
    found = [
        (certificate, holder_otherwise(certificate.face, person))
        for certificate in rows.select_related("register").order_by("-pk")
    ]
    return [
        OutdatedPaper(f"{one.serial} · {one.face['course']}", differences, _address(one, person))
        for one, differences in found
        if differences
    ]


def _address(certificate, person) -> str:
    # several bodies may have given the same number, so the name of today goes with it
    chosen = urlencode({"numbers": certificate.serial, "words": person.full_name})
    return f"{reverse('certificates:new_run', args=['cap-lai'])}?{chosen}"
