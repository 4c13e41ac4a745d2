"""Names of people as they are typed, and as they are stored."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from staff.lists.flags import Flag, remarks
from staff.lists.old_typing import is_of_today, vni_reading
from staff.old_fonts import TCVN3, VNI, converted
from staff.vietnamese import fold, nfc, split_name

_HONORIFIC = re.compile(r"^(?:ông|bà|đ/c|đồng chí|đc\.?|anh|chị|bs|ths|ts|ks|cn)[\s.:]+(?=\S)", re.IGNORECASE)
_APOSTROPHES = set("’‘`´ʼ′")
_ETH = set("ÐðƉɖ")
# Formulas, addresses of pages and mail, marks of programs, a post behind a comma or dash, a figure before a letter:
# nobody is called so.
_NO_NAME = re.compile(r"\d[^\W\d_]|[=<>{}\[\]|\\\"@#$%^*~+_:;?!,]|^\s*-|\s[-–]\s|\bwww\.", re.IGNORECASE)
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_LETTERS = set("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_FONTS = {Flag.OLD_FONT: TCVN3, Flag.OLD_FONT_VNI: VNI}
# Words of names that have marks as good as always.
_WITH_MARKS = {"thi", "van", "duc", "huu", "dinh", "ngoc", "quoc", "nguyen", "tran", "le", "pham"}


@dataclass(frozen=True, slots=True)
class Name:
    """``text`` is the name to store, "" where it cannot be told; ``suggestion`` is then what it may be."""

    text: str
    flags: frozenset[str] = frozenset()
    suggestion: str = ""


@lru_cache(maxsize=1)
def family_names() -> frozenset[str]:
    """Family names as they are written in ``family_names.txt``, between spaces; not exhaustive."""
    lines = (Path(__file__).parent / "family_names.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(nfc(word) for line in lines if not line.startswith("#") for word in line.split())


def read_name(raw: str) -> Name:
    """A name as typed, tidied; what was done to it is flagged."""
    if " " in (suggestion := vni_reading(raw)):
        return Name("", frozenset({Flag.OLD_FONT_VNI}), suggestion)
    if suggestion := _from_old_font(raw):
        return Name("", frozenset({Flag.OLD_FONT}), suggestion)
    flags = set()
    if unicodedata.normalize("NFC", raw) != raw:
        flags.add(Flag.NFD)
    text = unicodedata.normalize("NFC", raw)
    if set(text) & _ETH:
        flags.add(Flag.ETH)
        text = text.translate(str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"}))
    if set(text) & _APOSTROPHES:
        flags.add(Flag.APOSTROPHE)
    # Spaces at the ends are no fault of the name; those within, and marks that nobody sees, are.
    trimmed = text.strip(" ")
    if _ZERO_WIDTH.search(trimmed) or re.search(r"\s\s|[^\S ]", trimmed):
        flags.add(Flag.WHITESPACE)
    text = nfc(text)
    shortened = _HONORIFIC.sub("", text, count=1)
    if shortened != text and _begins_with_family(shortened):
        flags.add(Flag.HONORIFIC)
        text = shortened
    if text in {text.upper(), text.lower()} and any(letter.isalpha() for letter in text) or _is_jumbled(text):
        flags.add(Flag.CASE)
        text = _in_title_case(text)
    if _NO_NAME.search(text) or _are_several(raw):
        flags.add(Flag.NO_NAME)
    if any(letter.isdigit() for letter in text):
        flags.add(Flag.NUMBER_IN_NAME)
    return Name(text, remarks(frozenset(flags)))


def _is_jumbled(text: str) -> bool:
    """Whether capitals stand in the midst or small letters at the beginning of more than one word: "TrẦn tHị".

    One such word may be meant: "KaĐô".
    """
    words = [re.findall(r"[^\W\d_]+", word) for word in text.split()]
    odd = [word for parts in words for word in parts if word[0].islower() or word[1:] != word[1:].lower()]
    return len(odd) > 1 and any(word != word.lower() and word != word.upper() for word in odd)


def _are_several(raw: str) -> bool:
    """Whether two people share a cell, one a line. A name that is wrapped begins no family on its second line."""
    lines = [nfc(line) for line in raw.splitlines() if line.strip()]
    return len(lines) > 1 and all(_begins_with_family(line) for line in lines)


def as_typed_beside(names: Iterable[Name]) -> list[Name]:
    """The names of one sheet: where most were typed in an old font, those that could be names of today were so too.

    "Hoà Thò Chi" among names of a VNI font is "Hồ Thị Chi", which nothing in it tells.
    """
    names = list(names)
    flagged = Counter(flag for name in names for flag in name.flags & _FONTS.keys())
    if not flagged:
        return names
    font, count = flagged.most_common(1)[0]
    if count <= sum(not name.suggestion and is_of_today(name.text) for name in names):
        return names
    return [_in_font(name, font) for name in names]


def _in_font(name: Name, font: str) -> Name:
    said = nfc(converted(name.text, _FONTS[font]))
    if not name.text or name.text.isascii() or is_of_today(name.text) or said == name.text:
        return name
    return Name("", frozenset({font}), said)


def _begins_with_family(text: str) -> bool:
    words = text.split(" ")
    return len(words) >= 2 and words[0].casefold() in {name.casefold() for name in family_names()}


def _in_title_case(text: str) -> str:
    """Each word with one capital; also after an apostrophe or a hyphen (K'Brèm)."""
    return re.sub(r"[^\W\d_]+", lambda match: match[0][0].upper() + match[0][1:].lower(), text)


def _from_old_font(raw: str) -> str:
    """What a name typed in a TCVN3 font says; "" for a name that is none of these.

    In such a font each accented letter is a sign of another alphabet: in the midst of a word stand capitals or signs
    that Vietnamese does not have. The reading must be made of Vietnamese letters alone.
    """
    if not any(_is_strange(word) for word in unicodedata.normalize("NFC", raw).split()):
        return ""
    read = nfc(converted(raw, TCVN3))
    words = read.split(" ")
    if len(words) < 2 or any(_is_strange(word) for word in words):
        return ""
    return read


@lru_cache(maxsize=1_000)
def _is_strange(word: str) -> bool:
    letters = [sign for sign in word if sign not in "'’‘`´ʼ′.-/()"]
    if any(not _is_vietnamese(sign) for sign in letters if sign not in _ETH and not _ZERO_WIDTH.match(sign)):
        return True
    # A capital after a small letter: "NguyÔn".
    return any(a.islower() and b.isupper() for a, b in zip(letters, letters[1:], strict=False))


@lru_cache(maxsize=2000)
def _is_vietnamese(sign: str) -> bool:
    parts = unicodedata.normalize("NFD", sign.lower())
    base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    return base in _LETTERS


class MarkCensus:
    """Finds names that somebody typed without marks, by how the same words stand in the other names of the list.

    "Ma Nhung" has no marks and needs none; "Ka Bre" has none where the list otherwise writes "Ka Brệ".
    """

    def __init__(self, names: Iterable[str]):
        self.marked_given_names: set[str] = set()
        self.plain_words: Counter[str] = Counter()
        for name in names:
            _family, middle, given = split_name(name)
            if not given.isascii():
                self.marked_given_names.add(fold(given))
            self.plain_words.update(word.casefold() for word in (*middle.split(" "), given) if word.isascii())
        self.families = {fold(name): name for name in sorted(family_names(), reverse=True)}
        self.plain_families = {name.casefold() for name in family_names() if name.isascii()}

    def lacks_marks(self, name: str) -> bool:
        if not name.isascii() or " " not in name:
            return False
        family = name.split(" ")[0].casefold()
        if family in self.families and family not in self.plain_families:
            return True
        if any(word.casefold() in _WITH_MARKS for word in name.split(" ")[1:-1]):
            return True
        given = split_name(name)[2].casefold()
        return given in self.marked_given_names and self.plain_words[given] <= 1
