"""The workbook of questions (``quizzes.office.question_sheet``): what trainers edit and read in again."""

import re
from html import unescape

from quizzes.enums import Accents, Case, GapAsks, QuestionType, Scoring, Spelling
from quizzes.exporting.entries import CannotSay, Collected, Entry
from quizzes.exporting.gift import comment_of
from quizzes.file_kinds import kinds_words
from quizzes.office import question_sheet as sheet
from quizzes.office import rubric_lines
from quizzes.office.question_sheet import typed
from quizzes.pictures import with_marks

FULL = 100
_TAG = re.compile(r"<[a-z/]")


def write(entries: list[Entry], collected: Collected) -> bytes:
    rows = [row for _entry, row in collected.each(entries, lambda entry: _row(entry, collected))]
    most = max((len(_options(entry)) for entry in entries), default=0)
    return sheet.written(rows, options=min(most, len(sheet.LETTERS)))


def _options(entry: Entry) -> list[str]:
    """What stands in the columns of options."""
    text = entry.text
    if text.type == QuestionType.MATCHING:
        return [_marked(entry, premise) for premise, _answer in text.pairs]
    if text.type == QuestionType.ORDERING:
        return [_marked(entry, item) for item in text.items]
    if text.type == QuestionType.GAPS:
        return [_in_gap(gap, is_starred=not _percents_of_gaps(text)) for gap in text.gaps]
    if text.type == QuestionType.NUMBER:
        return [typed(row.value) for row in text.accepted]
    return [_marked(entry, option) for option, _right in text.options] or [row.text for row in text.accepted]


def _marked(entry: Entry, text: str, *, is_html: bool = False) -> str:
    """``text`` with a mark in the place of each picture, which lies on the row."""
    return with_marks(text, [picture.sha256 for picture in entry.pictures], is_html=is_html)


def _row(entry: Entry, collected: Collected) -> sheet.Row:
    text, options = entry.text, _options(entry)
    if len(options) > len(sheet.LETTERS):
        raise CannotSay("too_many_answers", limit=len(sheet.LETTERS))
    cells = {
        sheet.CODE: entry.code,
        sheet.CATEGORY: " / ".join(name.replace("/", "//") for name in entry.category),
        sheet.TYPE: sheet.TYPES[text.type],
        sheet.STEM: _stem(_marked(entry, text.stem, is_html=True)),
        sheet.POINTS: typed(text.points),
        sheet.DIFFICULTY: sheet.DIFFICULTIES[text.difficulty],
        sheet.FEEDBACK: text.feedback,
        sheet.UNIT: text.unit,
        sheet.TAGS: "; ".join(entry.tags),
        sheet.COMPETENCE: entry.competence,
    }
    for letter, option in zip(sheet.LETTERS, options, strict=False):
        cells[f"{sheet.OPTION} {letter}"] = option
    cells |= _OWN[text.type](text)
    cells[sheet.TASK_FILES] = "\n".join(collected.path_of(file) for file in text.files)
    if any(len(value) > sheet.MAX_CELL for value in cells.values()):
        raise CannotSay("too_long", limit=sheet.MAX_CELL, found=max(map(len, cells.values())))
    pictures = tuple(picture.content() for picture in entry.pictures)
    return sheet.Row({name: value for name, value in cells.items() if value}, pictures=pictures)


def _stem(html: str) -> str:
    """As a person would type it, where that is read back as the same; else as HTML."""
    words = unescape(html)
    is_plain = not _TAG.search(html) and not {"<", "&"} & set(words)
    return words if is_plain else html


def _comments(text) -> dict[str, str]:
    notes = [comment_of(text, place) for place in range(max(len(text.options), 2))]
    if text.accepted:
        notes = [row.feedback for row in text.accepted]
    return {
        f"{sheet.OPTION_FEEDBACK} {letter}": words for letter, words in zip(sheet.LETTERS, notes, strict=False) if words
    }


def _choice(text) -> dict[str, str]:
    right = [letter for letter, (_option, right) in zip(sheet.LETTERS, text.options, strict=False) if right]
    is_by_option = text.option_percents and (text.type == QuestionType.SINGLE or text.scoring == Scoring.PER_OPTION)
    return {
        sheet.KEY: ", ".join(right),
        sheet.SHUFFLES: sheet.YES if text.shuffle_options else sheet.NO,
        sheet.PERCENTS: "; ".join(typed(percent) for percent in text.option_percents) if is_by_option else "",
    } | _comments(text)


def _statement(text) -> dict[str, str]:
    return {sheet.KEY: sheet.TRUE if text.right else sheet.FALSE} | _comments(text)


