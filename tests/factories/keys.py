"""Signing keys of a real kind: an authority, and a key with its certificate, on disk as production names them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

AUTHORITY = "CA thử nghiệm"


@dataclass(frozen=True)
class KeyFiles:
    key: Path
    certificate: Path
    authority: Path


def signing_key(
    folder: Path,
    *,
    holder: str = "UBND xã Thử Nghiệm",
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    may_sign: bool = True,
    passphrase: str = "",
    is_rsa: bool = False,
) -> KeyFiles:
    """Writes a new authority, key and certificate into ``folder``; valid from yesterday for a year unless said."""
    folder.mkdir(parents=True, exist_ok=True)
    begin = valid_from or datetime.now(UTC) - timedelta(days=1)
    end = valid_until or begin + timedelta(days=365)
    authority_key = ec.generate_private_key(ec.SECP256R1())
    key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
    validity = (begin, end)
    authority = _certificate(AUTHORITY, authority_key.public_key(), authority_key, validity, ca=True, may_sign=False)
    certificate = _certificate(holder, key.public_key(), authority_key, validity, ca=False, may_sign=may_sign)
    pem = serialization.Encoding.PEM
    hidden = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    files = KeyFiles(folder / "key.pem", folder / "certificate.pem", folder / "authority.pem")
    files.key.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, hidden))
    files.certificate.write_bytes(certificate.public_bytes(pem))
    files.authority.write_bytes(authority.public_bytes(pem))
    return files


def _certificate(subject, public_key, signed_with, validity, *, ca, may_sign):
    usage = {"key_cert_sign": ca, "crl_sign": ca, "digital_signature": may_sign, "content_commitment": may_sign}
    rest = ["key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"]
    usage |= dict.fromkeys(rest, False)
    if not ca and not may_sign:
        usage["key_encipherment"] = True
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)]))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AUTHORITY)]))
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(validity[0])
        .not_valid_after(validity[1])
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .sign(signed_with, hashes.SHA256())
    )
