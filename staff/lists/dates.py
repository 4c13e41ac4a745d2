"""Birth days in every way that people and spreadsheets write them."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from staff.enums import DatePrecision
from staff.lists.flags import Flag, remarks
from staff.vietnamese import fold

_EXCEL_EPOCH = date(1899, 12, 30)
# Bare whole numbers of this size are days since Excel's beginning: 1941 to 2009.
_SERIALS = range(15_000, 40_000)
_YEARS = range(1900, 2100)
_YOUNGEST = 15

_DAY_FIRST = re.compile(r"^(\d{1,2})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{4}|\d{2})$")
_YEAR_FIRST = re.compile(r"^(\d{4})\s*[./-]\s*(\d{1,2})\s*[./-]\s*(\d{1,2})(?:[ T].*)?$")
_MONTH = re.compile(r"^(\d{1,2})\s*[./-]\s*(\d{4})$")
_WORDS = re.compile(r"^(?:ngay|sinh ngay)?\s*(\d{1,2})\s*(?:thang|/|-)\s*(\d{1,2})\s*(?:nam|/|-)\s*(\d{4})$")
_YEAR_WORDS = re.compile(r"^(?:sinh )?nam (?:sinh )?(\d{4})$")
_MONTH_WORDS = re.compile(r"^(?:thang)\s*(\d{1,2})\s*(?:nam|/|-)\s*(\d{4})$")


@dataclass(frozen=True, slots=True)
class BirthDay:
    """``day`` with its precision: of a month or a year the first day stands for it. None where nothing can be told."""

    day: date | None = None
    precision: str = DatePrecision.UNKNOWN
    flags: frozenset[str] = frozenset()

    @property
    def written(self) -> str | None:
        """1976-06-24, 1986-10 or 1975, as precisely as it is known."""
        if self.day is None:
            return None
        return {DatePrecision.YEAR: f"{self.day:%Y}", DatePrecision.MONTH: f"{self.day:%Y-%m}"}.get(
            self.precision, self.day.isoformat()
        )

    @property
    def shown(self) -> str:
        """24/06/1976, 10/1986 or 1975, as people write it; "" where nothing can be told."""
        if self.day is None:
            return ""
        return {DatePrecision.YEAR: f"{self.day:%Y}", DatePrecision.MONTH: f"{self.day:%m/%Y}"}.get(
            self.precision, f"{self.day:%d/%m/%Y}"
        )


def read_birth_day(value, *, on: date) -> BirthDay:
    """The birth day in a cell. Day first; month first only where the second number can be no month.

    ``on`` is the day of the list: years of two digits are the last that make a person of working age.
    """
    if isinstance(value, datetime):
        return _sensible(value.date(), on)
    if isinstance(value, date):
        return _sensible(value, on)
    text = fold(str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")).strip(" '.")
    if not text:
        return BirthDay(flags=frozenset({Flag.BORN_MISSING}))
    if match := _YEAR_WORDS.match(text):
        text = match[1]
    if text.isdigit():
        return _bare_number(int(text), on)
    if match := _YEAR_FIRST.match(text):
        return _of(int(match[1]), int(match[2]), int(match[3]), on)
    if match := _DAY_FIRST.match(text) or _WORDS.match(text):
        return _day_first(match, on)
    if match := _MONTH.match(text) or _MONTH_WORDS.match(text):
        return _month(int(match[2]), int(match[1]), on)
    return BirthDay(flags=frozenset({Flag.BORN_INVALID}))


def _bare_number(number: int, on: date) -> BirthDay:
    if number in _YEARS:
        return _sensible(date(number, 1, 1), on, DatePrecision.YEAR, Flag.BORN_YEAR)
    if number in _SERIALS:
        return _sensible(_EXCEL_EPOCH + timedelta(days=number), on, DatePrecision.DAY, Flag.BORN_SERIAL)
    return BirthDay(flags=frozenset({Flag.BORN_INVALID}))


def _day_first(match, on: date) -> BirthDay:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    flags = []
    if len(match[3]) == 2:
        flags.append(Flag.BORN_SHORT_YEAR)
        newest = on.year - _YOUNGEST
        year = newest - (newest - year) % 100
    if second > 12 >= first:
        return _of(year, first, second, on, *flags, Flag.BORN_US)
    return _of(year, second, first, on, *flags)


def _of(year: int, month: int, day: int, on: date, *flags) -> BirthDay:
    try:
        return _sensible(date(year, month, day), on, DatePrecision.DAY, *flags)
    except ValueError:
        return BirthDay(flags=frozenset({Flag.BORN_INVALID}))


def _month(year: int, month: int, on: date) -> BirthDay:
    if not 1 <= month <= 12 or year not in _YEARS:
        return BirthDay(flags=frozenset({Flag.BORN_INVALID}))
    return _sensible(date(year, month, 1), on, DatePrecision.MONTH, Flag.BORN_MONTH)


def _sensible(day: date, on: date, precision=DatePrecision.DAY, *flags) -> BirthDay:
    """Nobody on a staff list is born after it, or a hundred and ten years before."""
    if not on.year - 110 <= day.year <= on.year - _YOUNGEST:
        return BirthDay(flags=frozenset({Flag.BORN_INVALID}))
    return BirthDay(day, precision, remarks(frozenset(flags)))
