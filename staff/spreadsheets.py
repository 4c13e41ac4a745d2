"""Tables as CSV that Excel opens in Vietnamese, or as workbooks; neither can carry formulas."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.http import HttpResponse
from django.utils.http import content_disposition_header
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

BYTE_ORDER_MARK = "\ufeff"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value) -> str:
    """``value`` as text that a spreadsheet never takes for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def as_csv(rows: Iterable[Sequence]) -> str:
    """``rows`` as CSV with a byte order mark, without which Excel reads UTF-8 as something else."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    return BYTE_ORDER_MARK + buffer.getvalue()


def csv_response(rows: Iterable[Sequence], *, name: str) -> HttpResponse:
    """``rows`` as a file to download; ``name`` is plain ASCII without its ending."""
    response = HttpResponse(as_csv(rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


class Percent(str):
    """A percentage as text, and in a workbook the number that it says: ``Percent("75,93%", Decimal("75.93"))``."""

    number: Decimal

    def __new__(cls, text: str, number: Decimal):
        made = super().__new__(cls, text)
        made.number = number
        return made


def workbook(tables: Iterable[tuple[str, Iterable[Sequence[str | int]]]]) -> bytes:
    """(title, rows) as sheets of an Excel workbook: whole numbers and percentages are numbers, all else is text; row 1
    is frozen.

    A cell that begins like a formula is marked as text, so that it stays text when somebody edits it.
    """
    book = Workbook(write_only=True)
    taken: set[str] = set()
    for title, rows in tables:
        sheet = book.create_sheet(_sheet_title(title, taken))
        sheet.freeze_panes = "A2"
        for row in rows:
            sheet.append([_cell(sheet, cell) for cell in row])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def workbook_response(content: bytes, *, name: str) -> HttpResponse:
    """A workbook to download."""
    response = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=f"{name}.xlsx")
    response["Cache-Control"] = "private, no-store"
    return response


def _cell(sheet, value):
    if type(value) is int:
        return value
    if type(value) is Percent:
        cell = WriteOnlyCell(sheet, float(value.number / 100))
        cell.number_format = "0.00%"
        return cell
    return _text_cell(sheet, value)


def _sheet_title(title: str, taken: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\]", " ", title).strip("' ")[:28] or "Sheet"
    number, found = 1, base
    while found.casefold() in taken:
        number += 1
        found = f"{base[:25]} {number}"
    taken.add(found.casefold())
    return found


def _text_cell(sheet, words: str):
    cell = WriteOnlyCell(sheet, None)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", words)[:32_000]
    cell.data_type = "s"
    cell.quotePrefix = words.startswith(_FORMULA_STARTS)
    cell.number_format = "@"
    return cell
