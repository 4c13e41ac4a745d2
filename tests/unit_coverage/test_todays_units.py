"""The same people of a past day, by the units that exist today; and the reform of 2025 by its own files."""

import csv
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

import staff
from lms.demo import FIRST_DAY
from staff.enums import SuccessionKind
from staff.imports.reading import table_in
from staff.imports.reforms import plan_from
from staff.imports.transfers import COLUMNS as TRANSFERS
from staff.imports.units import SUCCESSION_COLUMNS, UNIT_COLUMNS
from staff.models import Posting, Unit
from staff.services import carry_out_due, confirm_reorganisation, plan_reorganisation, withdraw_reorganisation
from staff.services import transfer as move
from tests.factories.staff import DutyFactory, PostingFactory, SuccessionFactory, UnitFactory
from tests.factories.unit_coverage import QualificationFactory
from unit_coverage.people import people
from unit_coverage.queries import coverage, coverage_tree, series
from unit_coverage.services import rebuild_all
from unit_coverage.todays_units import coverage_by_todays_units, series_by_todays_units

pytestmark = pytest.mark.django_db

DATA = Path(staff.__file__).parent / "demo_data"
BEFORE, DAY = date(2025, 6, 30), date(2025, 7, 1)


@pytest.fixture
def reformed(province, requirement):
    """Two old communes became one; a third was shared out between two; a district ended without a successor."""
    old = [UnitFactory(code=f"cu-{n}", parent=province, valid_until=BEFORE) for n in range(4)]
    new = [UnitFactory(code=f"moi-{n}", parent=province, valid_from=DAY) for n in range(3)]
    for was, becomes in ((0, 0), (1, 0), (2, 1), (2, 2)):
        SuccessionFactory(predecessor=old[was], successor=new[becomes], kind=SuccessionKind.MERGE)
    goes = {0: [0, 0], 1: [0], 2: [1, 2, 2], 3: [1, None]}
    for was, targets in goes.items():
        for becomes in targets:
            posting = PostingFactory(unit=old[was], valid_until=BEFORE)
            if becomes is not None:
                PostingFactory(unit=new[becomes], staff_member=posting.staff_member, valid_from=DAY)
    first = Posting.objects.filter(unit=old[0]).first().staff_member
    QualificationFactory(staff_member=first, track=requirement.track, course=requirement.course)
    rebuild_all()
    return province


def basic(table):
    rows = [("", table.own), *((child.unit.code, child) for child in table.children)]
    return {code: (row.figures["basic"].trained, row.figures["basic"].bound) for code, row in rows if row.headcount}


def test_people_of_a_past_day_stand_by_the_units_of_today(reformed):
    by_today = coverage_by_todays_units(unit=reformed, on=BEFORE)

    # of the unit without a successor one person went on, one left: he counts in the province's own line
    assert basic(by_today) == {"": (0, 1), "moi-0": (1, 3), "moi-1": (0, 2), "moi-2": (0, 2)}
    assert basic(coverage(unit=reformed, on=BEFORE)) == {
        "cu-0": (1, 2),
        "cu-1": (0, 1),
        "cu-2": (0, 3),
        "cu-3": (0, 2),
    }


def test_nobody_is_lost_or_counted_twice(reformed):
    as_it_was, by_today = (count(unit=reformed, on=BEFORE) for count in (coverage, coverage_by_todays_units))

    assert by_today.whole.figures == as_it_was.whole.figures
    assert by_today.whole.headcount == as_it_was.whole.headcount == 8
    assert by_today.whole.headcount == by_today.own.headcount + sum(c.headcount for c in by_today.children)


def test_a_day_of_the_present_structure_gives_the_same_table(reformed):
    by_today, as_it_was = (count(unit=reformed, on=DAY) for count in (coverage_by_todays_units, coverage))

    assert (by_today.whole, by_today.children) == (as_it_was.whole, as_it_was.children)


