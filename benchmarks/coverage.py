"""Figures of a whole country: how long the database and a page take, and how soon one event is seen.

    python tests/production/servers.py python -m benchmarks.coverage [--people N] [--rounds R]

PostgreSQL, 1,000,000 people, 12,000 units, 4 tracks, 2,500,000 qualifications unless --people says otherwise. The best
raw SQL for a country on an arbitrary day is measured in the same run, in turns. The last line is JSON. Absolute figures
belong to this machine on this day.
"""

import argparse
import json
import os
import random
import statistics
import sys
import time
from contextlib import contextmanager
from datetime import timedelta

import django

MONTHS = 12


def main() -> int:
    options = _options()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.test")
    django.setup()
    from django.db import connection

    from benchmarks import coverage_data

    if connection.vendor != "postgresql":
        sys.exit("PostgreSQL is needed: python tests/production/servers.py python -m benchmarks.coverage")
    found = {"benchmark": "coverage"}
    with _timed(found, "migrate_s"):
        coverage_data.migrate()
    size = coverage_data.Size.of(options.people)
    with _timed(found, "build_s"):
        coverage_data.fill(size)
    found |= measure(size, options.rounds)
    print(json.dumps(found))
    return 0


def measure(size, rounds: int) -> dict:
    """Every figure of the report, by name."""
    from staff import clock
    from unit_coverage import counting, keeping
    from unit_coverage.models import UnitFigure
    from unit_coverage.services import rebuild_person

    # The series that is measured is of a year; more months only take longer to count.
    keeping.MONTHS = MONTHS
    found = {"people": size.people, "units": size.units, "qualifications": size.qualifications}
    with _timed(found, "first_count_s"):
        found["days_counted"] = keeping.keep_days()
    today = clock.today()
    with _timed(found, "count_one_day_s"):
        counting.write_day(today)
    _sql("ANALYZE unit_coverage_unitfigure")
    found["rows_of_today"] = UnitFigure.objects.filter(day=today).count()
    with _timed(found, "check_one_day_s"):
        found["units_that_differ"] = len(counting.units_that_differ(today))
    sample = random.Random(7).sample(range(1, size.people + 1), 20)
    found["standings_not_as_the_facts_give"] = sum(rebuild_person(staff_member_id=pk) for pk in sample)
    found |= _pages(today, rounds) | _country(today, rounds) | _event(today) | _series(today, rounds)
    found |= _todays_units(today, rounds)
    found["holds"] = (
        found["unit_and_children_db_ms"] <= 10
        and found["page_ms"] <= 100
        and found["country_to_raw_sql"] <= 2
        and found["event_to_top_s"] <= 300
        and found["series_db_ms"] <= 10
        and found["todays_units_agree"]
        and not found["units_that_differ"]
        and not found["standings_not_as_the_facts_give"]
    )
    return found


def _pages(today, rounds: int) -> dict:
    """A province with its communes: in the database, in Python, and as the page an HR officer gets."""
    from django.test import Client

    from staff.models import Unit, User
    from unit_coverage.queries import coverage

    unit = Unit.objects.filter(kind="province").first()
    admin = User.objects.filter(is_superuser=True).first() or _administrator()
    client = Client()
    client.force_login(admin)
    address = f"/ty-le/{unit.code}/"
    shown = _repeat(rounds, lambda: client.get(address).status_code)
    read = _repeat(rounds, lambda: coverage(unit=unit, on=today))
    with _queries() as asked:
        coverage(unit=unit, on=today)
    country = Unit.objects.get(parent=None)
    with _queries() as of_country:
        coverage(unit=country, on=today)
    return {
        "children": Unit.objects.filter(parent=unit).count(),
        "unit_and_children_db_ms": _in_database(asked),
        "unit_and_children_ms": _ms(read),
        "country_and_provinces_db_ms": _in_database(of_country),
        "page_ms": _ms(shown),
        "queries": len(asked.captured_queries),
        "queries_country": len(of_country.captured_queries),
    }


