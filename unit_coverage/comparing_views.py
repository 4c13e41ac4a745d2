"""Why a figure moved between two days: the page, and the same as a file. A foreign unit answers 404."""

from fractions import Fraction

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.log_actions import log

from staff.access import unit_for
from staff.models import Unit
from staff.spreadsheets import csv_response
from staff.vietnamese import slug
from unit_coverage import comparing
from unit_coverage.enums import FigureKey
from unit_coverage.forms import CompareForm
from unit_coverage.links import address_of, page_number
from unit_coverage.shares import percent

PAGE_SIZE = 50


@require_safe
def compared(request, code):
    """Both figures, what each reason adds and takes away, and the people."""
    found = unit_for(request.user, code=code)
    form = CompareForm(request.GET)
    context = {"unit": found, "form": form, "breadcrumb": [(found.name, address_of("unit", found.code))]}
    if form.is_valid():
        context |= _shown(request, found, form.cleaned_data)
    return render(request, "unit_coverage/compared.html", context)


@require_safe
def compared_file(request, code):
    """The people as CSV: all pages of the list."""
    found = unit_for(request.user, code=code)
    form = CompareForm(request.GET)
    if not form.is_valid() or not found.existed_on(form.cleaned_data["ngay"]):
        return HttpResponse(_("There is nothing to compare."), status=400, content_type="text/plain; charset=utf-8")
    asked = form.cleaned_data
    chosen = _chosen(_compare(found, asked), asked)
    seen = comparing.in_sight(chosen, request.user)
    if request.method == "GET":
        log(instance=found, action="unit_coverage.export", user=request.user, data={"query": request.GET.dict()})
    name = f"so-sanh-{slug(found.code)}-{asked['tu']:%Y%m%d}-{asked['ngay']:%Y%m%d}-{asked['linh_vuc']}"
    return csv_response(_rows(comparing.named(seen), len(chosen) - len(seen), asked), name=name)


def _shown(request, found: Unit, asked: dict) -> dict:
    day = {"first": asked["tu"], "last": asked["ngay"]}
    if not found.existed_on(asked["ngay"]):
        return day | {"is_missing": True}
    whole = _compare(found, asked)
    chosen = _chosen(whole, asked)
    seen = comparing.in_sight(chosen, request.user)
    page = Paginator(seen, PAGE_SIZE).get_page(page_number(request))
    printed = [percent(*pair) for pair in (whole.first, whole.last)]
    points = None if None in printed else printed[1] - printed[0]
    return day | {
        "whole": whole,
        "causes": [(*line, _address(request, line[0])) for line in whole.by_cause()],
        "shares": [Fraction(a, b) if b else None for a, b in (whole.first, whole.last)],
        "points": points,
        "points_down": None if points is None else -points,
        "figure_label": FigureKey(asked["linh_vuc"]).label,
        "lines": comparing.named(page.object_list),
        "page": page,
        "total": len(chosen),
        "elsewhere": len(chosen) - len(seen),
        "by_later_units": not found.existed_on(asked["tu"]),
    }


def _address(request, cause) -> str:
    query = request.GET.copy()
    query.pop("page", None)
    query["vi-sao"] = cause.value
    return f"?{query.urlencode()}"


def _compare(found: Unit, asked: dict) -> comparing.Comparison:
    return comparing.compare(unit=found, figure=asked["linh_vuc"], first=asked["tu"], last=asked["ngay"])


def _chosen(whole: comparing.Comparison, asked: dict) -> list[comparing.Moved]:
    return [one for one in whole.moved if asked["vi_sao"] in ("", one.cause)]


def _rows(lines, elsewhere: int, asked: dict):
    days = [f"{asked[name]:%d/%m/%Y}" for name in ("tu", "ngay")]
    units = [_("Unit, %(day)s") % {"day": day} for day in days]
    yield [_("Full name"), units[0], days[0], units[1], days[1], _("Reason"), "a", "b"]
    for line in lines:
        before, after = (unit.name_in_place if unit else "" for unit in line.units)
        a, b = line.moved.difference
        yield [line.staff_member.full_name, before, line.before, after, line.after, line.moved.cause.label, a, b]
    if elsewhere:
        yield [_("%s more people now belong to other units") % elsewhere]
