"""Aiken: plain text, one right option. Anything that would be read as another line than it is cannot be said."""

from decimal import Decimal
from html import unescape

from django.utils.html import strip_tags

from quizzes.enums import QuestionType
from quizzes.exporting.entries import CannotSay, Collected, Entry
from quizzes.importing.aiken import KEY, MAX_OPTIONS, OPTION

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def write(entries: list[Entry], collected: Collected) -> bytes:
    return "\n".join(said for _entry, said in collected.each(entries, _question)).encode()


def _question(entry: Entry) -> str:
    text = entry.text
    if text.type != QuestionType.SINGLE or set(text.option_percents) - {Decimal(0), Decimal(100)}:
        raise CannotSay("export_aiken_kind")
    if len(text.options) > MAX_OPTIONS or sum(right for _option, right in text.options) != 1:
        raise CannotSay("export_aiken_kind")
    stem = [unescape(strip_tags(line)).strip() for line in text.stem.replace("</p>", "<br>").split("<br>")]
    stem = [line for line in stem if line]
    if not stem or any(OPTION.fullmatch(line) or KEY.fullmatch(line) for line in stem):
        raise CannotSay("export_aiken_lines")
    options = [f"{letter}. {option}" for letter, (option, _right) in zip(LETTERS, text.options, strict=False)]
    right = next(letter for letter, (_option, right) in zip(LETTERS, text.options, strict=False) if right)
    return "\n".join([*stem, *options, f"ANSWER: {right}", ""])
