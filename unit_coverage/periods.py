"""Reporting periods: pure arithmetic of days. A period is named in official Vietnamese, because papers print it."""

from dataclasses import dataclass
from datetime import date, timedelta

from unit_coverage.enums import PeriodShape

ONE_DAY = timedelta(days=1)
_MONTHS = {PeriodShape.MONTH: 1, PeriodShape.QUARTER: 3, PeriodShape.HALF_YEAR: 6, PeriodShape.YEAR: 12}
_ROMAN = ("I", "II", "III", "IV")


@dataclass(frozen=True, slots=True)
class Period:
    """From ``first`` to ``last``, both included. ``last`` is the cut-off day."""

    label: str
    first: date
    last: date
    legal_basis: str = ""

    @property
    def days(self) -> str:
        return f"{self.first:%d/%m/%Y} – {self.last:%d/%m/%Y}"

    def up_to(self, day: date) -> "Period":
        """The same period counted until ``day``, where that comes before its end."""
        return self if day >= self.last else Period(self.label, self.first, day, self.legal_basis)


def numbers_in_a_year(shape: str) -> int:
    """How many periods of this shape begin in a year; 1 where the number is not asked."""
    return 12 // _MONTHS[shape] if shape in _MONTHS else 1


def period_of(scheme, *, year: int, number: int = 1) -> Period:
    """The ``number``-th period of ``year`` (for a term: the one that ``year`` lies in; a free one is itself)."""
    if scheme.shape == PeriodShape.FREE:
        return Period(scheme.name, scheme.first, scheme.last, scheme.legal_basis)
    if scheme.shape == PeriodShape.TERM:
        begins = year - (year - scheme.first_year) % scheme.years
        label = f"{scheme.name} {begins} - {begins + scheme.years - 1}"
        first, after = _shifted(scheme, begins, 1), _shifted(scheme, begins + scheme.years, 1)
        return Period(label, first, after - ONE_DAY, scheme.legal_basis)
    months = _MONTHS[scheme.shape]
    begins = months * (number - 1) + 1
    first, after = _shifted(scheme, year, begins), _shifted(scheme, year, begins + months)
    return Period(_label(scheme.shape, year, number), first, after - ONE_DAY, scheme.legal_basis)


def last_before(scheme, day: date) -> tuple[int, int]:
    """(year, number) of the latest period that had ended by ``day``."""
    for year in (day.year, day.year - 1):
        for number in range(numbers_in_a_year(scheme.shape), 0, -1):
            if period_of(scheme, year=year, number=number).last <= day:
                return year, number
    if scheme.shape == PeriodShape.TERM:
        return period_of(scheme, year=day.year).first.year - 1, 1
    return day.year, 1


def _shifted(scheme, year: int, month: int) -> date:
    """The day on which what begins in this month of the calendar begins by the scheme."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if scheme.begins_on_day == 1:
        return date(year, month, 1)
    year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return date(year, month, scheme.begins_on_day)


def _label(shape: str, year: int, number: int) -> str:
    if shape == PeriodShape.MONTH:
        return f"Tháng {number}/{year}"
    if shape == PeriodShape.QUARTER:
        return f"Quý {_ROMAN[number - 1]}/{year}"
    if shape == PeriodShape.HALF_YEAR:
        return f"6 tháng {'đầu' if number == 1 else 'cuối'} năm {year}"
    return f"Năm {year}"
