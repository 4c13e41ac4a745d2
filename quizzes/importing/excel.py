"""Questions from a workbook that trainers fill in (``quizzes.office.question_sheet``): one row a question.

Columns are found by their headings. A row that cannot be read is named with its reason; no key is guessed.
"""

import datetime
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from io import BytesIO

import openpyxl
from lxml.etree import LxmlError
from openpyxl.utils.exceptions import InvalidFileException

from quizzes.enums import Accents, QuestionType, Spelling
from quizzes.importing.notes import QuestionFileRefused, QuestionUnreadable, note
from quizzes.importing.reading import EXCEL
from quizzes.importing.records import (
    MULTICHOICE,
    NUMERICAL,
    SHORTANSWER,
    TRUEFALSE,
    Formatted,
    FoundAnswer,
    FoundQuestion,
    ParsedFile,
    category_path,
)
from quizzes.office import question_sheet as sheet_of
from quizzes.reading import read_number
from staff.vietnamese import fold

MAX_QUESTIONS = 20_000
ROWS_BEFORE_HEADINGS = 20
MAX_COLUMNS = 200
FULL, NOTHING = Decimal(100), Decimal(0)
_UNREADABLE = (
    InvalidFileException, LxmlError, KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, EOFError
)  # fmt: skip
_OPTION = re.compile(rf"{fold(sheet_of.OPTION)} ([a-z])")
_OPTION_FEEDBACK = re.compile(rf"{fold(sheet_of.OPTION_FEEDBACK)} ([a-z])")
_LETTERS = re.compile(r"[a-z](?:\s*[,;+&]?\s*[a-z])*\.?", re.IGNORECASE)
_KINDS = {fold(label): name for name, label in sheet_of.TYPES.items()}
_KNOWN = {fold(name): name for name in sheet_of.headings()} | {fold(sheet_of.RESULT): sheet_of.RESULT}
_DIFFICULTIES = {fold(label): value for value, label in sheet_of.DIFFICULTIES.items()} | {
    value: value for value in sheet_of.DIFFICULTIES
}
_YES, _NO = {"co", "x", "yes", "true", "1"}, {"khong", "no", "false", "0"}
_TRUE, _FALSE = {"dung", "d", "true"}, {"sai", "s", "false"}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """The cells of a row by our headings, as text. ``problem`` is a cell that is no text."""

    number: int
    cells: dict[str, str]
    options: dict[str, str]
    comments: dict[str, str]
    problem: object = None


def parse(content: bytes) -> ParsedFile:
    """Every row that has something in it; the archive it is was looked through before."""
    found, categories = [], []
    for row in rows_of(content):
        if len(found) >= MAX_QUESTIONS:
            raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
        found.append(replace(_found(row), number=len(found) + 1))
    return ParsedFile(EXCEL, tuple(found), tuple(categories))


def rows_of(content: bytes) -> list[SheetRow]:
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True)
    except _UNREADABLE:
        raise QuestionFileRefused("excel_unreadable") from None
    try:
        return list(_rows(_sheet(book)))
    except _UNREADABLE:
        raise QuestionFileRefused("excel_unreadable") from None
    finally:
        book.close()


def _sheet(book):
    """The sheet of questions, or the first that is seen."""
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    named = [sheet for sheet in sheets if fold(sheet.title) == fold(sheet_of.SHEET)]
    if not sheets:
        raise QuestionFileRefused("excel_no_headings", wanted=f"{sheet_of.STEM}, {sheet_of.KEY}")
    return (named or sheets)[0]


def _rows(sheet):
    # Excel writes how large a sheet is; other programs write something else there.
    sheet.reset_dimensions()
    columns = None
    for number, cells in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS), 1):
        if columns is None:
            columns = _columns(cells)
            if columns is None and number >= ROWS_BEFORE_HEADINGS:
                break
            continue
        if any(cell.value not in (None, "") for cell in cells) and (row := _row(number, cells, columns)):
            yield row
    if columns is None:
        raise QuestionFileRefused("excel_no_headings", wanted=f"{sheet_of.STEM}, {sheet_of.KEY}")


def _columns(cells) -> dict[int, str] | None:
    """{place: folded heading} of the row of headings, None for any other row."""
    names = {at: fold(str(cell.value)) for at, cell in enumerate(cells) if isinstance(cell.value, str)}
    wanted = {fold(sheet_of.STEM), fold(sheet_of.KEY)}
    return names if wanted <= set(names.values()) else None


