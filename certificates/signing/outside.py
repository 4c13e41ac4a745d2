"""Signing elsewhere, with the agency's own tool (SIGNING_MODE=outside): who may sign, and what came back.

SIGNING_OUTSIDE_SIGNER_FILES and SIGNING_OUTSIDE_SEAL_FILES name the certificates (PEM) of the persons who sign and of
the agency. They are files on the machine, not rows: whoever takes over an administrator's account cannot name herself.
Files that change are read again, so a new signer is entered without a stop. SIGNING_OUTSIDE_CHAIN_FILES are the
certificates above them.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID
from django.conf import settings
from django.utils.translation import gettext as _

from certificates.enums import SignatureRole
from certificates.errors import KeyProblem
from certificates.signing import keys, returned_inspection, revocation
from certificates.signing.trust import time_stamp_roots, trusted_certificates
from staff import clock

OUTSIDE = "outside"
# Beside the time that the script allows each file.
PATIENCE = 30


def is_outside() -> bool:
    """Whether certificates are signed elsewhere, and not by a key of this installation."""
    return settings.SIGNING_MODE == OUTSIDE


@dataclass(frozen=True)
class Signatory:
    """A certificate that may sign as ``role``, with those above it. No key: that is with its owner."""

    role: SignatureRole
    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    fingerprint: str
    holder: str


def signatories(role: SignatureRole | None = None) -> list[Signatory]:
    """Everybody who may sign, or may sign as ``role``, as the files say now. KeyProblem if they cannot be read."""
    chain = tuple(_certificates(settings.SIGNING_OUTSIDE_CHAIN_FILES))
    named = {
        SignatureRole.SIGNER: settings.SIGNING_OUTSIDE_SIGNER_FILES,
        SignatureRole.SEAL: settings.SIGNING_OUTSIDE_SEAL_FILES,
    }
    return [
        _signatory(kind, certificate, chain)
        for kind, files in named.items()
        if role in {None, kind}
        for certificate in _certificates(files)
    ]


def key_condition() -> keys.KeyCondition:
    """The condition of what this installation's certificates are signed with; never raises."""
    if not is_outside():
        return keys.own_key_condition()
    # a key of our own may sign other things beside it
    has_key = settings.SIGNING_KEY_FILE or settings.SIGNING_PKCS11_MODULE
    return min([_outside_condition(), *([keys.own_key_condition()] if has_key else [])], key=_goodness)


def _outside_condition() -> keys.KeyCondition:
    """Of each role its best certificate counts, of both roles the worse one."""
    try:
        conditions = [_best(role) for role in SignatureRole]
    except KeyProblem as problem:
        return keys.KeyCondition("missing", problem=str(problem))
    return min(conditions, key=_goodness)


@dataclass(frozen=True, slots=True)
class Returned:
    """A file that came back: where it lies, and how many of its first bytes are the file that went out."""

    path: Path
    length: int


@dataclass(frozen=True, slots=True)
class SignatureFacts:
    """``covers``: nothing but signatures, stamps and proofs follows it; ``is_last``: no signature does."""

    fingerprint: str
    intact: bool
    trusted: bool
    revoked: bool
    covers: bool
    is_last: bool
    bottom_line: bool
    signed_at: str


@dataclass(frozen=True, slots=True)
class ReturnedFacts:
    """What stands in a file. ``problem`` is the kind of fault where it cannot be read; the rest then says nothing."""

    only_signed: bool = False
    count: int = 0
    signatures: tuple[SignatureFacts, ...] = ()
    problem: str = ""


def inspect_returned(files: list[Returned]) -> list[ReturnedFacts]:
    """The facts of each file, in order, read by a process with limits. One file that kills it stops no other."""
    found: list[ReturnedFacts] = []
    while len(found) < len(files):
        answers = _ask(files[len(found) :])
        found += answers
        if len(found) < len(files):
            found.append(ReturnedFacts(problem="killed"))
    return found


def _ask(files) -> list[ReturnedFacts]:
    question = {
        "moment": clock.now().isoformat(),
        "roots": [str(path) for path in trusted_certificates()],
        "stamp_roots": [str(path) for path in time_stamp_roots()],
        "lists": [str(path) for path in revocation.readable_files()],
        "files": [{"path": str(file.path), "length": file.length} for file in files],
    }
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as asked:
        asked.write(json.dumps(question).encode())
        asked.seek(0)
        command = [sys.executable, "-I", str(Path(returned_inspection.__file__))]
        seconds = PATIENCE + returned_inspection.SECONDS_A_FILE * len(files)
        process = subprocess.Popen(command, stdin=asked, stdout=subprocess.PIPE, stderr=said)  # noqa: S603
        try:
            output, _nothing = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            output, _nothing = process.communicate()
    return [_facts(line) for line in output.decode().splitlines(keepends=True) if line.endswith("\n")]


def _facts(line: str) -> ReturnedFacts:
    said = json.loads(line)
    signatures = tuple(SignatureFacts(**facts) for facts in said.pop("signatures", ()))
    return ReturnedFacts(signatures=signatures, **said)


def signed_moment(facts: SignatureFacts, *, not_before: datetime) -> datetime:
    """When it was signed, as the signature itself says, as far as that can be."""
    try:
        said = datetime.fromisoformat(facts.signed_at)
    except ValueError:
        return clock.now()
    return max(not_before, min(said, clock.now()))


def _signatory(role, certificate, chain) -> Signatory:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    holder = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return Signatory(role, certificate, chain, certificate.fingerprint(hashes.SHA256()).hex(), holder)


def _certificates(names) -> list[x509.Certificate]:
    found = []
    for name in names:
        try:
            found += _read(name, Path(name).stat().st_mtime_ns)
        except (OSError, ValueError) as error:
            words = {"file": Path(name).name, "error": getattr(error, "strerror", None) or str(error)[:100]}
            raise KeyProblem(_("The certificate file %(file)s cannot be read: %(error)s") % words) from error
    return found


@lru_cache(maxsize=32)
def _read(name, _stamp):
    return tuple(x509.load_pem_x509_certificates(Path(name).read_bytes()))


def _best(role) -> keys.KeyCondition:
    found = [keys.condition_of(signatory) for signatory in signatories(role)]
    if not found:
        words = {SignatureRole.SIGNER: "SIGNING_OUTSIDE_SIGNER_FILES", SignatureRole.SEAL: "SIGNING_OUTSIDE_SEAL_FILES"}
        return keys.KeyCondition("missing", problem=_("%(setting)s names no certificate.") % {"setting": words[role]})
    return max(found, key=_goodness)


def _goodness(condition: keys.KeyCondition):
    order = ["missing", "unusable", "expired", *(f"expires_{days}" for days in sorted(keys.KEY_WARNINGS)), "ok"]
    return order.index(condition.word), condition.valid_until or clock.now()
