"""Numbers that an author writes: exact and bounded, or refused."""

from decimal import Decimal

from django.utils.translation import gettext as _

from quizzes.errors import QuestionRefused
from quizzes.reading import MAX_DECIMALS, MAX_WHOLE_DIGITS, plain, read_number

NOTHING, FULL = Decimal(0), Decimal(100)
# Three thirds, as people write them, are a whole.
NEARLY_FULL = Decimal("99.99")
MAX_POINTS = 100


def exact_number(value) -> Decimal:
    """``value`` is a Decimal, an int, or text read as a learner's answer is: no float is ever exact enough."""
    number = value if isinstance(value, Decimal) else None
    if isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, str):
        number = read_number(value)
    if number is None or not number.is_finite() or abs(number.adjusted()) > MAX_WHOLE_DIGITS + MAX_DECIMALS:
        raise QuestionRefused(_("“%(value)s” is not a number that can be read.") % {"value": str(value)[:50]})
    whole, _mark, decimals = f"{abs(number):f}".partition(".")
    if len(whole) > MAX_WHOLE_DIGITS or len(decimals.rstrip("0")) > MAX_DECIMALS:
        raise QuestionRefused(_("“%(value)s” has too many digits.") % {"value": str(value)[:50]})
    return Decimal(plain(number))


def exact_percent(value, least: int) -> Decimal:
    percent = exact_number(value)
    if not least <= percent <= FULL:
        raise QuestionRefused(
            _("“%(value)s” is not a percent between %(least)d and 100.") % {"value": value, "least": least}
        )
    return percent


def exact_points(value) -> Decimal:
    points = exact_number(value)
    if not 0 < points <= MAX_POINTS or points != points.quantize(Decimal("0.01")):
        raise QuestionRefused(
            _("The points of a question are between 0,01 and %(most)d, with two decimals at most.")
            % {"most": MAX_POINTS}
        )
    return points


def bounded(percent: Decimal) -> Decimal:
    """Between 0 and 100, three thirds being a whole."""
    return FULL if percent >= NEARLY_FULL else max(NOTHING, percent)