# The shortest statement that tells headcount, bound and trained of every unit and track on a day, up the tree.
_RAW = """
    WITH RECURSIVE above (unit, ancestor) AS (
        SELECT id, id FROM staff_unit
        UNION ALL SELECT a.unit, u.parent_id FROM above a JOIN staff_unit u ON u.id = a.ancestor
            WHERE u.parent_id IS NOT NULL
    ), own AS (
        SELECT unit_id, track_id, count(*) AS people, count(*) FILTER (WHERE binding = 'bound') AS bound,
            count(*) FILTER (WHERE binding = 'bound' AND is_trained) AS trained
        FROM unit_coverage_standing
        WHERE part = '' AND valid_from <= %(day)s AND (valid_until IS NULL OR valid_until >= %(day)s)
            AND category IN ('can_bo', 'cong_chuc', 'vien_chuc', 'unclassified')
        GROUP BY unit_id, track_id
    )
    SELECT ancestor, track_id, sum(people), sum(bound), sum(trained) FROM own JOIN above ON above.unit = own.unit_id
    GROUP BY ancestor, track_id
"""


def _country(today, rounds: int) -> dict:
    """Every unit and track on a day that is not kept: ours, with all that a figure prints, and the raw statement.

    Beside them the table of the country's own page: fewer units, more numbers of each.
    """
    from staff.models import Unit
    from unit_coverage.queries import coverage, coverage_tree

    day, country = today - timedelta(days=400), Unit.objects.get(parent=None)
    ours, raw, table = [], [], []
    rows = expected = shown = ()
    for _round in range(max(rounds // 2, 3)):
        expected = _clocked(raw, lambda: _sql(_RAW, {"day": day}))
        rows = _clocked(ours, lambda: coverage_tree(None, day))
        shown = _clocked(table, lambda: coverage(unit=country, on=day))
    told = sum(figure.trained for row in rows for figure in row.figures.values())
    [top] = [row for row in rows if row.unit.pk == country.pk]
    return {
        "country_table_ms": _ms(table),
        "country_table_to_raw_sql": round(statistics.median(a / b for a, b in zip(table, raw, strict=True)), 2),
        "country_ms": _ms(ours),
        "country_raw_sql_ms": _ms(raw),
        "country_to_raw_sql": round(statistics.median(a / b for a, b in zip(ours, raw, strict=True)), 2),
        "country_agrees": told == sum(int(row[4]) for row in expected)
        and top.figures["basic"] == shown.whole.figures["basic"],
    }


def _event(today) -> dict:
    """Somebody is recognised: until her unit, and until the whole country, show one more."""
    from courses.models import Qualification, Track
    from staff.models import Posting, Unit
    from staff.services import record_change
    from unit_coverage.models import Standing
    from unit_coverage.queries import coverage
    from unit_coverage.services import drain_changes

    track = Track.objects.get(code="basic")
    untrained = Standing.objects.on(today).filter(track=track, is_trained=False, valid_until=None, category="cong_chuc")
    standing = untrained.order_by("-pk").select_related("unit", "staff_member").first()
    country = Unit.objects.get(parent=None)
    assert Posting.objects.on(today).filter(staff_member=standing.staff_member).exists()

    def trained(unit):
        return coverage(unit=unit, on=today).whole.figures["basic"].trained

    before = trained(standing.unit), trained(country)
    start = time.perf_counter()
    Qualification.objects.create(
        staff_member=standing.staff_member,
        track=track,
        origin="recognised",
        code="basic",
        title=track.name,
        valid_from=today,
    )
    record_change(staff_member=standing.staff_member, since=today, cause="qualification.granted")
    drain_changes()
    after = trained(standing.unit)
    seen = time.perf_counter() - start
    top = trained(country)
    return {
        "event_to_unit_s": round(seen, 3),
        "event_to_top_s": round(time.perf_counter() - start, 3),
        "event_moves": [after - before[0], top - before[1]],
    }


def _series(today, rounds: int) -> dict:
    from staff.models import Unit
    from unit_coverage.queries import series

    country = Unit.objects.get(parent=None)
    taken = _repeat(rounds, lambda: series(unit=country, until=today, months=MONTHS))
    with _queries() as asked:
        series(unit=country, until=today, months=MONTHS)
    return {
        "series_db_ms": _in_database(asked),
        "series_ms": _ms(taken),
        "series_queries": len(asked.captured_queries),
    }


def _todays_units(today, rounds: int) -> dict:
    """A province two thirds of whose communes closed a month ago: a day before that by the units of today, its months,
    the first 20,000 of its people, and the country on that day. Beside each the same as it was."""
    from benchmarks import coverage_data
    from staff.models import Unit, User
    from unit_coverage.people import people
    from unit_coverage.queries import coverage, series
    from unit_coverage.todays_units import coverage_by_todays_units, series_by_todays_units

    province, country = Unit.objects.filter(kind="province").first(), Unit.objects.get(parent=None)
    closed = coverage_data.merge_communes(province_id=province.pk, day=today - timedelta(days=30))
    day = today - timedelta(days=400)
    asked_for = {"on": day, "viewer": User.objects.filter(is_superuser=True).first(), "limit": 20_000}
    told = {}
    for name, ask in {
        "province": lambda: coverage_by_todays_units(unit=province, on=day),
        "province_as_it_was": lambda: coverage(unit=province, on=day),
        "months": lambda: series_by_todays_units(unit=province, until=today, months=MONTHS),
        "months_as_they_were": lambda: series(unit=province, until=today, months=MONTHS),
        "people": lambda: people(unit=province, by=today, **asked_for),
        "people_as_they_were": lambda: people(unit=province, **asked_for),
        "country": lambda: coverage_by_todays_units(unit=country, on=day),
        "country_as_it_was": lambda: coverage(unit=country, on=day),
    }.items():
        times = []
        for _round in range(max(rounds // 3, 2)):
            told[name] = _clocked(times, ask)
        told[f"{name}_ms"] = _ms(times)
    with _queries() as asked:
        coverage_by_todays_units(unit=province, on=day)
    whole = [(told[name].whole, told[f"{name}_as_it_was"].whole) for name in ("province", "country")]
    people_told = [
        (found.total, [line.staff_member.pk for line in found.lines])
        for found in (told["people"], told["people_as_they_were"])
    ]
    return {
        "units_closed": closed,
        "todays_units_ms": {name: took for name, took in told.items() if name.endswith("_ms")},
        "todays_units_queries": len(asked.captured_queries),
        "todays_units_agree": all(now.figures == then.figures for now, then in whole)
        and people_told[0] == people_told[1],
    }


@contextmanager
def _timed(found: dict, name: str):
    start = time.perf_counter()
    yield
    found[name] = round(time.perf_counter() - start, 2)
    print(f"{name:24} {found[name]:9.2f}", flush=True)


def _clocked(times: list, ask):
    start = time.perf_counter()
    answer = ask()
    times.append(time.perf_counter() - start)
    return answer


def _repeat(rounds: int, ask) -> list[float]:
    ask()
    times: list[float] = []
    for _round in range(rounds):
        _clocked(times, ask)
    return times


def _ms(times) -> float:
    return round(1000 * statistics.median(times), 2)


@contextmanager
def _queries():
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        yield asked


def _in_database(asked) -> float:
    """What the server itself says it needed for these statements, planning included, in milliseconds."""
    total = 0.0
    for query in asked.captured_queries:
        plan = _sql("EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) " + query["sql"])[0][0][0]
        total += plan["Execution Time"] + plan["Planning Time"]
    return round(total, 2)


def _sql(statement: str, parameters=None):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else None


def _administrator():
    from staff.models import User

    return User.objects.create_superuser(staff_code="DOTAI", email="do-tai@hoc.example", password="do-tai-" + "x" * 20)


def _options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=9)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
