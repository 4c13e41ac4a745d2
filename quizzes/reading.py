"""Numbers as people in Việt Nam write them: read exactly, or not at all."""

import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django.utils import formats
from django.utils.translation import get_language

from staff.vietnamese import fold, nfc

# Long enough for every number anybody types; short enough that arithmetic with it stays exact and cheap.
MAX_NUMBER_LENGTH = 40
MAX_WHOLE_DIGITS, MAX_DECIMALS = 15, 12

_WRITINGS = [
    re.compile(pattern)
    for pattern in (
        r"([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?:,([0-9]+))?",  # 1.234 and 1.234,5
        r"([1-9][0-9]{0,2}(?:,[0-9]{3})+)\.([0-9]+)",  # 1,234.5
        r"([1-9][0-9]{0,2}(?:,[0-9]{3}){2,})()",  # 1,234,567
        r"([1-9][0-9]{0,2}(?: [0-9]{3})+)(?:[.,]([0-9]+))?",  # 1 234,5
        r"([0-9]+)(?:[.,]([0-9]+))?",  # 1234,5 and 1234.5
        r"()[.,]([0-9]+)",  # ,5
    )
]
_MINUS = str.maketrans("−–", "--")


def read_number(text: str, unit: str = "") -> Decimal | None:
    """The number that ``text`` writes, which may repeat ``unit``; None where it writes none.

    The rule for what could be read twice: we write as in Việt Nam. A full stop before groups of exactly three
    digits parts thousands (1.234 is one thousand two hundred and thirty-four), and a single comma is the decimal
    mark (1,234 is a little more than one). Everything else has one reading only: 1.234,5 = 1234,5 = 1234.5 =
    1,234.5; 0.125 and 12.5 are decimals. No exponents; at most 15 digits before and 12 after the mark.
    """
    text = nfc(text)
    if len(text) > MAX_NUMBER_LENGTH:
        return None
    text = _without_unit(text, nfc(unit)).translate(_MINUS)
    sign, text = (text[0], text[1:].lstrip()) if text[:1] in ("-", "+") else ("", text)
    for writing in _WRITINGS:
        if match := writing.fullmatch(text):
            whole, decimals = re.sub(r"[ .,]", "", match[1]).lstrip("0"), (match[2] or "").rstrip("0")
            if len(whole) > MAX_WHOLE_DIGITS or len(decimals) > MAX_DECIMALS:
                return None
            return Decimal(f"{sign}{whole or '0'}.{decimals or '0'}").normalize() + 0
    return None


def _without_unit(text: str, unit: str) -> str:
    """The unit may be typed without its accents: composed letters are as many with them as without."""
    if unit and fold(text[-len(unit) :]) == fold(unit):
        return text[: -len(unit)].rstrip()
    return text


def plain(number: Decimal) -> str:
    """The one form in which an exact number is stored: 1234.5, never 1.2345E+3."""
    return f"{number.normalize() + 0:f}"


def for_reader(number: Decimal) -> str:
    """The number for a reader: 1.234,5 in Vietnamese, 1,234.5 in English."""
    return formats.number_format(Decimal(plain(number)), use_l10n=True, force_grouping=True)


def as_mark(value: Decimal) -> str:
    """A mark for a reader, with its two decimals: 8,25 in Vietnamese, 8.25 in English."""
    return _in_language(value.quantize(Decimal("0.01"), ROUND_HALF_UP), get_language())


@lru_cache(maxsize=1_000)
def _in_language(cents: Decimal, _language: str | None) -> str:
    """The questions of a paper are worth the same few marks, and Django's formats are slow to ask."""
    return formats.number_format(cents, decimal_pos=2, use_l10n=True, force_grouping=True)
