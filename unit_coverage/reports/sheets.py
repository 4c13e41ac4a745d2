"""Reports as workbooks and CSV: fast, with little memory, and with cells that never compute.

XlsxWriter writes each row away as it comes (constant memory); a string is a string, whatever it begins with.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import xlsxwriter

from documents.official_report import MOTTO, PARTY, STATE, OfficialReport
from staff.spreadsheets import BYTE_ORDER_MARK, Percent, safe_cell

FONT = "Times New Roman"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet under the letterhead of its report. ``widths`` are in characters; numbers stay numbers.

    A ``Percent`` is the number that it says.
    """

    name: str
    title: str
    heads: tuple[str, ...]
    widths: tuple[int, ...]
    rows: Iterable[Sequence]


def workbook(report: OfficialReport, sheets: Sequence[Sheet]) -> bytes:
    """The sheets, each in the layout of an official report: letterhead, title, table, place to sign."""
    buffer = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd/mm/yyyy",
    }
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties(
        {"title": report.subtitle, "author": report.issuer, "created": report.drawn_at.replace(tzinfo=None)}
    )
    looks = _looks(book)
    for sheet in sheets:
        _write(book.add_worksheet(sheet.name[:31]), sheet, report, looks)
    book.close()
    return buffer.getvalue()


def _looks(book) -> dict:
    base = {"font_name": FONT, "font_size": 12}
    centred = base | {"align": "center", "valign": "vcenter", "text_wrap": True}
    cell = base | {"font_size": 11, "border": 1, "valign": "top"}
    return {
        "plain": book.add_format(centred),
        "bold": book.add_format(centred | {"bold": True}),
        "title": book.add_format(centred | {"bold": True, "font_size": 14}),
        "slant": book.add_format(centred | {"italic": True}),
        "left": book.add_format(base | {"text_wrap": False}),
        "small": book.add_format(base | {"font_size": 11}),
        "head": book.add_format(cell | {"bold": True, "align": "center", "text_wrap": True, "bg_color": "#F0F2F5"}),
        "cell": book.add_format(cell | {"text_wrap": True}),
        "number": book.add_format(cell | {"num_format": "#,##0", "align": "right"}),
        # Excel prints the comma or the point of the computer it stands on
        "percent": book.add_format(cell | {"num_format": "0.00%", "align": "right"}),
    }


def _write(page, sheet: Sheet, report: OfficialReport, looks: dict) -> None:
    """Row after row, because what was written is gone from memory."""
    last = len(sheet.heads) - 1
    middle = max(last // 2, 1)
    for place, width in enumerate(sheet.widths):
        page.set_column(place, place, width)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    row = 0
    above = [
        (report.superior, PARTY if report.is_party else STATE, "plain", "bold"),
        (report.issuer, "" if report.is_party else MOTTO, "bold", "bold"),
        (report.number, report.place_and_date, "plain", "slant"),
    ]
    for left, right, left_look, right_look in above:
        _across(page, row, 0, middle - 1 if last > 1 else 0, left, looks[left_look])
        _across(page, row, middle, last, right, looks[right_look])
        row += 1
    row += 1
    _across(page, row, 0, last, report.title, looks["title"])
    _across(page, row + 1, 0, last, report.subtitle, looks["bold"])
    row += 2
    for words in (sheet.title, *report.lines[:2]):
        _across(page, row, 0, last, words, looks["slant"])
        row += 1
    row += 1
    page.repeat_rows(row)
    for place, head in enumerate(sheet.heads):
        page.write_string(row, place, head, looks["head"])
    row += 1
    write_number, write_string, cell, number = page.write_number, page.write_string, looks["cell"], looks["number"]
    for values in sheet.rows:
        for place, value in enumerate(values):
            if type(value) is int:
                write_number(row, place, value, number)
            elif type(value) is Percent:
                write_number(row, place, float(value.number / 100), looks["percent"])
            else:
                write_string(row, place, value, cell)
        row += 1
    row += 1
    for words in report.after:
        page.write_string(row, 0, words, looks["left"])
        row += 1
    for words in (report.signer_authority, report.signer_post):
        if words:
            _across(page, row, middle, last, words, looks["bold"])
            row += 1
    row += 4
    _across(page, row, middle, last, report.signer_name, looks["bold"])
    page.write_string(row + 1, 0, report.foot, looks["small"])


def _across(page, row: int, first: int, last: int, words: str, look) -> None:
    if first >= last:
        page.write_string(row, first, words, look)
    else:
        page.merge_range(row, first, row, last, words, look)


def as_csv_bytes(heads: Sequence[str], rows: Iterable[Sequence]) -> bytes:
    """The same lines as CSV that Excel opens in Vietnamese."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow([safe_cell(head) for head in heads])
    writer.writerows([value if type(value) is int else safe_cell(value) for value in row] for row in rows)
    return (BYTE_ORDER_MARK + buffer.getvalue()).encode()
