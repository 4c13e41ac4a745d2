"""How a share is printed."""

import pytest
from django.utils.translation import override

from unit_coverage.shares import percent_for_reader, percent_text


@pytest.mark.parametrize(
    ("trained", "bound", "printed"),
    [
        (0, 0, "–"),
        (0, 54, "0,00%"),
        (54, 54, "100,00%"),
        (41, 56, "73,21%"),
        (1, 800, "0,13%"),  # 0,125: half goes up
        (99_999, 100_000, "99,99%"),  # 99,999 must not become 100,00
        (1, 100_000, "0,01%"),  # 0,001 must not become 0,00
        (2, 3, "66,67%"),
        (199_999, 200_000, "99,99%"),
    ],
)
def test_share_is_rounded_half_up_but_all_and_none_are_exact(trained, bound, printed):
    assert percent_text(trained, bound) == printed


def test_share_is_written_as_the_reader_writes_decimals():
    with override("vi"):
        in_vietnamese = percent_for_reader(41, 56), percent_for_reader(0, 0)
    with override("en"):
        in_english = percent_for_reader(41, 56), percent_for_reader(0, 0)

    assert (in_vietnamese, in_english) == (("73,21%", "–"), ("73.21%", "–"))
