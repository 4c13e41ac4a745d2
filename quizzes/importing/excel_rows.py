"""The rows of a workbook of questions, their cells by our headings, and what a cell may say."""

import datetime
import re
import zipfile
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO

import openpyxl
from lxml.etree import LxmlError
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from PIL import Image

from quizzes.importing import excel_pictures
from quizzes.importing.notes import QuestionFileRefused, QuestionUnreadable
from quizzes.importing.pictures import MAX_PIXELS_A_FILE
from quizzes.importing.records import Formatted, FoundFile
from quizzes.office import question_sheet as sheet_of
from quizzes.reading import read_number
from staff.vietnamese import fold

MAX_COLUMNS = 200
ROWS_BEFORE_HEADINGS = 20
_UNREADABLE = (
    InvalidFileException, LxmlError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError
)  # fmt: skip
_OPTION = re.compile(rf"{fold(sheet_of.OPTION)} ([a-z])")
_MATCH = re.compile(rf"{fold(sheet_of.MATCH)} ([a-z])")
_OPTION_FEEDBACK = re.compile(rf"{fold(sheet_of.OPTION_FEEDBACK)} ([a-z])")
_KNOWN = {fold(name): name for name in sheet_of.headings()} | {fold(sheet_of.RESULT): sheet_of.RESULT}
# What trainers write over these columns as well, and what an earlier workbook of ours said.
_OPTION_TOO = re.compile(r"(giai thich )?(?:(?:lua chon|dap an|phuong an) )?([a-z])")
_NAMES_TOO = dict.fromkeys(("the", "tag", "tags"), fold(sheet_of.TAGS)) | {
    "noi dung cau hoi": fold(sheet_of.STEM),
    "dap an dung": fold(sheet_of.KEY),
}
# What one cell may say for several rows that it is merged over.
_SHARED = {fold(name) for name in (sheet_of.CATEGORY, sheet_of.TYPE, sheet_of.DIFFICULTY, sheet_of.TAGS,
                                   sheet_of.COMPETENCE, sheet_of.POINTS)}  # fmt: skip
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
MAX_MERGED = 5_000
_ROW_NUMBER = {"stt", "tt", "so tt", "so thu tu", "so", "no", "no."}
_YES, _NO = {"co", "x", "yes", "true", "1"}, {"khong", "no", "false", "0"}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The cells of a row by our headings, as text. ``problem`` is a cell that is no text."""

    number: int
    cells: dict[str, str]
    options: dict[str, str]
    comments: dict[str, str]
    matches: dict[str, str]
    problem: object = None
    # What lies on it; a mark in a cell says where each belongs.
    pictures: tuple[FoundFile, ...] = ()
    # (heading, words) of cells in columns that are not ours.
    left_out: tuple[tuple[str, str], ...] = ()


def rows_of(content: bytes) -> list[SheetRow]:
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    except _UNREADABLE:
        raise QuestionFileRefused("excel_unreadable") from None
    try:
        sheet = _sheet(book)
        rows = list(_rows(sheet, _merged(content, sheet)))
    except _UNREADABLE:
        raise QuestionFileRefused("excel_unreadable") from None
    finally:
        book.close()
    return excel_pictures.laid_on(rows, _pictures_of(content))


def _pictures_of(content: bytes) -> list[tuple[int, str, bytes]]:
    """(row, folded heading of its column, bytes) of each picture of the sheet of questions, from left to right. Most
    workbooks have none, and are read once."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        if not any(name.startswith("xl/drawings/") for name in archive.namelist()):
            return []
    try:
        sheet = _sheet(openpyxl.load_workbook(BytesIO(content)))
    except Image.DecompressionBombError:
        raise QuestionFileRefused("too_many_pixels", limit=MAX_PIXELS_A_FILE // 1_000_000) from None
    except _UNREADABLE:
        return []  # its rows could be read; what lies on them is a drawing of a kind that is not known
    found = [(image.anchor._from, image) for image in sheet._images if getattr(image.anchor, "_from", None)]
    found.sort(key=lambda each: (each[0].row, each[0].col, each[0].rowOff, each[0].colOff))
    rows = sheet.iter_rows(max_row=ROWS_BEFORE_HEADINGS, max_col=MAX_COLUMNS)
    columns = next(filter(None, map(_columns, rows)), {})
    return [(at.row + 1, columns.get(at.col, ""), image._data()) for at, image in found]


def _sheet(book):
    """The sheet of questions, or the first that is seen."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    named = [sheet for sheet in sheets if fold(sheet.title) == fold(sheet_of.SHEET)]
    if not sheets:
        raise QuestionFileRefused("excel_no_headings", wanted=f"{sheet_of.STEM}, {sheet_of.KEY}")
    if not named and len(others := [sheet.title for sheet in sheets if _has_headings(sheet)]) > 1:
        raise QuestionFileRefused("excel_several_sheets", sheets=", ".join(others)[:100])
    return (named or sheets)[0]


def _has_headings(sheet) -> bool:
    if fold(sheet.title) == fold(sheet_of.EXAMPLES_SHEET) or not hasattr(sheet, "iter_rows"):
        return False
    rows = sheet.iter_rows(max_row=ROWS_BEFORE_HEADINGS, max_col=MAX_COLUMNS)
    return any(_columns(cells) is not None for cells in rows)


def _merged(content: bytes, sheet) -> dict[int, list[tuple[int, int, int]]]:
    """{column from 0: [(first row, last row, last column)]} of the cells that are merged over several rows."""
    found: dict[int, list[tuple[int, int, int]]] = {}
    path = getattr(sheet, "_worksheet_path", "").lstrip("/")
    with zipfile.ZipFile(BytesIO(content)) as archive:
        text = archive.read(path) if path in archive.namelist() else b""
    for count, ref in enumerate(_MERGED.findall(text)):
        if count >= MAX_MERGED:
            break
        left, top, right, bottom = range_boundaries(ref.decode())
        if bottom > top:
            found.setdefault(left - 1, []).append((top, bottom, right - 1))
    return found


def _rows(sheet, merged: dict):
    # Excel writes how large a sheet is; other programs write something else there.
    sheet.reset_dimensions()
    columns, names, shared = None, {}, {}
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        if columns is None:
            columns = _columns(cells)
            names = {at: cell.value for at, cell in enumerate(cells)}
            if columns is None and number >= ROWS_BEFORE_HEADINGS:
                break
            continue
        if any(cell.value not in (None, "") for cell in cells) and (row := _row(number, cells, columns)):
            _share(row, columns, merged, shared)
            yield replace(row, left_out=tuple(_left_out(cells, columns, names)))
    if columns is None:
        raise QuestionFileRefused("excel_no_headings", wanted=f"{sheet_of.STEM}, {sheet_of.KEY}")


def _share(row: SheetRow, columns: dict[int, str], merged: dict, shared: dict) -> None:
    """Puts what a merged cell says into each of its rows, where one cell may speak for several questions."""
    for at, spans in merged.items():
        heading = columns.get(at)
        for first, last, right in spans:
            if heading not in _SHARED or right != at or not first <= row.number <= last:
                continue
            name = _KNOWN[heading]
            if row.number == first:
                shared[at, first] = row.cells.get(name)
            elif words := shared.get((at, first)):
                row.cells.setdefault(name, words)


def _columns(cells) -> dict[int, str] | None:
    """{place: folded heading} of the row of headings, None for any other row."""
    names = {at: _our_heading(fold(cell.value)) for at, cell in enumerate(cells) if isinstance(cell.value, str)}
    wanted = {fold(sheet_of.STEM), fold(sheet_of.KEY)}
    if not wanted <= set(names.values()):
        return None
    for name, count in Counter(names.values()).items():
        if count > 1 and (name in _KNOWN or _OPTION.fullmatch(name)):
            raise QuestionFileRefused("excel_two_columns", column=_KNOWN.get(name, name))
    return names


def _our_heading(folded: str) -> str:
    """The folded heading by which we know the column; words that we do not know stay as they are."""
    if folded in _NAMES_TOO:
        return _NAMES_TOO[folded]
    if said := _OPTION_TOO.fullmatch(folded):
        return f"{fold(sheet_of.OPTION_FEEDBACK if said[1] else sheet_of.OPTION)} {said[2]}"
    return folded


def _row(number: int, cells, columns: dict[int, str]) -> SheetRow | None:
    row = SheetRow(number, {}, {}, {}, {})
    for at, cell in enumerate(cells):
        heading = columns.get(at)
        if heading is None or cell.value in (None, "") or heading == fold(sheet_of.RESULT):
            continue
        try:
            words = _words(cell)
        except QuestionUnreadable as error:
            row = replace(row, problem=row.problem or error.note)
            continue
        if not words.strip():
            continue
        if option := _OPTION.fullmatch(heading):
            row.options[option[1].upper()] = words
        elif option := _MATCH.fullmatch(heading):
            row.matches[option[1].upper()] = words
        elif option := _OPTION_FEEDBACK.fullmatch(heading):
            row.comments[option[1].upper()] = words
        elif heading in _KNOWN:
            row.cells[_KNOWN[heading]] = words
    return row if row.cells or row.options or row.matches or row.problem else None


def _left_out(cells, columns: dict[int, str], names: dict[int, str]):
    """What stands in columns with a heading that we do not know; the number of a row is nobody's loss."""
    for at, cell in enumerate(cells):
        heading = columns.get(at)
        is_ours = (
            any(kind.fullmatch(heading or "") for kind in (_OPTION, _MATCH, _OPTION_FEEDBACK)) or heading in _KNOWN
        )
        if heading and not is_ours and heading not in _ROW_NUMBER and cell.value not in (None, ""):
            yield names[at], str(cell.value)


def _words(cell) -> str:
    """What the cell says. Excel makes dates of what only looks like one: what was typed is lost then."""
    value = cell.value
    if cell.data_type == "f":
        raise QuestionUnreadable("excel_formula", cell=cell.coordinate)
    if cell.data_type == "e":
        raise QuestionUnreadable("excel_error", cell=cell.coordinate, value=str(value)[:20])
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        raise QuestionUnreadable("excel_date", cell=cell.coordinate)
    if isinstance(value, bool):
        return sheet_of.TRUE if value else sheet_of.FALSE
    if isinstance(value, int | float) and (shown := _shown(cell)) is not None:
        return shown
    if isinstance(value, float):
        # As it stands in the cell, not what it is computed with; an integer has no mark.
        return sheet_of.typed(Decimal(repr(value)))
    return str(value)


def _shown(cell) -> str | None:
    """A number its cell shows in another form: 50% is stored as 0.5, 007 as 7; None where the figures are the same."""
    form = (cell.number_format or "General").split(";")[0]
    if re.fullmatch(r"0(?:\.0+)?%", form):
        return f"{sheet_of.typed(Decimal(repr(cell.value)) * 100)}%"
    if re.fullmatch("0{2,30}", form) and isinstance(cell.value, int):
        return str(cell.value).zfill(len(form))
    # Figures, separators of thousands and spaces beside them change nothing that has to be read.
    if re.fullmatch(r"General|@|_?[#0,.\s()\-_*?\\]+|\[\$-[0-9A-Fa-f]+\][#0,.]+", form) and "/" not in form:
        return None
    raise QuestionUnreadable("excel_number_form", cell=cell.coordinate)


# --- What a cell says ---------------------------------------------------------------


def formatted(words: str | None) -> Formatted | None:
    return Formatted("plain", words) if words else None


def number(words: str | None) -> Decimal | None:
    if words is None or not words.strip():
        return None
    number = read_number(words)
    if number is None:
        raise QuestionUnreadable("excel_number", text=words.strip()[:40])
    return number


def choice_of(cells, name: str, values: dict):
    words = cells.get(name, "").strip()
    if not words:
        return None
    if fold(words) not in values:
        raise QuestionUnreadable("excel_choice", column=name, text=words[:40])
    return values[fold(words)]


def is_set(cells, name: str) -> bool | None:
    return choice_of(cells, name, dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False))


def option_letters(row: SheetRow) -> list[str]:
    """The letters that have an option; a gap between them is a mistake somewhere."""
    letters = sorted(row.options)
    if not letters:
        raise QuestionUnreadable("no_answers")
    for letter, wanted in zip(letters, sheet_of.LETTERS, strict=False):
        if letter != wanted:
            raise QuestionUnreadable("excel_gap", letter=wanted, next=letter)
    if extra := sorted(set(row.comments) - set(letters)):
        raise QuestionUnreadable("excel_comment", letter=extra[0])
    return letters


def series(row: SheetRow, name: str, letters: list[str]) -> list[Decimal] | None:
    """The numbers of a cell, one for each option; None where it is empty."""
    words = row.cells.get(name, "").strip()
    if not words:
        return None
    parts = words.rstrip(";").split(";")
    numbers = [number(part.strip().removesuffix("%") if name == sheet_of.PERCENTS else part) for part in parts]
    if len(numbers) != len(letters) or None in numbers:
        raise QuestionUnreadable("excel_series", column=name, wanted=len(letters), found=len(numbers))
    return numbers
