"""The four files of the demo, and files that are wrong."""

from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from staff.imports.reading import FileRefused, read_table
from staff.models import Change, Duty, ImportRow, Posting, StaffMember, Succession, Unit

DATA = Path(__file__).parent.parent.parent / "staff" / "demo_data"
pytestmark = pytest.mark.django_db


def _run(*args):
    out = StringIO()
    call_command(*map(str, args), stdout=out)
    return out.getvalue()


def _read_all():
    _run("import_units", DATA / "units.csv", DATA / "unit_successions.csv")
    _run("import_staff", DATA / "staff-clean.csv", "--on", "2024-09-30")
    _run("import_transfers", DATA / "transfers-2025.csv")


def _posted(day):
    return Posting.objects.on(day).filter(is_primary=True).values("staff_member").distinct().count()


def _counts():
    return [model.objects.count() for model in (Unit, Succession, StaffMember, Posting, Duty, Change)]


def test_the_four_files_give_the_known_headcounts_on_both_sides_of_the_reform():
    _read_all()

    days = (date(2024, 9, 29), date(2024, 9, 30), date(2025, 6, 30), date(2025, 7, 1))
    assert (StaffMember.objects.count(), [_posted(day) for day in days]) == (567, [0, 560, 560, 527])


def test_second_reading_changes_nothing():
    _read_all()
    before = _counts()

    _read_all()

    assert _counts() == before
    assert ImportRow.objects.exclude(evidence=None).count() == 567


def test_duties_come_from_the_roles_column_and_end_when_the_holder_leaves():
    _read_all()

    held = Duty.objects.exclude(kind="head").values_list("kind", "is_full_time")
    assert (
        sorted(held) == [("ict_officer", False)] * 3 + [("ict_officer", True)] * 3 + [("security_officer", False)] * 2
    )
    assert not Duty.objects.on(date(2025, 7, 1)).exists()


def test_a_row_that_moves_somebody_not_posted_there_is_reported_and_not_taken(tmp_path):
    _run("import_units", DATA / "units.csv", DATA / "unit_successions.csv")
    _run("import_staff", DATA / "staff-clean.csv", "--on", "2024-09-30")
    file = tmp_path / "moves.csv"
    file.write_text("person_key,from_unit_code,to_unit_code,effective\nP0001,677-1/NV,24955-3,2025-07-01\n")

    _run("import_transfers", file)

    assert list(ImportRow.objects.filter(run__kind="transfers").values_list("number", "action")) == [(2, "skipped")]


def test_parents_may_come_after_their_children(tmp_path):
    units, successions = tmp_path / "units.csv", tmp_path / "successions.csv"
    units.write_text("code,name,kind,parent_code,valid_from,valid_to\nb,Xã B,commune,a,,\na,Tỉnh A,province,,,\n")
    successions.write_text("predecessor_code,successor_code,effective,kind\na,b,2025-07-01,rename\n")

    _run("import_units", units, successions)

    assert Unit.objects.get(code="b").parent.code == "a"


def test_english_names_of_units_are_taken_and_a_list_without_them_takes_none_away(tmp_path):
    units, successions = tmp_path / "units.csv", tmp_path / "successions.csv"
    successions.write_text("predecessor_code,successor_code,effective,kind\na,b,2025-07-01,rename\n")
    units.write_text(
        "code,name,kind,parent_code,valid_from,valid_to,name_en\na,Tỉnh A,province,,,,A Province\nb,Xã B,commune,a,,,\n"
    )
    _run("import_units", units, successions)
    units.write_text("code,name,kind,parent_code,valid_from,valid_to\na,Tỉnh A,province,,,\nb,Xã Bê,commune,a,,\n")
    _run("import_units", units, successions)

    assert dict(Unit.objects.values_list("name", "name_en")) == {"Tỉnh A": "A Province", "Xã Bê": ""}


HEADER = "person_key,from_unit_code,to_unit_code,effective\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["trống|is empty"]),
        (b"person_key,from_unit_code\nP1,a\n", ["effective", "to_unit_code"]),
        ((HEADER + "P1,a,b,Lâm\n").encode("cp1258", "replace"), ["UTF-8", "2"]),
        ((HEADER + "P1,677-1/NV,24955-3,30/06/2025\n").encode(), ["2", "effective", "30/06/2025"]),
        ((HEADER + "P1,nowhere,24955-3,2025-07-01\n").encode(), ["2", "from_unit_code", "nowhere"]),
        ((HEADER + "P1,a\n").encode(), ["2", "4"]),
    ],
    ids=["empty", "missing column", "wrong encoding", "bad date", "unknown unit", "short row"],
)
def test_bad_file_is_refused_with_a_sentence_that_names_the_place(tmp_path, content, words):
    _run("import_units", DATA / "units.csv", DATA / "unit_successions.csv")
    before = _counts()
    file = tmp_path / "moves.csv"
    file.write_bytes(content)

    with pytest.raises(CommandError) as refusal:
        _run("import_transfers", file)

    assert [any(part in str(refusal.value) for part in word.split("|")) for word in words] == [True] * len(words)
    assert _counts() == before


def test_byte_order_mark_is_forgiven(tmp_path):
    file = tmp_path / "a.csv"
    file.write_bytes("\ufeffkey,name\n1,Đơn\n".encode())

    assert read_table(file, {"key"}).rows[0].values == {"key": "1", "name": "Đơn"}


def test_sensitive_columns_are_gone_before_anything_is_kept(tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("key,Dân tộc,TÔN GIÁO,Đảng viên,ethnicity,religion,Ngày vào Đảng\n1,Kinh,Không,x,y,z,2000\n")

    assert read_table(file, {"key"}).rows[0].values == {"key": "1"}


def test_missing_file_is_a_sentence(tmp_path):
    with pytest.raises(FileRefused, match=r"none\.csv"):
        read_table(tmp_path / "none.csv", set())
