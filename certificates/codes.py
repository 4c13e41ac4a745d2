"""Public codes: 16 characters of Crockford's base 32, 80 random bits, made to be read aloud and typed."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 16
_LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def normalise(typed: str) -> str:
    """What somebody typed, as we store it: capitals, no separators, O as 0, I and L as 1. At most 40 characters."""
    letters = "".join(letter for letter in typed[:200] if letter.isascii() and letter.isalnum())
    return letters.upper().translate(_LOOK_ALIKES)[:40]


def is_well_formed(code: str) -> bool:
    return len(code) == LENGTH and all(letter in ALPHABET for letter in code)


def grouped(code: str) -> str:
    """In groups of four, as printed: ABCD-EFGH-JKMN-PQRS."""
    return "-".join(code[index : index + 4] for index in range(0, len(code), 4))
