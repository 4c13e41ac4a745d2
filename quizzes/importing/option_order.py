"""Options that speak of other options by letter or place ("Cả A và B"): shuffled, they would say something else."""

import re
from collections.abc import Iterable

from quizzes.pictures import plain_words
from staff.vietnamese import fold, nfc

# Two letters that stand for options, as capitals: "A và B", "A, C", "B & D". The small "a và b" may be variables.
_TWO_LETTERS = re.compile(r"\b[A-H]\b\.?\s*(?:,|;|&|\+|và|hoặc|and|or)\s*(?:[A-H]\b\.?\s*(?:,|và|and)\s*)*\b[A-H]\b")
_ONE_LETTER = re.compile(r"\b(?:đáp án|phương án|câu|ý|lựa chọn|option|answer)\s+[A-H]\b", re.IGNORECASE)
_ALL_OR_NONE = re.compile(
    r"\b(?:tat ca|ca (?:hai|ba|bon|nam|2|3|4|5)|khong (?:co )?(?:mot )?|chi (?:co )?)\b.*"
    r"\b(?:dap an|phuong an|lua chon|cau|y|dieu|truong hop)\b.*\b(?:tren|deu|dung|sai|nao)\b"
    r"|\b(?:tat ca|ca (?:hai|ba|bon|nam|2|3|4|5))\b.*\b(?:tren|deu dung|deu sai)\b"
    r"|\b(?:all|none|both|neither) of the (?:above|options|answers)\b"
)


def speaks_of_others(option: str) -> bool:
    """Whether an option's words only make sense in the order in which its author wrote the options."""
    words = nfc(plain_words(option))
    return bool(_TWO_LETTERS.search(words) or _ONE_LETTER.search(words) or _ALL_OR_NONE.search(fold(words)))


def depends_on_order(options: Iterable[str]) -> bool:
    """Whether any of the options speaks of others."""
    return any(speaks_of_others(option) for option in options)
