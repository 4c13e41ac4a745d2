"""Coverage pages: load, ask, answer. Every unit comes through ``staff.access``: a foreign one answers 404."""

from datetime import date
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.log_actions import log

from staff import clock
from staff.access import unit_for
from staff.models import Scope, Unit
from staff.spreadsheets import csv_response, workbook, workbook_response
from staff.vietnamese import slug
from unit_coverage import dashboard, exports
from unit_coverage.enums import FigureKey, Group, Order
from unit_coverage.forms import DashboardForm, PeopleForm
from unit_coverage.links import PeopleLinks, address_of, page_number
from unit_coverage.people import PeopleList, people
from unit_coverage.queries import (
    CoverageTable,
    Figure,
    UnitCoverage,
    Watch,
    coverage,
    requirements_of,
    series,
    successions_of,
    yearly_figures,
)
from unit_coverage.targets import targets_of
from unit_coverage.todays_units import coverage_by_todays_units, series_by_todays_units

PAGE_SIZE = 50
TODAY = "hom-nay"
# What the form above the units carries along.
_KEPT_BY_FILTER = ("ngay", "co-cau", "loai", "linh-vuc", "xep", "xem")


@require_safe
def index(request):
    """The viewer's own unit, or the list where there are several."""
    units = _own_units(request.user)
    if not units:
        raise Http404
    if len(units) == 1:
        return redirect(_address(units[0], request))
    return render(request, "unit_coverage/index.html", {"units": units, "today": clock.today()})


@require_safe
def unit(request, code):
    found = unit_for(request.user, code=code)
    form = DashboardForm(request.GET)
    context = {"unit": found, "form": form, "breadcrumb": _parents(request.user, found)}
    day = form.cleaned_data["ngay"] if form.is_valid() else None
    context["came_from"], context["became"] = _linked(request.user, found, day)
    if day is None:
        return render(request, "unit_coverage/unit.html", context)
    by_today = form.cleaned_data["co_cau"] == TODAY
    context |= {"on": day, "by_today": by_today, "exists": found.existed_on(_structure_day(form.cleaned_data))}
    if context["exists"]:
        context |= _dashboard(found, day, form.cleaned_data, request.GET)
        context["kept"] = [(name, request.GET[name]) for name in _KEPT_BY_FILTER if request.GET.get(name)]
    return render(request, "unit_coverage/unit.html", context)


@require_safe
def unit_people(request, code):
    found = unit_for(request.user, code=code)
    form = PeopleForm(request.GET)
    context = {"unit": found, "form": form}
    context["breadcrumb"] = [*_parents(request.user, found), (found.name, _address(found, request))]
    if not form.is_valid():
        return render(request, "unit_coverage/people.html", context)
    asked = form.cleaned_data
    number = page_number(request)
    listed = _people(request.user, found, asked, start=PAGE_SIZE * (number - 1), limit=PAGE_SIZE)
    page = Paginator(range(listed.named), PAGE_SIZE).get_page(number)
    if page.number != number:
        listed = _people(request.user, found, asked, start=PAGE_SIZE * (page.number - 1), limit=PAGE_SIZE)
    whole = _table(found, asked).whole
    figure, watch = whole.figures[asked["linh_vuc"]], whole.watches[asked["linh_vuc"]]
    context |= {
        "on": asked["ngay"],
        "by_today": asked["co_cau"] == TODAY,
        "exists": found.existed_on(_structure_day(asked)),
        "people": listed,
        "page": page,
        "figure": figure,
        "figure_key": asked["linh_vuc"],
        "figure_label": FigureKey(asked["linh_vuc"]).label,
        "group": asked["nhom"],
        "is_direct": asked["truc_tiep"],
        "tabs": _group_tabs(figure, watch, asked["nhom"]),
        "rules": requirements_of(asked["ngay"])[asked["linh_vuc"]],
    }
    return render(request, "unit_coverage/people.html", context)


@require_safe
def unit_file(request, code):
    """The table of the unit as CSV or a workbook: what the page shows, with the same filters and in the same order."""
    found = unit_for(request.user, code=code)
    form = DashboardForm(request.GET)
    if not form.is_valid():
        return _refused(form)
    asked = form.cleaned_data
    if absent := _absent(found, _structure_day(asked)):
        return absent
    table = _table(found, asked)
    targets = targets_of(table.units, asked["ngay"])
    return _file(request, found, asked["ngay"], exports.table_rows(table, _chosen(table, asked, targets)))


@require_safe
def people_file(request, code):
    """The people of a group, each with the reasons, as CSV or a workbook: all pages of the list."""
    found = unit_for(request.user, code=code)
    form = PeopleForm(request.GET)
    if not form.is_valid():
        return _refused(form)
    asked = form.cleaned_data
    if absent := _absent(found, _structure_day(asked)):
        return absent
    listed = _people(request.user, found, asked)
    rows = exports.people_rows(listed, figure=asked["linh_vuc"], on=asked["ngay"], by_today=asked["co_cau"] == TODAY)
    return _file(request, found, asked["ngay"], rows, slug(FigureKey(asked["linh_vuc"]).value), asked["nhom"])


