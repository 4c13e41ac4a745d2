"""The people pages of HR and heads."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe
from wagtail.log_actions import log

from staff import access, clock, queries, services
from staff.correction_form import CorrectionForm
from staff.duties import DUTY_CHOICES, duties_by_unit, duty_rows
from staff.form_fields import numbers_in
from staff.spreadsheets import csv_response


@require_safe
def people(request):
    """Search and browse the people in the reader's scopes; 404 without any."""
    access.require_people(request.user)
    words = request.GET.get("q", "")[:100]
    units = queries.units_to_choose(request.user)
    unit = queries.unit_among(units, request.GET.get("unit", ""))
    account = request.GET.get("account", "")
    number = request.GET.get("page", 1)
    page = queries.people_page(request.user, words=words, unit=unit, account=account, number=number)
    choice = {"words": words, "units": units, "unit": unit, "account": account}
    manages = access.can_manage_accounts(request.user)
    # Ticks travel from page to page in the address; the print asks once more whether each person is the reader's.
    ticked = set(numbers_in(request.GET.getlist("p"))) if manages else set()
    elsewhere = sorted(ticked - {line.pk for line in page.object_list})
    context = {"page": page, "manages": manages, "ticked": ticked, "ticked_elsewhere": elsewhere, **choice}
    return render(request, "staff/people.html", context)


@require_safe
def person(request, pk):
    """One person's account, postings and duties."""
    sheet = queries.person_sheet(access.person_for(request.user, pk=pk), reader=request.user)
    return render(request, "staff/person.html", {"sheet": sheet})


@require_http_methods(["GET", "HEAD", "POST"])
def correct(request, pk):
    """Name, sex and birth day as they should be; what was corrected before stands below."""
    person = access.managed_person_for(request.user, pk=pk)
    form = CorrectionForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            services.correct_person(staff_member=person, by=request.user, **form.said)
        except services.StaffError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Corrected. The person has been told."))
            return redirect("staff:person", pk=pk)
    context = {"person": person, "form": form, "corrections": queries.corrections_of(person)}
    return render(request, "staff/correct.html", context)


@require_safe
def duties(request):
    """Who holds which duty in a unit and in those directly below it; with ``thieu`` only units that have nobody."""
    units, unit = _unit_of_duties(request)
    lines = duties_by_unit(unit=unit, on=clock.today(), viewer=request.user)
    lacking = sum(line.lacks_officer for line in lines)
    only_lacking = request.GET.get("thieu") == "1"
    context = {
        "units": units,
        "unit": unit,
        "lines": [line for line in lines if line.lacks_officer or not only_lacking],
        "lacking": lacking,
        "expected": sum(line.lacks_officer or line.has_officer for line in lines[1:]),
        "only_lacking": only_lacking,
        "columns": DUTY_CHOICES,
        "today": clock.today(),
    }
    return render(request, "staff/duties.html", context)


@require_safe
def duties_csv(request):
    """The same as a file."""
    _units, unit = _unit_of_duties(request)
    rows = duty_rows(duties_by_unit(unit=unit, on=clock.today(), viewer=request.user))
    if request.method == "GET":
        log(instance=unit, action="staff.export", user=request.user, data={"what": "duties"})
    return csv_response(rows, name=f"nhiem-vu-{unit.code.replace('/', '-')}")


def _unit_of_duties(request):
    """The units to choose from, and the chosen one: the topmost without a choice. 404 for whoever manages nobody."""
    access.require_people(request.user)
    units = queries.units_to_choose(request.user)
    top = min(units, key=lambda unit: (len(unit.path), unit.sort_key), default=None)
    unit = queries.unit_among(units, request.GET.get("don-vi", ""), top)
    if unit is None:
        raise Http404
    return units, unit
