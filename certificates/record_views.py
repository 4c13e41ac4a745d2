"""The training record: one's own, and that of a person whose HR officer the reader is; signed when asked for."""

import logging

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from wagtail.log_actions import log

from certificates.access import person_for_hr
from certificates.errors import CertificateError
from certificates.training_record import signed_record, training_record
from staff import clock
from staff.models import StaffMember
from staff.vietnamese import fold

logger = logging.getLogger(__name__)


@require_safe
def own(request):
    return _page(request, _own(request))


@require_safe
def of_person(request, pk):
    return _page(request, person_for_hr(request.user, pk=pk))


@require_POST
def own_pdf(request):
    return _pdf(request, _own(request))


@require_POST
def pdf_of_person(request, pk):
    return _pdf(request, person_for_hr(request.user, pk=pk))


def _own(request) -> StaffMember:
    if request.user.staff_member is None:
        raise Http404
    return request.user.staff_member


def _page(request, person: StaffMember):
    context = {
        "record": training_record(person, clock.today()),
        "is_own": person.pk == request.user.staff_member_id,
    }
    return render(request, "certificates/record.html", context)


def _pdf(request, person: StaffMember):
    """The record as it stands now, signed: nothing is stored but the line in the log."""
    try:
        content = signed_record(training_record(person, clock.today()))
    except CertificateError as error:
        logger.error("The training record of %s cannot be signed now: %s", person.pk, error)
        messages.error(request, _("The record cannot be signed now: %(why)s") % {"why": error})
        is_own = person.pk == request.user.staff_member_id
        return redirect("record:own") if is_own else redirect("record:of_person", pk=person.pk)
    log(instance=person, action="certificates.record", user=request.user, data={"size": len(content)})
    response = HttpResponse(content, content_type="application/pdf")
    name = f"ho-so-boi-duong-{fold(person.full_name).replace(' ', '-')}.pdf"
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response
