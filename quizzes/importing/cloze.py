"""Cloze: a text with answers inside it. The bank holds no such question; what is broken in one is still named."""

import re

from quizzes.importing.notes import Note, note
from quizzes.importing.reading import CLOZE as CLOZE_FORMAT
from quizzes.importing.records import CLOZE, Formatted, FoundQuestion, ParsedFile

CHOICES = {"MULTICHOICE", "MC", "MULTICHOICE_V", "MCV", "MULTICHOICE_H", "MCH", "MULTICHOICE_S", "MCS"} | {
    "MULTICHOICE_VS", "MCVS", "MULTICHOICE_HS", "MCHS", "MULTIRESPONSE", "MR", "MULTIRESPONSE_H", "MRH",
    "MULTIRESPONSE_S", "MRS", "MULTIRESPONSE_HS", "MRHS",
}  # fmt: skip
NUMBERS = {"NUMERICAL", "NM"}
WORDS = {"SHORTANSWER", "SA", "MW", "SHORTANSWER_C", "SAC", "MWC"}

_HEAD = re.compile(r"\{?\s{0,20}([0-9]{0,5})\s{0,20}:\s{0,20}([A-Z_]{2,20})\s{0,20}:")
_WEIGHT = re.compile(r"%(-?[0-9]{1,3}(?:\.[0-9]{0,10})?)%")
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,30}(?:[.,][0-9]{0,30})?|[.,][0-9]{1,30})(?:[eE][+-]?[0-9]{1,3})?")


def looks_like_part(answers: str) -> bool:
    """Whether "1:MULTICHOICE:…" stands between the braces: then it is no GIFT."""
    found = _HEAD.match(answers)
    return found is not None and found.group(2) in CHOICES | NUMBERS | WORDS


def problem_of(text: str, name: str) -> Note | None:
    """What Moodle itself would refuse in the cloze text, None where it is sound."""
    parts = list(_parts(text))
    if not parts:
        return note("cloze_empty", question=name)
    for kind, answers in parts:
        if kind in CHOICES and len(answers) < 2:
            return note("cloze_choices", question=name)
        if kind in NUMBERS and any(not _is_number(words) for _percent, words in answers):
            return note("cloze_number", question=name)
        is_sum = kind in CHOICES and kind.startswith(("MULTIRESPONSE", "MR"))
        if not is_sum and max((percent for percent, _words in answers), default=0) != 100:
            return note("cloze_no_full", question=name)
    return None


def _is_number(words: str) -> bool:
    value, _colon, margin = words.partition(":")
    return words == "*" or bool(_NUMBER.fullmatch(value.strip()) and (not margin or _NUMBER.fullmatch(margin.strip())))


def _parts(text: str):
    """(kind, [(percent, words)]) of every embedded answer."""
    at = text.find("{")
    while at >= 0:
        head = _HEAD.match(text, at)
        if head is None or head.group(2) not in CHOICES | NUMBERS | WORDS:
            at = text.find("{", at + 1)
            continue
        body, at = _until_brace(text, head.end())
        if body is not None:
            yield head.group(2), [_answer(piece) for piece in _split(body)]
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


def _answer(piece: str) -> tuple[float, str]:
    piece = piece.strip()
    percent = 0.0
    if piece.startswith("="):
        percent, piece = 100.0, piece[1:]
    elif found := _WEIGHT.match(piece):
        percent, piece = float(found.group(1)), piece[found.end() :]
    return percent, piece.partition("#")[0].strip()


def parse(text: str) -> ParsedFile:
    """A file that is one cloze text."""
    stem = Formatted("moodle", text.strip()[:100_000])
    return ParsedFile(CLOZE_FORMAT, (FoundQuestion(kind=CLOZE, line=1, number=1, stem=stem),))