def test_a_later_transfer_moves_nobody_whose_unit_is_known(reformed):
    posting = Posting.objects.filter(unit__code="moi-0", valid_until=None).first()
    move(
        staff_member=posting.staff_member,
        to_unit=Unit.objects.get(code="moi-2"),
        on=date(2026, 1, 1),
        back_dated_because="x",
    )
    rebuild_all()

    assert basic(coverage_by_todays_units(unit=reformed, on=BEFORE))["moi-0"] == (1, 3)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_do_not_grow(reformed, count, django_assert_num_queries):
    PostingFactory.create_batch(count, unit=Unit.objects.get(code="cu-2"), valid_until=BEFORE)
    rebuild_all()

    # children, units, successions; standings in groups and one by one, postings; units with a list; tracks
    with django_assert_num_queries(8):
        coverage_by_todays_units(unit=reformed, on=BEFORE)


def test_the_page_and_the_file_have_a_switch(client, reformed, admin):
    client.force_login(admin)
    query = {"ngay": "30/06/2025", "co-cau": "hom-nay"}
    page = client.get(reverse("unit_coverage:unit", args=[reformed.code]), query)
    sheet = client.get(reverse("unit_coverage:file", args=[reformed.code]), query)

    assert (page.context["by_today"], basic(page.context["table"])["moi-0"]) == (True, (1, 3))
    assert ["moi-0" in sheet.text, "cu-0" in sheet.text] == [True, False]


def listed(client, unit, **asked):
    query = {"ngay": "30/06/2025", "co-cau": "hom-nay", **asked}
    return client.get(reverse("unit_coverage:people", args=[unit.code]), query).context


def test_every_number_by_the_units_of_today_opens_its_people(client, reformed, admin):
    client.force_login(admin)
    table = coverage_by_todays_units(unit=reformed, on=BEFORE)

    for row in (table.whole, *table.children):
        figure = row.figures["basic"]
        people = {group: listed(client, row.unit, nhom=group)["people"].total for group in ("phai-hoc", "dat")}
        assert people == {"phai-hoc": figure.bound, "dat": figure.trained}
    assert listed(client, reformed, **{"truc-tiep": "1"})["people"].total == table.own.headcount == 1


def test_the_list_names_the_unit_of_the_day_beside_each_person(client, reformed, admin):
    client.force_login(admin)

    context = listed(client, Unit.objects.get(code="moi-0"))

    assert [line.unit.code for line in context["people"].lines].count("cu-0") == 2
    assert [context["exists"], context["people"].total] == [True, 3]
    assert (
        "người của ngày đó xếp theo đơn vị hiện nay"
        in client.get(
            reverse("unit_coverage:people", args=["moi-0"]), {"ngay": "30/06/2025", "co-cau": "hom-nay"}
        ).content.decode()
    )


def test_dues_and_leaders_stand_by_the_units_of_today_too(reformed, requirement):
    for posting in Posting.objects.filter(unit__code__in=["cu-1", "cu-3"]):
        DutyFactory(staff_member=posting.staff_member, unit=posting.unit, kind="head", valid_from=date(2025, 1, 1))
    type(requirement).objects.update(due_on=date(2025, 6, 1))
    rebuild_all()

    as_it_was, by_today = (count(unit=reformed, on=BEFORE) for count in (coverage, coverage_by_todays_units))

    assert by_today.whole.watches == as_it_was.whole.watches
    assert by_today.whole.watches["basic"].overdue == 7
    assert {c.unit.code: c.watches["basic"].overdue for c in by_today.children} == {"moi-0": 2, "moi-1": 2, "moi-2": 2}
    assert {c.unit.code: c.watches["basic"].leaders_bound for c in by_today.children} == {
        "moi-0": 1,
        "moi-1": 1,  # the other of cu-3 left: he counts in the province's own line
        "moi-2": 0,
    }


def test_the_months_of_a_new_unit_reach_back_to_the_units_it_came_from(reformed):
    new = Unit.objects.get(code="moi-0")

    months = {m.day: m.figures["basic"] for m in series_by_todays_units(unit=new, until=DAY)}

    assert [(months[day].trained, months[day].bound) for day in (BEFORE, DAY)] == [(1, 3), (1, 3)]
    assert [m.headcount for m in series(unit=new, until=DAY)][-2:] == [0, 3]


