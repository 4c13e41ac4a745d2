"""The key to sign with: found, loaded once a process, and refused when it must not be used.

SIGNING_KEY_FILE names a PKCS#12 file, or a PEM file beside SIGNING_CERT_FILE and SIGNING_CHAIN_FILE;
SIGNING_KEY_PASSPHRASE opens it. SIGNING_PKCS11_MODULE and its companions name a token instead (see ``tokens``). A
demonstration (settings.DEMO) makes its own key on first run. A key is parsed once and kept; a file that changed is read
again, so a key is replaced without a stop.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext as _
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certificates.errors import KeyProblem
from certificates.signing import revocation
from certificates.signing.cms_template import TemplateSigner
from certificates.signing.demonstration import DEMONSTRATION, ensure_demonstration_key
from staff import clock

# Days before its end at which the administrators are told.
KEY_WARNINGS = (60, 30, 7)


class _Told(ValueError):
    """What is wrong with a key, in a sentence of ours."""


class KeptKeySigner(TemplateSigner):
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
    """The loaded key with its certificate and those above it.

    ``fingerprint`` is the SHA-256 of the certificate, in hex.
    """

    signer: Signer
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    fingerprint: str
    holder: str
    is_demonstration: bool

    @classmethod
    def of(cls, *, signer, certificate, chain=(), is_demonstration=False) -> "SigningKey":
        names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        holder = names[0].value if names else certificate.subject.rfc4514_string()
        if not is_demonstration and DEMONSTRATION in holder:
            raise _Told("the demonstration key signs nothing outside a demonstration")
        fingerprint = certificate.fingerprint(hashes.SHA256()).hex()
        return cls(signer, certificate, tuple(chain), fingerprint, holder, is_demonstration)


def current_key() -> SigningKey:
    """The key to sign with now. Raises KeyProblem when there is none, or when it must not be used today."""
    key = _named_key()
    refuse_unusable(key)
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


def own_key_condition() -> KeyCondition:
    """The condition of the key that is named; never raises."""
    try:
        key = _named_key()
    except KeyProblem as problem:
        return KeyCondition("missing", problem=str(problem))
    return condition_of(key)


def condition_of(key) -> KeyCondition:
    """The condition of ``key``, or of whatever else has a certificate with those above it."""
    until = key.certificate.not_valid_after_utc
    facts = {"holder": key.holder, "fingerprint": key.fingerprint, "valid_until": until}
    if until < clock.now():
        return KeyCondition("expired", **facts)
    try:
        refuse_unusable(key)
    except KeyProblem as problem:
        return KeyCondition("unusable", problem=str(problem), **facts)
    left = until - clock.now()
    near = [days for days in KEY_WARNINGS if left <= timedelta(days=days)]
    return KeyCondition(f"expires_{min(near)}" if near else "ok", **facts)


def _named_key() -> SigningKey:
    if settings.SIGNING_PKCS11_MODULE:
        return _key_on_token()
    files, is_demonstration = key_files()
    try:
        stamps = tuple((str(path), path.stat().st_mtime_ns, path.stat().st_ino) for path in files)
        secret = secret_of(settings.SIGNING_KEY_PASSPHRASE, settings.SIGNING_KEY_PASSPHRASE_FILE)
        return _load(stamps, secret, is_demonstration)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyProblem(_("The signing key cannot be read: %(error)s") % {"error": _what(error)}) from error


def _what(error) -> str:
    # the desk shows it to officers of units: neither where the files of this host lie nor a library's English
    match error:
        case _Told():
            return str(error)[:150]
        case FileNotFoundError():
            return _("the file is not there")
        case PermissionError():
            return _("the program may not read the file")
        case OSError():
            return error.strerror
    return _("the file is damaged or no key file, or the passphrase is wrong")


def _key_on_token() -> SigningKey:
    # the library is loaded only where a token is named
    from certificates.signing.tokens import key_on_token

    signer, certificate, chain = key_on_token()
    try:
        return SigningKey.of(signer=signer, certificate=certificate, chain=chain)
    except ValueError as error:
        raise KeyProblem(_("The signing key cannot be read: %(error)s") % {"error": error}) from error


def key_files() -> tuple[list[Path], bool]:
    """The files of the named key (key, certificate, those above it, as far as named); whether a demonstration's."""
    if settings.SIGNING_PKCS11_MODULE:
        names = ["", settings.SIGNING_CERT_FILE, settings.SIGNING_CHAIN_FILE]
        return [Path(name) for name in names if name], False
    if settings.SIGNING_KEY_FILE:
        names = [settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE, settings.SIGNING_CHAIN_FILE]
        return [Path(name) for name in names if name], False
    if not getattr(settings, "DEMO", False):
        raise KeyProblem(_("No signing key is set: SIGNING_KEY_FILE and SIGNING_CERT_FILE name it."))
    folder = ensure_demonstration_key(Path(settings.SIGNING_KEY_DIR))
    return [folder / "demo-key.pem", folder / "demo-cert.pem", folder / "demo-ca.pem"], True


