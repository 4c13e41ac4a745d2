"""A spreadsheet as sheets of rows: values, and what only the eye sees (hidden rows, struck text, merged cells).

Values come from calamine, which reads a hundred thousand rows in a second; it says nothing of hidden rows and struck
text, so these are looked up in the file's own XML.
"""

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from xml.sax.saxutils import unescape

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from staff.archives import OLD_OFFICE, SIGNATURES, Archive, ArchiveLocked, ArchiveRefused
from staff.imports.reading import FileRefused, decoded
from staff.lists import html_tables

LARGEST_FILE = 30 * 1024 * 1024
LARGEST_SHEET = 120 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = html_tables.MOST_COLUMNS
_NOTHING: frozenset[int] = frozenset()
# Words that are remembered, so that a value that many rows repeat is kept once.
_MOST_KNOWN = 5_000

_ROW = re.compile(rb"<row\b([^>]*)>")
_CELL = re.compile(rb'<c\b(?=[^>]*\br="([A-Z]{1,3})(\d+)")(?=[^>]*\bs="(\d+)")[^>]*>')
_NUMBER = re.compile(rb'\br="(\d+)"')
_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_SHEET = re.compile(r"<sheet\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_FONTS = re.compile(r"<fonts\b.*?</fonts>", re.DOTALL)
_FONT = re.compile(r"<font\s*/>|<font\b.*?</font>", re.DOTALL)
_STRUCK = re.compile(r'<strike(?:\s+val="(?:1|true)")?\s*/>')
_FORMATS = re.compile(r"<cellXfs\b.*?</cellXfs>", re.DOTALL)
_FORMAT = re.compile(r"<xf\b[^>]*>")


@dataclass(frozen=True, slots=True)
class Line:
    """One row as it stands: ``number`` as the spreadsheet counts, ``values`` from column A on."""

    number: int
    values: tuple
    is_hidden: bool = False
    struck: frozenset[int] = frozenset()

    def text(self, column: int) -> str:
        """What the cell shows, as text: whole numbers without a point, days as day/month/year."""
        if not 0 <= column < len(self.values):
            return ""
        value = self.values[column]
        return value if isinstance(value, str) else shown(value)

    @property
    def filled(self) -> list[int]:
        return list(self.each_filled())

    def each_filled(self) -> Iterator[int]:
        """The columns that say something, one by one: the first few often tell enough."""
        for column, value in enumerate(self.values):
            if value.strip() if isinstance(value, str) else _says(value):
                yield column


@dataclass(frozen=True, slots=True)
class Sheet:
    """``merged`` are (first row, first column, last row, last column), rows as numbers, columns from 0."""

    title: str
    lines: list[Line]
    is_hidden: bool = False
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)


def _says(value) -> bool:
    return value is not None and bool(shown(value).strip())


def shown(value) -> str:
    if isinstance(value, str):
        return value
    match value:
        case None:
            return ""
        case bool():
            return "x" if value else ""
        case float() if value.is_integer():
            return str(int(value))
        case datetime():
            return f"{value:%d/%m/%Y}"
        case date():
            return f"{value:%d/%m/%Y}"
        case time() | timedelta():
            return str(value)
    return str(value)


def sheets_of(content: bytes, name: str) -> list[Sheet]:
    """The sheets of a workbook (.xlsx, .xlsm, .xls, .ods) or of a text file (.csv, .tsv).

    A web page with tables under the ending .xls is read as one sheet.

    Raises FileRefused for what is none of these, is locked, is damaged or is larger than a staff list can be.
    """
    if len(content) > LARGEST_FILE:
        raise FileRefused(_("%(file)s is larger than 30 MB. Nothing was changed.") % {"file": name})
    if content.startswith(SIGNATURES):
        return _sheets_of_archive(content, name)
    if content.startswith(OLD_OFFICE):
        return list(_read(content, name, {}))
    return [_sheet_of_text(content, name)]


def _unreadable(name: str) -> FileRefused:
    return FileRefused(_("%(file)s cannot be read as a spreadsheet. Nothing was changed.") % {"file": name})


def _too_large(sheet: str) -> FileRefused:
    return FileRefused(
        _("The sheet “%(sheet)s” has more than %(rows)d rows or %(columns)d columns. Nothing was changed.")
        % {"sheet": sheet, "rows": MOST_ROWS, "columns": MOST_COLUMNS}
    )


def _sheets_of_archive(content: bytes, name: str) -> list[Sheet]:
    try:
        archive = Archive(content, allows_doctype=False, largest_part=LARGEST_SHEET)
    except ArchiveLocked:
        raise _locked(name) from None
    except ArchiveRefused:
        raise FileRefused(_("%(file)s is damaged or built to do harm. Nothing was changed.") % {"file": name}) from None
    return list(_read(content, name, _marks(archive)))


def _locked(name: str) -> FileRefused:
    return FileRefused(_("%(file)s has a password. Save it without one. Nothing was changed.") % {"file": name})


