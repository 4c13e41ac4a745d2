"""Signs PDFs (PAdES B-B) with the one key this installation has.

Production names its key in the settings SIGNING_KEY_FILE, SIGNING_CERT_FILE, SIGNING_CHAIN_FILE and
SIGNING_KEY_PASSPHRASE. A demonstration (settings.DEMO) makes its own key on first run in SIGNING_KEY_DIR; such a key is
refused everywhere else. The key is parsed once and kept; a changed file is read again.
"""

import fcntl
import io
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.errors import KeyProblem
from staff import clock

DEMONSTRATION = "TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ"
# 6,000 bytes overflowed with a hardware key; reserving saves pyHanko's dry run.
RESERVED = 8192
# Days before its end at which the administrators are told.
KEY_WARNINGS = (60, 30, 7)


class KeptKeySigner(Signer):
    """Signs with a key object that stays loaded; pyHanko's SimpleSigner parses it again for each signature."""

    def __init__(self, *, key, certificate, chain):
        store = SimpleCertificateStore()
        store.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=store)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run=False) -> bytes:
        digest = {"sha256": hashes.SHA256, "sha384": hashes.SHA384, "sha512": hashes.SHA512}[digest_algorithm]()
        if isinstance(self._key, rsa.RSAPrivateKey):
            return self._key.sign(data, padding.PKCS1v15(), digest)
        return self._key.sign(data, ec.ECDSA(digest))


@dataclass(frozen=True)
class SigningKey:
    """The loaded key with its certificate. ``fingerprint`` is the SHA-256 of the certificate, in hex."""

    signer: KeptKeySigner
    certificate: x509.Certificate
    fingerprint: str
    holder: str
    is_demonstration: bool


def current_key() -> SigningKey:
    """The key to sign with now. Raises KeyProblem when there is none, or when it must not be used today."""
    key = _named_key()
    _refuse_unusable(key.certificate)
    return key


@dataclass(frozen=True, slots=True)
class KeyCondition:
    """How it stands with the key: ``word`` is ok, expires_60, expires_30, expires_7, expired, unusable or missing."""

    word: str
    holder: str = ""
    fingerprint: str = ""
    valid_until: datetime | None = None
    problem: str = ""

    @property
    def days_left(self) -> int | None:
        """Whole days until it can sign no more; negative afterwards."""
        return None if self.valid_until is None else (self.valid_until - clock.now()).days


def key_condition() -> KeyCondition:
    """The condition of the key this installation signs with; never raises."""
    try:
        key = _named_key()
    except KeyProblem as problem:
        return KeyCondition("missing", problem=str(problem))
    until = key.certificate.not_valid_after_utc
    facts = {"holder": key.holder, "fingerprint": key.fingerprint, "valid_until": until}
    if until < clock.now():
        return KeyCondition("expired", **facts)
    try:
        _refuse_unusable(key.certificate)
    except KeyProblem as problem:
        return KeyCondition("unusable", problem=str(problem), **facts)
    left = until - clock.now()
    near = [days for days in KEY_WARNINGS if left <= timedelta(days=days)]
    return KeyCondition(f"expires_{min(near)}" if near else "ok", **facts)


def _named_key() -> SigningKey:
    key_file, cert_file, chain_file, is_demonstration = _files()
    try:
        stamps = tuple((str(path), path.stat().st_mtime_ns) for path in (key_file, cert_file, chain_file) if path)
        key = _load(stamps, settings.SIGNING_KEY_PASSPHRASE, is_demonstration)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyProblem(_("The signing key cannot be read: %(error)s") % {"error": str(error)[:150]}) from error
    return key


def sign_pdf(pdf: bytes, *, key: SigningKey, signed_at: datetime) -> bytes:
    """``pdf`` with a PAdES B-B signature over the whole file, saying that it was made at ``signed_at``."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = PdfSignatureMetadata(
        field_name="ChuKySo", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=key.holder
    )
    field = SigFieldSpec(sig_field_name="ChuKySo", on_page=0)
    signer = _DatedPdfSigner(metadata, signer=key.signer, new_field_spec=field)
    signer.signed_at = signed_at
    output = io.BytesIO()
    signer.sign_pdf(writer, bytes_reserved=RESERVED, output=output)
    return output.getvalue()


class _DatedPdfSigner(PdfSigner):
    """pyHanko asks the host's clock; the project has one clock, and the sheet prints the same moment."""

    signed_at: datetime

    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.signed_at
        return session


def trusted_certificates() -> list[Path]:
    """PEM files that a signature must lead to: ours of now, and earlier ones in SIGNING_KEY_DIR/trusted."""
    _key, cert_file, chain_file, _demo = _files()
    earlier = sorted((Path(settings.SIGNING_KEY_DIR) / "trusted").glob("*.pem"))
    return [path for path in (chain_file or cert_file, *earlier) if path.exists()]


def _files() -> tuple[Path, Path, Path | None, bool]:
    if settings.SIGNING_KEY_FILE:
        chain = Path(settings.SIGNING_CHAIN_FILE) if settings.SIGNING_CHAIN_FILE else None
        return Path(settings.SIGNING_KEY_FILE), Path(settings.SIGNING_CERT_FILE), chain, False
    if not getattr(settings, "DEMO", False):
        raise KeyProblem(_("No signing key is set: SIGNING_KEY_FILE and SIGNING_CERT_FILE name it."))
    folder = ensure_demonstration_key(Path(settings.SIGNING_KEY_DIR))
    return folder / "demo-key.pem", folder / "demo-cert.pem", folder / "demo-ca.pem", True


@lru_cache(maxsize=4)
def _load(stamps, passphrase, is_demonstration) -> SigningKey:
    key_bytes, cert_bytes, *chain = [Path(path).read_bytes() for path, _stamp in stamps]
    key = serialization.load_pem_private_key(key_bytes, passphrase.encode() or None if passphrase else None)
    certificate = x509.load_pem_x509_certificate(cert_bytes)
    if key.public_key() != certificate.public_key():
        raise ValueError("the key does not belong to the certificate")
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    holder = names[0].value if names else certificate.subject.rfc4514_string()
    if not is_demonstration and DEMONSTRATION in holder:
        raise ValueError("the demonstration key signs nothing outside a demonstration")
    certificates = x509.load_pem_x509_certificates(b"\n".join(chain)) if chain else []
    return SigningKey(
        signer=KeptKeySigner(key=key, certificate=_asn1(certificate), chain=[_asn1(other) for other in certificates]),
        certificate=certificate,
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        holder=holder,
        is_demonstration=is_demonstration,
    )


def _asn1(certificate):
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def _refuse_unusable(certificate):
    now = clock.now()
    if now < certificate.not_valid_before_utc or now > certificate.not_valid_after_utc:
        raise KeyProblem(
            _("The signing certificate is valid from %(first)s to %(last)s only.")
            % {"first": certificate.not_valid_before_utc.date(), "last": certificate.not_valid_after_utc.date()}
        )
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return
    if not (usage.digital_signature or usage.content_commitment):
        raise KeyProblem(_("The signing certificate is not made for signing."))


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
    _write(folder / "demo-key.pem", private)
    _write(folder / "demo-ca.pem", ca.public_bytes(pem))
    _write(folder / "demo-cert.pem", leaf.public_bytes(pem))


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


def _write(path, content):
    temporary = path.with_suffix(".new")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.rename(path)