def _refused(form) -> HttpResponse:
    words = " ".join(error for errors in form.errors.values() for error in errors)
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")


def _absent(found: Unit, day: date) -> HttpResponse | None:
    if found.existed_on(day):
        return None
    words = _("%(unit)s did not exist on %(day)s.") % {"unit": found.name, "day": f"{day:%d/%m/%Y}"}
    return HttpResponse(words, status=400, content_type="text/plain; charset=utf-8")


def _file(request, found: Unit, day: date, rows, *more: str) -> HttpResponse:
    """``rows`` to download, as the address asks; who downloaded which figures is logged."""
    name = "-".join(["ty-le", slug(found.code), f"{day:%Y%m%d}", *more])
    if request.GET.get("dang") == "xlsx":
        response = workbook_response(workbook([(found.name, rows)]), name=name)
    else:
        response = csv_response(rows, name=name)
    if request.method == "GET":
        log(instance=found, action="unit_coverage.export", user=request.user, data={"query": request.GET.dict()})
    return response


def _structure_day(asked: dict) -> date:
    """The day whose units the page shows."""
    return clock.today() if asked["co_cau"] == TODAY else asked["ngay"]


def _table(found: Unit, asked: dict) -> CoverageTable:
    """In the structure of the day, or the same people by the units of today."""
    count = coverage_by_todays_units if asked["co_cau"] == TODAY else coverage
    return count(unit=found, on=asked["ngay"], categories=asked["categories"])


def _chosen(table: CoverageTable, asked: dict, targets: dict) -> list[UnitCoverage]:
    """The children that the form above the table leaves, in the order of its heads."""
    return dashboard.chosen_units(
        table.children,
        figure=asked["linh_vuc"],
        words=asked["tim"],
        below=targets if asked["duoi"] else None,
        order=asked["xep"].replace(Order.NAME, "name").replace(Order.PEOPLE, "people"),
    )


def _people(user, found: Unit, asked: dict, **window) -> PeopleList:
    return people(
        unit=found,
        on=asked["ngay"],
        figure=asked["linh_vuc"],
        group=asked["nhom"],
        categories=asked["categories"],
        is_direct=asked["truc_tiep"],
        by=clock.today() if asked["co_cau"] == TODAY else None,
        viewer=user,
        **window,
    )


def _own_units(user) -> list[Unit]:
    """The units that head what the user may see today, none of them below another."""
    if user.is_superuser:
        return list(Unit.objects.filter(parent=None).existing_on(clock.today()).in_name_order())
    heads = {unit.pk: unit for unit in Scope.objects.units_of(user)}
    top = [unit for unit in heads.values() if not heads.keys() & set(unit.ancestor_ids)]
    return sorted(top, key=lambda unit: (unit.sort_key, unit.pk))


def _parents(user, found: Unit) -> list[tuple[str, str]]:
    """The units above this one that the user may see too, from the top down."""
    above = Unit.objects.filter(pk__in=found.ancestor_ids).visible_to(user).order_by("path")
    return [(unit.name, _address(unit)) for unit in above]


def _linked(user, found: Unit, asked: date | None) -> tuple[list, list]:
    """Predecessors and successors as (succession, unit, address or empty where the unit is out of the user's sight)."""
    came, became = successions_of(found)
    units = [s.predecessor for s in came] + [s.successor for s in became]
    seen = set()
    if units:
        seen = set(Unit.objects.filter(pk__in=[u.pk for u in units]).visible_to(user).values_list("pk", flat=True))

    def linked(succession, unit, last_day: date | None):
        day = asked if asked and unit.existed_on(asked) else last_day
        query = f"?ngay={day:%d/%m/%Y}" if day else ""
        return succession, unit, _address(unit) + query if unit.pk in seen else ""

    return (
        [linked(s, s.predecessor, s.predecessor.valid_until) for s in came],
        [linked(s, s.successor, None) for s in became],
    )


def _address(found: Unit, request=None) -> str:
    address = address_of("unit", found.code)
    day = request.GET.get("ngay") if request else None
    if day:
        address += "?" + urlencode({"ngay": day})
    return address


