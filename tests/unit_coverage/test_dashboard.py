"""The dashboard: what it sorts, ranks, draws and compares, and what stands on the page."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
import time_machine
from django.urls import reverse
from wagtail.models import ModelLogEntry

from staff.models import Unit
from tests.factories.staff import DutyFactory, PostingFactory, UnitFactory
from tests.factories.unit_coverage import CourseFactory, QualificationFactory
from unit_coverage import dashboard
from unit_coverage.dashboard import Against, against, chosen_units, ranks, shade, trend
from unit_coverage.models import Target
from unit_coverage.queries import Figure, Month, UnitCoverage, yearly_figures
from unit_coverage.services import rebuild_all

TODAY = date(2026, 11, 26)


def row(pk, name, trained, bound, headcount=10):
    unit = Unit(pk=pk, name=name, search_key=name.lower(), sort_key=name.lower())
    return UnitCoverage(unit, headcount, True, {"basic": Figure(bound=bound, passed=trained)})


ROWS = [row(1, "Beta", 1, 2), row(2, "Alpha", 3, 3, 30), row(3, "Gamma", 2, 4, 5), row(4, "Delta", 0, 0)]


def names(**asked):
    return [u.unit.name for u in chosen_units(ROWS, figure="basic", **asked)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, ["Beta", "Alpha", "Gamma", "Delta"]),
        ({"order": "name"}, ["Alpha", "Beta", "Delta", "Gamma"]),
        ({"order": "-people"}, ["Alpha", "Beta", "Delta", "Gamma"]),
        ({"order": "-basic"}, ["Alpha", "Beta", "Gamma", "Delta"]),
        ({"order": "basic"}, ["Beta", "Gamma", "Alpha", "Delta"]),
        ({"words": "lph"}, ["Alpha"]),
        ({"below": dict.fromkeys(range(1, 5), {"basic": Decimal(100)})}, ["Beta", "Gamma"]),
    ],
)
def test_units_are_sorted_and_filtered_and_without_a_share_they_come_last(asked, expected):
    assert names(**asked) == expected


def test_places_are_whole_numbers_by_exact_shares_and_equal_shares_share_one():
    assert ranks(ROWS, "basic") == {1: 2, 2: 1, 3: 2}


@pytest.mark.parametrize(
    ("share", "target", "expected"),
    [
        (Fraction(1, 2), None, None),
        (None, Decimal(80), Against(Decimal(80), None)),
        (Fraction(3, 4), Decimal("80.00"), Against(Decimal("80.00"), Decimal("-5"))),
        (Fraction(99_999_999, 100_000_000), Decimal(100), Against(Decimal(100), Decimal("-0.01"))),
        (Fraction(1), Decimal(100), Against(Decimal(100), Decimal(0))),
    ],
)
def test_share_is_compared_with_its_target_and_never_rounded_up_to_it(share, target, expected):
    assert against(share, target) == expected


def test_darkest_shade_is_for_all_only():
    assert [shade(Figure(bound=b, passed=a)) for a, b in ((0, 0), (0, 9), (1, 2), (999, 1000), (5, 5))] == [
        None,
        0,
        5,
        9,
        10,
    ]


def month(number, trained, bound):
    return Month(date(2026, number, 28), bound, {"basic": Figure(bound=bound, passed=trained)})


def test_line_of_the_chart_breaks_where_nobody_was_bound():
    chart = trend([month(1, 1, 2), month(2, 0, 0), month(3, 2, 2), month(4, 1, 1)], "basic", Decimal(50))

    assert chart.lines == ("56.0,112.0", "288.0,16.0 404.0,16.0")
    assert (chart.target_y, chart.last.share, chart.last.day) == (112.0, Fraction(1), date(2026, 4, 28))


def test_chart_of_nothing_has_no_line():
    chart = trend([month(1, 0, 0)], "basic")

    assert (chart.lines, chart.last) == ((), None)


def test_yearly_figures_are_those_with_a_course_to_be_taken_every_year(tracks):
    CourseFactory(track=tracks["oss_security"], tags=["security"], validity="months", validity_months=12)
    CourseFactory(track=tracks["basic"], validity="months", validity_months=36)

    assert yearly_figures() == {"security"}


@pytest.fixture
def page(client, requirement, commune, office, monitor, province):
    """The province's page: two leaders, one of them trained until the year's end, and a target of 80 %."""
    with time_machine.travel("2026-11-26 05:00Z", tick=False):
        for number, unit in enumerate((commune, office)):
            person = PostingFactory(unit=unit).staff_member
            DutyFactory(staff_member=person, unit=unit, kind="head")
            if number:
                QualificationFactory(
                    staff_member=person,
                    track=requirement.track,
                    course=requirement.course,
                    valid_from=date(2026, 3, 1),
                    valid_until=date(2026, 12, 31),
                )
        Target.objects.create(figure="basic", percent=80, valid_from=date(2026, 1, 1), legal_basis="KH 01")
        rebuild_all()
        client.force_login(monitor)
        address = reverse("unit_coverage:unit", kwargs={"code": province.code})
        yield lambda **asked: client.get(address, asked)


def test_page_compares_with_the_target_draws_a_year_and_tells_leaders_apart(page):
    context = page().context
    tile = next(tile for tile in context["tiles"] if tile["key"] == "basic")

    assert tile["against"] == Against(Decimal("80.00"), Decimal("-30"))
    assert (tile["watch"].leaders_bound, tile["watch"].leaders_trained, tile["watch"].lapsing) == (2, 1, 1)
    assert len(context["months"]) == 13
    assert context["chart"].target_y == dashboard.trend([], "basic", Decimal(80)).target_y


def test_page_sorts_filters_and_shades_by_its_address(page, province):
    UnitFactory(parent=province, name="Xã Không Ai")

    found = page(tim="khong ai", xem="nhiet", xep="-basic").context

    assert [line["name"] for line in found["lines"] if line["kind"] == "child"] == ["Xã Không Ai"]
    assert (found["is_heat_map"], found["listed"]) == (True, 1)
    assert page(xep="'; drop").context["heads"][0]["direction"] == ""


def test_heat_map_marks_what_lies_below_its_target_in_words_too(page):
    heat = page(xem="nhiet").text

    assert [heat.count("50,00% ▼"), heat.count("▼ dưới chỉ tiêu"), heat.count(", dưới chỉ tiêu")] == [2, 1, 2]
    Target.objects.all().delete()
    assert "▼" not in page(xem="nhiet").text


def test_an_office_in_the_list_of_a_province_is_named_with_its_commune(page, client, province, office):
    listed = client.get(reverse("unit_coverage:people", kwargs={"code": province.code}), {"nhom": "phai-hoc"})

    assert f"{office.name} · {office.parent.name}" in listed.text


@pytest.mark.parametrize("group", ["qua-han", "sap-het-han", "cap-nhat-trong-nam", "lanh-dao"])
def test_number_of_each_group_is_the_length_of_the_list_behind_it(page, client, province, group):
    watch = page().context["table"].whole.watches["basic"]
    number = {
        "qua-han": watch.overdue,
        "sap-het-han": watch.lapsing,
        "cap-nhat-trong-nam": watch.updated,
        "lanh-dao": watch.leaders_bound,
    }[group]

    listed = client.get(reverse("unit_coverage:people", kwargs={"code": province.code}), {"nhom": group})

    assert listed.context["people"].total == number


def test_target_is_written_once_however_often_it_is_sent(client, admin):
    client.force_login(admin)
    form = {"figure": "basic", "percent": "95,5", "valid_from": "01/01/2026", "legal_basis": "KH 02"}

    answers = [client.post(reverse("rules:new_target"), form).status_code for _ in range(2)]
    other = client.post(reverse("rules:new_target"), form | {"percent": "90"})

    assert (answers, other.status_code) == ([302, 302], 200)
    assert list(Target.objects.values_list("figure", "percent", "recorded_by")) == [
        ("basic", Decimal("95.50"), admin.pk)
    ]
    assert ModelLogEntry.objects.filter(action="unit_coverage.target").count() == 1
    assert "95,50" in client.get(reverse("rules:targets")).text
