"""Codes that people read from paper and type: staff codes, and one-time codes.

The alphabet has no letter that is taken for a digit, and none that a Vietnamese keyboard combines: without vowels, D
and W, neither Telex nor VNI changes what is typed. Its 23 signs are a prime number, so that one check
character finds every single wrong character and every two that changed places.
"""

import hashlib
import hmac
import secrets

from django.conf import settings
from django.utils.crypto import salted_hmac

from staff.vietnamese import nfc

ALPHABET = "0123456789CFHJKMNPQRTVX"
# What is read for what: no letter on the left is in the alphabet, so that nothing becomes ambiguous.
_MEANT = str.maketrans("OILZSGB", "0112568")
_SEPARATORS = str.maketrans("", "", " -–—.·_")

_STAFF_CODE_LENGTH = 7
# 11 random characters of 23 are 49 bits, and one to check the typing: three groups of four.
_ONE_TIME_LENGTH = 12


def as_meant(typed: str) -> str:
    """``typed`` without spaces and hyphens, in capitals, with O read as 0, I and L as 1, and so on."""
    return nfc(typed).translate(_SEPARATORS).upper().translate(_MEANT)


def new_staff_code() -> str:
    """A random staff code with its check character; it says nothing about whose it is."""
    return _checked("".join(secrets.choice(ALPHABET) for _place in range(_STAFF_CODE_LENGTH - 1)))


def staff_code_as_typed(typed: str) -> str:
    """The staff code that was meant: one of ours in its stored form, any other in capitals without spaces."""
    code = as_meant(typed)
    return code if _is_one_of_ours(code) else nfc(typed).replace(" ", "").upper()


def is_mistyped_staff_code(typed: str) -> bool:
    """Whether ``typed`` has the length and the characters of a staff code of ours but cannot be one."""
    code = as_meant(typed)
    return len(code) == _STAFF_CODE_LENGTH and set(code) <= set(ALPHABET) and not _is_one_of_ours(code)


def grouped_staff_code(code: str) -> str:
    """A staff code of ours as it is printed: 3 and 4 characters. Other codes stay as they are."""
    return f"{code[:3]} {code[3:]}" if _is_one_of_ours(code) else code


def one_time_code(*, token: str, account_id: int) -> str:
    """The code that belongs to ``token`` and the account: the same request gives the same code, no other request does.

    ``token`` is random and is kept by nobody; without our secret it says nothing.
    """
    digest = salted_hmac("staff.one-time-code", f"{token}:{account_id}", algorithm="sha256").digest()
    number = int.from_bytes(digest)
    characters = []
    for _place in range(_ONE_TIME_LENGTH - 1):
        number, index = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[index])
    return _checked("".join(characters))


def is_mistyped_one_time_code(code: str) -> bool:
    """Whether ``code`` (as meant) cannot be one of ours: too short, too long, or a wrong check character."""
    return len(code) != _ONE_TIME_LENGTH or not set(code) <= set(ALPHABET) or _checked(code[:-1]) != code


def grouped(code: str) -> str:
    """A one-time code as it is printed: groups of four."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def hash_of(code: str, *, account_id: int) -> str:
    """What is stored of a one-time code; without our secret nobody can try all codes against it."""
    return _hash(code, account_id, settings.SECRET_KEY)


def matches(code: str, stored: str, *, account_id: int) -> bool:
    """Whether ``stored`` is the hash of ``code``, by today's secret or one of those before it."""
    secrets_known = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return any(hmac.compare_digest(_hash(code, account_id, secret), stored) for secret in secrets_known)


def _hash(code: str, account_id: int, secret: str) -> str:
    return salted_hmac(
        "staff.one-time-code.hash", f"{account_id}:{code}", secret=secret, algorithm="sha256"
    ).hexdigest()


def print_key(*, token: str, officer_id: int) -> str:
    """By what a request that comes twice is known again; ``token`` itself is never stored."""
    return hashlib.sha256(f"{officer_id}:{token}".encode()).hexdigest()


def _checked(characters: str) -> str:
    """``characters`` and the one that makes the weighted sum a multiple of 23."""
    total = sum(weight * ALPHABET.index(sign) for weight, sign in enumerate(reversed(characters), start=2))
    return characters + ALPHABET[-total % len(ALPHABET)]


def _is_one_of_ours(code: str) -> bool:
    return len(code) == _STAFF_CODE_LENGTH and set(code) <= set(ALPHABET) and _checked(code[:-1]) == code
