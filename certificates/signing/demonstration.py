"""The demonstration's own authority and key: made on first run, worth nothing, refused everywhere else."""

import fcntl
import os
import tempfile
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from staff import clock

DEMONSTRATION = "TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ"


def ensure_demonstration_key(folder: Path) -> Path:
    """Makes the demonstration's own authority and key in ``folder``, once, readable by the owner only.

    Two processes that start together get the same key. The authority's private key is not kept.
    """
    if (folder / "demo-cert.pem").exists():
        return folder
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "demo-cert.pem").exists():
            _make_demonstration_key(folder)
    return folder


def _make_demonstration_key(folder):
    ca_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca_name = _name(f"CA {DEMONSTRATION}")
    ca = (
        _certificate(ca_name, ca_name, ca_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(key_cert_sign=True, crl_sign=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    leaf = (
        _certificate(_name(f"Khóa ký {DEMONSTRATION}"), ca_name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True, content_commitment=True), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    # the certificate comes last: whoever sees it sees the whole set
    write_synced(folder / "demo-key.pem", private)
    write_synced(folder / "demo-ca.pem", ca.public_bytes(pem))
    write_synced(folder / "demo-cert.pem", leaf.public_bytes(pem))


def _name(words):
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _certificate(subject, issuer, public_key):
    begin = clock.now() - timedelta(days=1)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=3650))
    )


def _usage(**granted):
    names = ["digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"]
    names += ["key_cert_sign", "crl_sign", "encipher_only", "decipher_only"]
    return x509.KeyUsage(**{name: granted.get(name, False) for name in names})


def write_synced(path, content):
    """Puts ``content`` at ``path``, whole or not at all, readable by the owner only. Several may do it at once."""
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".new")
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.rename(temporary, path)
