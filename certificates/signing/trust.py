"""Which certificates a signature or a time stamp must lead to."""

from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from django.conf import settings

from certificates.errors import KeyProblem
from certificates.signing import keys
from certificates.signing.demonstration import write_synced


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
    write_synced(path, b"".join(other.public_bytes(serialization.Encoding.PEM) for other in highest))


def _folder() -> Path:
    return Path(settings.SIGNING_KEY_DIR) / "trusted"
