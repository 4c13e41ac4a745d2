"""What a staff list says about somebody's informatics certificate, and whether it meets the basic standard by itself.

Joint Circular 17/2016/TTLT-BGDĐT-BTTTT: certificates A, B, C issued before 10 August 2016 go on being equivalent to
the basic standard; none of them may be issued since. The year alone cannot tell of 2016.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from staff.lists.flags import Flag
from staff.vietnamese import fold

YES, NO, NEEDS_EVIDENCE, UNKNOWN = "yes", "no", "needs_evidence", "unknown"
_LAST_YEAR_OF_ABC = 2016
_CYRILLIC = str.maketrans("АВЕКМНОРСТХаеорсх", "ABEKMHOPCTXaeopcx")
# "ngày 12/5/2012", "tháng 5/2012": only the year is asked
_DATED = re.compile(r"\b(?:cap )?(?:ngay |thang )?(?:\d{1,2}[/.-]){1,2}(?=(?:19|20)\d\d\b)")
_YEAR = re.compile(r"\(?(?:\bnam )?\b((?:19|20)\d\d)\b\)?")
_DEGREES = (
    ("doctor_degree", r"\b(tien si|ts)\b"),
    ("master_degree", r"\b(thac si|ths)\b"),
    ("bachelor_degree", r"\b(dai hoc|dh|ky su|ks|cu nhan)\b"),
    ("college_degree", r"\b(cao dang|cd)\b"),
    ("intermediate_degree", r"\b(trung cap|tc)\b"),
)
_INFORMATICS = re.compile(r"\b(cntt|tin|cong nghe thong tin|khmt|may tinh|phan mem)\b|\btin hoc\b")
_INTERNATIONAL = re.compile(r"\b(mos|ic3|icdl|ecdl|comptia)\b")
_ABC_WORDS = {"cc", "chung", "chi", "trinh", "do", "bang", "tin", "hoc", "th"}
_FIRST_OF_SEVERAL = re.compile(r"^([abc])\s+tin\b")
_AMONG_OTHERS = re.compile(r"\btin(?: hoc)? (?:trinh do )?([abc])\b")
_ADVANCED = re.compile(r"\bnang cao\b|\bnc\b|(?:cntt|ud)nc\b")
_BASIC = re.compile(r"\bco ban\b|\bcb\b|(?:cntt|ud)cb\b|^(?:cc |chung chi )?(?:ud|u d|ung dung) ?cntt$")
_NONE = {"chua", "khong", "chua co", "khong co", "-", "--", "0", "k"}
_OFFICE = {"thvp", "vp", "tin hoc van phong", "van phong", "tin hoc vp"}
_STANDARD = {
    "basic": YES, "advanced": YES, "doctor_degree": YES, "master_degree": YES, "bachelor_degree": YES,
    "college_degree": YES, "intermediate_degree": YES, "international": NEEDS_EVIDENCE,
    "office_cert_unspecified": NEEDS_EVIDENCE, "de_an_112": NO, "none": NO, "unknown": UNKNOWN,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """``level`` is a kind that the rules of recognition know; ``met`` says yes, no, needs_evidence or unknown."""

    level: str
    year: int | None
    met: str
    flags: frozenset[str]


@lru_cache(maxsize=5_000, typed=True)
def read_evidence(value, year_value=None) -> Evidence:
    """The level in a cell, with the year from its own column or in brackets beside the level."""
    raw = str(value or "")
    flags = set()
    if raw != raw.translate(_CYRILLIC):
        flags.add(Flag.CYRILLIC)
        raw = raw.translate(_CYRILLIC)
    text = fold(raw)
    year = _year(year_value)
    text = _DATED.sub("", text)
    if match := _YEAR.search(text):
        year = year or int(match[1])
        text = (text[: match.start()] + text[match.end() :]).strip(" ()-,.;")
    level = _level(text.strip())
    if level == "unknown" and text.strip():
        flags.add(Flag.ICT_UNCLEAR)
    met = _met(level, year)
    if met == NEEDS_EVIDENCE:
        flags.add(Flag.EVIDENCE)
    if level.startswith("cert_") and met == NO:
        flags.add(Flag.ABC_LATE)
    return Evidence(level, year, met, frozenset(flags))


def _year(value) -> int | None:
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")
    match = _YEAR.search(text)
    return int(match[1]) if match else None


def _level(text: str) -> str:
    if not text:
        return "unknown"
    if text in _NONE:
        return "none"
    if "de an 112" in text or text == "112":
        return "de_an_112"
    if _INTERNATIONAL.search(text):
        return "international"
    plain = " ".join(re.sub(r"[.,;/]", " ", text).split())
    if _INFORMATICS.search(plain):
        for level, pattern in _DEGREES:
            if re.search(pattern, plain):
                return level
    if match := _FIRST_OF_SEVERAL.match(plain) or _AMONG_OTHERS.search(plain):
        return f"cert_{match[1]}"
    if (letters := [word for word in plain.split() if word not in _ABC_WORDS]) in (["a"], ["b"], ["c"]):
        return f"cert_{letters[0]}"
    if plain in _OFFICE:
        return "office_cert_unspecified"
    if _ADVANCED.search(plain):
        return "advanced"
    if _BASIC.search(plain):
        return "basic"
    return "unknown"


def _met(level: str, year: int | None) -> str:
    if not level.startswith("cert_"):
        return _STANDARD[level]
    if year is None or year == _LAST_YEAR_OF_ABC:
        return NEEDS_EVIDENCE
    return YES if year < _LAST_YEAR_OF_ABC else NO
