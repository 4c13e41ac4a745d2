"""Gaps of a text as Moodle writes them, {1:SHORTANSWER:=RAM~%50%bộ nhớ}: the answers stand in the text itself."""

from decimal import Decimal

from quizzes.enums import Case, GapAsks
from quizzes.reading import plain
from quizzes.types.gaps import MARK, Gap, proportional

# As numbers: readers differ in what a backslash takes back, and Moodle does not end an answer behind "&amp;".
_ENTITIES = str.maketrans({mark: f"&#{ord(mark)};" for mark in "\\#~}{&<>"})
_IN_TEXT = str.maketrans({"{": "&#123;"})


def cloze_of(text, stem: str) -> str:
    """``stem`` with the answers of each gap in the place of its mark."""
    parts = MARK.split(stem)
    weights = proportional([gap.weight for gap in text.gaps])
    # Only whole numbers are weights there.
    scale = 1 if all(weight == int(weight) for weight in weights) else 100
    written = [parts[0].translate(_IN_TEXT)]
    for number, between in zip(parts[1::2], parts[2::2], strict=True):
        place = int(number) - 1
        written += [_gap(text.gaps[place], int(weights[place] * scale), text), between.translate(_IN_TEXT)]
    return "".join(written)


def _gap(gap: Gap, weight: int, text) -> str:
    answers = "~".join(
        f"%{plain(row.percent)}%{_said(gap, row)}{f'#{_words(row.feedback)}' if row.feedback else ''}"
        for row in gap.accepted
    )
    return f"{{{weight}:{_kind(gap, text)}:{answers}}}"


def _kind(gap: Gap, text) -> str:
    if gap.asks == GapAsks.NUMBER:
        return "NUMERICAL"
    if gap.asks == GapAsks.LIST:
        return "MULTICHOICE_S" if text.shuffle_options else "MULTICHOICE"
    return "SHORTANSWER_C" if text.case == Case.EXACT else "SHORTANSWER"


def _said(gap: Gap, row) -> str:
    if gap.asks == GapAsks.NUMBER:
        return f"{plain(Decimal(row.value))}:{plain(Decimal(row.tolerance))}"
    return _words(row.text)


def _words(words: str) -> str:
    return words.translate(_ENTITIES)
