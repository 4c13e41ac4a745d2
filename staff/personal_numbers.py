"""Personal numbers: encrypted at rest, found by a keyed hash, shown masked."""

import hashlib
import hmac
import os
import re
from functools import lru_cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _

_NONCE_BYTES = 12


def normalise(number: str) -> str:
    """``number`` without the spaces, dots and hyphens that people put between digits."""
    return re.sub(r"[\s.\-]", "", number)


def encrypt(number: str) -> bytes:
    """``number`` under a fresh nonce: equal numbers give different bytes."""
    return _sealed(normalise(number).encode(), b"encrypt")


def decrypt(cipher: bytes) -> str:
    """The number again. Raises cryptography's InvalidTag when the bytes or the key are not the right ones."""
    return _opened(cipher, b"encrypt").decode()


def seal(content: bytes) -> bytes:
    """``content`` that holds personal numbers among other things, encrypted."""
    return _sealed(content, b"lists")


def unseal(sealed: bytes) -> bytes:
    """The content again. Raises InvalidTag as ``decrypt`` does."""
    return _opened(sealed, b"lists")


def seal_secret(words: str) -> bytes:
    """A secret that we must be able to use again (a key shared with another system), encrypted."""
    return _sealed(words.encode(), b"secrets")


def unseal_secret(sealed: bytes) -> str:
    """The secret again. Raises InvalidTag as ``decrypt`` does."""
    return _opened(sealed, b"secrets").decode()


def fingerprint(words: str) -> str:
    """By which the same words are found again, though nobody can tell them from it or try words against it."""
    return hmac.new(_key(b"decisions"), words.encode(), hashlib.sha256).hexdigest()


def search_hash(number: str) -> str:
    """The key by which a number is found; without our secret nobody can try all numbers against it."""
    return hmac.new(_key(b"search"), normalise(number).encode(), hashlib.sha256).hexdigest()


def masked(number: str) -> str:
    """The number as a screen shows it: 099•••••4801; of a number of fewer than 12 digits only the last three."""
    number = normalise(number)
    if len(number) < 12:
        return f"•••••{number[-3:]}" if number else ""
    return f"{number[:3]}•••••{number[-4:]}"


def masked_national_id(staff_member) -> str:
    """What the page shows of a person's number, "" where none is known."""
    cipher = staff_member.national_id_cipher
    return masked(decrypt(cipher)) if cipher else ""


def set_national_id(staff_member, number: str) -> None:
    """Puts ``number`` (or nothing) on the person; the caller saves."""
    number = normalise(number)
    staff_member.national_id_cipher = encrypt(number) if number else None
    staff_member.national_id_hash = search_hash(number) if number else None


def set_legacy_id(staff_member, number: str) -> None:
    """The same for the old nine-digit number."""
    number = normalise(number)
    staff_member.legacy_id_cipher = encrypt(number) if number else None
    staff_member.legacy_id_hash = search_hash(number) if number else ""


def _sealed(content: bytes, purpose: bytes) -> bytes:
    nonce = os.urandom(_NONCE_BYTES)
    return nonce + AESGCM(_key(purpose)).encrypt(nonce, content, None)


def _opened(sealed: bytes, purpose: bytes) -> bytes:
    sealed = bytes(sealed)
    return AESGCM(_key(purpose)).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)


def _key(purpose: bytes) -> bytes:
    if not settings.PERSONAL_DATA_KEY:
        raise ImproperlyConfigured(_("Set PERSONAL_DATA_KEY: personal numbers cannot be stored without it."))
    return _derive(settings.PERSONAL_DATA_KEY, purpose)


@lru_cache(maxsize=8)
def _derive(secret: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"personal-numbers:" + purpose).derive(
        secret.encode()
    )
