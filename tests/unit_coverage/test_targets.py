"""Targets: whom they bind, who writes them, and where they stand beside a share."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.factories.staff import PostingFactory, ScopeFactory, UnitFactory, UserFactory
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage.models import Target
from unit_coverage.targets import targets_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)


@pytest.fixture
def province():
    return UnitFactory(kind="province", name="Tỉnh")


@pytest.fixture
def commune(province):
    return UnitFactory(parent=province, name="Xã Ka Đô", code="68-2-1")


@pytest.fixture
def neighbour(province):
    return UnitFactory(parent=province, name="Xã D'Ran", code="68-2-2")


def asks(percent, unit=None, since=date(2026, 1, 1), **fields):
    return Target.objects.create(
        unit=unit, figure="basic", percent=percent, valid_from=since, legal_basis=f"KH {percent}", **fields
    )


@pytest.fixture
def officer(commune):
    user = UserFactory()
    ScopeFactory(user=user, unit=commune, capability="hr")
    return user


def test_the_nearest_unit_goes_before_one_from_above_and_the_later_before_the_earlier(province, commune, neighbour):
    office = UnitFactory(parent=commune, kind="office")
    asks(70, since=date(2026, 6, 1))
    asks(80, province)
    asks(85, province, since=date(2026, 5, 1))
    asks(90, commune, since=date(2025, 1, 1))
    asks(99, commune, since=date(2026, 7, 1))

    found = targets_of([province, commune, neighbour, office], DAY)

    assert {pk: figures["basic"] for pk, figures in found.items()} == {
        province.pk: 85,
        commune.pk: 90,
        neighbour.pk: 85,
        office.pk: 90,
    }
    assert targets_of([commune], date(2024, 1, 1)) == {commune.pk: {}}


def test_targets_of_many_units_are_one_query(province, django_assert_num_queries):
    units = [UnitFactory(parent=province) for _n in range(5)]
    asks(80, units[3])

    with django_assert_num_queries(1):
        targets_of(units, DAY)


def sent(unit, **changed):
    return {"unit": unit.pk if unit else "", "figure": "basic", "percent": "90", "valid_from": "01/01/2026"} | {
        "legal_basis": "KH 5",
        **changed,
    }


def test_an_officer_writes_targets_of_her_own_units_only(client, officer, province, commune, neighbour):
    office = UnitFactory(parent=commune, kind="office")
    client.force_login(officer)
    page = client.get(reverse("rules:new_target"))

    answers = [
        client.post(reverse("rules:new_target"), sent(unit)).status_code
        for unit in (commune, office, neighbour, province, None)
    ]

    assert answers == [302, 302, 200, 200, 200]
    assert set(Target.objects.values_list("unit", "recorded_by")) == {(u.pk, officer.pk) for u in (commune, office)}
    assert neighbour.name not in page.text


def test_nobody_reads_targets_of_units_outside_and_everybody_those_that_bind_her(
    client, officer, province, commune, neighbour
):
    for percent, unit in ((71, None), (72, province), (73, commune), (74, neighbour)):
        asks(percent, unit)
    client.force_login(officer)

    page = client.get(reverse("rules:targets"))

    assert [f"{percent},00%" in page.text for percent in (71, 72, 73, 74)] == [True, True, True, False]
    assert "Ran" not in page.text


@pytest.mark.parametrize("capability", ["head", "monitor"])
def test_who_only_reads_figures_writes_no_target(client, commune, capability):
    user = UserFactory()
    ScopeFactory(user=user, unit=commune, capability=capability)
    client.force_login(user)

    assert [client.get(reverse("rules:new_target")).status_code, client.get(reverse("rules:targets")).status_code] == [
        404,
        200,
    ]


def test_an_administrator_writes_one_for_all_units_and_one_for_one(client, admin, commune):
    client.force_login(admin)

    answers = [client.post(reverse("rules:new_target"), sent(unit)).status_code for unit in (None, commune, commune)]

    assert (answers, set(Target.objects.values_list("unit", flat=True))) == ([302] * 3, {None, commune.pk})


def test_each_line_of_the_dashboard_is_held_against_its_own_target(
    client, admin, requirement, province, commune, neighbour
):
    from unit_coverage.services import rebuild_all

    for unit in (commune, commune, neighbour, neighbour):
        PostingFactory(unit=unit)
    for unit in (commune, neighbour):
        person = unit.postings.first().staff_member
        QualificationFactory(staff_member=person, track=requirement.track, course=requirement.course)
    asks(60, commune)
    asks(40, neighbour)
    rebuild_all()
    client.force_login(admin)
    address = reverse("unit_coverage:unit", kwargs={"code": province.code})

    lines = client.get(address).context["lines"]
    below = client.get(address, {"linh_vuc": "basic", "duoi": "on"}).context["lines"]

    told = {line["name"]: line["figures"][0]["is_below"] for line in lines}
    assert told == {province.name: False, commune.name: True, neighbour.name: False}
    assert [line["name"] for line in below if line["kind"] == "child"] == [commune.name]


def test_a_report_names_the_target_of_each_unit_and_freezes_it(requirement, province, commune):
    from unit_coverage.periods import Period
    from unit_coverage.reports import content as contents
    from unit_coverage.reports import paper
    from unit_coverage.services import rebuild_all

    PostingFactory(unit=commune)
    asks(Decimal("97.5"), commune)
    asks(80)
    rebuild_all()
    period = Period("Quý II", date(2026, 4, 1), DAY)

    found = contents.build(kind="coverage", unit=province, period=period)

    table = paper.coverage_table(found)
    assert [row.cells[4] for row in table.rows] == [
        "0/1 = 0,00% (chỉ\xa0tiêu\xa080,00%)",
        "0/1 = 0,00% (chỉ\xa0tiêu\xa097,50%)",
    ]
    sheet = paper.figures_sheet(found)
    place = sheet.heads.index("Chỉ tiêu")
    assert len(sheet.heads) == len(sheet.widths)
    rows = list(sheet.rows)
    assert [(rows[n][place], rows[n][place].number) for n in (0, 5)] == [
        ("80,00%", Decimal("80.00")),
        ("97,50%", Decimal("97.50")),
    ]
    assert rows[1][place] == ""

    # a copy from before targets were named goes on being printed
    for line in found["lines"]:
        line["figures"]["basic"].pop("target")
    assert paper.coverage_table(found).rows[0].cells[4] == "0/1 = 0,00%"
