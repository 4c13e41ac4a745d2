"""Reads files that come back from an agency's signing tool. Run as a script with limits: such files may be hostile.

    python returned_inspection.py < QUESTION

QUESTION is JSON: the moment, files with what signatures and stamps must lead to (PEM), lists of revocations, and the
files with the length of what went out. Prints one JSON object a file, as it goes: if the process dies, the file after
the last answer is the one that killed it. Knows nothing of Django and imports nothing of ours.
"""

import json
import logging
import resource
import signal
import sys
from datetime import datetime

MEMORY, SECONDS_A_FILE = 1024 * 1024 * 1024, 10
MOST_SIGNATURES = 8


def main() -> int:
    question = json.load(sys.stdin)
    logging.disable(logging.CRITICAL)
    read = _Reader(question)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    signal.signal(signal.SIGPROF, _too_long)
    for asked in question["files"]:
        signal.setitimer(signal.ITIMER_PROF, SECONDS_A_FILE)
        try:
            found = read.facts(asked["path"], asked["length"])
        except BaseException as error:  # pyHanko raises bare TypeError, AssertionError … on such files  # noqa: BLE001
            found = {"problem": type(error).__name__}
        signal.setitimer(signal.ITIMER_PROF, 0)
        sys.stdout.write(json.dumps(found) + "\n")
        sys.stdout.flush()
    return 0


def _too_long(_number, _frame):
    raise TimeoutError


class _Reader:
    """Knows whom to trust; pyHanko is loaded before memory is limited."""

    def __init__(self, question):
        from pyhanko.keys import load_certs_from_pemder

        self.moment = datetime.fromisoformat(question["moment"])
        self.roots = list(load_certs_from_pemder(question["roots"]))
        self.stamp_roots = list(load_certs_from_pemder(question["stamp_roots"])) or self.roots
        self.lists = [_list(path) for path in question["lists"]]

    def facts(self, path: str, length: int) -> dict:
        """What was done to the first ``length`` bytes, which are what went out, and by whom it was signed."""
        import io

        from pyhanko.pdf_utils.reader import PdfFileReader

        content = _content(path)
        reader, sent = PdfFileReader(io.BytesIO(content)), PdfFileReader(io.BytesIO(content[:length]))
        signatures = reader.embedded_regular_signatures
        fields = {signature.field_name for signature in reader.embedded_signatures}
        return {
            "only_signed": _ends_with_its_revision(content, reader) and _only_signed(reader, sent, fields),
            "count": len(signatures),
            "signatures": [self._signature(signature, fields) for signature in signatures[:MOST_SIGNATURES]],
        }

    def _signature(self, signature, fields) -> dict:
        from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
        from pyhanko.sign.validation import validate_pdf_signature
        from pyhanko.sign.validation.status import SignatureCoverageLevel

        status = validate_pdf_signature(signature, self._context(self.roots), self._context(self.stamp_roots))
        later = status.diff_result
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        kept = status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION and isinstance(later, DiffResult)
        stamp = status.timestamp_validity
        return {
            "fingerprint": status.signing_cert.sha256.hex(),
            "intact": bool(status.intact and status.valid),
            "trusted": bool(status.trusted and (stamp is None or (stamp.intact and stamp.valid and stamp.trusted))),
            "revoked": bool(status.revoked),
            # nothing after it but further signatures, stamps and proofs; for the last one stamps and proofs only
            "covers": whole or bool(kept and later.changed_form_fields <= fields),
            # without any later revision only a signature over the entire file leaves nothing after it
            "is_last": whole or bool(kept and later.modification_level == ModificationLevel.LTA_UPDATES),
            "bottom_line": bool(status.bottom_line),
            "signed_at": status.signer_reported_dt.isoformat() if status.signer_reported_dt else "",
        }

    def _context(self, roots):
        from pyhanko_certvalidator import ValidationContext

        return ValidationContext(
            trust_roots=roots, crls=self.lists, allow_fetching=False, revocation_mode="soft-fail", moment=self.moment
        )


def _ends_with_its_revision(content, reader) -> bool:
    """Whether nothing follows the end of the latest revision but a line's end."""
    end = content.find(b"%%EOF", reader.last_startxref)
    return end >= 0 and not content[end + 5 :].strip(b"\r\n")


def _only_signed(reader, sent, fields) -> bool:
    """Whether all that was appended to ``sent`` are signatures in ``fields``, stamps and proofs."""
    from pyhanko.sign.diff_analysis import DiffResult

    base = sent.xrefs.total_revisions - 1
    if sent.embedded_signatures or reader.xrefs.total_revisions <= base + 1:
        return False
    if reader.xrefs.get_startxref_for_revision(base) != sent.xrefs.get_startxref_for_revision(base):
        return False
    review = _policy().review_file(reader, base)
    return isinstance(review, DiffResult) and review.changed_form_fields <= fields


def _policy():
    """pyHanko's own; but tools may set the flag that there are signatures, and nothing may lie about unused."""
    from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, FormUpdatingRule, StandardDiffPolicy
    from pyhanko.sign.diff_analysis.constants import ACROFORM_EXEMPT_STRICT_COMPARISON

    rule = DEFAULT_DIFF_POLICY.form_rule
    flags = ACROFORM_EXEMPT_STRICT_COMPARISON | {"/SigFlags"}
    form = FormUpdatingRule(rule.field_rules, flags)
    return StandardDiffPolicy(DEFAULT_DIFF_POLICY.global_rules, form, ignore_orphaned_objects=False)


def _list(path: str):
    """A list of revocations, in DER or PEM."""
    from asn1crypto import crl, pem

    content = _content(path)
    return crl.CertificateList.load(pem.unarmor(content)[2] if pem.detect(content) else content)


def _content(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(main())
