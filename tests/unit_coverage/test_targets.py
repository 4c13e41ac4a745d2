"""Targets: whom they bind, who writes them, and where they stand beside a share."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.urls import reverse

from staff.models import Notice, Unit
from tests.factories.staff import PostingFactory, ScopeFactory, SuccessionFactory, UnitFactory, UserFactory
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage.models import Indicator, IndicatorRule, Target
from unit_coverage.periods import Period
from unit_coverage.reports import content as contents
from unit_coverage.reports import paper
from unit_coverage.target_heirs import ending_by_plan, hand_on_targets
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


def an_indicator(code="hon-hop", **fields):
    indicator = Indicator.objects.create(code=code, name="Cán bộ đã học", **fields)
    IndicatorRule.objects.create(
        indicator=indicator,
        version=1,
        categories=["cong_chuc"],
        asks="track",
        track="basic",
        valid_from=date(2024, 1, 1),
        legal_basis="KH 1",
    )
    return indicator


def test_an_indicator_has_its_target_on_its_page_in_the_table_and_in_the_report(
    client, officer, requirement, province, commune
):
    an_indicator()
    for _n in range(4):
        PostingFactory(unit=commune, category="cong_chuc")
    person = commune.postings.first().staff_member
    QualificationFactory(staff_member=person, track=requirement.track, course=None, code="basic")
    client.force_login(officer)

    sent_target = client.post(reverse("rules:new_target"), sent(commune, figure="indicator:hon-hop", percent="62,5"))
    query = {"don-vi": commune.code, "ky": "quy:2026:2"}
    pages = [
        client.get(reverse("indicators:index"), query),
        client.get(reverse("indicators:detail", args=["hon-hop"]), query),
    ]
    found = contents.build(kind="index", unit=commune, period=Period("Quý II", date(2026, 4, 1), DAY))

    assert sent_target.status_code == 302
    assert [["chỉ tiêu 62,50%" in page.text, "dưới chỉ tiêu" in page.text] for page in pages] == [[True, True]] * 2
    assert "Cán bộ đã học" in client.get(reverse("rules:targets")).text
    table = paper.index_table(found)
    place = [column.head for column in table.columns].index("Chỉ tiêu")
    said = {row.cells[1]: row.cells[place - 1 : place + 1] for row in table.rows}
    assert said["Cán bộ đã học"] == ("25,00%", "62,50%")
    assert {cells[1] for name, cells in said.items() if name != "Cán bộ đã học"} <= {"–"}
    sheet = paper.figures_sheet(found)
    assert len(sheet.heads) == len(sheet.widths) == len(next(iter(sheet.rows)))
    # the dashboard's figures know nothing of it, nor does a table without targets
    assert targets_of([commune], DAY) == {commune.pk: {}}
    for one in found["indicators"]:
        one.pop("target", None)
    assert "Chỉ tiêu" not in [column.head for column in paper.index_table(found).columns]


def test_events_have_no_target_because_they_have_no_denominator(client, officer, commune):
    an_indicator("lop", subject="events")
    client.force_login(officer)

    answer = client.post(reverse("rules:new_target"), sent(commune, figure="indicator:lop"))

    assert (answer.status_code, Target.objects.count()) == (200, 0)


FIRST = date(2026, 7, 1)


@pytest.fixture
def successor(province):
    return UnitFactory(parent=province, name="Xã Mới", code="68-2-9", valid_from=FIRST)


def closed(unit, *followers):
    Unit.objects.filter(pk=unit.pk).update(valid_until=date(2026, 6, 30))
    for follower in followers:
        SuccessionFactory(predecessor=unit, successor=follower, effective_on=FIRST)


def handed_on():
    with time_machine.travel(datetime(2026, 7, 2, 3, tzinfo=UTC)):
        return hand_on_targets()


def test_a_target_goes_on_in_the_one_new_unit_where_all_it_follows_ask_the_same(commune, neighbour, successor):
    asks(80, commune)
    asks(80, neighbour, since=date(2025, 1, 1))
    asks(70, commune, since=date(2024, 1, 1))
    asks(60, neighbour, since=date(2024, 1, 1), valid_until=date(2026, 6, 30))
    closed(commune, successor)
    closed(neighbour, successor)

    assert [handed_on(), handed_on()] == [1, 0]

    found = Target.objects.get(unit=successor)
    assert (found.percent, found.valid_from, found.valid_until, found.legal_basis) == (80, FIRST, None, "KH 80")
    assert targets_of([successor], FIRST) == {successor.pk: {"basic": 80}}
    assert targets_of([successor], DAY) == {successor.pk: {}}


@pytest.mark.parametrize("case", ["other share", "none", "split", "absorbed"])
def test_else_it_ends_with_its_unit_and_the_officers_of_what_follows_are_told_once(
    province, commune, neighbour, successor, case
):
    second = UnitFactory(parent=province, name="Xã Hai", code="68-2-8", valid_from=FIRST)
    asks(80, commune)
    if case == "other share":
        asks(90, neighbour)
    if case == "absorbed":
        Unit.objects.filter(pk=successor.pk).update(valid_from=date(2020, 1, 1))
    closed(commune, *([successor, second] if case == "split" else [successor]))
    if case in ("other share", "none"):
        closed(neighbour, successor)
    told, elsewhere = ScopeFactory(unit=successor, capability="hr").user, ScopeFactory(capability="hr").user

    assert [handed_on(), handed_on()] == [0, 0]

    assert list(Notice.objects.values_list("user", flat=True)) == [told.pk]
    text = Notice.objects.get().text
    assert ["Ka Đô" in text, "Tin học cơ bản" in text, elsewhere != told] == [True, True, True]
    assert not Target.objects.filter(unit__in=[successor, second]).exists()


def test_who_has_a_target_already_is_not_told_and_keeps_it(commune, successor):
    asks(80, commune)
    asks(85, successor, since=FIRST)
    closed(commune, successor)
    ScopeFactory(unit=successor, capability="hr")

    assert handed_on() == 0
    assert (Notice.objects.count(), Target.objects.get(unit=successor).percent) == (0, 85)


def test_nobody_is_asked_about_targets_that_had_ended_or_units_without_followers(commune, neighbour, successor):
    asks(80, commune, valid_until=date(2026, 6, 30))
    asks(80, neighbour)
    closed(commune, successor)
    closed(neighbour)
    ScopeFactory(unit=successor, capability="hr")

    assert (handed_on(), Notice.objects.count(), Target.objects.filter(unit=successor).count()) == (0, 0, 0)


def test_a_plan_names_the_targets_that_will_end(province, commune, neighbour):
    asks(80, commune)
    asks(Decimal("97.5"), neighbour)
    plan = {
        "closes": [commune.code, neighbour.code],
        "new": [{"code": "moi"}],
        "links": [{"from": unit.code, "to": "moi", "kind": "merge"} for unit in (commune, neighbour)],
    }

    assert {target.percent for target in ending_by_plan(plan, DAY)} == {80, Decimal("97.5")}
    plan["closes"], plan["links"] = [commune.code], plan["links"][:1]
    assert ending_by_plan(plan, DAY) == ()