def _row(number: int, cells, columns: dict[int, str]) -> SheetRow | None:
    row = SheetRow(number, {}, {}, {})
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
        elif option := _OPTION_FEEDBACK.fullmatch(heading):
            row.comments[option[1].upper()] = words
        elif heading in _KNOWN:
            row.cells[_KNOWN[heading]] = words
    return row if row.cells or row.options or row.problem else None


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
    if isinstance(value, float):
        # As it stands in the cell, not what it is computed with; an integer has no mark.
        return sheet_of.typed(Decimal(repr(value)))
    return str(value)


# --- A row ------------------------------------------------------------------------


def _found(row: SheetRow) -> FoundQuestion:
    cells = row.cells
    found = FoundQuestion(
        kind="",
        line=row.number,
        idnumber=cells.get(sheet_of.CODE, "").strip()[:200] or None,
        category=category_path(cells.get(sheet_of.CATEGORY, "")),
        stem=Formatted("moodle", cells.get(sheet_of.STEM, "")),
        general_feedback=_formatted(cells.get(sheet_of.FEEDBACK)),
        tags=tuple(tag.strip() for tag in re.split("[,;]", cells.get(sheet_of.TAGS, "")) if tag.strip()),
        competence=cells.get(sheet_of.COMPETENCE, "").strip(),
        unit=cells.get(sheet_of.UNIT, "").strip(),
        problem=row.problem,
    )
    try:
        kind = _kind(row)
        found = replace(found, kind=_FOUND_KINDS[kind])
        if found.problem is not None:
            return found
        found = replace(
            found,
            default_grade=_number(cells.get(sheet_of.POINTS)),
            difficulty=_choice(cells, sheet_of.DIFFICULTY, _DIFFICULTIES) or "",
        )
        return _READERS[kind](row, found)
    except QuestionUnreadable as error:
        return replace(found, problem=found.problem or error.note)


def _formatted(words: str | None) -> Formatted | None:
    return Formatted("plain", words) if words else None


def _number(words: str | None) -> Decimal | None:
    if words is None or not words.strip():
        return None
    number = read_number(words)
    if number is None:
        raise QuestionUnreadable("bad_number", text=words.strip()[:40])
    return number


def _choice(cells, name: str, values: dict):
    words = cells.get(name, "").strip()
    if not words:
        return None
    if fold(words) not in values:
        raise QuestionUnreadable("excel_choice", column=name, text=words[:40])
    return values[fold(words)]


def _is(cells, name: str) -> bool | None:
    return _choice(cells, name, dict.fromkeys(_YES, True) | dict.fromkeys(_NO, False))


def _kind(row: SheetRow) -> str:
    """As the column says; without it, what the key alone allows."""
    if kind := _choice(row.cells, sheet_of.TYPE, _KINDS):
        return kind
    key = row.cells.get(sheet_of.KEY, "").strip()
    if not row.options and fold(key) in _TRUE | _FALSE:
        return QuestionType.TRUE_FALSE
    if row.options and _LETTERS.fullmatch(key):
        return QuestionType.SINGLE if len(_letters(row)) == 1 else QuestionType.MULTIPLE
    raise QuestionUnreadable("excel_no_type", column=sheet_of.TYPE)


def _letters(row: SheetRow) -> set[str]:
    key = row.cells.get(sheet_of.KEY, "").strip()
    if not key:
        return set()
    if not _LETTERS.fullmatch(key):
        raise QuestionUnreadable("word_key_unclear", key=key[:40])
    return set(re.findall("[A-Z]", key.upper()))


def _options(row: SheetRow) -> list[str]:
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


def _series(row: SheetRow, name: str, letters: list[str]) -> list[Decimal] | None:
    """The numbers of a cell, one for each option; None where it is empty."""
    words = row.cells.get(name, "").strip()
    if not words:
        return None
    numbers = [_number(part) for part in words.rstrip(";").split(";")]
    if len(numbers) != len(letters) or None in numbers:
        raise QuestionUnreadable("excel_series", column=name, wanted=len(letters), found=len(numbers))
    return numbers


def _answers(row: SheetRow, letters: list[str], percents: list[Decimal]) -> tuple[FoundAnswer, ...]:
    for percent in percents:
        if not -100 <= percent <= 100:
            raise QuestionUnreadable("bad_weight", weight=str(percent))
    return tuple(
        FoundAnswer(
            text=Formatted("plain", row.options[letter]), percent=percent, feedback=_formatted(row.comments.get(letter))
        )
        for letter, percent in zip(letters, percents, strict=True)
    )


