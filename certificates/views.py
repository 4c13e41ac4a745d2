"""The download of a signed certificate, and the public check page."""

import hashlib
import logging

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.storage import storages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from certificates import codes, queries
from certificates.access import certificate_for
from staff import clock

logger = logging.getLogger(__name__)

# Wrong codes only, and per minute: an office of thirty behind one address mistypes less than that.
UNKNOWN_CODES_A_MINUTE = 60


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


@login_not_required
@require_safe
def form(request):
    """Where a code is typed, in any spelling; leads to the page of that code."""
    typed = request.GET.get("code", "")
    code = codes.normalise(typed)
    if codes.is_well_formed(code):
        return redirect("verification:check", code=code)
    return _page(request, {"typed": typed, "is_short": bool(typed.strip())})


@login_not_required
@require_safe
def check(request, code):
    """What was certified to whom, and whether it holds today. An unknown code gets one plain sentence."""
    code = codes.normalise(code)
    record = queries.public_record(code, on=clock.today())
    if record is None and _too_many_unknown(request):
        return render(request, "429.html", status=429)
    context = {"typed": codes.grouped(code), "record": record, "asked": True}
    return _page(request, context, status=404 if record is None else 200)


def _page(request, context, status=200):
    response = render(request, "verification/check.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _too_many_unknown(request) -> bool:
    minute = int(clock.now().timestamp() // 60)
    key = f"verification.unknown.{request.META.get('REMOTE_ADDR', '')}.{minute}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > UNKNOWN_CODES_A_MINUTE
    except ValueError:
        return False
