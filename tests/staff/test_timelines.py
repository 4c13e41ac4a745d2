"""Stretches of days, cut and joined, against a look at each day on its own."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from staff.timelines import NO_END, ONE_DAY, Stretch, changed_between, cut_before, joined, on, run_from

FIRST = date(2026, 1, 1)
numbers = st.integers(0, 60)


@st.composite
def timelines(draw):
    found, day = [], FIRST
    for _ in range(draw(st.integers(0, 5))):
        day += timedelta(days=draw(st.integers(0, 5)))
        last = day + timedelta(days=draw(st.integers(0, 12)))
        status = draw(st.sampled_from(["active", "leave"]))
        found.append(Stretch(day, last, draw(st.integers(1, 2)), "", "cong_chuc", status))
        day = last + ONE_DAY
    if found and draw(st.booleans()):
        last = found.pop()
        found.append(Stretch(last.first, NO_END, last.unit_id, "", last.category, last.status))
    return found


def by_day(stretches):
    days = [FIRST + timedelta(days=number) for number in range(-2, 120)]
    return {day: next(((s.unit_id, s.status) for s in stretches if s.first <= day <= s.last), None) for day in days}


@given(timelines(), numbers, numbers, st.booleans())
def test_exactly_the_days_that_are_named_change(stretches, first, length, is_open):
    begin = FIRST + timedelta(days=first)
    end = NO_END if is_open else begin + timedelta(days=length)

    found = changed_between(stretches, begin, end, status="seconded")

    assert by_day(found) == {
        day: said and (said[0], "seconded" if begin <= day <= end else said[1])
        for day, said in by_day(stretches).items()
    }
    assert all(earlier.last < later.first for earlier, later in zip(found, found[1:], strict=False))


@given(timelines(), numbers)
def test_nothing_is_left_from_the_day_of_a_cut(stretches, number):
    day = FIRST + timedelta(days=number)

    found = cut_before(stretches, day)

    assert by_day(found) == {d: said if d < day else None for d, said in by_day(stretches).items()}


def test_neighbours_that_were_stored_apart_stay_apart_and_new_ones_are_joined():
    """Two equal rows beside each other are two decisions; a leave that is cut out again leaves one row."""
    first = Stretch(FIRST, FIRST + ONE_DAY, 1, "", "cong_chuc", "active")
    second = Stretch(FIRST + 2 * ONE_DAY, NO_END, 1, "", "cong_chuc", "active")
    away = changed_between([second], FIRST + 5 * ONE_DAY, FIRST + 9 * ONE_DAY, status="leave")

    assert joined([first, second], [first, second]) == [first, second]
    assert len(away) == 3
    back = changed_between(away, FIRST + 5 * ONE_DAY, FIRST + 9 * ONE_DAY, status="active")
    assert joined(back, away) == [second]


@given(timelines(), numbers)
def test_a_run_goes_on_as_long_as_no_day_is_missing(stretches, number):
    day = FIRST + timedelta(days=number)

    run = run_from(stretches, day)

    assert (run[0] if run else None) == on(stretches, day)
    if run and not run[-1].is_open:
        assert on(stretches, run[-1].last + ONE_DAY) is None
        covered = (run[-1].last - day).days
        assert all(on(stretches, day + timedelta(days=n)) for n in range(covered + 1))
