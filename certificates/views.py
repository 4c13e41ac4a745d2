"""The download of a signed certificate."""

import hashlib
import logging

from django.core.files.storage import storages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from certificates.access import certificate_for

logger = logging.getLogger(__name__)


@require_safe
def download(request, pk):
    """The issued file, byte for byte. A file that no longer matches its hash is not served."""
    certificate = certificate_for(request.user, pk=pk)
    stored = certificate.files.complete().last()
    if stored is None:
        raise Http404
    with storages["private"].open(stored.name) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        logger.error("The file of certificate %s does not match its hash", certificate.pk)
        return render(request, "certificates/damaged.html", status=500)
    name = f"Giấy chứng nhận {certificate.serial.replace('/', '-')} {certificate.face['holder']}.pdf"
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response
