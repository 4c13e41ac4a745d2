"""A list that is opened apart and taken in by parts ends as one that is read here and taken in at once."""

import gc
import tracemalloc
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.utils import translation

from staff.imports import lists
from staff.imports.planning import Decision
from staff.imports.reading import FileRefused
from staff.lists import apart, parts
from staff.lists.opening import Source, judged_of, kept_of
from staff.models import Duty, Posting, StaffMember, Unit
from staff.models.lists import RowChoice
from tests.staff.lists.conftest import DAY, HEADINGS, person, workbook

MESSY = (Path(__file__).parent / "staff-messy.xlsx").read_bytes()
DATA = settings.BASE_DIR / "staff" / "demo_data"


def no_such_function(source):
    raise NotImplementedError


@pytest.fixture
def tree(db):
    call_command("import_units", DATA / "units.csv", DATA / "unit_successions.csv", verbosity=0)


@pytest.fixture
def long_files(monkeypatch):
    """Every file is long enough for a process of its own."""
    monkeypatch.setattr(apart, "LONG", 0)


def facts():
    people = StaffMember.objects.values_list("full_name", "date_of_birth", "email", "national_id_hash")
    posts = Posting.objects.values_list("staff_member__full_name", "unit__code", "position", "is_primary", "valid_from")
    duties = Duty.objects.values_list("staff_member__full_name", "unit__code", "kind", "is_full_time")
    return [sorted(found, key=repr) for found in (people, posts, duties)]


def taken(content, *, decide=None):
    """What is there, and what was said of each row, once the list was taken in twice; and nothing of it stays."""
    with transaction.atomic():
        said = []
        for _time in range(2):
            file = lists.read_file(content, "ds.xlsx", on=DAY)
            plan = lists.plan_list(file, on=DAY, **({"decide": decide} if decide else {}))
            report = lists.take_plan(plan, file=file, on=DAY)
            said.append([(row.sheet, row.number, str(row.action), row.reason, row.evidence) for row in report.rows])
        found = facts()
        transaction.set_rollback(True)
    return found, said


def test_a_list_by_parts_of_a_single_row_ends_as_one_that_is_taken_in_at_once(tree, monkeypatch):
    monkeypatch.setattr(parts, "PART", 10_000)
    at_once = taken(MESSY)
    monkeypatch.setattr(parts, "PART", 1)

    assert len(at_once[0][0]) == 567
    assert taken(MESSY) == at_once


def test_who_was_added_by_a_decision_is_found_again_by_a_row_of_a_later_part(tree, monkeypatch):
    office = Unit.objects.filter(kind="office").first()
    number = "068076000011"
    rows = [
        person("Nguyễn Văn Hùng", "24/06/1976", CCCD=number, **{"Đơn vị": "Phòng không ai biết"}),
        person("Trần Thị Mai", "01/02/1980", **{"Đơn vị": "Phòng không ai biết"}),
        person("Nguyễn Văn Hùng", "24/06/1976", CCCD=number),
    ]

    def decide(question, _content):
        return Decision(RowChoice.TAKE, unit=office) if question == "unknown_unit" else None

    results = []
    for size in (10_000, 1):
        monkeypatch.setattr(parts, "PART", size)
        results.append(taken(workbook([HEADINGS, *rows]), decide=decide))

    [(people, posts, _duties), [first, again]] = results[1]
    assert results[0] == results[1]
    assert [name for name, *_rest in people] == ["Nguyễn Văn Hùng", "Trần Thị Mai"]
    assert [(name, code) for name, code, *_rest in posts] == [
        ("Nguyễn Văn Hùng", office.code),
        ("Trần Thị Mai", office.code),
    ]
    assert [action for _sheet, _number, action, *_rest in first] == ["created", "created", "skipped"]
    assert {action for _sheet, _number, action, *_rest in again} <= {"unchanged", "skipped"}


def test_a_part_that_is_held_keeps_what_is_changed_in_it_and_others_do_not():
    put_away = parts.Parts()
    put_away.put_away([["a"], ["b"]])
    put_away.put_away([["c"]])

    put_away.hold(0)[0].append("changed")
    for item in put_away:
        item.append("forgotten")

    assert (list(put_away.parts())[0][0], list(put_away)[2], len(put_away)) == (
        ["a", "changed", "forgotten"],
        ["c"],
        3,
    )


def test_a_process_of_its_own_reads_and_keeps_the_same(units, long_files):
    source, rows = Source(MESSY, "ds.xlsx"), []

    there = apart.run(judged_of, source, units=units, on=DAY, progress=rows.append)
    here = judged_of(source, units=units, on=DAY)
    kept_there, kept_here = apart.run(kept_of, source, meanings={}), kept_of(source, meanings={})

    assert list(there.judged.verdicts) == list(here.judged.verdicts)
    assert (there.noise, there.unread_sheets, len(there.judged.verdicts), rows) == (
        here.noise,
        here.unread_sheets,
        600,
        [500],
    )
    assert kept_there == kept_here
    again = apart.run(judged_of, Source(kept_there.packed, "ds.xlsx", is_kept=True), units=units, on=DAY)
    assert list(again.judged.verdicts) == list(here.judged.verdicts)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_process_of_its_own_refuses_in_the_words_of_the_reader(language, units, long_files):
    source = Source(b"PK\x03\x04 is no workbook", "ds.xlsx")
    with translation.override(language):
        with pytest.raises(FileRefused) as here:
            judged_of(source, units=units, on=DAY)
        with pytest.raises(FileRefused) as there:
            apart.run(judged_of, source, units=units, on=DAY)

    assert str(there.value) == str(here.value)


def test_a_file_that_takes_more_than_the_process_may_have_is_refused_in_a_sentence(units, long_files, monkeypatch):
    monkeypatch.setattr(apart, "MEMORY", 32 * 1024**2)

    with translation.override("en"), pytest.raises(FileRefused) as refused:
        apart.run(judged_of, Source(MESSY, "ds.xlsx"), units=units, on=DAY)

    assert str(refused.value) == "ds.xlsx is damaged or built to do harm. Nothing was changed."


def test_a_fault_of_the_process_is_told_with_its_traceback(long_files):
    with pytest.raises(RuntimeError, match="AttributeError.*no_such_function"):
        apart.run(no_such_function, Source(MESSY, "ds.xlsx"))


def test_a_list_that_was_read_and_planned_is_held_in_a_fraction_of_its_rows(tree):
    def held(count):
        letters = ["".join(chr(ord("A") + int(digit)) for digit in f"{number}").capitalize() for number in range(count)]
        rows = [person(f"Lê Thị Mai {word}", CCCD=f"099180{index:06}") for index, word in enumerate(letters)]
        content = workbook([HEADINGS, *rows])
        tracemalloc.start()
        try:
            file = lists.read_file(content, "ds.xlsx", on=DAY)
            plan = lists.plan_list(file, on=DAY)
            gc.collect()
            assert len(plan.rows) == count
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

    held(10)  # what is loaded once
    few, many = held(800), held(2_400)

    assert (many - few) / 1_600 < 700


@pytest.mark.parametrize(
    ("note", "roles"),
    [
        ("Chuyên trách về an toàn thông tin", ["Chuyên trách ATTT"]),
        ("Phụ trách ATTT", ["Phụ trách ATTT"]),
        ("kiêm nhiệm ATTT", ["Phụ trách ATTT"]),
    ],
)
def test_whose_whole_work_is_security_is_told_apart_from_who_does_it_beside_other_work(note, roles):
    from staff.lists.posts import read_roles

    assert read_roles(note) == roles
