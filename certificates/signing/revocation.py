"""Was the signing certificate revoked? Told from lists (CRL) on the disk, so that signing never waits for a network.

``fetch_lists`` brings the lists that the certificate names into SIGNING_KEY_DIR/crls, from time to time. Where the
machine reaches no network, an administrator puts them there. A list counts only if its issuer signed it.
"""

from datetime import datetime
from functools import lru_cache
from pathlib import Path

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings

from certificates.signing.demonstration import write_synced

LARGEST, SECONDS = 20 * 1024 * 1024, 5


def revoked_since(key) -> datetime | None:
    """Since when a kept list calls the certificate of ``key`` revoked; None if none does."""
    issuers = [other for other in key.chain if other.subject == key.certificate.issuer]
    moments = [
        entry.revocation_date_utc
        for kept in kept_lists()
        if any(_signed_by(kept, issuer) for issuer in issuers)
        and (entry := kept.get_revoked_certificate_by_serial_number(key.certificate.serial_number))
    ]
    return min(moments, default=None)


def kept_lists() -> list[x509.CertificateRevocationList]:
    """Every list in the folder that can be read."""
    return [kept for _path, kept in _readable()]


def readable_files() -> list[Path]:
    """The files of these lists."""
    return [path for path, _kept in _readable()]


def _readable():
    found = []
    for path in list_files():
        try:
            found.append((path, _read(str(path), path.stat().st_mtime_ns)))
        except (OSError, ValueError):
            continue
    return found


def list_files() -> list[Path]:
    """Where the kept lists are."""
    return sorted(_folder().glob("*.crl"))


def fetch_lists(key) -> int:
    """Brings the lists that the certificate of ``key`` names; how many. Of those away the earlier one stays."""
    return sum(_fetch(address, key) for address in _addresses(key.certificate))


def _folder() -> Path:
    return Path(settings.SIGNING_KEY_DIR) / "crls"


@lru_cache(maxsize=16)
def _read(path, _stamp):
    content = Path(path).read_bytes()
    return x509.load_pem_x509_crl(content) if b"-----BEGIN" in content else x509.load_der_x509_crl(content)


def _signed_by(kept, issuer) -> bool:
    return kept.issuer == issuer.subject and kept.is_signature_valid(issuer.public_key())


def _addresses(certificate) -> list[str]:
    try:
        points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    except x509.ExtensionNotFound:
        return []
    names = [name.value for point in points for name in point.full_name or []]
    return [name for name in names if name.startswith(("http://", "https://"))]


def _fetch(address, key) -> bool:
    try:
        with requests.get(address, timeout=SECONDS, stream=True) as answer:
            answer.raise_for_status()
            content = answer.raw.read(LARGEST + 1, decode_content=True)
        brought = x509.load_pem_x509_crl(content) if b"-----BEGIN" in content else x509.load_der_x509_crl(content)
    except (requests.RequestException, OSError, ValueError):
        return False
    if len(content) > LARGEST or not any(_signed_by(brought, issuer) for issuer in key.chain):
        return False
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    digest = hashes.Hash(hashes.SHA256())
    digest.update(address.encode())
    write_synced(_folder() / f"{digest.finalize().hex()[:32]}.crl", content)
    return True
