"""How HR lets people in: printed slips for those who have no password yet, one-time codes for those who forgot it."""

import secrets

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from documents.account_slips import Slip, SlipWords, draw_slips
from staff import access, clock, codes, queries, services
from staff.account_forms import OneTimeCodeForm
from staff.form_fields import numbers_in
from staff.models import Unit

MOST_SLIPS = 500


@require_http_methods(["GET", "HEAD", "POST"])
def slips(request):
    """What a print would do; by POST the print itself, a PDF that is drawn once and kept nowhere."""
    access.require_manages_accounts(request.user)
    form = request.POST if request.method == "POST" else request.GET
    people = _chosen(request.user, form)
    if people.count() > MOST_SLIPS:
        return render(request, "staff/slips.html", {"refusal": str(services.TooManySlips(MOST_SLIPS))}, status=400)
    refusal = ""
    if request.method == "POST":
        try:
            return _printed(request, people)
        except services.StaffError as error:
            refusal = str(error)
    plan = queries.slip_plan(people)
    context = {
        "plan": plan,
        "refusal": refusal,
        "token": secrets.token_urlsafe(16),
        "days": settings.ACTIVATION_CODE_DAYS,
    }
    return render(request, "staff/slips.html", context, status=409 if refusal else 200)


def _chosen(user, form):
    """The people ticked (``p``), or all that the list found (``all``); 404 if one of them is not the user's."""
    mine = access.managed_people(user)
    if form.get("all"):
        code = form.get("unit", "")
        unit = Unit.objects.filter(code=code).first() if code else None
        words = form.get("q", "")[:100].replace("\x00", "")
        return queries.found(mine, words=words, unit=unit, account=form.get("account", ""))
    wanted = set(numbers_in(form.getlist("p")))
    chosen = mine.filter(pk__in=wanted)
    if chosen.count() != len(wanted):
        raise Http404
    return chosen


def _printed(request, people) -> HttpResponse:
    token, seen = request.POST.get("token", ""), request.POST.get("seen", "")
    if not (20 <= len(token) <= 40 and seen.isascii() and seen.isdigit() and len(seen) < 19):
        raise Http404
    issued = services.print_slips(people=list(people), by=request.user, token=token, seen=int(seen))
    by_person = {one.user.staff_member_id: one for one in issued}
    units = []
    for unit, lines in queries.slip_plan(people).units:
        names = [(line.person, by_person[line.person.pk]) for line in lines if line.person.pk in by_person]
        if names:
            where = f"{unit.name}, {unit.parent.name}" if unit.parent else unit.name
            units.append((unit.name, [_slip(person, where, one) for person, one in names]))
    pdf = draw_slips(_words(issued[0].valid_until), units)
    name = f"phieu-kich-hoat-{clock.today():%Y%m%d}.pdf"
    return HttpResponse(
        pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store, private"},
    )


def _slip(person, where, issued) -> Slip:
    return Slip(
        name=person.full_name,
        unit=where,
        staff_code=codes.grouped_staff_code(issued.user.staff_code),
        activation_code=codes.grouped(issued.code),
    )


def _words(until) -> SlipWords:
    local = timezone.localtime(until)
    return SlipWords(
        title=_("Học CNTT · slip to open your account"),
        staff_code=_("Staff code"),
        activation_code=_("Activation code"),
        steps=(
            _("Open the address on the right, on a computer or a telephone, or scan the QR code."),
            _("Type the staff code and the activation code; capitals and hyphens do not matter."),
            _("Choose a password of your own. From then on sign in with staff code and password."),
        ),
        until=_("Valid until the end of %(day)s") % {"day": date_format(local, "SHORT_DATE_FORMAT")},
        keep=_("Keep this slip to yourself: whoever has it can open your account."),
        address=settings.SITE_URL + reverse("account:activate"),
        drawn_at=timezone.localtime(clock.now()),
        banner=_("DEMONSTRATION") if getattr(settings, "DEMO", False) else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def one_time_code(request, pk):
    """Give somebody who forgot the password a code for half an hour; it is shown on this answer and never again."""
    person = access.managed_person_for(request.user, pk=pk)
    user = getattr(person, "user", None)
    if user is None:
        raise Http404
    form = OneTimeCodeForm(request.POST or None, initial={"token": secrets.token_urlsafe(16)})
    context = {"person": person, "form": form, "minutes": settings.ONE_TIME_CODE_MINUTES}
    if request.method == "POST" and form.is_valid():
        try:
            issued = services.issue_one_time_code(user=user, by=request.user, **form.cleaned_data)
        except services.StaffError as refusal:
            form.add_error(None, str(refusal))
        else:
            context |= {
                "code": codes.grouped(issued.code),
                "staff_code": codes.grouped_staff_code(user.staff_code),
                "until": issued.valid_until,
                "address": settings.SITE_URL + reverse("account:activate"),
            }
            return render(request, "staff/one_time_code_issued.html", context)
    return render(request, "staff/one_time_code.html", context)
