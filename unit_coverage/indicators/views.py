"""Indicators of a unit and a period, and the list behind each. A foreign unit answers 404."""

from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.log_actions import log

from staff.access import can_see_coverage, unit_for
from staff.spreadsheets import csv_response
from staff.vietnamese import slug
from unit_coverage.enums import Place, Subject
from unit_coverage.indicators import queries
from unit_coverage.indicators.forms import ListForm, PeriodForm
from unit_coverage.indicators.words import rule_said
from unit_coverage.links import page_number
from unit_coverage.models import Indicator

PAGE_SIZE = 50


@require_safe
def index(request):
    """Every indicator with a, b and a/b."""
    form = _form(request, PeriodForm)
    context = {"form": form}
    if form.is_valid():
        asked = form.cleaned_data
        unit = unit_for(request.user, code=asked["don_vi"])
        context |= {"unit": unit, **asked, "query": period_query(asked), "exists": _exists(unit, asked)}
        if context["exists"]:
            context["counted"] = counted = queries.count_all(unit=unit, period=asked["period"], by=asked["co_cau"])
            context["lacks_cohort"] = "; ".join(one.indicator.name for one in counted if one.lacks_cohort)
    return render(request, "unit_coverage/indicators/index.html", context)


@require_safe
def detail(request, code):
    """Who is in a, who only in b, who is unclassified."""
    indicator = get_object_or_404(Indicator, code=code)
    form = _form(request, ListForm)
    context = {"form": form, "indicator": indicator}
    if form.is_valid():
        asked = form.cleaned_data
        unit = unit_for(request.user, code=asked["don_vi"])
        context |= {"unit": unit, **asked, "query": period_query(asked), "exists": _exists(unit, asked)}
        found = _counted(code, unit, asked) if context["exists"] else None
        if found is not None:
            counted, facts = found
            number = page_number(request)
            listed = queries.named_lines(
                counted,
                facts,
                place=asked["nhom"],
                viewer=request.user,
                start=PAGE_SIZE * (number - 1),
                limit=PAGE_SIZE,
            )
            context |= {
                "counted": counted,
                "said": rule_said(counted.rule),
                "listed": listed,
                "page": Paginator(range(listed.named), PAGE_SIZE).get_page(number),
                "tabs": _tabs(counted, asked["nhom"]),
                "is_about_people": indicator.subject == Subject.PEOPLE,
            }
    return render(request, "unit_coverage/indicators/detail.html", context)


@require_safe
def detail_csv(request, code):
    """The whole list as a file."""
    get_object_or_404(Indicator, code=code)
    form = _form(request, ListForm)
    if not form.is_valid():
        return _refusal(" ".join(error for errors in form.errors.values() for error in errors))
    asked = form.cleaned_data
    unit = unit_for(request.user, code=asked["don_vi"])
    if not _exists(unit, asked):
        words = {"unit": unit.name, "day": f"{asked['structure_day']:%d/%m/%Y}"}
        return _refusal(_("%(unit)s did not exist on %(day)s.") % words)
    found = _counted(code, unit, asked)
    if found is None:
        return _refusal(_("No version of this indicator is in force at the end of the period."))
    counted, facts = found
    listed = queries.named_lines(counted, facts, place=asked["nhom"], viewer=request.user)
    if request.method == "GET":
        data = {"indicator": code, "query": request.GET.dict()}
        log(instance=unit, action="unit_coverage.export", user=request.user, data=data)
    name = f"chi-so-{slug(code)}-{slug(unit.code)}-{asked['period'].last:%Y%m%d}"
    return csv_response(queries.csv_rows(counted, listed, asked["period"]), name=name)


def _exists(unit, asked: dict) -> bool:
    """Whether the unit is one of those by which the figures are counted."""
    return unit.existed_on(asked["structure_day"])


def _counted(code: str, unit, asked: dict):
    return queries.count_one(code=code, unit=unit, period=asked["period"], by=asked["co_cau"])


def _refusal(words: str) -> HttpResponse:
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")


def _form(request, form_class):
    """The form of the address; who sees no figures at all gets 404, and so does who names a foreign unit."""
    if not can_see_coverage(request.user):
        raise Http404
    if asked := request.GET.get("don-vi"):
        unit_for(request.user, code=asked)
    return form_class(request.GET, user=request.user)


def period_query(asked: dict) -> str:
    """The unit and the period as they stand in the address of every page about them."""
    said = {"don-vi": asked["don_vi"], "ky": asked["ky"]}
    if asked.get("tu") and asked.get("den"):
        said |= {"tu": f"{asked['tu']:%d/%m/%Y}", "den": f"{asked['den']:%d/%m/%Y}"}
    if asked.get("co_cau"):
        said["co-cau"] = f"{asked['co_cau']:%d/%m/%Y}"
    return urlencode(said)


def _tabs(counted, chosen: str) -> list[dict]:
    counts = [("", _("everybody"), len(counted.result.lines))]
    counts += [(place.value, place.label, len(counted.result.of(place))) for place in Place]
    return [
        {"value": value, "label": label, "count": count, "is_current": value == chosen}
        for value, label, count in counts
        if count or value == chosen or value in ("", Place.A)
    ]
