"""Reporting periods are arithmetic of days."""

from datetime import date, timedelta

import pytest

from unit_coverage.models import PeriodScheme
from unit_coverage.periods import last_before, numbers_in_a_year, period_of

QUARTER = PeriodScheme(shape="quarter", name="Quý")
QUARTER_15 = PeriodScheme(shape="quarter", begins_on_day=15, name="Quý")
MONTH_15 = PeriodScheme(shape="month", begins_on_day=15)
HALF_15 = PeriodScheme(shape="half_year", begins_on_day=15)
YEAR_15 = PeriodScheme(shape="year", begins_on_day=15)
TERM = PeriodScheme(shape="term", name="Nhiệm kỳ", first_year=2021, years=5)


@pytest.mark.parametrize(
    ("scheme", "year", "number", "label", "days"),
    [
        (QUARTER, 2026, 1, "Quý I/2026", "01/01/2026 – 31/03/2026"),
        (QUARTER, 2026, 4, "Quý IV/2026", "01/10/2026 – 31/12/2026"),
        (QUARTER_15, 2026, 1, "Quý I/2026", "15/12/2025 – 14/03/2026"),
        (MONTH_15, 2026, 3, "Tháng 3/2026", "15/02/2026 – 14/03/2026"),
        (HALF_15, 2026, 2, "6 tháng cuối năm 2026", "15/06/2026 – 14/12/2026"),
        (YEAR_15, 2026, 1, "Năm 2026", "15/12/2025 – 14/12/2026"),
        (TERM, 2024, 1, "Nhiệm kỳ 2021 - 2025", "01/01/2021 – 31/12/2025"),
        (TERM, 2026, 1, "Nhiệm kỳ 2026 - 2030", "01/01/2026 – 31/12/2030"),
    ],
)
def test_a_period_has_its_name_and_its_days(scheme, year, number, label, days):
    period = period_of(scheme, year=year, number=number)

    assert (period.label, period.days) == (label, days)


@pytest.mark.parametrize("scheme", [QUARTER, QUARTER_15, MONTH_15, HALF_15, YEAR_15])
def test_the_periods_of_a_scheme_leave_out_no_day_and_count_none_twice(scheme):
    periods = [
        period_of(scheme, year=year, number=number)
        for year in range(2023, 2029)
        for number in range(1, numbers_in_a_year(scheme.shape) + 1)
    ]

    assert [p.first for p in periods[1:]] == [p.last + timedelta(days=1) for p in periods[:-1]]


@pytest.mark.parametrize("day", [date(2026, 3, 31), date(2026, 4, 1), date(2026, 6, 29)])
def test_the_last_period_that_is_over_may_end_today(day):
    assert last_before(QUARTER, day) == (2026, 1)


def test_before_the_first_end_of_a_year_the_last_period_is_of_the_year_before():
    assert last_before(QUARTER, date(2026, 3, 30)) == (2025, 4)
    assert last_before(YEAR_15, date(2026, 12, 14)) == (2026, 1)
    assert last_before(TERM, date(2027, 5, 1)) == (2025, 1)


def test_a_running_period_is_counted_until_today():
    period = period_of(QUARTER, year=2026, number=4).up_to(date(2026, 11, 26))

    assert (period.label, period.days) == ("Quý IV/2026", "01/10/2026 – 26/11/2026")
