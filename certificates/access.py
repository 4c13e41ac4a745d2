"""Who may fetch which certificate."""

from django.http import Http404

from certificates.enums import CertificateStatus
from certificates.models import Certificate


def certificate_for(user, *, pk) -> Certificate:
    """A certificate that has a file, or 404: never 403, a stranger must not learn that it exists."""
    certificate = (
        Certificate.objects.visible_to(user)
        .exclude(status=CertificateStatus.PENDING)
        .select_related("register")
        .filter(pk=pk)
        .first()
    )
    if certificate is None:
        raise Http404
    return certificate
