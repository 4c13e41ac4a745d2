"""A signed certificate: its file, its badge and what happened to it."""

import hashlib
import logging

from django.core.files.storage import storages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from certificates import badges
from certificates.access import certificate_for
from certificates.codes import grouped
from certificates.errors import KeyProblem
from certificates.history import history_of
from certificates.register import line_of

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


@require_safe
def history(request, pk):
    """What was done to it, by whom and why: for the holder and for her HR officer."""
    certificate = certificate_for(request.user, pk=pk)
    layout = certificate.face.get("layout") or {}
    context = {
        "line": line_of(certificate),
        "code": grouped(certificate.code),
        "events": history_of(certificate),
        "template": f"{layout['template']} v{layout['version']}" if layout.get("template") else "",
        "is_own": certificate.qualification.staff_member_id == request.user.staff_member_id,
    }
    return render(request, "certificates/history.html", context)


@require_safe
def badge(request, pk):
    """The picture of an Open Badge that carries the signed credential; for the holder to show elsewhere."""
    return _badge(request, pk, badges.picture, "image/svg+xml", "svg")


@require_safe
def badge_png(request, pk):
    """The same as a PNG, which more wallets take."""
    return _badge(request, pk, badges.png, "image/png", "png")


@require_safe
def badge_credential(request, pk):
    """The signed credential alone (VC-JWT), for wallets that take no picture."""
    return _badge(request, pk, badges.signed_badge, "application/jwt", "jwt")


def _badge(request, pk, made, kind, ending):
    certificate = certificate_for(request.user, pk=pk)
    if certificate.signed_at is None:
        raise Http404
    try:
        content = made(certificate)
    except KeyProblem:
        return HttpResponse(_("The badge cannot be signed now. Please try again later."), status=503)
    return _file(content, kind, f"{certificate.serial.replace('/', '-')}.{ending}")


def _file(content, kind, name):
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"huy-hieu-{name}")
    response["Cache-Control"] = "private, no-store"
    return response
