"""Cells that were typed in a font from before Unicode, told by the words alone: a spreadsheet's cells lose their font.

What is typed so looks like letters that no Vietnamese syllable has; what it says, read by the right table, is made of
Vietnamese syllables. Both must hold, so that names of other peoples and abbreviations stay as they are.
"""

import re
import unicodedata
from functools import lru_cache

from staff.old_fonts import TCVN3, VNI, converted
from staff.vietnamese import nfc

_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_SYLLABLE = re.compile(
    r"(?:ngh|ng|nh|gh|gi|kh|ch|ph|qu|th|tr|[bcdđghklmnprstvx])?"
    r"(?P<vowels>uyê|uya|oa|oă|oe|uâ|uê|uơ|uy|iê|ia|yê|ua|uô|ưa|ươ|[aăâeêioôơuưy])"
    r"(?:ch|ng|nh|[cmnptkiuyo])?"
)
# Small letters of TCVN3 alone: signs, and letters that look like capitals within a word.
_OF_TCVN3 = re.compile(r"[\xa1-\xbf]|[a-zà-ÿ][À-Þ]")
_NOT_OLD = re.compile(r"[^\x00-\xff\u2000-\u206f]")
# Between words; a bullet alone is no word, within one it is a letter of TCVN3.
_BETWEEN = re.compile(r"[\s\x21-\x26\x28-\x40\x5b-\x60\x7b-\x7e–—“”…]+")


def modern(text: str) -> str:
    """``text`` in Unicode where it was typed in a TCVN3 or VNI font, as it stands everywhere else."""
    return text if text.isascii() or is_of_today(text) else _reading(text)[1] or text


def vni_reading(text: str) -> str:
    """What ``text`` says where it was typed in a VNI font, "" where it was not."""
    encoding, said = ("", "") if text.isascii() or is_of_today(text) else _reading(text)
    return said if encoding == VNI else ""


def is_of_today(text: str) -> bool:
    """Whether it has a letter that no old font knows: theirs all are of Latin-1."""
    return bool(_NOT_OLD.search(text))


@lru_cache(maxsize=5_000)
def _reading(text: str) -> tuple[str, str]:
    if all(map(_is_possible, _words(unicodedata.normalize("NFC", text)))):
        return "", ""
    for encoding in (TCVN3,) if _OF_TCVN3.search(text) else (VNI, TCVN3):
        said = nfc(converted(text, encoding))
        if said != nfc(text) and all(map(_is_possible, _words(said))):
            return encoding, said
    return "", ""


def _words(text: str) -> list[str]:
    return [word for word in _BETWEEN.split(text) if not word.isascii() and len(word) > 1]


@lru_cache(maxsize=5_000)
def _is_possible(word: str) -> bool:
    """Whether a Vietnamese word, or an abbreviation in capitals, looks like this."""
    if any(a.islower() and b.isupper() for a, b in zip(word, word[1:], strict=False)):
        return False
    bare, toned = "", []
    for letter in unicodedata.normalize("NFC", word.lower()):
        parts = unicodedata.normalize("NFD", letter)
        if any(part in _TONES for part in parts):
            toned.append(len(bare))
        bare += unicodedata.normalize("NFC", "".join(part for part in parts if part not in _TONES))
    if not toned and word.isupper() and not re.search("[aăâeêioôơuưy]", bare):
        return bare.replace("đ", "d").isascii()
    found = _SYLLABLE.fullmatch(bare)
    return bool(found) and len(toned) <= 1 and all(found.start("vowels") <= at < found.end("vowels") for at in toned)
