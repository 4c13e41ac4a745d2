"""Pictures that lie on the rows of a workbook: which question they belong to, and where in it they stand.

A mark, [ảnh 2: words], says where the second picture of its row stands. A picture without a mark belongs to the option
in whose column it lies, or stands below the question.
"""

import re
from base64 import b64encode
from dataclasses import replace
from html import unescape

from django.utils.html import escape

from quizzes.enums import QuestionType
from quizzes.importing.notes import QuestionUnreadable, note
from quizzes.importing.records import Formatted, FoundFile, FoundQuestion
from quizzes.office import question_sheet as sheet_of
from quizzes.pictures import mark_of, numbers_of_marks, replaced_marks
from staff.vietnamese import fold

# Types whose options may show pictures; in the others a column of options holds what is to be typed.
_SHOWING = {QuestionType.SINGLE, QuestionType.MULTIPLE, QuestionType.MATCHING, QuestionType.ORDERING}
_OPTION = re.compile(rf"{fold(sheet_of.OPTION)} ([a-z])")
_TAG = re.compile(r"<[A-Za-z/]")


def laid_on(rows: list, pictures: list[tuple[int, str, bytes]]) -> list:
    """``rows`` with their pictures. One that begins on no row of a question refuses the row above it: it belongs to a
    question, and nobody can say to which."""
    lying = {row.number: [] for row in rows}
    astray = set()
    for number, heading, content in pictures:
        if number in lying:
            lying[number].append((heading, content))
        else:
            astray.add(max((known for known in lying if known < number), default=None))
    return [_with(row, lying[row.number], is_below=row.number in astray) for row in rows]


def _with(row, lying: list[tuple[str, bytes]], *, is_below: bool):
    if is_below:
        row = replace(row, problem=row.problem or note("excel_picture"))
    said = set().union(*map(numbers_of_marks, (*row.cells.values(), *row.options.values())))
    for number, (heading, _content) in enumerate(lying, 1):
        if number in said:
            continue
        option = _OPTION.fullmatch(heading)
        texts, key = (row.options, option[1].upper()) if option else (row.cells, sheet_of.STEM)
        texts[key] = "\n".join(filter(None, (texts.get(key, ""), mark_of(number))))
    files = (FoundFile(f"anh-{number}", b64encode(each[1]).decode()) for number, each in enumerate(lying, 1))
    return replace(row, pictures=tuple(files))


def for_type(row, kind: str):
    """The row as a question of that type holds it: what is typed shows no picture."""
    if kind in _SHOWING or not row.pictures:
        return row
    loose: list[str] = []

    def out_of(text: str) -> str:
        return replaced_marks(text, lambda number, words: loose.append(mark_of(number)) or "").strip()

    options = {letter: words for letter, text in row.options.items() if (words := out_of(text))}
    cells = row.cells | {sheet_of.STEM: "\n".join([row.cells.get(sheet_of.STEM, ""), *loose])}
    return replace(row, cells=cells, options=options)


def shown(row, found: FoundQuestion) -> FoundQuestion:
    """``found`` with the pictures of the row in the place of their marks."""
    texts = [
        found.stem.text,
        *(answer.text.text for answer in found.answers),
        *(item.text.text for item in found.items),
    ]
    marks = set().union(*map(numbers_of_marks, (*texts, *(pair.premise.text for pair in found.pairs))))
    if missing := sorted(number for number in marks if number > len(row.pictures)):
        raise QuestionUnreadable("picture_missing", file=f"ảnh {missing[0]}")
    if not marks:
        return found
    stem, files = _html(found.stem, row.pictures)
    return replace(
        found,
        stem=stem,
        files=files,
        answers=tuple(_showing(answer, "text", row) for answer in found.answers),
        items=tuple(_showing(item, "text", row) for item in found.items),
        pairs=tuple(_showing(pair, "premise", row) for pair in found.pairs),
    )


def _showing(part, name: str, row):
    text, files = _html(getattr(part, name), row.pictures)
    return replace(part, **{name: text, "files": files}) if files else part


def _html(text: Formatted, pictures: tuple[FoundFile, ...]) -> tuple[Formatted, tuple[FoundFile, ...]]:
    """(the text with its pictures, those pictures); a text without marks as it is."""
    numbers = numbers_of_marks(text.text)
    if not numbers:
        return text, ()
    is_html = text.format != "plain" and _TAG.search(text.text)
    html = (text.text if is_html else escape(text.text)).replace("\n", "<br>")

    def tag(number: int, words: str) -> str:
        return f'<img src="@@PLUGINFILE@@/{pictures[number - 1].name}" alt="{escape(unescape(words))}">'

    return Formatted("html", replaced_marks(html, tag)), tuple(pictures[number - 1] for number in sorted(numbers))
