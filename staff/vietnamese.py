"""Vietnamese text: one form to store, one folding to compare, one order to sort by.

Everything that stores text passes it through ``nfc``; everything that matches, searches or makes a
slug compares ``fold``; every list of people is ordered by ``name_sort_key``.
"""

import re
import unicodedata
from functools import lru_cache

_APOSTROPHES = dict.fromkeys(map(ord, "’‘`´ʼ′"), "'")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
# Đ has three look-alikes in Unicode; only U+0110/U+0111 is the Vietnamese letter.
_LETTER_D = str.maketrans({"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ"})
_SPACES = re.compile(r"\s+")
_SHORT = 200
_NO_WORD = re.compile(r"[\W_]+")

# Alphabet and tones of TCVN 6909: a ă â b c d đ e ê …; level, falling, asking, tumbling, sharp, heavy.
# Dictionaries differ in the order of tones; this is the one PostgreSQL's vi-x-icu collation uses.
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_LETTER_RANK = {letter: chr(ord("A") + index) for index, letter in enumerate(_ALPHABET)}
_TONE_RANK = {"": "0", "\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
_TONES = set(_TONE_RANK) - {""}
_TONE = "[" + "".join(sorted(_TONES)) + "]"
# In decomposed text: a tone between the two vowels, and after the second.
_TONE_ON_FIRST = re.compile(rf"({_TONE})((?<=o.)[ae]|(?<=u.)y)", re.IGNORECASE)
_TONE_ON_SECOND = re.compile(rf"((?<=o)[ae]|(?<=u)y)({_TONE})", re.IGNORECASE)


def nfc(text: str) -> str:
    """``text`` as we store it: composed (NFC), plain apostrophes, no invisible marks, single spaces."""
    text = unicodedata.normalize("NFC", text).translate(_INVISIBLE).translate(_APOSTROPHES)
    return _SPACES.sub(" ", text).strip()


def composed(text: str) -> str:
    """Composed (NFC) with single spaces, and nothing else touched.

    For texts in which a character that nobody sees may be the point: the look-alike file name of a security question.
    """
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def fold(text: str) -> str:
    """The key by which two spellings are the same word: lower case, no marks, đ as d, single spaces.

    "Đơn Dương", "ĐƠN DƯƠNG" (in NFD) and "don duong" fold alike; so do both spellings of a
    tone ("Hòa", "Hoà") and Eth for Đ.
    """
    if text.isascii():
        return " ".join(text.split()).replace("`", "'").lower()
    # What a list repeats in every row, its titles and units, is folded once; long texts are not kept.
    return _folded(text) if len(text) <= _SHORT else _folded.__wrapped__(text)


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return without_marks(nfc(text).casefold())


def searchable(text: str) -> str:
    """``fold`` with a space around every word and nothing else between them, so that ' thu do ' finds whole words."""
    return f" {' '.join(_NO_WORD.split(fold(text))).strip()} "


def without_marks(text: str) -> str:
    """``text`` without accents, đ as d, capitals as they are."""
    text = nfc(text).translate(_LETTER_D)
    text = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return text.replace("đ", "d").replace("Đ", "D")


def tone_spellings(text: str) -> tuple[str, str]:
    """``text`` with the tone of oa, oe and uy on the first vowel, and on the second: "hòa" and "hoà".

    Two texts that differ only by this habit have equal pairs; neither spelling is more right than the other.
    """
    apart = unicodedata.normalize("NFD", nfc(text).translate(_LETTER_D))
    first = _TONE_ON_SECOND.sub(r"\2\1", apart)
    second = _TONE_ON_FIRST.sub(r"\2\1", apart)
    return unicodedata.normalize("NFC", first), unicodedata.normalize("NFC", second)


def slug(text: str) -> str:
    """``text`` as part of an address: folded, words joined by hyphens, at most 80 characters.

    Django's own ``slugify`` drops đ ("Đơn Dương" becomes "on-duong"), so it is never used.
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:80].strip("-")


def collation_key(text: str) -> str:
    """A key whose plain byte order is Vietnamese alphabetical order: letters first, tones only to break ties.

    Stored beside the text, so that SQLite and PostgreSQL sort alike without a collation of their own.
    """
    letters, tones = [], []
    for char in nfc(text).translate(_LETTER_D).casefold():
        tone, base = "", char
        if not char.isascii():
            decomposed = unicodedata.normalize("NFD", char)
            tone = next((c for c in decomposed if c in _TONES), "")
            base = unicodedata.normalize("NFC", decomposed.replace(tone, "")) if tone else char
        letters.append(_LETTER_RANK.get(base) or ("!" if base.isspace() else f"~{base}"))
        tones.append(_TONE_RANK[tone])
    return "".join(letters) + " " + "".join(tones)


def split_name(full_name: str) -> tuple[str, str, str]:
    """(family, middle, given) of a Vietnamese full name: first word, the words between, last word.

    A name of one word is a given name. Only for sorting: the full name stays the truth, since
    highland names (K' Brèm, Touprong Thanh) have other shapes.
    """
    parts = nfc(full_name).split(" ")
    if len(parts) == 1:
        return "", "", parts[0]
    return parts[0], " ".join(parts[1:-1]), parts[-1]


def name_sort_key(full_name: str) -> str:
    """A key whose plain byte order sorts people by given name, then family, then middle name."""
    family, middle, given = split_name(full_name)
    return "|".join(_key_of_words(part) for part in (given, family, middle))


# Names are made of few words: a list of thousands says the same ones again.
_key_of_words = lru_cache(maxsize=5_000)(collation_key)


def masked_name(full_name: str) -> str:
    """The name as strangers may see it: the family name whole, the others by initial ("Nguyễn T. L.")."""
    first, *rest = nfc(full_name).split(" ")
    return " ".join([first, *(f"{word[0]}." for word in rest if word)])


def as_sentence(text: str) -> str:
    """What somebody typed as a reason, ended like a sentence, so that another one may follow it."""
    text = text.strip()
    return text if not text or text.endswith((".", "!", "?", "…")) else f"{text}."
