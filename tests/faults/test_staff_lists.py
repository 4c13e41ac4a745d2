"""A staff list, killed while it is taken in: by the command and by `manage.py work`."""

import os
import shutil
import signal
import time

import pytest

from tests.faults.conftest import Installation
from tests.staff.lists.conftest import HEADINGS, workbook

pytestmark = pytest.mark.faults

ROWS = 3000
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng")
GIVEN = ("An", "Bình", "Cường", "Dũng", "Hà", "Lan", "Mai")
TABLE = """
    SELECT m.full_name, m.date_of_birth, m.national_id_hash, u.name, p.position, p.valid_from, p.valid_until
    FROM staff_staffmember m LEFT JOIN staff_posting p ON p.staff_member_id = m.id
    LEFT JOIN staff_unit u ON u.id = p.unit_id ORDER BY 1, 2, 3, 4, 5, 6
"""


def rows():
    for number in range(ROWS):
        name = f"{FAMILIES[number % 5]} Văn {GIVEN[number % 7]}"
        # Names and days come back after 420 people: then it is another year.
        year = 1965 + number // 420
        born, identity = f"{1 + number % 28:02}/{1 + number % 12:02}/{year}", f"0680{year % 100:02}{number:06}"
        yield [number + 1, name, born, "Nam", "Chuyên viên", "Xã Đo", "B", identity, None]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "ds.xlsx"
    path.write_bytes(workbook([HEADINGS, *rows()]))
    return path


@pytest.fixture
def places(installation, tmp_path):
    """Two installations with the same rows in them: one that is left in peace, and one that is not."""

    def copied(name):
        shutil.copytree(installation.folder, tmp_path / name)
        return Installation(tmp_path / name)

    return copied("peace"), copied("unrest")


def lasts(process) -> bool:
    return process.poll() is None


def kill(process) -> None:
    """The process alone: what it had opened beside it has to see for itself that nobody is left."""
    if lasts(process):
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)


def test_a_command_that_is_killed_in_the_middle_ends_in_the_same_table(file, places):
    for place in places:
        place.scene("a_commune", "xa-do", "Xã Đo")
    peace, unrest = places
    command = ("manage.py", "import_staff", str(file), "--on", "2026-09-30")
    before = unrest.rows(TABLE)
    begun = time.monotonic()
    peace.run(*command, seconds=600)
    took = time.monotonic() - begun

    # The later the kill, the more is written; whatever it is, nothing of it is there.
    interrupted = 0
    for part in (0.3, 0.5, 0.7, 0.8, 0.9):
        process = unrest.start(*command)
        time.sleep(took * part)
        interrupted += lasts(process)
        kill(process)
        assert len(unrest.rows(TABLE)) in {len(before), len(before) + ROWS}
    unrest.run(*command, seconds=600)

    assert interrupted >= 2
    assert unrest.rows(TABLE) == peace.rows(TABLE)
    assert len(unrest.rows(TABLE)) == len(before) + ROWS


def test_work_that_is_killed_while_it_takes_a_list_in_ends_in_the_same_table(file, places):
    peace, unrest = places
    for place in places:
        place.scene("waiting_list", str(file), "xa-do")
    before = unrest.rows(TABLE)

    def works(place, *, until, seconds=300):
        process = place.start("manage.py", "work")
        begun = time.monotonic()
        while not until(time.monotonic() - begun):
            assert lasts(process)
            assert time.monotonic() - begun < seconds
            time.sleep(0.02)
        kill(process)

    def is_in(place):
        return place.rows("SELECT count(*) FROM staff_stafflist WHERE run_id IS NOT NULL") == [(1,)]

    def is_begun(place):
        return place.rows("SELECT count(*) FROM staff_stafflist WHERE claimed_until IS NOT NULL") == [(1,)]

    began = []

    def finished_in_peace(_seconds):
        if is_begun(peace) and not began:
            began.append(time.monotonic())
        return is_in(peace)

    works(peace, until=finished_in_peace)
    took = time.monotonic() - began[0]
    for part in (0.2, 0.5, 0.8):
        works(unrest, until=lambda _seconds: is_begun(unrest))
        # The claim of a list ends after ten minutes: the test does not wait for them.
        unrest.rows("UPDATE staff_stafflist SET claimed_until = NULL, tries = 0 WHERE run_id IS NULL")
        begins = []

        def in_the_middle(seconds, part=part, begins=begins):
            if not begins and is_begun(unrest):
                begins.append(seconds)
            return bool(begins) and seconds - begins[0] > took * part

        works(unrest, until=in_the_middle)
        unrest.rows("UPDATE staff_stafflist SET claimed_until = NULL, tries = 0 WHERE run_id IS NULL")
        assert len(unrest.rows(TABLE)) in {len(before), len(before) + ROWS}
    works(unrest, until=lambda _seconds: is_in(unrest))

    assert unrest.rows(TABLE) == peace.rows(TABLE)
    assert len(unrest.rows(TABLE)) == len(before) + ROWS
    assert unrest.rows("SELECT count(*) FROM staff_importrun") == peace.rows("SELECT count(*) FROM staff_importrun")