def _percents(text) -> str:
    return "; ".join(typed(row.percent) for row in text.accepted)


def _short_text(text) -> dict[str, str]:
    return (
        {
            sheet.PERCENTS: _percents(text),
        }
        | _spelling(text)
        | _comments(text)
    )


def _spelling(text) -> dict[str, str]:
    return {
        sheet.CASE: sheet.YES if text.case == Case.EXACT else sheet.NO,
        sheet.ACCENTS: sheet.YES if text.accents == Accents.EXACT else sheet.NO,
        sheet.SPELLING: sheet.YES if text.spelling == Spelling.ONE_TYPO else sheet.NO,
    }


def _number(text) -> dict[str, str]:
    margins = "; ".join(typed(row.tolerance) for row in text.accepted)
    return {sheet.PERCENTS: _percents(text), sheet.TOLERANCES: margins} | _comments(text)


def _matching(text) -> dict[str, str]:
    answers = zip(sheet.LETTERS, text.pairs, strict=False)
    return {
        sheet.SCORING: sheet.SCORINGS[text.scoring],
        sheet.SHUFFLES: sheet.YES if text.shuffle_options else sheet.NO,
    } | {f"{sheet.MATCH} {letter}": answer for letter, (_premise, answer) in answers}


def _ordering(text) -> dict[str, str]:
    return {sheet.SCORING: sheet.SCORINGS[text.scoring]}


def _gaps(text) -> dict[str, str]:
    notes = ("\n".join(row.feedback for row in gap.accepted) for gap in text.gaps)
    weights = [typed(gap.weight) for gap in text.gaps]
    cells = {
        sheet.GAP_ASKS: "; ".join(sheet.ASKS[gap.asks] for gap in text.gaps),
        sheet.WEIGHTS: "; ".join(weights) if set(weights) != {"1"} else "",
        sheet.PERCENTS: _percents_of_gaps(text),
    } | _spelling(text)
    if any(gap.asks == GapAsks.LIST for gap in text.gaps):
        cells[sheet.SHUFFLES] = sheet.YES if text.shuffle_options else sheet.NO
    comments = zip(sheet.LETTERS, notes, strict=False)
    return cells | {f"{sheet.OPTION_FEEDBACK} {letter}": words for letter, words in comments if words.strip()}


def _percents_of_gaps(text) -> str:
    """Empty where a star before the right words of each list says it all."""
    if all(_says_itself(gap) for gap in text.gaps):
        return ""
    return sheet.BETWEEN_GAPS.join("; ".join(typed(row.percent) for row in gap.accepted) for gap in text.gaps)


def _says_itself(gap) -> bool:
    if gap.asks != GapAsks.LIST:
        return all(row.percent == FULL for row in gap.accepted)
    return all(row.percent in (0, FULL) and not row.text.startswith(sheet.RIGHT) for row in gap.accepted)


def _in_gap(gap, *, is_starred: bool) -> str:
    if gap.asks == GapAsks.NUMBER:
        return "\n".join(
            typed(row.value) + (f"{sheet.MARGIN}{typed(row.tolerance)}" if row.tolerance else "")
            for row in gap.accepted
        )
    stars = is_starred and gap.asks == GapAsks.LIST
    return "\n".join(f"{sheet.RIGHT if stars and row.percent == FULL else ''}{row.text}" for row in gap.accepted)


def _for_people(text) -> dict[str, str]:
    rows = [(row.title, [(level.points, level.words) for level in row.levels]) for row in text.criteria]
    numbers = {sheet.MIN_WORDS: text.min_words, sheet.MAX_WORDS: text.max_words, sheet.MEGABYTES: text.most_megabytes}
    return {
        sheet.CRITERIA: "\n".join(rubric_lines.lines_of(rows)),
        sheet.MARKERS_GUIDE: text.guide,
        sheet.SHOWS_CRITERIA: sheet.YES if text.shows_criteria else sheet.NO,
        sheet.FILE_KINDS: kinds_words(text.kinds),
    } | {name: str(number) for name, number in numbers.items() if number}


_OWN = {
    QuestionType.ESSAY: _for_people,
    QuestionType.FILE: _for_people,
    QuestionType.PRACTICAL: _for_people,
    QuestionType.SINGLE: _choice,
    QuestionType.MULTIPLE: _choice,
    QuestionType.TRUE_FALSE: _statement,
    QuestionType.SHORT_TEXT: _short_text,
    QuestionType.NUMBER: _number,
    QuestionType.MATCHING: _matching,
    QuestionType.ORDERING: _ordering,
    QuestionType.GAPS: _gaps,
}
