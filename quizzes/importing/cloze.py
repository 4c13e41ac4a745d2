"""Cloze: a text with answers inside it, read as Moodle reads it into a text with gaps; what is broken is named."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation

from quizzes.importing.notes import Note, QuestionUnreadable, note
from quizzes.importing.reading import CLOZE as CLOZE_FORMAT
from quizzes.importing.records import (
    CLOZE,
    LIST,
    NUMBER,
    TYPED,
    Formatted,
    FoundAnswer,
    FoundGap,
    FoundQuestion,
    ParsedFile,
)

CHOICES = {"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS"} | {
    "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS", "MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH",
    "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS",
}  # fmt: skip
SHUFFLED = {"MULTICHOICE_S", "MCS", "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS"}
NUMBERS = {"NUMERICAL", "NM"}
CASE_SENSITIVE = {"SHORTANSWER_C", "SAC", "MWC"}
WORDS = {"SHORTANSWER", "SA", "MW"} | CASE_SENSITIVE

_HEAD = re.compile(r"\{?\s{0,20}([0-9]{0,5})\s{0,20}:\s{0,20}([A-Z_]{2,20})\s{0,20}:")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,10})?)%")
# &#39; is a character of the text.
_COMMENT = re.compile(r"(?<!&)#")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:[.,][0-9]{0,30})?|[.,][0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")


def looks_like_part(answers: str) -> bool:
    """Whether "1:MULTICHOICE:…" stands between the braces: then it is no GIFT."""
    found = _HEAD.match(answers)
    return found is not None and found.group(2) in CHOICES | NUMBERS | WORDS


@dataclass(frozen=True, slots=True)
class _Part:
    """An embedded answer: where it stands in the text, its weight, and (percent, words, comment) of its answers."""

    start: int
    end: int
    weight: str
    kind: str
    answers: list[tuple[Decimal, str, str]]

    @property
    def takes_several(self) -> bool:
        return self.kind.startswith(("MULTIRESPONSE", "MR"))

    @property
    def is_shuffled(self) -> bool:
        return self.kind in SHUFFLED


def problem_of(text: str, name: str) -> Note | None:
    """What Moodle itself would refuse in the cloze text, None where it is sound."""
    parts = list(_parts(text))
    if not parts:
        return note("cloze_empty", question=name)
    for part in parts:
        if part.kind in CHOICES and len(part.answers) < 2:
            return note("cloze_choices", question=name)
        if part.kind in NUMBERS and any(not _is_number(words) for _percent, words, _comment in part.answers):
            return note("cloze_number", question=name)
        is_full = max((percent for percent, _words, _comment in part.answers), default=0) == 100
        if not part.takes_several and not is_full:
            return note("cloze_no_full", question=name)
    return None


def with_gaps(found: FoundQuestion) -> FoundQuestion:
    """The question with its embedded answers as ``gaps`` and [[1]], [[2]] … in their places."""
    text, pieces, gaps, at = found.stem.text, [], [], 0
    parts = list(_parts(text))
    for number, part in enumerate(parts, 1):
        pieces += [text[at : part.start], f"[[{number}]]"]
        at = part.end
        gaps.append(_gap(part, found.stem.format))
    stem = replace(found.stem, text="".join([*pieces, text[at:]]))
    lists = [part for part in parts if part.kind in CHOICES]
    shuffles = any(part.is_shuffled for part in lists) if lists else found.shuffles
    return replace(found, stem=stem, gaps=tuple(gaps), shuffles=shuffles)


def _gap(part: _Part, form: str) -> FoundGap:
    if part.takes_several:
        raise QuestionUnreadable("several_in_a_gap")
    answers = tuple(_found_answer(part, form, *answer) for answer in part.answers)
    return FoundGap(
        asks=LIST if part.kind in CHOICES else NUMBER if part.kind in NUMBERS else TYPED,
        answers=answers,
        weight=Decimal(part.weight or 1),
        is_case_sensitive=part.kind in CASE_SENSITIVE,
    )


def _found_answer(part: _Part, form: str, percent: Decimal, words: str, comment: str) -> FoundAnswer:
    answer = FoundAnswer(
        text=Formatted(form, words),
        percent=percent,
        feedback=Formatted(form, comment) if comment else None,
    )
    if part.kind not in NUMBERS or words == "*":
        return answer
    value, _colon, margin = words.partition(":")
    value, margin = (_decimal(figure) for figure in (value, margin or "0"))
    return replace(answer, value=value, tolerance=margin, low=value - margin, high=value + margin)


def _decimal(figure: str) -> Decimal:
    try:
        return Decimal(figure.strip().replace(",", "."))
    except InvalidOperation:
        raise QuestionUnreadable("bad_number", text=figure[:40]) from None


def _is_number(words: str) -> bool:
    value, _colon, margin = words.partition(":")
    return words == "*" or bool(_NUMBER.fullmatch(value.strip()) and (not margin or _NUMBER.fullmatch(margin.strip())))


def _parts(text: str):
    """Every embedded answer, in order."""
    at = text.find("{")
    while at >= 0:
        head = _HEAD.match(text, at)
        if head is None or head.group(2) not in CHOICES | NUMBERS | WORDS:
            at = text.find("{", at + 1)
            continue
        start = at
        body, at = _until_brace(text, head.end())
        if body is not None:
            yield _Part(start, at, head.group(1), head.group(2), [_answer(piece) for piece in _split(body)])
        at = text.find("{", at)


def _until_brace(text: str, start: int) -> tuple[str | None, int]:
    at = start
    while (at := text.find("}", at)) >= 0:
        if text[at - 1] != "\\":
            return text[start:at], at + 1
        at += 1
    return None, len(text)


def _split(body: str) -> list[str]:
    pieces, start, at = [], 0, 0
    while (at := body.find("~", at)) >= 0:
        if at == 0 or body[at - 1] != "\\":
            pieces.append(body[start:at])
            start = at + 1
        at += 1
    pieces.append(body[start:])
    return [piece for piece in pieces if piece.strip()]


def _answer(piece: str) -> tuple[Decimal, str, str]:
    piece = piece.strip()
    percent = Decimal(0)
    if piece.startswith("="):
        percent, piece = Decimal(100), piece[1:]
    elif found := _WEIGHT.match(piece):
        percent, piece = Decimal(found.group(1)), piece[found.end() :]
    words, *comment = _COMMENT.split(piece.replace("\\#", "\0"), maxsplit=1)
    return percent, _meant(words), _meant("".join(comment))


def _meant(text: str) -> str:
    return re.sub(r"\\([}~/\"'\\])", r"\1", text).replace("\0", "#").strip()


def parse(text: str) -> ParsedFile:
    """A file that is one cloze text."""
    stem = Formatted("moodle", text.strip()[:100_000])
    return ParsedFile(CLOZE_FORMAT, (FoundQuestion(kind=CLOZE, line=1, number=1, stem=stem),))
