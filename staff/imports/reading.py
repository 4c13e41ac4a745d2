"""A CSV file as rows, or a sentence that says what is wrong with it."""

import csv
import hashlib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from staff.archives import Archive, ArchiveRefused
from staff.vietnamese import fold, nfc

_ZIP = b"PK\x03\x04"
# Law 91/2025/QH15 calls them sensitive; we need none of them, so they are gone before anything is stored.
_SENSITIVE = re.compile(r"\b(dan toc|ton giao|dang vien|ngay vao dang|ethnic\w*|religio\w*|party member\w*)\b")


class FileRefused(Exception):
    """The file was not taken and nothing was changed; the text says why and where."""


@dataclass(frozen=True, slots=True)
class Row:
    """One data row of a ``sheet``: ``number`` as a spreadsheet counts (the header is row 1), values in NFC."""

    number: int
    values: Mapping[str, str]
    sheet: str = ""

    def text(self, column: str) -> str:
        return self.values.get(column, "")

    def required(self, column: str) -> str:
        if value := self.text(column):
            return value
        raise self.refusal(column, _("a value is missing"))

    def day(self, column: str) -> date | None:
        """The date in ``column``, written year-month-day; None where it is empty."""
        value = self.text(column)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise self.refusal(
                column, _("“%(value)s” is not a date (year-month-day)") % {"value": value[:40]}
            ) from None

    def choice(self, column: str, choices) -> str:
        value = self.required(column)
        if value not in choices:
            raise self.refusal(column, _("“%(value)s” is not a known value") % {"value": value[:40]})
        return value

    def refusal(self, column: str, what: str) -> FileRefused:
        words = _("Row %(row)d, column %(column)s: %(what)s. Nothing was changed.")
        refused = words % {"row": self.number, "column": column, "what": what}
        return FileRefused(f"{self.sheet}: {refused}" if self.sheet else refused)


@dataclass(frozen=True, slots=True)
class Heads:
    """What the columns of a table may be called beside their own names, which are always understood.

    ``labels`` are the words for a reader, by column; ``meant`` the columns, by folded words.
    """

    labels: Mapping[str, str]
    meant: Mapping[str, str]

    def columns(self, cells) -> list[str]:
        return [self.meant.get(fold(cell), nfc(cell)) for cell in cells]

    def label(self, column: str) -> str:
        return f"“{self.labels[column]}”" if column in self.labels else column


PLAIN_HEADS = Heads({}, {})


@dataclass(frozen=True, slots=True)
class Table:
    name: str
    sha256: str
    rows: list[Row]


def read_table(path, columns: set[str]) -> Table:
    """The rows of the UTF-8 CSV file at ``path`` (with or without a byte order mark), which must have ``columns``."""
    path = Path(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise FileRefused(
            _("%(file)s cannot be read: %(error)s.") % {"file": path.name, "error": error.strerror}
        ) from None
    return Table(path.name, hashlib.sha256(content).hexdigest(), _rows(path.name, content, columns))


def is_workbook(content: bytes) -> bool:
    return content.startswith(_ZIP)


def table_in(
    name: str,
    content: bytes,
    columns: set[str],
    heads: Heads = PLAIN_HEADS,
    *,
    may_be_empty: bool = False,
    may_be_missing: bool = False,
) -> Table | None:
    """The rows of an uploaded CSV file, or of the first sheet of a workbook that has ``columns`` as its heading.

    A heading alone is refused unless the table ``may_be_empty``; None for a workbook without such a sheet, where the
    table ``may_be_missing``.
    """
    digest = hashlib.sha256(content).hexdigest()
    if not is_workbook(content):
        return Table(name, digest, _rows(name, content, columns, heads))
    try:
        Archive(content, allows_doctype=False)
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            [[_cell(value) for value in row] for row in book.get_sheet_by_name(sheet).to_python()]
            for sheet in book.sheet_names
        ]
    except (ArchiveRefused, CalamineError, OSError, ValueError):
        raise FileRefused(_("%(file)s cannot be read as a workbook. Nothing was changed.") % {"file": name}) from None
    found = next((rows for rows in sheets if rows and columns <= set(heads.columns(rows[0]))), None)
    if found is None and may_be_missing:
        return None
    if found is None:
        _check_header(name, heads.columns(sheets[0][0]) if sheets and sheets[0] else [], columns, heads)
    if may_be_empty and not any(cell.strip() for row in found[1:] for cell in row):
        return Table(name, digest, [])
    text = io.StringIO()
    csv.writer(text).writerows(found)
    return Table(name, digest, _rows(name, text.getvalue().encode(), columns, heads))


def _cell(value) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def has_columns(content: bytes, columns: set[str]) -> bool:
    """Whether this is a CSV file with ``columns`` among its headings: a table of ours, no list as offices write it."""
    try:
        first = content[:20_000].decode("utf-8-sig", "ignore").splitlines()[0]
        return columns <= {nfc(cell) for cell in next(csv.reader([first], strict=True), [])}
    except (csv.Error, IndexError):
        return False


def _rows(name: str, content: bytes, columns: set[str], heads: Heads = PLAIN_HEADS) -> list[Row]:
    lines = csv.reader(io.StringIO(decoded(name, content), newline=""), strict=True)
    rows = []
    try:
        header = heads.columns(next(lines, []))
        _check_header(name, header, columns, heads)
        kept = [not _SENSITIVE.search(fold(column).replace("_", " ")) for column in header]
        for number, line in enumerate(lines, start=2):
            if not any(cell.strip() for cell in line):
                continue
            if len(line) != len(header):
                raise FileRefused(
                    _("Row %(row)d has %(found)d columns, the header has %(wanted)d. Nothing was changed.")
                    % {"row": number, "found": len(line), "wanted": len(header)}
                )
            cells = zip(header, line, kept, strict=True)
            rows.append(Row(number, {column: nfc(cell) for column, cell, keep in cells if keep}))
    except csv.Error:
        raise FileRefused(
            _("%(file)s is not a well-formed CSV file near line %(line)d. Nothing was changed.")
            % {"file": name, "line": lines.line_num}
        ) from None
    if not rows:
        raise FileRefused(_("%(file)s has no rows. Nothing was changed.") % {"file": name})
    return rows


def decoded(name: str, content: bytes) -> str:
    """The text of a file that says something, in UTF-8 with or without a byte order mark; FileRefused for any other."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content.count(b"\n", 0, error.start) + 1
        raise FileRefused(
            _("%(file)s is not written in UTF-8 (row %(row)d). Save it as “CSV UTF-8”. Nothing was changed.")
            % {"file": name, "row": row}
        ) from None
    if not text.strip():
        raise FileRefused(_("%(file)s is empty. Nothing was changed.") % {"file": name})
    return text.replace("\x00", "")


def _check_header(name: str, header: list[str], columns: set[str], heads: Heads) -> None:
    if missing := sorted(columns - set(header)):
        raise FileRefused(
            _("%(file)s has no column %(columns)s. Nothing was changed.")
            % {"file": name, "columns": ", ".join(map(heads.label, missing))}
        )
    if doubled := sorted({column for column in header if column and header.count(column) > 1}):
        raise FileRefused(
            _("%(file)s has the column %(columns)s twice. Nothing was changed.")
            % {"file": name, "columns": ", ".join(map(heads.label, doubled))}
        )
