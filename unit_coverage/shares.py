"""A share a/b, and how it is printed."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from django.utils.formats import get_format

HUNDREDTH = Decimal("0.01")
NONE = "–"


def percent(trained: int, bound: int) -> Decimal | None:
    """``trained`` of ``bound`` in percent with two decimals, rounded half up; None when nobody is bound.

    100,00 only when all are trained and 0,00 only when nobody is: one missing person of a
    hundred thousand must not disappear in the rounding.
    """
    if not bound:
        return None
    exact = Fraction(100 * trained, bound)
    rounded = (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(HUNDREDTH, ROUND_HALF_UP)
    if rounded == 100 and trained != bound:
        return Decimal("99.99")
    if rounded == 0 and trained:
        return HUNDREDTH
    return rounded


def percent_text(trained: int, bound: int) -> str:
    """The share as people read it: "73,21%", or "–" when nobody is bound."""
    value = percent(trained, bound)
    return NONE if value is None else f"{value:.2f}%".replace(".", ",")


def percent_for_reader(trained: int, bound: int) -> str:
    """The same in the reader's language: "73.21%" in English."""
    value = percent(trained, bound)
    return NONE if value is None else f"{value:.2f}%".replace(".", get_format("DECIMAL_SEPARATOR"))