def test_the_months_of_the_whole_are_the_same_by_either_structure(reformed):
    assert series_by_todays_units(unit=reformed, until=DAY) == series(unit=reformed, until=DAY)


@pytest.mark.parametrize("count", [1, 3])
def test_the_queries_of_months_and_lists_do_not_grow(reformed, count, admin, django_assert_num_queries):
    PostingFactory.create_batch(count, unit=Unit.objects.get(code="cu-2"), valid_until=BEFORE)
    rebuild_all()

    # units, successions; standings in groups and one by one, postings; tracks
    with django_assert_num_queries(6):
        series_by_todays_units(unit=reformed, until=DAY)
    # the same as any list, and: units, successions, people asked one by one, postings
    with CaptureQueriesContext(connection) as plain:
        people(unit=reformed, on=BEFORE, viewer=admin)
    with django_assert_num_queries(len(plain) + 4):
        people(unit=reformed, on=BEFORE, viewer=admin, by=DAY)


def rows_of(name, keep):
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if keep(row)]


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def figures_of(day):
    rebuild_all()
    return {
        row.unit.code: (row.headcount, row.figures["basic"].trained, row.figures["basic"].bound)
        for row in coverage_tree(None, day)
    }


def by_today(code):
    return coverage_by_todays_units(unit=Unit.objects.get(code=code), on=BEFORE)


def told(call, *args, **options):
    call_command(call, *args, verbosity=0, stdout=StringIO(), **options)


def test_the_reform_of_2025_from_its_files(tmp_path, admin, requirement):
    """Planned by file, withdrawn, planned again, carried out: the same figures as if history had been read in."""
    with transaction.atomic():
        told("import_units", DATA / "units.csv", DATA / "unit_successions.csv")
        told("import_staff", DATA / "staff-clean.csv", on=FIRST_DAY)
        told("import_transfers", DATA / "transfers-2025.csv")
        expected = [figures_of(day) for day in (BEFORE, DAY)]
        expected_today = basic(by_today("68-2"))
        transaction.set_rollback(True)

    units = rows_of("units", lambda row: row["valid_from"] < "2025-07-01")
    units = [row | {"valid_to": "" if row["valid_to"] == "2025-06-30" else row["valid_to"]} for row in units]
    old = rows_of("unit_successions", lambda row: row["effective"] < "2025-07-01")
    moves = rows_of("transfers-2025", lambda row: row["effective"] < "2025-07-01")
    told("import_units", written(tmp_path / "u.csv", units), written(tmp_path / "s.csv", old))
    told("import_staff", DATA / "staff-clean.csv", on=FIRST_DAY)
    told("import_transfers", written(tmp_path / "t.csv", moves))

    def planned():
        tables = [("units", UNIT_COLUMNS), ("unit_successions", SUCCESSION_COLUMNS), ("transfers-2025", TRANSFERS)]
        plan = plan_from(*(table_in(n, (DATA / f"{n}.csv").read_bytes(), columns) for n, columns in tables), on=DAY)
        words = {"decision_number": "202/2025/QH15", "decided_on": date(2025, 6, 12)}
        return plan_reorganisation(kind="tep", effective_on=DAY, plan=plan, by=admin, **words)

    with time_machine.travel(date(2025, 6, 20)):
        withdrawn = planned()
        confirm_reorganisation(reorganisation=withdrawn, shown="x", by=admin)
        before = list(Unit.objects.order_by("pk").values()), list(Posting.objects.order_by("pk").values())
        withdraw_reorganisation(reorganisation=withdrawn, reason="x", by=admin)
        assert (list(Unit.objects.order_by("pk").values()), list(Posting.objects.order_by("pk").values())) == before
        confirm_reorganisation(reorganisation=planned(), shown="x", by=admin)
    with time_machine.travel(DAY):
        assert carry_out_due() == 1

    assert [figures_of(day) for day in (BEFORE, DAY)] == expected
    assert basic(by_today("68-2")) == expected_today
    assert sum(b for _a, b in expected_today.values()) == by_today("68-2").whole.figures["basic"].bound > 100
