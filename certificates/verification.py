"""Is this file one of our certificates? Four separate answers; genuine only if all are yes."""

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from certificates import pdf_inspection, queries, signing
from certificates.codes import is_well_formed
from certificates.errors import KeyProblem
from certificates.models import Certificate, CertificateFile
from staff import clock

LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Verdict:
    """``status`` is that of ``queries.status_on``, or "unknown". ``problem`` says why a file could not be read."""

    registered: bool
    unchanged: bool
    signature_valid: bool
    status: str
    number: str = ""
    code: str = ""
    problem: str = ""

    @property
    def genuine(self) -> bool:
        return self.registered and self.unchanged and self.signature_valid and self.status == queries.VALID

    def as_dict(self) -> dict:
        return {"genuine": self.genuine, **asdict(self)}


def verify_file(content: bytes) -> Verdict:
    """The verdict on ``content``. Never raises because of what is in it."""
    if len(content) > LARGEST:
        return Verdict(registered=False, unchanged=False, signature_valid=False, status="unknown", problem="too large")
    digest = hashlib.sha256(content).hexdigest()
    file = CertificateFile.objects.filter(sha256=digest).first()
    moment = file.created_at if file else clock.now()
    found = _inspect(content, moment)
    certificate = _certificate(file, found.get("code", ""))
    signed = bool(found.get("intact") and found.get("whole_document") and found.get("trusted"))
    if file and signed:
        signed = found["fingerprint"] == file.key_fingerprint
    return Verdict(
        registered=certificate is not None,
        unchanged=file is not None,
        signature_valid=signed,
        status=queries.status_on(certificate, clock.today()) if certificate else "unknown",
        number=certificate.serial if certificate else "",
        code=certificate.code if certificate else "",
        problem=found.get("problem", ""),
    )


def _certificate(file, code):
    rows = Certificate.objects.select_related("register", "qualification")
    if file:
        return rows.get(pk=file.certificate_id)
    return rows.filter(code=code).first() if is_well_formed(code) else None


def _inspect(content: bytes, moment: datetime) -> dict:
    try:
        trusted = [str(path) for path in (*signing.trusted_certificates(), "--", *signing.time_stamp_roots())]
    except KeyProblem as error:
        return {"problem": str(error)}
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        script = str(Path(pdf_inspection.__file__))
        command = [sys.executable, "-I", script, file.name, moment.isoformat(), *trusted]
        try:
            done = subprocess.run(command, capture_output=True, timeout=30, check=False)  # noqa: S603
            found = json.loads(done.stdout)
        except (subprocess.TimeoutExpired, ValueError):
            return {"problem": "the file could not be read"}
    return found if isinstance(found, dict) else {"problem": "the file could not be read"}
