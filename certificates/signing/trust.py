"""Which certificates a signature or a time stamp must lead to."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID
from django.conf import settings

from certificates.errors import KeyProblem
from certificates.signing import keys
from certificates.signing.demonstration import write_synced
from certificates.trust_folder import certificates_in


def trusted_certificates() -> list[Path]:
    """PEM files that a signature must lead to: ours of now, and those of all keys that ever issued here."""
    try:
        files, _is_demonstration = keys.key_files()
    except KeyProblem:
        files = []
    named = [path for path in files[1:] if path.exists()]
    return [*named[-1:], *_outside(), *sorted(_folder().glob("*.pem"))]


def _outside() -> list[Path]:
    """What those who sign elsewhere lead to; without anything above them they are trusted as they stand."""
    names = settings.SIGNING_OUTSIDE_CHAIN_FILES
    names = names or [*settings.SIGNING_OUTSIDE_SIGNER_FILES, *settings.SIGNING_OUTSIDE_SEAL_FILES]
    return [Path(name) for name in names if Path(name).exists()]


def time_stamp_roots() -> list[Path]:
    """PEM files that a time stamp must lead to."""
    return [Path(name) for name in settings.SIGNING_TSA_CHAIN_FILES if Path(name).exists()]


FINGERPRINT = hashes.SHA256()


@dataclass(frozen=True, slots=True)
class PublicRoot:
    """A certificate that signatures of ours lead to, for people who look at them elsewhere. ``content`` is DER."""

    fingerprint: str
    name: str
    valid_until: datetime
    content: bytes

    @property
    def spaced(self) -> str:
        """The fingerprint as readers of PDF print it."""
        upper = self.fingerprint.upper()
        return " ".join(upper[place : place + 4] for place in range(0, len(upper), 4))


def public_roots() -> list[PublicRoot]:
    """The highest certificates of all keys that sign or signed here, the latest first."""
    found = {}
    for path in trusted_certificates():
        certificates = x509.load_pem_x509_certificates(path.read_bytes())
        # a file holds all above a key: what signed itself is the root; else the last one is nearest to it
        for one in [one for one in certificates if one.subject == one.issuer] or certificates[-1:]:
            names = one.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
            fingerprint = one.fingerprint(hashes.SHA256()).hex()
            name = names[0].value if names else one.subject.rfc4514_string()
            der = one.public_bytes(serialization.Encoding.DER)
            found[fingerprint] = PublicRoot(fingerprint, name, one.not_valid_after_utc, der)
    return sorted(found.values(), key=lambda root: root.valid_until, reverse=True)


def keep_authority(key) -> None:
    """Remember what certificates signed with ``key`` lead to, for the years after it was replaced."""
    highest = key.chain or (key.certificate,)
    names = "".join(sorted(other.fingerprint(hashes.SHA256()).hex() for other in highest))
    digest = hashes.Hash(hashes.SHA256())
    digest.update(names.encode())
    path = _folder() / f"{digest.finalize().hex()[:32]}.pem"
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_synced(path, _pem(highest))


def keep_anchors(certificates, lists) -> None:
    """Trust what another body's signatures lead to, and keep what it says was revoked: its register is kept here
    now.
    """
    for path in (*certificates, *lists):
        is_list = path in lists
        content = path.read_bytes() if is_list else _pem(certificates_in(path))
        digest = hashes.Hash(hashes.SHA256())
        digest.update(content)
        folder = Path(settings.SIGNING_KEY_DIR) / "crls" if is_list else _folder()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = folder / f"{digest.finalize().hex()[:32]}.{'crl' if is_list else 'pem'}"
        if not kept.exists():
            write_synced(kept, content)


def _pem(certificates) -> bytes:
    return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in certificates)


def _folder() -> Path:
    return Path(settings.SIGNING_KEY_DIR) / "trusted"
