"""Rows of a workbook that people mark: essays, files to hand in, practical tasks."""

import re
from dataclasses import replace

from quizzes.file_kinds import EXTENSIONS, kinds_words
from quizzes.importing.excel_rows import SheetRow, formatted, is_set, number
from quizzes.importing.notes import QuestionUnreadable
from quizzes.importing.records import FoundFile, FoundQuestion
from quizzes.office import question_sheet as sheet_of
from quizzes.office import rubric_lines


def essay(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    _refuse(row, sheet_of.FILE_KINDS, sheet_of.MEGABYTES, sheet_of.TASK_FILES)
    return replace(
        _common(row, found), min_words=_whole(row, sheet_of.MIN_WORDS), max_words=_whole(row, sheet_of.MAX_WORDS)
    )


def file(row: SheetRow, found: FoundQuestion, *, is_practical: bool = False) -> FoundQuestion:
    """What is given out is named only: its bytes lie beside the workbook."""
    _refuse(row, sheet_of.MIN_WORDS, sheet_of.MAX_WORDS)
    names = [name.strip() for name in re.split("[\n;]", row.cells.get(sheet_of.TASK_FILES, ""))]
    return replace(
        _common(row, found),
        takes_files=True,
        is_practical=is_practical,
        file_kinds=_kinds(row),
        most_megabytes=_whole(row, sheet_of.MEGABYTES),
        # An empty cell says nothing: what a question gives out is taken away in the bank.
        task_files=tuple(FoundFile(name) for name in names if name) or None,
    )


def practical(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    return file(row, found, is_practical=True)


def _common(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    if row.options:
        raise QuestionUnreadable("excel_not_for_people", column=f"{sheet_of.OPTION} {min(row.options)}")
    _refuse(row, sheet_of.KEY)
    return replace(
        found,
        guide=formatted(row.cells.get(sheet_of.MARKERS_GUIDE)),
        criteria=_criteria(row),
        shows_criteria=is_set(row.cells, sheet_of.SHOWS_CRITERIA),
    )


def _refuse(row: SheetRow, *columns: str) -> None:
    for column in columns:
        if row.cells.get(column, "").strip():
            raise QuestionUnreadable("excel_not_for_people", column=column)


def _criteria(row: SheetRow) -> rubric_lines.Criteria:
    try:
        return rubric_lines.criteria_in(row.cells.get(sheet_of.CRITERIA, ""))
    except rubric_lines.Unreadable as error:
        raise QuestionUnreadable(
            "excel_criteria", column=sheet_of.CRITERIA, line=error.line, text=error.words[:60]
        ) from None


def _whole(row: SheetRow, name: str) -> int | None:
    value = number(row.cells.get(name))
    if value is not None and value != value.to_integral_value():
        raise QuestionUnreadable("excel_whole", column=name, text=row.cells[name].strip()[:40])
    return int(value) if value is not None else None


def _kinds(row: SheetRow) -> tuple[str, ...]:
    words = [word for word in re.split(r"[\s,;]+", row.cells.get(sheet_of.FILE_KINDS, "").lower()) if word]
    kinds = tuple(word.removeprefix("*").removeprefix(".") for word in words)
    if unknown := [kind for kind in kinds if kind not in EXTENSIONS]:
        raise QuestionUnreadable(
            "excel_file_kind", column=sheet_of.FILE_KINDS, text=unknown[0][:40], known=kinds_words(EXTENSIONS)
        )
    return kinds
