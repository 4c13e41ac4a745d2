"""A key that never leaves its token (PKCS#11): SIGNING_PKCS11_MODULE, _TOKEN and _KEY name it, _PIN opens it.

The session is opened once a process, never before a fork, and anew after a fault. The certificate is read from the
token, or from SIGNING_CERT_FILE.
"""

import os
import threading
from pathlib import Path

import pkcs11
from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _
from pkcs11 import Attribute, ObjectClass
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

from certificates.errors import KeyProblem
from certificates.signing.cms_template import TemplateSigner

_lock = threading.Lock()
_kept: dict = {}


class TokenSigner(TemplateSigner, PKCS11Signer):
    """Signs on the token. A token that fails is opened anew the next time."""

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run=False) -> bytes:
        try:
            return await super().async_sign_raw(data, digest_algorithm, dry_run)
        except (pkcs11.PKCS11Error, RuntimeError) as error:
            forget()
            raise _problem(error) from error


def key_on_token():
    """The certificate, those above it and the signer of the named token. Raises KeyProblem."""
    named = (
        settings.SIGNING_PKCS11_MODULE,
        settings.SIGNING_PKCS11_TOKEN,
        settings.SIGNING_PKCS11_KEY,
        _pin(),
        *(_stamp(name) for name in (settings.SIGNING_CERT_FILE, settings.SIGNING_CHAIN_FILE)),
    )
    with _lock:
        if (os.getpid(), named) not in _kept:
            try:
                opened = _open()
            except (pkcs11.PKCS11Error, RuntimeError, OSError, ValueError) as error:
                raise _problem(error) from error
            _kept.clear()
            _kept[os.getpid(), named] = opened
        return _kept[os.getpid(), named]


def forget() -> None:
    """Open the token anew when it is next asked for."""
    with _lock:
        _kept.clear()


def _open():
    from certificates.signing.keys import as_asn1

    library = pkcs11.lib(settings.SIGNING_PKCS11_MODULE)
    library.reinitialize()
    session = open_pkcs11_session(
        settings.SIGNING_PKCS11_MODULE,
        token_criteria=TokenCriteria(label=settings.SIGNING_PKCS11_TOKEN),
        user_pin=_pin() or None,
    )
    certificate = _certificate(session)
    chain = []
    if settings.SIGNING_CHAIN_FILE:
        chain = x509.load_pem_x509_certificates(Path(settings.SIGNING_CHAIN_FILE).read_bytes())
    signer = TokenSigner(
        session,
        signing_cert=as_asn1(certificate),
        ca_chain=[as_asn1(other) for other in chain],
        key_label=settings.SIGNING_PKCS11_KEY,
        # tokens commonly sign a hash with an elliptic curve, and do not make the hash themselves
        use_raw_mechanism=True,
    )
    signer._load_objects()
    return signer, certificate, tuple(chain)


def _pin() -> str:
    from certificates.signing.keys import secret_of

    try:
        return secret_of(settings.SIGNING_PKCS11_PIN, settings.SIGNING_PKCS11_PIN_FILE)
    except OSError as error:
        raise _problem(error) from error


def _certificate(session) -> x509.Certificate:
    if settings.SIGNING_CERT_FILE:
        return x509.load_pem_x509_certificate(Path(settings.SIGNING_CERT_FILE).read_bytes())
    wanted = {Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.LABEL: settings.SIGNING_PKCS11_KEY}
    found = list(session.get_objects(wanted))
    if len(found) != 1:
        raise ValueError(f"{len(found)} certificates on the token are named {settings.SIGNING_PKCS11_KEY}")
    return x509.load_der_x509_certificate(found[0][Attribute.VALUE])


def _stamp(name):
    return (name, Path(name).stat().st_mtime_ns) if name and Path(name).exists() else name


def _problem(error) -> KeyProblem:
    # names of faults only: a token's message may repeat the PIN
    words = str(error) if isinstance(error, ValueError) else type(error).__name__
    return KeyProblem(_("The signing token cannot be used: %(error)s") % {"error": words[:150]})
