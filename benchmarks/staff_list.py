"""How long a staff list takes, beside the least that its rows can cost; and the memory of either.

python -m benchmarks.staff_list [--rows 100000]

The least: the workbook's values by calamine, and bulk_create of the people and postings that come of it. Both are
measured in the same run, each in a process of its own and a transaction that is rolled back, in an SQLite file of
their own unless DATABASE_URL names an empty database; the last line is JSON.
"""

import argparse
import io
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HEADINGS = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Chức vụ", "Đơn vị", "Trình độ tin học", "Năm cấp", "CCCD",
            "Email", "Điện thoại", "Ghi chú"]  # fmt: skip
DAY = date(2024, 9, 30)
UNITS = ["Xã Đo 1", "Xã Đo 2", "Xã Đo 3"]
BROKEN = "Phòng không có trong cây"


def a_workbook(rows: int) -> bytes:
    """``rows`` different people; the last but one names a unit that nobody knows."""
    from openpyxl import Workbook

    chance = random.Random(1)  # noqa: S311 the same names at every run
    families, middles = ["Nguyễn", "Trần", "Lê", "Phạm"], ["Văn", "Thị", "Hữu", "Đức", "Ngọc"]
    given = ["An", "Bình", "Cường", "Dũng", "Hà", "Hương", "Lan", "Mai", "Nam", "Phúc", "Sơn", "Thảo", "Tuấn", "Yến"]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Danh sách")
    sheet.append(HEADINGS)
    for number in range(rows):
        year = chance.randint(1965, 1999)
        name = " ".join(chance.choice(words) for words in (families, middles, given))
        unit = BROKEN if number == rows - 2 else UNITS[number % 3]
        born = f"{chance.randint(1, 28):02}/{chance.randint(1, 12):02}/{year}"
        numbers = (f"0680{year % 100:02}{number:06}", f"a{number}@don-vi.gov.vn", f"09{number:08}")
        sheet.append([number + 1, name, born, "Nam", "Chuyên viên", unit, "B", "2012", *numbers, None])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def measure(what: str, path: Path) -> dict:
    """Seconds, on the clock and of CPU, and the highest memory of this process, beside what Django itself needs."""
    import django

    django.setup()
    from django.db import transaction

    from staff.models import Unit

    before = _highest_mb()
    with transaction.atomic():
        for name in UNITS:
            Unit.objects.create(code=name, name=name, kind="commune")
        found = {"least": _least, "ours": _ours}[what](path.read_bytes())
        transaction.set_rollback(True)
    return {"mb_of_django": before, **found}


def _highest_mb(whose=resource.RUSAGE_SELF) -> int:
    return round(resource.getrusage(whose).ru_maxrss / 1024)


def _cpu_seconds() -> float:
    """Of this process and of those that it waited for."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _watch():
    """Answers, when asked, how long it is since (CPU is what a busy machine tells as well) and the highest memory.

    ``mb_apart`` is the highest of the process that opened the list, beside this one.
    """
    start, cpu = time.perf_counter(), _cpu_seconds()

    def so_far() -> dict:
        return {
            "seconds": round(time.perf_counter() - start, 2),
            "cpu_seconds": round(_cpu_seconds() - cpu, 2),
            "mb": _highest_mb(),
            "mb_apart": _highest_mb(resource.RUSAGE_CHILDREN),
        }

    return so_far


def _least(content: bytes) -> dict:
    from python_calamine import CalamineWorkbook

    from staff.models import Posting, StaffMember, Unit

    so_far = _watch()
    [_head, *rows] = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    units = {unit.name: unit for unit in Unit.objects.filter(name__in=UNITS)}
    people = [StaffMember(full_name=row[1], search_key=row[1], sort_key=row[1], email=row[9], phone=row[10])
              for row in rows]  # fmt: skip
    StaffMember.objects.bulk_create(people, batch_size=200)
    pairs = [(person, units[row[5]]) for person, row in zip(people, rows, strict=True) if row[5] in units]
    postings = [Posting(staff_member=person, unit=unit, position="Chuyên viên", valid_from=DAY, category="cong_chuc")
                for person, unit in pairs]  # fmt: skip
    Posting.objects.bulk_create(postings, batch_size=200)
    return {**so_far(), "people": len(people)}


def _ours(content: bytes) -> dict:
    from staff.imports import lists

    so_far = _watch()
    file = lists.read_file(content, "ds.xlsx", on=DAY)
    read = so_far()
    report = lists.take_list(file, on=DAY)
    took = so_far()
    created, skipped = report.counts["created"], [row.number for row in report.rows if row.action == "skipped"]
    del report  # who takes a list in a second time has read what became of the first
    again = lists.take_list(file, on=DAY)
    return {
        **took,
        "to_read": read,
        "with_a_second_time": so_far(),
        "people": created,
        "not_taken": skipped[:3],
        "again": again.counts["created"] + again.counts["changed"],
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--measure")
    parser.add_argument("--file", type=Path)
    said = parser.parse_args()
    if said.measure:
        print(json.dumps(measure(said.measure, said.file)))  # noqa: T201
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ds.xlsx"
        path.write_bytes(a_workbook(said.rows))
        environment = {"DATABASE_URL": f"sqlite:///{folder}/db.sqlite3", **os.environ}
        environment["DJANGO_SETTINGS_MODULE"] = "lms.settings.test"
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, env=environment, check=True)  # noqa: S603 our own module
        results = {}
        for what in ("least", "ours"):
            command = [sys.executable, "-m", "benchmarks.staff_list", "--measure", what, "--file", str(path)]
            answer = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
            results[what] = json.loads(answer.stdout.splitlines()[-1])
    for name, unit in (("ratio", "seconds"), ("cpu_ratio", "cpu_seconds")):
        results[name] = round(results["ours"][unit] / results["least"][unit], 2)
    print(json.dumps({"rows": said.rows, **results}))  # noqa: T201


if __name__ == "__main__":
    main()
