"""Staff lists carried out: who is added, completed, left alone; the same list again changes nothing."""

import json
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from openpyxl import load_workbook

from staff.imports import errors, lists
from staff.lists.report import as_json
from staff.lists.workbook import sheets_of
from staff.models import Change, Duty, ImportRun, Posting, StaffMember
from tests.factories.staff import StaffMemberFactory
from tests.staff.lists.conftest import DAY, HEADINGS, person, workbook

HERE = Path(__file__).parent
DATA = settings.BASE_DIR / "staff" / "demo_data"
pytestmark = pytest.mark.django_db


def run(*args):
    out = StringIO()
    call_command(*map(str, args), stdout=out)
    return out.getvalue()


@pytest.fixture
def tree():
    run("import_units", DATA / "units.csv", DATA / "unit_successions.csv")


def take(rows, on=DAY):
    file = lists.read_file(workbook(rows), "ds.xlsx", on=on)
    return lists.take_list(file, on=on)


def counts():
    return [model.objects.count() for model in (StaffMember, Posting, Duty, Change)]


def posted_by_unit():
    found = Posting.objects.on(DAY).filter(is_primary=True).values_list("unit__code", "staff_member__full_name")
    return sorted(found)


def test_the_messy_list_posts_the_same_people_as_the_clean_table(tree):
    with transaction.atomic():
        run("import_staff", DATA / "staff-clean.csv", "--on", DAY)
        clean = posted_by_unit()
        transaction.set_rollback(True)

    run("import_staff", HERE / "staff-messy.xlsx", "--on", DAY)

    assert (StaffMember.objects.count(), len(clean)) == (567, 560)
    assert posted_by_unit() == clean
    assert Posting.objects.filter(is_primary=False).count() == 5


def test_the_same_list_again_changes_nothing(tree):
    run("import_staff", HERE / "staff-messy.xlsx", "--on", DAY)
    before = counts()

    run("import_staff", HERE / "staff-messy.xlsx", "--on", DAY)

    latest = ImportRun.objects.latest("pk")
    assert counts() == before
    assert {row.action for row in latest.rows.all()} == {"unchanged", "skipped"}


def test_a_dry_run_prints_everything_and_changes_nothing(tree):
    before = counts()

    data = json.loads(run("import_staff", HERE / "staff-messy.xlsx", "--on", DAY, "--dry-run", "--json"))

    assert counts() == before
    assert ImportRun.objects.filter(kind="staff").count() == 0
    assert data["summary"]["actions"] == {"create": 567, "merge": 17, "review": 12, "skip": 4}
    assert [row["result"] for row in data["results"]].count("created") == 567


@pytest.mark.parametrize("file", [HERE / "staff-messy.xlsx", DATA / "staff-clean.csv"])
def test_the_json_is_spelled_as_one_object_is(tree, file):
    said = run("import_staff", file, "--on", DAY, "--dry-run", "--json")

    assert said == json.dumps(json.loads(said), ensure_ascii=False, indent=1) + "\n"


def test_a_row_of_the_json_is_made_when_it_is_written():
    made = []

    def rows():
        for number in range(3):
            made.append(number)
            yield {"row": number, "words": ["a\nb", {}]}

    pieces = as_json([("rows", rows()), ("none", iter(())), ("summary", {"n": 1, "in": {"m": []}})])
    after = [(len(made), piece) for piece in pieces]

    assert [number for number, piece in after if '"row"' in piece] == [1, 2, 3]
    assert json.loads("".join(piece for _number, piece in after)) == {
        "rows": [{"row": number, "words": ["a\nb", {}]} for number in range(3)],
        "none": [],
        "summary": {"n": 1, "in": {"m": []}},
    }


def test_a_row_of_the_workbook_of_errors_is_made_when_it_is_written(tree, monkeypatch):
    written = []

    def spied(tables):
        for _title, rows in tables:
            assert not isinstance(rows, list)
            written.append(len(list(rows)))
        return b""

    monkeypatch.setattr(errors, "workbook", spied)
    (sheet, *_others), titles = sheets_of(workbook([["Họ tên"], ["A"], ["B"]]), "ds.xlsx"), {0: "Họ tên"}

    errors.errors_workbook([(sheet, titles, frozenset())], {(sheet.title, 2): "x"})

    assert written == [2]


