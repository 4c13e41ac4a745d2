"""The people pages of HR and heads."""

from django.shortcuts import render
from django.views.decorators.http import require_safe

from staff import access, queries


@require_safe
def people(request):
    """Search and browse the people in the reader's scopes; 404 without any."""
    access.require_people(request.user)
    words, code = request.GET.get("q", "")[:100].replace("\x00", ""), request.GET.get("unit", "")[:40]
    units = queries.units_to_choose(request.user)
    unit = next((unit for unit in units if unit.code == code), None)
    page = queries.people_page(request.user, words=words, unit=unit, number=request.GET.get("page", 1))
    return render(request, "staff/people.html", {"page": page, "words": words, "units": units, "unit": unit})


@require_safe
def person(request, pk):
    """One person's postings and duties."""
    sheet = queries.person_sheet(access.person_for(request.user, pk=pk))
    return render(request, "staff/person.html", {"sheet": sheet})
