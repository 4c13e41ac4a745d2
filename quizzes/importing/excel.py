"""Questions from a workbook that trainers fill in (``quizzes.office.question_sheet``): one row a question.

Columns are found by their headings. A row that cannot be read is named with its reason; no key is guessed.
"""

import re
from base64 import b64decode
from dataclasses import replace
from decimal import Decimal

from quizzes.enums import Accents, QuestionType, Spelling
from quizzes.importing import excel_parts, excel_people, excel_pictures
from quizzes.importing.excel_rows import SheetRow, choice_of, formatted, is_set, number, option_letters, rows_of, series
from quizzes.importing.notes import QuestionFileRefused, QuestionUnreadable, note
from quizzes.importing.reading import EXCEL
from quizzes.importing.records import (
    CLOZE,
    ESSAY,
    MATCH,
    MULTICHOICE,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    TRUEFALSE,
    Formatted,
    FoundAnswer,
    FoundQuestion,
    ParsedFile,
    category_path,
)
from quizzes.office import question_sheet as sheet_of
from quizzes.types.gaps import MARK
from staff.vietnamese import fold

MAX_QUESTIONS = 20_000
FULL, NOTHING = Decimal(100), Decimal(0)
_LETTERS = re.compile(r"[a-z](?:\s*[,;+&]?\s*[a-z])*\.?", re.IGNORECASE)
_KINDS = {fold(label): name for name, label in sheet_of.TYPES.items()}
_DIFFICULTIES = {fold(label): value for value, label in sheet_of.DIFFICULTIES.items()} | {
    value: value for value in sheet_of.DIFFICULTIES
}
_TRUE, _FALSE = {"dung", "d", "true"}, {"sai", "s", "false"}
# What says so where no column names the type: "D" may be the fourth option of columns that are not known.
_JUDGED = {"dung", "true"} | _FALSE


def parse(content: bytes) -> ParsedFile:
    """Every row that has something in it; the archive it is was looked through before."""
    found, categories = [], []
    for row in rows_of(content):
        if len(found) >= MAX_QUESTIONS:
            raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
        found.append(replace(_found(row), number=len(found) + 1))
    return ParsedFile(EXCEL, tuple(found), tuple(categories))


# --- A row ------------------------------------------------------------------------


def _found(row: SheetRow) -> FoundQuestion:
    cells = row.cells
    found = FoundQuestion(
        kind="",
        line=row.number,
        idnumber=cells.get(sheet_of.CODE, "").strip()[:200] or None,
        category=category_path(cells.get(sheet_of.CATEGORY, "")),
        stem=Formatted("moodle", cells.get(sheet_of.STEM, "")),
        general_feedback=formatted(cells.get(sheet_of.FEEDBACK)),
        tags=tuple(tag.strip() for tag in re.split("[,;]", cells.get(sheet_of.TAGS, "")) if tag.strip()),
        competence=cells.get(sheet_of.COMPETENCE, "").strip(),
        unit=cells.get(sheet_of.UNIT, "").strip(),
        problem=row.problem,
        warnings=tuple(
            note("word_column_left_out", column=heading[:40], text=words[:80]) for heading, words in row.left_out
        ),
    )
    try:
        kind = _kind(row)
        row = excel_pictures.for_type(row, kind)
        found = replace(found, stem=Formatted("moodle", row.cells.get(sheet_of.STEM, "")))
        if row.matches and kind != QuestionType.MATCHING:
            raise QuestionUnreadable(
                "excel_match_beside", column=f"{sheet_of.MATCH} {min(row.matches)}", type=sheet_of.TYPES["matching"]
            )
        found = replace(found, kind=_FOUND_KINDS[kind])
        if found.problem is not None:
            return found
        found = replace(
            found,
            default_grade=number(cells.get(sheet_of.POINTS)),
            difficulty=choice_of(cells, sheet_of.DIFFICULTY, _DIFFICULTIES) or "",
        )
        return excel_pictures.shown(row, _READERS[kind](row, found))
    except QuestionUnreadable as error:
        return replace(found, problem=found.problem or error.note)


def _kind(row: SheetRow) -> str:
    """As the column says; without it, what the key alone allows."""
    if kind := choice_of(row.cells, sheet_of.TYPE, _KINDS):
        return kind
    key = row.cells.get(sheet_of.KEY, "").strip()
    if row.matches and not key:
        return QuestionType.MATCHING
    if row.options and not key and MARK.search(row.cells.get(sheet_of.STEM, "")):
        return QuestionType.GAPS
    if not row.options and (fold(key) in _JUDGED or key in ("Đ", "đ")):
        return QuestionType.TRUE_FALSE
    if row.options and _LETTERS.fullmatch(key):
        return QuestionType.SINGLE if len(_letters(row)) == 1 else QuestionType.MULTIPLE
    if row.options and not key:
        raise QuestionUnreadable("excel_no_key_or_type", key=sheet_of.KEY, type=sheet_of.TYPE)
    if row.options:
        raise QuestionUnreadable("word_key_unclear", key=key[:40])
    raise QuestionUnreadable("excel_no_type", column=sheet_of.TYPE)