def test_a_list_completes_what_is_known_and_takes_nothing_away(tree):
    take([HEADINGS, person(CCCD="099076851751", **{"Trình độ tin học": "B 2012"})])
    known = StaffMember.objects.get()
    StaffMember.objects.update(phone="0302632896")

    take([HEADINGS, person("Nguyễn Văn Hùng", None, CCCD="099076851751")])

    known.refresh_from_db()
    assert (known.date_of_birth, known.phone, StaffMember.objects.count()) == (date(1976, 6, 24), "0302632896", 1)


def test_somebody_known_under_another_number_or_name_waits_for_a_decision(tree):
    take([HEADINGS, person(CCCD="099076851751")])

    other_number = take([HEADINGS, person(CCCD="099076000009")])
    other_name = take([HEADINGS, person("Lê Thị Mai", CCCD="099076851751")])

    assert StaffMember.objects.count() == 1
    assert [(row.action, bool(row.reason)) for row in (*other_number.rows, *other_name.rows)] == [("skipped", True)] * 2


def test_who_is_not_in_the_list_is_named_and_stays(tree):
    take([HEADINGS, person(), person("Lê Thị Mai", "03/04/1985")])
    rows = [HEADINGS, person()]

    file = lists.read_file(workbook(rows), "ds.xlsx", on=DAY)
    take(rows)

    assert [member.full_name for member in lists.missing_from(file, on=DAY)] == ["Lê Thị Mai"]
    assert Posting.objects.on(date(2025, 1, 1)).count() == 2


def test_somebody_posted_elsewhere_is_reported_and_not_moved(tree):
    take([HEADINGS, person(CCCD="099076851751")])

    report = take([HEADINGS, person(CCCD="099076851751", **{"Đơn vị": "Xã Ka Đơn"})])

    assert [row.action for row in report.rows] == ["skipped"]
    assert Posting.objects.get().unit.code == "24943-1"


def test_a_merged_duplicate_is_no_longer_met(tree):
    keeper = StaffMemberFactory(full_name="Nguyễn Văn Hùng", date_of_birth=date(1976, 6, 24))
    StaffMemberFactory(full_name="Nguyễn Văn Hùng", date_of_birth=date(1976, 6, 24), merged_into=keeper)

    take([HEADINGS, person()])

    assert list(Posting.objects.values_list("staff_member", flat=True)) == [keeper.pk]


def test_a_file_without_a_staff_list_is_refused(tree, tmp_path):
    file = tmp_path / "x.xlsx"
    file.write_bytes(workbook([["Thu", "Chi"], [1, 2]]))

    with pytest.raises(CommandError) as refusal:
        run("import_staff", file, "--on", DAY)

    assert "x.xlsx" in str(refusal.value)


def test_the_rows_not_taken_are_written_beside_their_reasons(tree, tmp_path):
    file, errors = tmp_path / "ds.xlsx", tmp_path / "errors.xlsx"
    file.write_bytes(workbook([HEADINGS, person(), person("Lê Thị Mai", **{"Đơn vị": "Phòng Bí mật"})]))

    run("import_staff", file, "--on", DAY, "--errors", errors)

    [_head, row] = load_workbook(errors).active.iter_rows(values_only=True)
    assert (row[1], row[-2]) == ("Lê Thị Mai", "3")
    assert "Phòng Bí mật" in row[-1]


def test_the_rows_not_taken_of_a_table_are_written_without_sensitive_columns(tree, tmp_path):
    file, errors = tmp_path / "ds.csv", tmp_path / "errors.xlsx"
    line = "{key},Lê Thị Mai,24943-1,Chuyên viên,cong_chuc,active,Kinh"
    head = "key,full_name,unit_code,position,category,status,dan_toc"
    file.write_text("\n".join([head, line.format(key="A"), line.format(key="A")]), encoding="utf-8")

    run("import_staff", file, "--on", DAY, "--errors", errors)

    [_head, row] = load_workbook(errors).active.iter_rows(values_only=True)
    assert row[:2] == ("A", "Lê Thị Mai")
    assert "Kinh" not in row
