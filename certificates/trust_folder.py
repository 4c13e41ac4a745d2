"""Authorities that somebody names in a folder: certificates (PEM or DER) and lists of what was revoked."""

from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from certificates.errors import TrustFolderProblem


@dataclass(frozen=True, slots=True)
class TrustFolder:
    """``anchors`` are what a signature must lead to, ``others`` may stand between, ``lists`` tell what was revoked."""

    anchors: tuple[Path, ...]
    others: tuple[Path, ...]
    lists: tuple[Path, ...]

    @classmethod
    def read(cls, folder: Path) -> "TrustFolder":
        """Every certificate and list in ``folder``. TrustFolderProblem if there is nothing to trust.

        An anchor is a certificate of an authority that signed itself. Where several bear one name, one is an
        imitation: then those count that signed something else in the folder.
        """
        if not folder.is_dir():
            raise TrustFolderProblem(str(folder))
        files = sorted(path for path in folder.iterdir() if path.is_file())
        lists = {path: kept for path in files if (kept := _list_in(path)) is not None}
        certificates = {path: found for path in files if path not in lists and (found := certificates_in(path))}
        roots = {path: found[0] for path, found in certificates.items() if _signed(found[0], found[0])}
        signed = [*(one for found in certificates.values() for one in found), *lists.values()]
        anchors = [path for path, root in roots.items() if _is_alone(root, roots.values()) or _signed_any(root, signed)]
        if not roots:
            anchors = [path for path, found in certificates.items() if _is_authority(found[0])]
        if not anchors:
            raise TrustFolderProblem(str(folder))
        others = [path for path in certificates if path not in roots]
        return cls(tuple(anchors), tuple(others), tuple(lists))


def _list_in(path):
    content = path.read_bytes()
    if path.suffix not in {".crl", ".pem", ".der"}:
        return None
    try:
        return x509.load_pem_x509_crl(content) if b"-----BEGIN" in content else x509.load_der_x509_crl(content)
    except ValueError:
        return None


def certificates_in(path: Path) -> list[x509.Certificate]:
    """The certificates in a file, PEM or DER; none if it holds none."""
    content = path.read_bytes()
    if path.suffix not in {".pem", ".crt", ".cer", ".der"}:
        return []
    try:
        if b"-----BEGIN CERTIFICATE" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError:
        return []


def _is_alone(root, roots) -> bool:
    return sum(other.subject == root.subject for other in roots) == 1


def _signed_any(root, things) -> bool:
    return any(_signed(root, thing) for thing in things if thing != root)


def _signed(root, thing) -> bool:
    if thing.issuer != root.subject:
        return False
    try:
        if isinstance(thing, x509.CertificateRevocationList):
            return thing.is_signature_valid(root.public_key())
        thing.verify_directly_issued_by(root)
    except (InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


def _is_authority(certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except (x509.ExtensionNotFound, ValueError):
        return False
