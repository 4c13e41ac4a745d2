"""Sealed response files: the last resort where a candidate's computer cannot reach us any more.

The browser seals the answers with the public key of the session (P-256, HKDF-SHA-256, AES-256-GCM); only we can open
the file. The private key lies in private storage under a passphrase made from our secret, never in the database.
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils.crypto import constant_time_compare, salted_hmac

VERSION = 1
INFO = b"exam-response-file"
LARGEST = 2 * 1024 * 1024


class NotReadable(Exception):
    """Not a file of ours, damaged, or sealed for another session."""


def new_key() -> str:
    """A new pair; the public key, as the browser takes it (an uncompressed point, base64). The other half is stored."""
    private = ec.generate_private_key(ec.SECP256R1())
    point = private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    public = b64encode(point).decode()
    sealed = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_passphrase(public)))
    storages["private"].save(_name(public), ContentFile(sealed))
    return public


def seal(public: str, content: bytes) -> bytes:
    """What the browser does, for tests and for the record of how it is done."""
    ephemeral = ec.generate_private_key(ec.SECP256R1())
    their = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b64decode(public))
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    key = _key(ephemeral.exchange(ec.ECDH(), their), point)
    nonce = sha256(point).digest()[:12]  # the key is used once
    parts = {"point": point, "nonce": nonce, "data": AESGCM(key).encrypt(nonce, content, None)}
    return json.dumps({"v": VERSION} | {name: b64encode(part).decode() for name, part in parts.items()}).encode()


def unseal(public: str, sealed: bytes) -> bytes:
    """The content again. Raises NotReadable for what was not sealed with ``public``."""
    try:
        parts = json.loads(sealed)
        point, nonce, data = (b64decode(parts[name], validate=True) for name in ("point", "nonce", "data"))
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        with storages["private"].open(_name(public)) as file:
            private = load_pem_private_key(file.read(), _passphrase(public))
        return AESGCM(_key(private.exchange(ec.ECDH(), theirs), point)).decrypt(nonce, data, None)
    except (ValueError, TypeError, KeyError, RecursionError, NotBase64, InvalidTag, FileNotFoundError) as error:
        raise NotReadable from error


def proof_of(attempt_id: int) -> str:
    """What the pages of this attempt alone know: anybody in the room could seal a file in another candidate's name."""
    return salted_hmac("quizzes.sealing.attempt", str(attempt_id), algorithm="sha256").hexdigest()[:32]


def is_proof_of(attempt_id: int, said: object) -> bool:
    return isinstance(said, str) and constant_time_compare(said, proof_of(attempt_id))


def _key(shared: bytes, salt: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=salt, info=INFO).derive(shared)


def _name(public: str) -> str:
    return f"exam-keys/{sha256(public.encode()).hexdigest()}.pem"


def _passphrase(public: str) -> bytes:
    return salted_hmac("quizzes.sealing", public, algorithm="sha256").hexdigest().encode()