def _letters(row: SheetRow) -> set[str]:
    key = row.cells.get(sheet_of.KEY, "").strip()
    if not key:
        return set()
    # "CD" may be the options C and D, or the one that reads so.
    is_word = len(key) > 1 and fold(key) in map(fold, row.options.values())
    if is_word or not _LETTERS.fullmatch(key):
        raise QuestionUnreadable("word_key_unclear", key=key[:40])
    return set(re.findall("[A-Z]", key.upper()))


def _answers(row: SheetRow, letters: list[str], percents: list[Decimal]) -> tuple[FoundAnswer, ...]:
    for percent in percents:
        if not -100 <= percent <= 100:
            raise QuestionUnreadable("bad_weight", weight=str(percent))
    return tuple(
        FoundAnswer(
            text=Formatted("plain", row.options[letter]), percent=percent, feedback=formatted(row.comments.get(letter))
        )
        for letter, percent in zip(letters, percents, strict=True)
    )


def _choices(row: SheetRow, found: FoundQuestion, *, is_single: bool) -> FoundQuestion:
    letters, right = option_letters(row), _letters(row)
    percents = series(row, sheet_of.PERCENTS, letters)
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
    shuffles = is_set(row.cells, sheet_of.SHUFFLES)
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
        true_feedback=formatted(row.comments.get("A")),
        false_feedback=formatted(row.comments.get("B")),
    )


def _accepted(row: SheetRow) -> tuple[list[str], list[Decimal]]:
    """The accepted answers stand in the columns of options; one alone may stand in the column of the key."""
    if not row.options and (key := row.cells.get(sheet_of.KEY, "").strip()):
        row.options["A"] = key
    elif row.cells.get(sheet_of.KEY, "").strip():
        raise QuestionUnreadable("excel_key_beside", column=sheet_of.KEY)
    letters = option_letters(row)
    return letters, series(row, sheet_of.PERCENTS, letters) or [FULL] * len(letters)


def _short_text(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    letters, percents = _accepted(row)
    accents, slips = is_set(row.cells, sheet_of.ACCENTS), is_set(row.cells, sheet_of.SPELLING)
    return replace(
        found,
        answers=_answers(row, letters, percents),
        is_case_sensitive=is_set(row.cells, sheet_of.CASE) is True,
        accents=Accents.IGNORE if accents is False else Accents.EXACT,
        spelling=Spelling.ONE_TYPO if slips else Spelling.EXACT,
    )


def _numbers(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    letters, percents = _accepted(row)
    margins = series(row, sheet_of.TOLERANCES, letters) or [NOTHING] * len(letters)
    answers = []
    for answer, margin in zip(_answers(row, letters, percents), margins, strict=True):
        value = number(answer.text.text)
        answers.append(replace(answer, value=value, tolerance=margin, low=value - margin, high=value + margin))
    return replace(found, answers=tuple(answers))


_READERS = {
    QuestionType.SINGLE: _single,
    QuestionType.MULTIPLE: _multiple,
    QuestionType.TRUE_FALSE: _statement,
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.NUMBER: _numbers,
    QuestionType.MATCHING: excel_parts.matching,
    QuestionType.ORDERING: excel_parts.ordering,
    QuestionType.GAPS: excel_parts.gaps,
    QuestionType.ESSAY: excel_people.essay,
    QuestionType.FILE: excel_people.file,
    QuestionType.PRACTICAL: excel_people.practical,
}
_FOUND_KINDS = {
    QuestionType.SINGLE: MULTICHOICE, QuestionType.MULTIPLE: MULTICHOICE, QuestionType.TRUE_FALSE: TRUEFALSE,
    QuestionType.SHORT_TEXT: SHORTANSWER, QuestionType.NUMBER: NUMERICAL, QuestionType.MATCHING: MATCH,
    QuestionType.ORDERING: ORDERING, QuestionType.GAPS: CLOZE, QuestionType.ESSAY: ESSAY, QuestionType.FILE: ESSAY,
    QuestionType.PRACTICAL: ESSAY,
}  # fmt: skip


# --- The file that comes back -----------------------------------------------------


def returned(content: bytes, report: dict) -> bytes:
    """The rows of a workbook with what was found about each, to be mended and read again."""
    said = {row["line"]: row for row in report["questions"]}
    rows, most = [], 0
    for row in rows_of(content):
        most = max(most, len(row.options), len(row.matches))
        cells = dict(row.cells)
        cells |= {f"{sheet_of.OPTION} {letter}": words for letter, words in row.options.items()}
        cells |= {f"{sheet_of.MATCH} {letter}": words for letter, words in row.matches.items()}
        cells |= {f"{sheet_of.OPTION_FEEDBACK} {letter}": words for letter, words in row.comments.items()}
        found = said.get(row.number)
        notes = [] if found is None else [found["reason"], *found["warnings"]]
        texts = [note(each["code"], **each["params"]).text for each in notes if each]
        pictures = tuple(b64decode(picture.base64) for picture in row.pictures)
        rows.append(sheet_of.Row(cells, "; ".join(texts), pictures))
    return sheet_of.written(rows, options=most, with_results=True)
