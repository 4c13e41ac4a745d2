"""Signed statements (JWS) with the key that signs certificates: registers, status lists, badges.

The header carries the certificates of the key (x5c), so that a statement is judged by what it carries and a root.
"""

import asyncio
import base64
import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa, utils

from certificates.errors import NotSound
from certificates.signing.keys import SigningKey
from certificates.trust_folder import certificates_in

_CURVES = {"secp256r1": ("ES256", "P-256", "sha256"), "secp384r1": ("ES384", "P-384", "sha384")}
_HASHES = {"sha256": hashes.SHA256, "sha384": hashes.SHA384}


def sign_statement(payload: dict, *, key: SigningKey, kind: str = "JWT") -> str:
    """``payload`` as a compact JWS; ``kind`` is its media type."""
    public = key.certificate.public_key()
    algorithm, digest = _algorithm(public)
    chain = [_b64(one, url=False) for one in (_der(key.certificate), *(_der(other) for other in key.chain))]
    header = {"alg": algorithm, "typ": kind, "jwk": public_jwk(public), "x5c": chain}
    signed = f"{_json(header)}.{_json(payload)}"
    signature = asyncio.run(key.signer.async_sign_raw(signed.encode(), digest))
    if isinstance(public, ec.EllipticCurvePublicKey):
        size = (public.key_size + 7) // 8
        signature = b"".join(part.to_bytes(size, "big") for part in utils.decode_dss_signature(signature))
    return f"{signed}.{_b64(signature)}"


def read_statement(token: str, *, anchors: Iterable[Path]) -> tuple[dict, x509.Certificate]:
    """What a statement says and the certificate that signed it. NotSound unless it leads to one of ``anchors``."""
    try:
        head, body, signature = token.split(".")
        header, payload = (json.loads(_unb64(part)) for part in (head, body))
        chain = [x509.load_der_x509_certificate(base64.b64decode(one)) for one in header["x5c"][:8]]
        _check(chain[0].public_key(), f"{head}.{body}".encode(), _unb64(signature), header["alg"])
        _follow(chain, anchors)
    except (ValueError, KeyError, IndexError, TypeError, InvalidSignature) as error:
        raise NotSound(f"{type(error).__name__}: {error}"[:200]) from error
    return payload, chain[0]


def public_jwk(public) -> dict:
    """A public key as JSON (JWK)."""
    numbers = public.public_numbers()
    if isinstance(public, rsa.RSAPublicKey):
        return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
    size = (public.key_size + 7) // 8
    name = _CURVES[public.curve.name][1]
    return {"kty": "EC", "crv": name, "x": _number(numbers.x, size), "y": _number(numbers.y, size)}


def valid_on(certificate: x509.Certificate, moment: datetime) -> bool:
    return certificate.not_valid_before_utc <= moment <= certificate.not_valid_after_utc


def _algorithm(public) -> tuple[str, str]:
    if isinstance(public, rsa.RSAPublicKey):
        return "RS256", "sha256"
    if isinstance(public, ec.EllipticCurvePublicKey) and public.curve.name in _CURVES:
        return _CURVES[public.curve.name][0], _CURVES[public.curve.name][2]
    raise NotSound("this kind of key signs no statements")


def _check(public, signed, signature, algorithm):
    wanted, digest = _algorithm(public)
    if algorithm != wanted:
        raise ValueError("the algorithm is not that of the key")
    if isinstance(public, rsa.RSAPublicKey):
        public.verify(signature, signed, padding.PKCS1v15(), hashes.SHA256())
        return
    size = (public.key_size + 7) // 8
    if len(signature) != 2 * size:
        raise ValueError("the signature has a wrong length")
    pair = (int.from_bytes(signature[:size], "big"), int.from_bytes(signature[size:], "big"))
    public.verify(utils.encode_dss_signature(*pair), signed, ec.ECDSA(_HASHES[digest]()))


def _follow(chain, anchors):
    """From the first certificate of ``chain`` up to an anchor."""
    trusted = [one for path in anchors for one in certificates_in(path)]
    current, seen = chain[0], 0
    while current not in trusted:
        above = [one for one in (*trusted, *chain[1:]) if _issued(current, one)]
        seen += 1
        if not above or seen > len(chain):
            raise ValueError("the key leads to no authority that is trusted")
        current = above[0]


def _issued(certificate, above) -> bool:
    if certificate.issuer != above.subject:
        return False
    try:
        certificate.verify_directly_issued_by(above)
        return above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
        return False


def _der(certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _number(number: int, size: int | None = None) -> str:
    return _b64(number.to_bytes(size or (number.bit_length() + 7) // 8, "big"))


def _json(value) -> str:
    return _b64(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _b64(content: bytes, *, url: bool = True) -> str:
    if not url:
        return base64.b64encode(content).decode()
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