def _read(content: bytes, name: str, marks: dict) -> Iterator[Sheet]:
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        known: dict[str, str] = {}
        for about in workbook.sheets_metadata:
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = workbook.get_sheet_by_name(about.name)
            if sheet.total_height > MOST_ROWS or sheet.total_width > MOST_COLUMNS:
                raise _too_large(about.name)
            hidden, struck = marks.get(about.name, (frozenset(), {}))
            # iter_rows begins at the first row, but at the first column that holds something
            indent = ("",) * (sheet.start or (0, 0))[1]
            lines = [
                Line(number, _shared((*indent, *values), known), number in hidden, struck.get(number, _NOTHING))
                for number, values in enumerate(sheet.iter_rows(), start=1)
            ]
            merged = [(r1 + 1, c1, r2 + 1, c2) for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or []]
            yield Sheet(about.name, lines, about.visible != SheetVisibleEnum.Visible, merged)
    except CalamineError as error:
        if "password" in str(error).lower():
            raise _locked(name) from None
        raise _unreadable(name) from None


def _shared(values: tuple, known: dict[str, str]) -> tuple:
    """The values with each word kept once that rows repeat: units, posts, levels. Of a long list that is half of it."""
    if len(known) < _MOST_KNOWN:
        return tuple(known.setdefault(value, value) if isinstance(value, str) else value for value in values)
    return tuple(known.get(value, value) if isinstance(value, str) else value for value in values)


def _marks(archive: Archive) -> dict[str, tuple[frozenset[int], dict[int, frozenset[int]]]]:
    """For each sheet of an .xlsx by name: (numbers of hidden rows, struck columns of each row)."""
    if "xl/workbook.xml" not in archive:
        return {}
    struck_formats = _struck_formats(_xml(archive, "xl/styles.xml"))
    targets = {}
    for tag in _RELATION.findall(_xml(archive, "xl/_rels/workbook.xml.rels")):
        about = dict(_ATTRIBUTE.findall(tag))
        targets[about.get("Id")] = about.get("Target", "").removeprefix("/xl/")
    found = {}
    for tag in _SHEET.findall(_xml(archive, "xl/workbook.xml")):
        about = {key: unescape(value, {"&quot;": '"', "&apos;": "'"}) for key, value in _ATTRIBUTE.findall(tag)}
        part = f"xl/{targets.get(about.get('r:id'), '')}"
        if part in archive:
            found[about.get("name", "")] = _marks_of_sheet(archive.read(part), struck_formats)
    return found


def _xml(archive: Archive, part: str) -> str:
    return archive.read(part).decode("utf-8", "replace") if part in archive else ""


def _struck_formats(styles: str) -> frozenset[bytes]:
    """The numbers of cell formats whose font is struck through."""
    fonts, formats = _FONTS.search(styles), _FORMATS.search(styles)
    if not fonts or not formats:
        return frozenset()
    struck = {str(index) for index, font in enumerate(_FONT.findall(fonts[0])) if _STRUCK.search(font)}
    tags = _FORMAT.findall(formats[0])
    return frozenset(
        str(index).encode() for index, tag in enumerate(tags) if dict(_ATTRIBUTE.findall(tag)).get("fontId") in struck
    )


def _marks_of_sheet(xml: bytes, struck_formats) -> tuple[frozenset[int], dict[int, frozenset[int]]]:
    hidden = set()
    for match in _ROW.finditer(xml):
        if _HIDDEN.search(match[1]) and (number := _NUMBER.search(match[1])):
            hidden.add(int(number[1]))
    struck: dict[int, set[int]] = {}
    if struck_formats:
        for match in _CELL.finditer(xml):
            if match[3] in struck_formats:
                struck.setdefault(int(match[2]), set()).add(_column(match[1]))
    return frozenset(hidden), {number: frozenset(columns) for number, columns in struck.items()}


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _sheet_of_text(content: bytes, name: str) -> Sheet:
    text = _decoded(content, name)
    if html_tables.is_page(text):
        return _sheet_of_page(text, name)
    sample = text[:20_000]
    separator = max(",;\t|", key=sample.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error:
        raise _unreadable(name) from None
    return Sheet(name, [Line(number, tuple(row)) for number, row in enumerate(rows, start=1)])


def _sheet_of_page(text: str, name: str) -> Sheet:
    try:
        rows, merged = html_tables.rows_of(text)
    except html_tables.NoTable:
        raise _too_large(name) from None
    if len(rows) > MOST_ROWS:
        raise _too_large(name)
    return Sheet(name, [Line(number, row) for number, row in enumerate(rows, start=1)], merged=merged)


def _decoded(content: bytes, name: str) -> str:
    """Excel writes text in UTF-16 too; a zero in any other text says that it is none."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace").replace("\x00", "")
    if b"\x00" in content[:2000]:
        raise _unreadable(name)
    return decoded(name, content)