def _dashboard(found: Unit, day: date, asked: dict, kept: dict[str, str]) -> dict:
    """All that the page prints of the unit's figures on ``day``."""
    table = _table(found, asked)
    count = series_by_todays_units if asked["co_cau"] == TODAY else series
    months = count(unit=found, until=day, categories=asked["categories"])
    targets = targets_of(table.units, day)
    own = targets[found.pk]
    drawn = asked["linh_vuc"]
    listed = _chosen(table, asked, targets)
    yearly = yearly_figures()
    labels = {key.value: str(key.label) for key in FigureKey}
    return {
        "table": table,
        "lines": _lines(table, listed, targets, dashboard.ranks(table.children, drawn), PeopleLinks(kept), labels),
        "listed": len(listed),
        "tiles": [
            _tile(key, figure, table.whole.watches.get(key, Watch()), own.get(key), key in yearly)
            for key, figure in table.whole.figures.items()
        ],
        "rules": _rules(day),
        "waiting": sum(not child.has_figures for child in table.children),
        "is_headcount": not asked["loai"],
        "columns": list(labels.items()),
        "heads": _heads(asked["xep"]),
        "months": [(month.day, month.figures[drawn]) for month in reversed(months)],
        "chart": dashboard.trend(months, drawn, own.get(drawn)),
        "drawn": drawn,
        "drawn_label": labels[drawn],
        "target": own.get(drawn),
        "has_targets": any(targets.values()),
        "has_drawn_targets": any(drawn in of_unit for of_unit in targets.values()),
        "is_heat_map": asked["xem"] == "nhiet",
    }


def _tile(key: str, figure: Figure, watch: Watch, target, is_yearly: bool) -> dict:
    return {
        "key": key,
        "label": FigureKey(key).label,
        "figure": figure,
        "watch": watch,
        "against": dashboard.against(figure.share, target),
        "is_yearly": is_yearly,
    }


def _heads(order: str) -> list[dict]:
    """The heads of the table: each sorts by itself, figures by the highest first, and then the other way round."""
    heads = [(Order.NAME, _("Unit"), ""), (Order.PEOPLE, _("Headcount"), "-")]
    heads += [(key, key.label, "-") for key in FigureKey]
    found = []
    for key, label, first in heads:
        is_current = order.removeprefix("-") == key
        following = f"{first}{key.value}"
        if is_current and order == following:
            following = key.value if first else f"-{key.value}"
        direction = ("descending" if order.startswith("-") else "ascending") if is_current else ""
        found.append({"key": key.value, "label": label, "next": following, "direction": direction})
    return found


def _lines(
    table: CoverageTable,
    listed: list[UnitCoverage],
    targets: dict,
    places: dict[int, int],
    links: PeopleLinks,
    labels: dict[str, str],
) -> list[dict]:
    """What the table prints: the unit, its direct people, each child that was chosen."""
    page = targets, links, labels
    lines = [_line(table.whole, table.whole.unit.name, "whole", *page)]
    if table.children and table.own.headcount:
        lines.append(_line(table.own, _("Direct staff of %s") % table.own.unit.name, "own", *page))
    children = [_line(child, child.unit.name, "child", *page) for child in listed]
    return lines + [line | {"place": places.get(line["row"].unit.pk)} for line in children]


def _line(row: UnitCoverage, name: str, kind: str, targets: dict, links: PeopleLinks, labels: dict[str, str]) -> dict:
    """Words and addresses of the cells are made here, once a page and unit: a province has hundreds of cells."""
    people = links.of(row.unit.code, direct=kind == "own")
    figures = [
        {
            "key": key,
            "label": labels[key],
            "figure": figure,
            "is_below": dashboard.is_below(figure, targets[row.unit.pk].get(key)),
            "shade": dashboard.shade(figure),
            "people": people(key, Group.BOUND),
        }
        for key, figure in row.figures.items()
    ]
    everybody = people(FigureKey.BASIC, Group.ALL)
    whose = _("people of %(unit)s") % {"unit": name}
    return {"row": row, "name": name, "kind": kind, "everybody": everybody, "whose": whose, "figures": figures}


def _rules(day: date) -> list[tuple[str, list]]:
    return [(FigureKey(key).label, rules) for key, rules in requirements_of(day).items()]


def _group_tabs(figure: Figure, watch: Watch, chosen: str) -> list[dict]:
    counts = [
        (Group.ALL, figure.bound + figure.exempt + figure.deferred + figure.not_bound),
        (Group.BOUND, figure.bound),
        (Group.TRAINED, figure.trained),
        (Group.PASSED, figure.passed),
        (Group.COMPLETED, figure.completed),
        (Group.RECOGNISED, figure.recognised),
        (Group.DECLARED, figure.declared),
        (Group.NOT_TRAINED, figure.not_trained),
        (Group.EXEMPT, figure.exempt),
        (Group.DEFERRED, figure.deferred),
        (Group.NOT_BOUND, figure.not_bound),
        (Group.TRAINED_OUTSIDE, figure.trained_outside),
        (Group.OVERDUE, watch.overdue),
        (Group.LAPSING, watch.lapsing),
        (Group.UPDATED, watch.updated),
        (Group.LEADERS, watch.leaders_bound),
    ]
    return [
        {"value": group.value, "label": group.label, "count": count, "is_current": group == chosen}
        for group, count in counts
        if count or group in (Group.ALL, Group.BOUND, Group.TRAINED, Group.NOT_TRAINED) or group == chosen
    ]
