"""Legal bases in the order in which official papers name them: by rank, then by year and number."""

import re
from collections.abc import Iterable

# What the paper of a rank is called, the highest first. A decision of the Prime Minister stands above a circular, a
# resolution or decision of a province below it.
_RANKS = (
    r"hiến pháp",
    r"bộ luật|luật",
    r"pháp lệnh",
    r"nghị quyết(?!.*(?:hđnd|hội đồng nhân dân))",
    r"nghị định",
    r"quyết định.*(?:ttg|thủ tướng)",
    r"thông tư",
    r"chỉ thị",
    r"nghị quyết",
    r"quyết định",
)
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_NUMBER = re.compile(r"\d+")


def in_order(bases: Iterable[str]) -> list[str]:
    """Each once; equal sets give equal lists. A basis that names several papers stands where its first one does."""
    return sorted({basis for basis in bases if basis}, key=_place)


def _place(basis: str) -> tuple:
    words = basis.lower()
    found = ((match.start(), rank) for rank, kind in enumerate(_RANKS) if (match := re.search(kind, words)))
    rank = min(found, default=(0, len(_RANKS)))[1]
    year, number = _YEAR.search(words), _NUMBER.search(words)
    return rank, int(year[0]) if year else 0, int(number[0]) if number else 0, basis
