"""A long list is held in little: what every row says again is kept once."""

import tracemalloc

import pytest

from staff.lists.matching import judge
from staff.lists.reading import read_list
from staff.lists.workbook import sheets_of
from tests.staff.lists.conftest import DAY, HEADINGS, person, workbook


@pytest.fixture(scope="module")
def held(units):
    """The bytes that a list of so many people holds once it is read and judged."""

    def of(count: int) -> int:
        rows = [person(f"Lê Thị Mai {_letters(number)}", CCCD=f"099180{number:06}") for number in range(count)]
        content = workbook([HEADINGS, *rows])
        tracemalloc.start()
        try:
            found = read_list(sheets_of(content, "a.xlsx"), units=units, on=DAY)
            judged = judge(found)
            assert [len(found.rows), len(judged.people)] == [count, count]
            return tracemalloc.get_traced_memory()[0]
        finally:
            tracemalloc.stop()

    return of


def _letters(number: int) -> str:
    return "".join(chr(ord("A") + int(digit)) for digit in str(number)).capitalize()


def test_each_further_row_of_a_list_holds_little_more_than_a_kilobyte(held):
    held(10)  # what is loaded once
    few, many = held(1_000), held(3_000)

    assert (many - few) / 2_000 < 1_300
