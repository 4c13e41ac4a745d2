"""Personal numbers, phone numbers and addresses as they arrive from spreadsheets."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from staff.enums import Gender
from staff.lists.flags import Flag
from staff.vietnamese import fold

_NOTHING = {"", "-", "--", "khong", "khong co", "chua", "chua co", "chua cap", "0", "x", "n/a", "na", "k"}
_ROUNDED = re.compile(r"^\d(?:[.,]\d+)?e\+?\d+$", re.IGNORECASE)
_ADDRESS = re.compile(r"^[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+$")
_BETWEEN = re.compile(r"\s*[;/,|\n]\s*|\s+(?:hoặc|và)\s+")
_PRIVATE = {"gmail.com", "yahoo.com", "yahoo.com.vn", "hotmail.com", "outlook.com", "icloud.com", "live.com", "zing.vn"}


@dataclass(frozen=True, slots=True)
class PersonalNumber:
    """``national_id`` has twelve digits, ``legacy_id`` nine; at most one of them is there."""

    national_id: str | None = None
    legacy_id: str | None = None
    flags: frozenset[str] = frozenset()

    @property
    def gender(self) -> str:
        """The fourth digit: even for men, odd for women (Decree 137/2015, article 7)."""
        if not self.national_id:
            return Gender.UNKNOWN
        return Gender.MALE if int(self.national_id[3]) % 2 == 0 else Gender.FEMALE

    @property
    def birth_year(self) -> int | None:
        """The fourth digit says the century, fifth and sixth the year."""
        if not self.national_id:
            return None
        return 1900 + 100 * (int(self.national_id[3]) // 2) + int(self.national_id[4:6])


def read_personal_number(value) -> PersonalNumber:
    """The number in a cell, which Excel may have robbed of its first zero or rounded.

    The code of the province is not looked at: numbers of any begin are taken.
    """
    if isinstance(value, float):
        value = str(int(value)) if value.is_integer() else repr(value)
    text = str(value or "").strip().strip("'’`").strip()
    if fold(text) in _NOTHING:
        return PersonalNumber(flags=frozenset({Flag.ID_MISSING}))
    if _ROUNDED.match(text):
        return PersonalNumber(flags=frozenset({Flag.ID_PRECISION}))
    digits = re.sub(r"[\s.\-]", "", text)
    if digits.isascii() and digits.isdigit():
        if len(digits) == 12:
            return PersonalNumber(digits)
        if len(digits) == 11:
            return PersonalNumber(f"0{digits}", flags=frozenset({Flag.ID_ZERO}))
        if len(digits) == 9:
            return PersonalNumber(legacy_id=digits, flags=frozenset({Flag.ID_OLD}))
    return PersonalNumber(flags=frozenset({Flag.ID_INVALID}))


def read_phone(value) -> tuple[str | None, frozenset[str]]:
    """The phone number in ten digits from 0 on, or eleven for a line of an office; the first where several stand."""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value or "")
    if fold(text).strip() in _NOTHING:
        return None, frozenset()
    parts = [part for part in re.split(r"\s*[;/,|\n]\s*|\s+[-–]\s+", text.strip()) if part]
    flags = {Flag.PHONE_SEVERAL} if len(parts) > 1 else set()
    digits = re.sub(r"[\s.\-()']", "", parts[0]) if parts else ""
    if digits.startswith("+84"):
        digits = f"0{digits[3:].removeprefix('0')}"
    elif digits.startswith("84") and len(digits) == 11:
        digits = f"0{digits[2:]}"
    elif digits.isdigit() and len(digits) == 9 and not digits.startswith("0"):
        digits = f"0{digits}"
    if not (digits.isascii() and digits.isdigit() and digits.startswith("0") and len(digits) in (10, 11)):
        return None, frozenset({*flags, Flag.PHONE_INVALID})
    return digits, frozenset(flags)


def read_email(value) -> tuple[str | None, frozenset[str]]:
    """The address in small letters; the first where several stand."""
    text = str(value or "").strip()
    if fold(text) in _NOTHING:
        return None, frozenset()
    parts = [part for part in _BETWEEN.split(text) if part.strip()]
    flags = {Flag.EMAIL_SEVERAL} if len(parts) > 1 else set()
    address = re.sub(r"\s*@\s*", "@", parts[0].strip().strip("<>.").lower()) if parts else ""
    if not _ADDRESS.match(address):
        return None, frozenset({*flags, Flag.EMAIL_INVALID})
    return address, frozenset(flags)


class Domains:
    """Which addresses are private ones: those of mail providers, and those beside the domain that the list uses."""

    def __init__(self, addresses: Iterable[str]):
        counted = Counter(address.rpartition("@")[2] for address in addresses)
        domain, count = counted.most_common(1)[0] if counted else ("", 0)
        self.own = domain if count * 2 > counted.total() and domain not in _PRIVATE else ""

    def is_private(self, address: str) -> bool:
        domain = address.rpartition("@")[2]
        if domain in _PRIVATE:
            return True
        if domain.endswith(".gov.vn") or domain == "gov.vn" or domain.endswith(".dcs.vn"):
            return False
        return bool(self.own) and domain != self.own and not domain.endswith(f".{self.own}")
