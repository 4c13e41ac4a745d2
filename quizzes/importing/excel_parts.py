"""Pairs, orders and gaps of a workbook: each column of options says what is right there."""

from dataclasses import replace
from decimal import Decimal

from quizzes.enums import Accents, Scoring, Spelling
from quizzes.importing.excel_rows import SheetRow, choice_of, formatted, is_set, number, option_letters, series
from quizzes.importing.notes import QuestionUnreadable
from quizzes.importing.records import (
    LIST,
    NUMBER,
    TYPED,
    Formatted,
    FoundAnswer,
    FoundGap,
    FoundItem,
    FoundPair,
    FoundQuestion,
)
from quizzes.office import question_sheet as sheet_of
from staff.vietnamese import fold

FULL, NOTHING = Decimal(100), Decimal(0)
_SCORINGS = {fold(label): value for value, label in sheet_of.SCORINGS.items()}
_ASKS = {fold(label): value for value, label in sheet_of.ASKS.items()}
_CREDITS = {Scoring.ALL_OR_NOTHING: "all", Scoring.PER_NEIGHBOUR: "next"}


def _refuse_key(row: SheetRow) -> None:
    """Where each column of options says what is right, another word on it could only say something else."""
    if row.cells.get(sheet_of.KEY, "").strip():
        raise QuestionUnreadable("excel_key_beside", column=sheet_of.KEY)


def matching(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    _refuse_key(row)
    if not row.matches:
        raise QuestionUnreadable("no_answers")
    if alone := sorted(set(row.options) - set(row.matches)):
        raise QuestionUnreadable("excel_pair", letter=alone[0], column=f"{sheet_of.MATCH} {alone[0]}")
    pairs = tuple(
        FoundPair(Formatted("plain", row.options.get(letter, "")), Formatted("plain", row.matches[letter]))
        for letter in sorted(row.matches)
    )
    scoring = choice_of(row.cells, sheet_of.SCORING, _SCORINGS)
    if scoring == Scoring.PER_NEIGHBOUR:
        raise QuestionUnreadable("excel_choice", column=sheet_of.SCORING, text=sheet_of.SCORINGS[scoring])
    shuffles = is_set(row.cells, sheet_of.SHUFFLES) is not False
    return replace(found, pairs=pairs, is_all_or_nothing=scoring == Scoring.ALL_OR_NOTHING, shuffles=shuffles)


def ordering(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    _refuse_key(row)
    items = tuple(FoundItem(Formatted("plain", row.options[letter])) for letter in option_letters(row))
    return replace(found, items=items, credit=_CREDITS.get(choice_of(row.cells, sheet_of.SCORING, _SCORINGS), ""))


def gaps(row: SheetRow, found: FoundQuestion) -> FoundQuestion:
    """Column A is the first gap; its answers stand in a line each."""
    _refuse_key(row)
    letters = option_letters(row)
    lines = [_lines(row.options[letter]) for letter in letters]
    asks = _asks(row, lines)
    percents = _percents_of_gaps(row, [len(each) for each in lines])
    weights = series(row, sheet_of.WEIGHTS, letters) or [Decimal(1)] * len(letters)
    accents, slips = is_set(row.cells, sheet_of.ACCENTS), is_set(row.cells, sheet_of.SPELLING)
    is_exact = is_set(row.cells, sheet_of.CASE) is True
    gaps = tuple(
        FoundGap(kind, _in_gap(place, kind, each, worth, row.comments.get(letter, "")), weight, is_exact)
        for place, (letter, kind, each, worth, weight) in enumerate(
            zip(letters, asks, lines, percents, weights, strict=True), 1
        )
    )
    return replace(
        found,
        gaps=gaps,
        shuffles=is_set(row.cells, sheet_of.SHUFFLES) is not False,
        accents=Accents.IGNORE if accents is False else Accents.EXACT,
        spelling=Spelling.ONE_TYPO if slips else Spelling.EXACT,
    )


def _lines(cell: str) -> list[str]:
    return [line.strip() for line in cell.splitlines() if line.strip()]


def _asks(row: SheetRow, lines: list[list[str]]) -> list[str]:
    """What each gap asks for: as the column says, once for all or for each; else a list is where a star stands."""
    words = row.cells.get(sheet_of.GAP_ASKS, "").strip().rstrip(";")
    if not words:
        return [LIST if any(line.startswith(sheet_of.RIGHT) for line in each) else TYPED for each in lines]
    named = [choice_of({sheet_of.GAP_ASKS: part}, sheet_of.GAP_ASKS, _ASKS) for part in words.split(";")]
    if len(named) == 1:
        named *= len(lines)
    if len(named) != len(lines) or None in named:
        raise QuestionUnreadable("excel_series", column=sheet_of.GAP_ASKS, wanted=len(lines), found=len(named))
    return named


def _percents_of_gaps(row: SheetRow, counts: list[int]) -> list[list[Decimal] | None]:
    """The percents of the answers of each gap; None for each where the column is empty."""
    words = row.cells.get(sheet_of.PERCENTS, "").strip()
    if not words:
        return [None] * len(counts)
    groups = [[number(part) for part in group.strip().rstrip(";").split(";")] for group in words.split("|")]
    found = [len(group) for group in groups]
    if found != counts or any(None in group for group in groups):
        raise QuestionUnreadable("excel_series", column=sheet_of.PERCENTS, wanted=sum(counts), found=sum(found))
    return groups


def _in_gap(place: int, kind: str, lines: list[str], percents, comments: str) -> tuple[FoundAnswer, ...]:
    if percents is None and kind == LIST:
        percents = [FULL if line.startswith(sheet_of.RIGHT) else NOTHING for line in lines]
        lines = [line.removeprefix(sheet_of.RIGHT).strip() for line in lines]
        if FULL not in percents:
            raise QuestionUnreadable("excel_no_star", number=place)
    percents = percents or [FULL] * len(lines)
    notes = [note.strip() for note in comments.split("\n")] if comments.strip() else []
    if len(notes) > len(lines):
        raise QuestionUnreadable("excel_gap_comments", number=place)
    notes += [""] * (len(lines) - len(notes))
    rows = zip(lines, percents, notes, strict=True)
    return tuple(_gap_answer(kind, words, percent, note) for words, percent, note in rows)


def _gap_answer(kind: str, words: str, percent: Decimal, comment: str) -> FoundAnswer:
    if not 0 <= percent <= 100:
        raise QuestionUnreadable("bad_weight", weight=str(percent))
    answer = FoundAnswer(text=Formatted("plain", words), percent=percent, feedback=formatted(comment))
    if kind != NUMBER:
        return answer
    figure, _mark, margin = words.partition(sheet_of.MARGIN.strip())
    value, tolerance = number(figure), number(margin) or NOTHING
    if value is None:
        raise QuestionUnreadable("excel_number", text=words[:40])
    return replace(answer, value=value, tolerance=tolerance, low=value - tolerance, high=value + tolerance)