def _choices(row: SheetRow, found: FoundQuestion, *, is_single: bool) -> FoundQuestion:
    letters, right = _options(row), _letters(row)
    percents = _series(row, sheet_of.PERCENTS, letters)
    if unknown := sorted(right - set(letters)):
        raise QuestionUnreadable("aiken_key_without_option", line=row.number, key=unknown[0])
    if percents is None:
        if not right:
            raise QuestionUnreadable("excel_no_key", column=sheet_of.KEY)
        if is_single and len(right) > 1:
            raise QuestionUnreadable("excel_several", keys=", ".join(sorted(right)), type=sheet_of.TYPES["multiple"])
        percents, is_whole = [FULL if letter in right else NOTHING for letter in letters], not is_single
    else:
        worth = {
            letter for letter, percent in zip(letters, percents, strict=True)
            if (percent == FULL if is_single else percent > 0)
        }  # fmt: skip
        if right and right != worth:
            raise QuestionUnreadable(
                "word_two_keys", keys=f"{', '.join(sorted(right))} / {', '.join(sorted(worth)) or '–'}"
            )
        is_whole = False
    shuffles = _is(row.cells, sheet_of.SHUFFLES)
    return replace(
        found,
        is_single=is_single,
        is_all_or_nothing=is_whole,
        answers=_answers(row, letters, percents),
        shuffles=shuffles is not False,
    )


def _single(row, found):
    return _choices(row, found, is_single=True)


def _multiple(row, found):
    return _choices(row, found, is_single=False)


def _statement(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    key = fold(row.cells.get(sheet_of.KEY, ""))
    if row.options or key not in _TRUE | _FALSE:
        raise QuestionUnreadable("key_unclear")
    return replace(
        found,
        right=key in _TRUE,
        true_feedback=_formatted(row.comments.get("A")),
        false_feedback=_formatted(row.comments.get("B")),
    )


def _accepted(row: SheetRow) -> tuple[list[str], list[Decimal]]:
    """The accepted answers stand in the columns of options; one alone may stand in the column of the key."""
    if not row.options and (key := row.cells.get(sheet_of.KEY, "").strip()):
        row.options["A"] = key
    elif row.cells.get(sheet_of.KEY, "").strip():
        raise QuestionUnreadable("excel_key_beside", column=sheet_of.KEY)
    letters = _options(row)
    return letters, _series(row, sheet_of.PERCENTS, letters) or [FULL] * len(letters)


def _short_text(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    letters, percents = _accepted(row)
    accents, slips = _is(row.cells, sheet_of.ACCENTS), _is(row.cells, sheet_of.SPELLING)
    return replace(
        found,
        answers=_answers(row, letters, percents),
        is_case_sensitive=_is(row.cells, sheet_of.CASE) is True,
        accents=Accents.IGNORE if accents is False else Accents.EXACT,
        spelling=Spelling.ONE_TYPO if slips else Spelling.EXACT,
    )


def _numbers(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    letters, percents = _accepted(row)
    margins = _series(row, sheet_of.TOLERANCES, letters) or [NOTHING] * len(letters)
    answers = []
    for answer, margin in zip(_answers(row, letters, percents), margins, strict=True):
        value = _number(answer.text.text)
        answers.append(replace(answer, value=value, tolerance=margin, low=value - margin, high=value + margin))
    return replace(found, answers=tuple(answers))


_READERS = {
    QuestionType.SINGLE: _single,
    QuestionType.MULTIPLE: _multiple,
    QuestionType.TRUE_FALSE: _statement,
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.NUMBER: _numbers,
}
_FOUND_KINDS = {
    QuestionType.SINGLE: MULTICHOICE, QuestionType.MULTIPLE: MULTICHOICE, QuestionType.TRUE_FALSE: TRUEFALSE,
    QuestionType.SHORT_TEXT: SHORTANSWER, QuestionType.NUMBER: NUMERICAL,
}  # fmt: skip


# --- The file that comes back -----------------------------------------------------


def returned(content: bytes, report: dict) -> bytes:
    """The rows of a workbook with what was found about each, to be mended and read again."""
    said = {row["line"]: row for row in report["questions"] if not row.get("source")}
    rows, most = [], 0
    for row in rows_of(content):
        most = max(most, len(row.options))
        cells = dict(row.cells)
        cells |= {f"{sheet_of.OPTION} {letter}": words for letter, words in row.options.items()}
        cells |= {f"{sheet_of.OPTION_FEEDBACK} {letter}": words for letter, words in row.comments.items()}
        found = said.get(row.number)
        notes = [] if found is None else [found["reason"], *found["warnings"]]
        texts = [note(each["code"], **each["params"]).text for each in notes if each]
        rows.append(sheet_of.Row(cells, "; ".join(texts)))
    return sheet_of.written(rows, options=most, with_results=True)
