"""Is this file one of our certificates? Four separate answers; genuine only if all are yes.

The public page, the API and ``manage.py verify_certificate`` ask ``verify_file`` and nothing else.
"""

import fcntl
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from certificates import pdf_inspection, queries, signing
from certificates.codes import is_well_formed
from certificates.errors import KeyProblem
from certificates.signing import revocation
from certificates.trust_folder import TrustFolder
from staff import clock

LARGEST = 10 * 1024 * 1024
# Seconds for one file; files looked at together on one host, and how long a further one waits for its turn.
SECONDS, TOGETHER, PATIENCE = 60, 2, 30
# Signed elsewhere, a certificate carries the signer's signature and the agency's.
MOST_OF_OURS = 2
# A file of ours may have grown: looked for at the latest so many ends of its revisions.
MOST_ENDS = 24
_BLANKS = b" \t\r\n\0"


@dataclass(frozen=True, slots=True)
class Verdict:
    """``status`` is that of ``queries.status_on``, or "unknown". ``problem`` says why a file could not be read.

    ``signature`` says why the third answer is what it is: valid, broken, changed (something was added after signing),
    untrusted, revoked (the key), unconfirmed (no current list of revoked keys), several, missing or unreadable.
    ``difference`` compares with what we issued: "" (the same), blanks (nothing but blanks added at the end), appended,
    other (our code, other bytes), or unknown. ``predecessor`` names the body whose register we
    keep, if it was issued or signed there. ``is_other_paper``: no certificate, but signed whole with a key of ours
    or of such a body, as a training record is.
    """

    registered: bool
    unchanged: bool
    signature_valid: bool
    status: str
    number: str = ""
    code: str = ""
    problem: str = ""
    signature: str = "missing"
    difference: str = "unknown"
    signer: str = ""
    signed_at: str = ""
    predecessor: str = ""
    details: dict = field(default_factory=dict)
    record: queries.PublicRecord | None = None
    is_other_paper: bool = False

    @property
    def genuine(self) -> bool:
        return self.registered and self.unchanged and self.signature_valid and self.status == queries.VALID

    @property
    def verdict(self) -> str:
        """One word: genuine, withdrawn (ours, but not in force today), blanks, unconfirmed, altered, other_paper,
        unreadable or foreign.
        """
        if self.genuine:
            return "genuine"
        if self.registered and self.difference == "blanks":
            return "blanks"
        if self.registered and not self.unchanged:
            return "altered"
        if self.registered and self.status != queries.VALID:
            return "withdrawn"
        if self.registered:
            return "unconfirmed" if self.signature == "unconfirmed" else "altered"
        if self.is_other_paper:
            return "other_paper"
        return "unreadable" if self.problem else "foreign"

    def as_dict(self) -> dict:
        facts = {name: value for name, value in asdict(self).items() if name != "record"}
        return {"genuine": self.genuine, "verdict": self.verdict, **facts}


def verify_file(content: bytes, *, trust: TrustFolder | None = None, at: datetime | None = None) -> Verdict:
    """The verdict on ``content``. Never raises because of what is in it; keeps nothing of it.

    ``trust`` takes the place of the authorities this installation trusts; a signature is then good only where a
    current list says that its key was not revoked. ``at`` is the moment for which the signature is judged: else that
    at which we stored the file, or now.
    """
    if len(content) > LARGEST:
        return Verdict(False, False, False, "unknown", problem="too large", signature="unreadable")
    today = clock.today()
    hashes = _hashes_of_beginnings(content)
    file = queries.issued_file(list(hashes))
    is_same = file is not None and hashes[file.sha256] == len(content)
    moment = at or (file.stored_at if file and not trust else clock.now())
    difference = _difference(content, file, hashes)
    # blanks that a mail program added are told under the second answer; the third is on what was issued
    signed = content[: hashes[file.sha256]] if difference == "blanks" else content
    found = _inspect(signed, moment=moment, now=at or clock.now(), trust=trust)
    code = found.get("code", "")
    code = file.code if file else code if is_well_formed(code) else ""
    record = queries.public_record(code, on=today) if code else None
    signature = _signature(found, most=MOST_OF_OURS if file else 1)
    is_by_ours = not file or signature != "valid" or found["signatures"][-1]["fingerprint"] == file.key_fingerprint
    if is_same and not trust and not is_by_ours:
        signature = "untrusted"
    signatures = found.get("signatures") or [{}]
    # such a paper is signed once and never grows: metadata that a later revision changes would be let pass
    is_whole = signature == "valid" and signatures[-1]["coverage"] == "ENTIRE_FILE"
    key = signatures[-1]["fingerprint"] if not record and is_whole else ""
    is_ours = bool(key) and _is_our_key(key)
    heir_of = queries.predecessor_that_signed(key) if key and not is_ours else ""
    return Verdict(
        registered=record is not None,
        unchanged=is_same,
        signature_valid=signature == "valid",
        status=record.status if record else "unknown",
        number=record.number if record else "",
        code=code if record else "",
        problem=found.get("problem", ""),
        signature=signature,
        difference="other" if difference == "unknown" and record else difference,
        signer=signatures[0].get("signer", ""),
        signed_at=signatures[0].get("signed_at", ""),
        predecessor=record.predecessor if record else heir_of,
        details={"sha256": hashlib.sha256(content).hexdigest(), "signatures": found.get("signatures", [])},
        record=record,
        is_other_paper=is_ours or bool(heir_of),
    )


