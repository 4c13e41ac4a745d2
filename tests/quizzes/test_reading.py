"""Numbers as people in Việt Nam write them."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from quizzes.reading import MAX_DECIMALS, MAX_WHOLE_DIGITS, for_reader, plain, read_number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,5", "1234.5"), ("1234,5", "1234.5"), ("1234.5", "1234.5"), ("1,234.5", "1234.5"), ("1 234,5", "1234.5"),
        ("1\u00a0234,5", "1234.5"), ("1.234", "1234"), ("1,234", "1.234"), ("0.125", "0.125"), ("12.50", "12.5"),
        ("1234.567", "1234.567"), ("1.234.567", "1234567"), ("1,234,567", "1234567"), ("007", "7"), (",5", "0.5"),
        ("-5", "-5"), ("−5", "-5"), ("+ 5", "5"), ("-0", "0"), (" 5 ", "5"), ("0,10", "0.1"),
    ],
)  # fmt: skip
def test_a_number_is_read_as_people_in_viet_nam_write_it(text, number):
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", "năm", "1e5", "1E999999999", "Infinity", "NaN", "12.34.567", "1.23.4", "1,2,3", "1 2", "5,", "5.", "--5",
     "0x10", "1_000", "٥", "５", "1/2", "9" * 16, "0," + "1" * 13, "9" * 10**6, "1.234,567.8", "0.123.456"],
)  # fmt: skip
def test_what_is_not_a_number_is_not_guessed_at(text):
    assert read_number(text) is None


@pytest.mark.parametrize(
    ("text", "unit", "number"),
    [("37 nguoi", "người", "37"), ("37NGƯỜI", "người", "37"), ("12 dong", "đồng", "12"), ("12 dog", "đồng", None),
     ("5 MB", "MB", "5"), ("5mb", "MB", "5"), ("50%", "%", "50"), ("5", "MB", "5"), ("5 GB", "MB", None),
     ("MB", "MB", None)],
)  # fmt: skip
def test_the_answer_may_repeat_the_unit(text, unit, number):
    assert read_number(text, unit) == (None if number is None else Decimal(number))


@given(st.text())
def test_no_text_raises(text):
    number = read_number(text)

    assert number is None or number.is_finite()


@given(st.integers(0, 10**MAX_WHOLE_DIGITS - 1), st.integers(0, 10**MAX_DECIMALS - 1), st.booleans())
def test_what_is_shown_in_vietnamese_is_read_back_exactly(whole, decimals, is_negative):
    number = Decimal(f"{'-' if is_negative else ''}{whole}.{decimals:0{MAX_DECIMALS}d}")

    with translation.override("vi"):
        assert read_number(for_reader(number)) == number
    assert Decimal(plain(number)) == number


def test_a_reader_sees_the_number_in_the_writing_of_the_language():
    words = []
    for language in ("vi", "en"):
        with translation.override(language):
            words.append(for_reader(Decimal("1234567.5")))

    assert words == ["1.234.567,5", "1,234,567.5"]
