"""The demonstration data against a computation that only reads the files, with straight loops."""

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command

from courses.models import Course, Qualification, Track
from staff.models import Duty, Posting, StaffMember, Unit
from unit_coverage.models import Standing
from unit_coverage.services import rebuild_all

DATA = Path(settings.BASE_DIR) / "staff" / "demo_data"
RULES = Path(settings.BASE_DIR) / "courses" / "content" / "requirements.yaml"
HEADCOUNT = {"can_bo", "cong_chuc", "vien_chuc", "unclassified", ""}
LEADERS = {
    "Bí thư Đảng ủy",
    "Chủ tịch UBND",
    "Phó Chủ tịch UBND",
    "Phó Chủ tịch HĐND",
    "Chủ tịch UBMTTQ",
    "Trưởng phòng",
    "Phó Trưởng phòng",
    "Chánh Văn phòng",
    "Phó Chánh Văn phòng",
    "Giám đốc",
    "Phó Giám đốc",
}
LISTED = date(2024, 9, 30)
DECIDED = date(2024, 10, 15)
DAYS = [LISTED, date(2024, 11, 30), date(2024, 12, 1), date(2025, 6, 30), date(2025, 7, 1)]


def rows(name):
    with (DATA / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


UNITS = {row["code"]: row for row in rows("units.csv")}
STAFF = [row for row in rows("staff-clean.csv") if row["status"] in ("active", "leave")]
MOVES = sorted(rows("transfers-2025.csv"), key=lambda row: row["effective"])


def place_on(person, day):
    """The unit's code on ``day``: the first unit of the list, then every move up to that day; empty for who left."""
    place = person["unit_code"]
    for move in MOVES:
        if move["person_key"] == person["key"] and move["effective"] <= day.isoformat():
            place = move["to_unit_code"]
    return place


def lies_in(code, top):
    while code:
        if code == top:
            return True
        code = UNITS[code]["parent_code"]
    return False


def naive(day):
    """{unit: (headcount, {track: [bound, trained]})} of every unit that existed on ``day``."""
    found = {}
    for code, unit in UNITS.items():
        if unit["valid_from"] > day.isoformat() or (unit["valid_to"] and unit["valid_to"] < day.isoformat()):
            continue
        headcount, tracks = 0, {t: [0, 0] for t in ("basic", "application", "specialist", "oss_security")}
        for person in STAFF:
            if person["category"] not in HEADCOUNT or not lies_in(place_on(person, day), code):
                continue
            headcount += 1
            declared = person["basic_standard_met"] == "yes" and day >= DECIDED
            bound = {
                "basic": True,
                "application": person["position"] in LEADERS,
                "specialist": "CNTT" in person["roles"] or "ATTT" in person["roles"],
                "oss_security": person["category"] in ("cong_chuc", "vien_chuc"),
            }
            for track, counts in tracks.items():
                counts[0] += bound[track]
                counts[1] += track == "basic" and bound[track] and declared
        found[code] = (headcount, tracks)
    return found


@pytest.fixture
def demo(db):
    """The four files as rows, without the importers: a mistake there must not hide one here."""
    units = {}
    waiting = dict(UNITS)
    while waiting:
        for code, row in list(waiting.items()):
            if row["parent_code"] and row["parent_code"] not in units:
                continue
            units[code] = Unit.objects.create(
                code=code,
                name=row["name"],
                kind=row["kind"],
                parent=units.get(row["parent_code"]),
                valid_from=row["valid_from"] or None,
                valid_until=row["valid_to"] or None,
            )
            del waiting[code]
    make_catalogue()
    call_command("load_requirements", str(RULES), verbosity=0, stdout=io.StringIO())
    days = [LISTED, date(2024, 12, 1), date(2025, 7, 1)]
    for person in STAFF:
        member = StaffMember.objects.create(full_name=person["full_name"])
        spans = []
        for first in days:
            place = place_on(person, first)
            if spans and spans[-1][0] == place:
                continue
            if spans:
                spans[-1][2] = date.fromordinal(first.toordinal() - 1)
            spans.append([place, first, None])
        Posting.objects.bulk_create(
            Posting(
                staff_member=member,
                unit=units[place],
                position=person["position"],
                category=person["category"],
                status=person["status"],
                valid_from=first,
                valid_until=last,
            )
            for place, first, last in spans
            if place
        )
        if person["roles"]:
            kind = "security_officer" if "ATTT" in person["roles"] else "ict_officer"
            Duty.objects.create(
                staff_member=member,
                unit=units[person["unit_code"]],
                kind=kind,
                is_full_time="Chuyên trách" in person["roles"],
                valid_from=LISTED,
            )
        if person["basic_standard_met"] == "yes":
            Qualification.objects.create(
                staff_member=member,
                track=Track.objects.get(code="basic"),
                origin="declared",
                code="basic",
                title="Tin học cơ bản",
                valid_from=DECIDED,
            )
    rebuild_all()


def make_catalogue():
    for position, code in enumerate(["basic", "application", "specialist", "oss_security"]):
        Track.objects.create(code=code, name=code, position=position)
    courses = {
        "basic": ["CB-01", "CB-02", "CB-03", "CB-04", "CB-05", "CB-06"],
        "application": ["UD-01", "UD-02", "UD-03", "UD-04"],
        "specialist": ["CS-03"],
        "oss_security": ["AT-01", "NM-01"],
    }
    for track, codes in courses.items():
        for code in codes:
            tags = {"AT-01": ["security"], "NM-01": ["oss"]}.get(code, [])
            Course.objects.create(code=code, track=Track.objects.get(code=track), title=code, hours=6, tags=tags)


def test_report_equals_the_naive_computation_on_both_sides_of_the_mergers(demo, capsys):
    totals = {}
    for day in DAYS:
        call_command("coverage_report", on=day.isoformat(), format="json")
        report = json.loads(capsys.readouterr().out)

        counted = {
            unit["code"]: (
                unit["headcount"],
                {track: [f["bound"], f["trained"]] for track, f in unit["tracks"].items()},
            )
            for unit in report["units"]
        }
        assert (report["on"], counted) == (day.isoformat(), naive(day))
        roots = [unit for unit in report["units"] if not UNITS[unit["code"]]["parent_code"]]
        totals[day.isoformat()] = sum(unit["headcount"] for unit in roots)

    assert totals == {
        "2024-09-30": 519,
        "2024-11-30": 519,
        "2024-12-01": 519,
        "2025-06-30": 519,
        "2025-07-01": 487,
    }


def test_all_categories_together_are_the_560_and_527_people_of_the_list(demo):
    counted = {day: Standing.objects.on(day).filter(track__code="basic").count() for day in (DAYS[0], DAYS[-1])}

    assert counted == {DAYS[0]: 560, DAYS[-1]: 527}


def test_demo_figures_are_neither_nothing_nor_everything(demo, capsys):
    call_command("coverage_report", on="2025-07-01", unit="68-2", format="json")

    whole = json.loads(capsys.readouterr().out)["units"][0]

    assert 0 < whole["tracks"]["basic"]["trained"] < whole["tracks"]["basic"]["bound"]
    assert all(figure["bound"] > 0 for figure in whole["tracks"].values())