def is_known_file(content: bytes) -> bool:
    """Whether ``content`` is a file that was issued, at most with blanks behind it. Cheap: nothing in it is looked at.

    One that goes on is not: whoever holds a certificate could hand in anything behind it, as often as she likes.
    """
    hashes = _hashes_of_beginnings(content)
    file = queries.issued_file(list(hashes))
    return _difference(content, file, hashes) in {"", "blanks"}


def _is_our_key(fingerprint: str) -> bool:
    """Of this installation, which signs records and books itself too, or of those who signed its certificates."""
    return fingerprint == signing.own_key_condition().fingerprint or queries.has_signed(fingerprint)


def _signature(found: dict, *, most: int) -> str:
    """The first fault of the signatures, "valid" if there is none; more than ``most`` are a fault."""
    signatures = found.get("signatures", [])
    if found.get("problem"):
        return "unreadable"
    if not signatures:
        return "missing"
    if found.get("count", 0) > most:
        return "several"
    judged = [_judged(facts, is_last=facts is signatures[-1]) for facts in signatures]
    return next((word for word in judged if word != "valid"), "valid")


def _judged(facts: dict, *, is_last: bool) -> str:
    if "problem" in facts:
        return "unreadable"
    if not facts["intact"]:
        return "broken"
    if facts["revocation"] == "revoked":
        return "revoked"
    if not facts["trusted"]:
        return "untrusted"
    # stamps and proofs may be appended, they keep a signature provable; nothing else may
    is_whole = facts["coverage"] == "ENTIRE_FILE" and facts["modification"] == "NONE"
    is_followed = facts["modification"] == "LTA_UPDATES"
    if not is_last:
        # a file of ours by its beginning: the agency signed after the signer, which fills in a field of the form
        is_followed = is_followed or facts["modification"] == "FORM_FILLING"
    if not (is_whole or is_followed) or not facts["holds"]:
        return "changed"
    return "valid" if facts["revocation"] in {"good", "not_published"} else "unconfirmed"


def _difference(content, file, hashes) -> str:
    if file is None:
        return "unknown"
    size = hashes[file.sha256]
    if size == len(content):
        return ""
    return "appended" if content[size:].strip(_BLANKS) else "blanks"


def _hashes_of_beginnings(content: bytes) -> dict[str, int]:
    """SHA-256 -> length of the whole file and of what it may have been before something was added at its end."""
    ends = {len(content)}
    position = len(content)
    while len(ends) < MOST_ENDS and (position := content.rfind(b"%%EOF", 0, position)) >= 0:
        end = position + 5
        rest = content[end : end + 2]
        ends.add(end)
        if rest[:1] in {b"\n", b"\r"}:
            ends.add(end + 1)
        if rest == b"\r\n":
            ends.add(end + 2)
    hashes, seen, done = {}, hashlib.sha256(), 0
    for end in sorted(ends):
        seen.update(content[done:end])
        done = end
        hashes[seen.copy().hexdigest()] = end
    return hashes


def _inspect(content: bytes, *, moment: datetime, now: datetime, trust: TrustFolder | None) -> dict:
    try:
        question = _question(moment, now, trust)
    except KeyProblem as error:
        return {"problem": str(error)}
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(content)
        file.flush()
        with _turn() as has_come:
            if not has_come:
                return {"problem": "busy"}
            return _ask({"path": file.name, **question})


def _question(moment, now, trust) -> dict:
    facts = {"moment": moment.isoformat(), "now": now.isoformat()}
    if trust:
        named = {"anchors": trust.anchors, "stamp_anchors": [], "others": trust.others, "lists": trust.lists}
        return {**facts, "is_strict": True, **{name: [str(path) for path in paths] for name, paths in named.items()}}
    return {
        **facts,
        "is_strict": False,
        "anchors": [str(path) for path in signing.trusted_certificates()],
        "stamp_anchors": [str(path) for path in signing.time_stamp_roots()],
        "others": [],
        "lists": [str(path) for path in revocation.list_files()],
    }


def _ask(question: dict) -> dict:
    """The answer of ``pdf_inspection``, which gets neither our settings nor our environment."""
    command = [sys.executable, "-I", str(Path(pdf_inspection.__file__))]
    try:
        done = subprocess.run(  # noqa: S603
            command, input=json.dumps(question).encode(), capture_output=True, timeout=SECONDS, check=False, env={}
        )
        found = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return {"problem": "the file could not be read"}
    return found if isinstance(found, dict) else {"problem": "the file could not be read"}


@contextmanager
def _turn():
    """Few at a time on a host: a heap of hostile files must not take every processor from those who learn."""
    deadline = time.monotonic() + PATIENCE
    while True:
        for number in range(TOGETHER):
            path = Path(tempfile.gettempdir()) / f"lms-inspection-{os.getuid()}-{number}.lock"
            with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600), "w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue
                yield True
                return
        if time.monotonic() > deadline:
            yield False
            return
        time.sleep(0.1)
