"""The register book on the screen and as files, and who is going to lose what he holds."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.log_actions import log

from certificates import access, expiry, register, register_paper
from certificates.enums import CertificateStatus
from certificates.errors import CertificateError
from certificates.navigation import tabs_for
from courses.models import Course
from staff import clock, queries
from staff.spreadsheets import csv_response


@require_safe
def book(request):
    """A register, the newest without a choice: every line, with what became of it."""
    access.require_desk(request.user)
    books = register.books_for(request.user)
    chosen = _chosen(books, request.GET.get("so", ""))
    words, state = request.GET.get("q", "")[:100].replace("\x00", ""), request.GET.get("trang-thai", "")
    context = {"tabs": tabs_for(request.user, "register"), "books": books, "book": chosen}
    if chosen is not None:
        context |= {
            "page": register.register_page(
                request.user, chosen, words=words, state=state, number=request.GET.get("page", 1)
            ),
            "words": words,
            "state": state,
            "states": CertificateStatus.choices,
            "volumes": register_paper.volumes_of(chosen),
        }
    return render(request, "certificates/register.html", context)


def _chosen(books, pk: str):
    if not pk:
        return books[0] if books else None
    for candidate in books:
        if str(candidate.register.pk) == pk:
            return candidate
    raise Http404


@require_safe
def book_excel(request, pk):
    """The lines that the page shows, as a workbook."""
    chosen = access.book_for(request.user, pk=pk)
    words, state = request.GET.get("q", "")[:100].replace("\x00", ""), request.GET.get("trang-thai", "")
    content = register_paper.workbook(register.lines_of(request.user, chosen, words=words, state=state))
    _note(request, chosen, "xlsx")
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _file(content, kind, f"Sổ cấp giấy chứng nhận {chosen.register.year}.xlsx")


@require_safe
def book_pdf(request, pk, volume):
    """A volume of the book, signed."""
    chosen = access.book_for(request.user, pk=pk)
    if not any(number == volume for number, _first, _last in register_paper.volumes_of(chosen)):
        raise Http404
    try:
        content = register_paper.signed_volume(request.user, chosen, volume=volume)
    except CertificateError as error:
        context = {"title": _("The register cannot be signed now"), "words": str(error)}
        return render(request, "certificates/refused.html", context, status=503)
    _note(request, chosen, f"pdf {volume}")
    name = f"Sổ cấp giấy chứng nhận {chosen.register.year} quyển {volume:02d}.pdf"
    return _file(content, "application/pdf", name)


def _note(request, chosen, what):
    if request.method == "GET":
        log(instance=chosen.register, action="certificates.export", user=request.user, data={"what": what})


def _file(content: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
def expiring(request):
    """What ends soon, the first to end first."""
    rows, context = _expiring(request)
    today = clock.today()
    page = expiry.expiring_page(rows, on=today, number=request.GET.get("page", 1))
    lines = [(line, expiry.renewal_words(line)) for line in page.object_list]
    context |= {"page": page, "lines": lines, "tabs": tabs_for(request.user, "expiring"), "today": today}
    return render(request, "certificates/expiring.html", context)


@require_safe
def expiring_csv(request):
    rows, _context = _expiring(request)
    return csv_response(expiry.expiring_rows(rows, on=clock.today()), name="sap-het-han")


def _expiring(request):
    access.require_desk(request.user)
    units = queries.units_to_choose(request.user)
    unit = queries.unit_among(units, request.GET.get("don-vi", ""))
    courses = list(Course.objects.order_by("position", "code"))
    course = next((found for found in courses if found.code == request.GET.get("khoa")), None)
    days = next((number for number in expiry.DAYS if str(number) == request.GET.get("ngay")), 90)
    rows = expiry.expiring(request.user, on=clock.today(), days=days, unit=unit, course=course)
    choice = {"units": units, "unit": unit, "courses": courses, "course": course, "days": days}
    return rows, choice | {"all_days": expiry.DAYS}