def secret_of(value: str, file: str) -> str:
    """What opens a key: as ``file`` says now, where one was named, else ``value``."""
    return Path(file).read_text("utf-8").strip() if file else value


@lru_cache(maxsize=4)
def _load(stamps, passphrase, is_demonstration) -> SigningKey:
    key_bytes, *rest = [Path(path).read_bytes() for path, *_stamp in stamps]
    secret = passphrase.encode() or None if passphrase else None
    if b"-----BEGIN" in key_bytes:
        key, certificate, chain = _from_pem(key_bytes, secret, rest)
    else:
        key, certificate, chain = _from_pkcs12(key_bytes, secret, rest)
    if key.public_key() != certificate.public_key():
        raise _Told(_("the key does not belong to the certificate"))
    signer = KeptKeySigner(key=key, certificate=as_asn1(certificate), chain=[as_asn1(other) for other in chain])
    return SigningKey.of(signer=signer, certificate=certificate, chain=chain, is_demonstration=is_demonstration)


def _from_pem(key_bytes, secret, rest):
    if not rest:
        raise _Told(_("SIGNING_CERT_FILE must name the certificate of a key in PEM form"))
    key = serialization.load_pem_private_key(key_bytes, secret)
    certificate = x509.load_pem_x509_certificate(rest[0])
    chain = x509.load_pem_x509_certificates(rest[1]) if len(rest) > 1 else []
    return key, certificate, chain


def _from_pkcs12(key_bytes, secret, rest):
    key, certificate, chain = pkcs12.load_key_and_certificates(key_bytes, secret)
    if key is None or certificate is None:
        raise _Told(_("the PKCS#12 file holds no key with its certificate"))
    for named in rest:
        others = x509.load_pem_x509_certificates(named)
        chain = [*chain, *(other for other in others if other != certificate and other not in chain)]
    return key, certificate, chain


def as_asn1(certificate):
    """``certificate`` as pyHanko wants it."""
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))


def refuse_unusable(key) -> None:
    """KeyProblem if the certificate of ``key`` must not be used today."""
    certificate, now = key.certificate, clock.now()
    if now < certificate.not_valid_before_utc or now > certificate.not_valid_after_utc:
        raise KeyProblem(
            _("The signing certificate is valid from %(first)s to %(last)s only.")
            % {"first": _day(certificate.not_valid_before_utc), "last": _day(certificate.not_valid_after_utc)}
        )
    if not _may_sign(certificate):
        raise KeyProblem(_("The signing certificate is not made for signing."))
    if since := revocation.revoked_since(key):
        raise KeyProblem(_("The signing certificate was revoked on %(day)s.") % {"day": _day(since)})


def _day(moment: datetime) -> str:
    return f"{clock.local_day(moment):%d/%m/%Y}"


def _may_sign(certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment
