"""Duties and exemptions of one person, given and ended by her HR officer."""

from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from courses.enums import ExemptionKind
from staff import clock, queries
from staff.access import require_people
from staff.models import StaffMember
from unit_coverage import access
from unit_coverage.enums import ProposalKind
from unit_coverage.proposal_views import answer_form
from unit_coverage.rule_forms import DutyForm, EndForm, ExemptionForm
from unit_coverage.why import exemptions_in

PAGE_SIZE = 50
get_or_post = require_http_methods(["GET", "HEAD", "POST"])


@get_or_post
def give_duty(request, pk):
    person = access.person_to_decide_about(request.user, pk=pk)
    units = access.units_for_duty(request.user, person)
    form = DutyForm(request.POST or None, units=units)
    page = _page(person, _("Give a duty: %s") % person.full_name)
    if not units:
        page["note"] = _("There is no main posting today, so there is no unit to give a duty in.")
    return answer_form(request, form, kind=ProposalKind.DUTY, payload=form.payload, page=page, staff_member=person)


@get_or_post
def end_duty(request, pk, duty):
    person = access.person_to_decide_about(request.user, pk=pk)
    found = get_object_or_404(person.duties.open().select_related("unit"), pk=duty)
    form = EndForm(request.POST or None)
    page = _page(person, _("End the duty: %(duty)s, %(unit)s") % {"duty": found.label, "unit": found.unit})

    def payload():
        return form.payload(duty=found.pk)

    return answer_form(request, form, kind=ProposalKind.DUTY_END, payload=payload, page=page, staff_member=person)


@get_or_post
def give_exemption(request, pk):
    person = access.person_to_decide_about(request.user, pk=pk)
    form = ExemptionForm(request.POST or None, initial={"kind": ExemptionKind.EXEMPT})
    page = _page(person, _("Exempt or defer: %s") % person.full_name)
    kind = ProposalKind.EXEMPTION
    return answer_form(request, form, kind=kind, payload=form.payload, page=page, staff_member=person)


@get_or_post
def end_exemption(request, pk, exemption):
    person = access.person_to_decide_about(request.user, pk=pk)
    found = get_object_or_404(person.exemptions.select_related("track", "course"), pk=exemption)
    if found.valid_until is not None and found.valid_until <= clock.today():
        raise Http404
    form = EndForm(request.POST or None)
    page = _page(person, _("End the exemption: %s") % (found.course or found.track))

    def payload():
        return form.payload(exemption=found.pk)

    return answer_form(request, form, kind=ProposalKind.EXEMPTION_END, payload=payload, page=page, staff_member=person)


@require_safe
def exemptions(request):
    """Exemptions that hold now or later, of the people of a unit in the reader's scope."""
    require_people(request.user)
    units = queries.units_to_choose(request.user)
    top = min(units, key=lambda unit: len(unit.path), default=None)
    unit = queries.unit_among(units, request.GET.get("don-vi", ""), top)
    if unit is None:
        raise Http404
    today = clock.today()
    visible = StaffMember.objects.visible_to(request.user)
    rows = exemptions_in(unit, today).filter(staff_member__in=visible)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page", 1))
    context = {"page": page, "units": units, "unit": unit, "today": today}
    return render(request, "unit_coverage/exemptions.html", context)


def _page(person: StaffMember, title: str) -> dict:
    return {
        "title": title,
        "breadcrumb": [
            (_("People"), reverse("staff:people")),
            (person.full_name, reverse("staff:person", args=[person.pk])),
            (_("What must be learnt"), reverse("obligations:person", args=[person.pk])),
        ],
    }
