"""What one answer earns: a pure function of the key and the response, in exact decimals.

What keys and responses of each type look like is said in the modules of ``quizzes.types``.
"""

from decimal import Decimal

from quizzes.types import kind_of
from quizzes.types.exact import FULL, NOTHING

__all__ = ["FULL", "NOTHING", "earned_percent"]


def earned_percent(type: str, key: dict, response: list[str], unit: str = "") -> Decimal:
    """The percent of its points, 0 to 100, that ``response`` earns; nothing where nothing was answered."""
    return kind_of(type).earned(key, response, unit) if response else NOTHING
