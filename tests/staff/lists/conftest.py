"""Workbooks as offices write them, made here or kept beside this file."""

import csv
import io
from datetime import date

import pytest
from django.conf import settings
from openpyxl import Workbook

from staff.lists.matching import judge
from staff.lists.reading import read_list
from staff.lists.unit_names import KnownUnit
from staff.lists.workbook import sheets_of

DAY = date(2024, 9, 30)
HEADINGS = ["STT", "Họ và tên", "Ngày sinh", "Giới tính", "Chức vụ", "Đơn vị", "Trình độ tin học", "CCCD", "Ghi chú"]


@pytest.fixture(scope="session")
def units():
    """The units of 30 September 2024, from the list of units that the demonstration loads."""
    with (settings.BASE_DIR / "staff" / "demo_data" / "units.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    parents = {row["code"]: row["parent_code"] for row in rows}

    def above(code):
        parent = parents.get(code)
        return (*above(parent), parent) if parent else ()

    day = DAY.isoformat()
    return [
        KnownUnit(
            row["code"], row["name"], row["kind"], tuple(filter(None, row["aliases"].split("|"))), above(row["code"])
        )
        for row in rows
        if (row["valid_from"] or day) <= day <= (row["valid_to"] or day)
    ]


@pytest.fixture
def read(units):
    """Reads bytes, or rows put into a workbook of one sheet, and judges them."""

    def run(content_or_rows, name="danh-sach.xlsx"):
        content = content_or_rows if isinstance(content_or_rows, bytes) else workbook(content_or_rows)
        found = read_list(sheets_of(content, name), units=units, on=DAY)
        return found, judge(found)

    return run


def workbook(rows, title="Danh sách", book=None) -> bytes:
    book = book or Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    return saved(book)


def csv_of(rows) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    return buffer.getvalue().encode()


def saved(book) -> bytes:
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def person(name="Nguyễn Văn Hùng", born="24/06/1976", **cells):
    """A row under HEADINGS."""
    values = {
        "STT": 1,
        "Họ và tên": name,
        "Ngày sinh": born,
        "Giới tính": "Nam",
        "Chức vụ": "CV",
        "Đơn vị": "UBND xã Ka Đô",
        "Trình độ tin học": "B",
        "CCCD": None,
        "Ghi chú": None,
    }
    return [(values | cells)[heading] for heading in HEADINGS]
