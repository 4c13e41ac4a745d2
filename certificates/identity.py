"""Does a name and a birth date belong to a certificate? Yes or no, and the no is the same for everything."""

import hashlib
import hmac
import re
from datetime import date

from certificates.codes import is_well_formed
from certificates.models import Certificate, InheritedCertificate
from staff.vietnamese import fold

_DAY = re.compile(r"(\d{1,2})\D{1,3}(\d{1,2})\D{1,3}(\d{4})")
_ISO = re.compile(r"\s*(\d{4})-(\d{1,2})-(\d{1,2})\s*")
_MONTH = re.compile(r"(\d{1,2})\D{1,3}(\d{4})")
_YEAR = re.compile(r"\d{4}")
# Printed before the name, so often typed with it; "Ông" is a family name too.
_HONORIFICS = {"ong", "ba"}


def birth(words: str) -> str:
    """A birth date as printed or typed, as far as it is known: "1987-06-05", "1987-06", "1987" or ""."""
    words = words[:60]
    if whole := re.fullmatch(r"\s*(\d{2})(\d{2})(\d{4})\s*", words) or _DAY.search(words):
        return f"{whole[3]}-{int(whole[2]):02d}-{int(whole[1]):02d}"
    if iso := _ISO.fullmatch(words):
        return f"{iso[1]}-{int(iso[2]):02d}-{int(iso[3]):02d}"
    if month := _MONTH.search(words):
        return f"{month[2]}-{int(month[1]):02d}"
    year = _YEAR.search(words)
    return year[0] if year else ""


def is_readable(born: str) -> bool:
    """Whether what was typed as a birth date is a day, month or year that exists, or nothing."""
    known = birth(born)
    if not known:
        return not born.strip()
    year, month, day = (*map(int, known.split("-")), 1, 1)[:3]
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def key_of(code: str, name: str, born: str) -> str:
    """What is compared, and what a register that is handed over carries instead of the name and the date."""
    return hashlib.sha256("|".join((code, fold(name[:200]), birth(born))).encode()).hexdigest()


def is_holder(code: str, *, name: str, born: str) -> bool:
    """Whether the certificate ``code`` bears this name, with "Ông" or "Bà" or without, and this birth date.

    Takes the same time for every no.
    """
    wanted = code if is_well_formed(code) else "-"
    face = Certificate.objects.filter(code=wanted).values_list("face", flat=True).first()
    inherited = InheritedCertificate.objects.filter(code=wanted).values_list("identity", flat=True).first()
    kept = key_of(code, face["holder"], face["born"]) if face else inherited
    first, _, rest = name.strip().partition(" ")
    names = [name, rest if fold(first) in _HONORIFICS else name]
    same = [hmac.compare_digest(kept or key_of("", "", ""), key_of(code, one, born)) for one in names]
    return any(same) and kept is not None
