"""Reads the signature of an unknown PDF. Run as a script with limits: such files may be hostile.

    python pdf_inspection.py FILE MOMENT TRUSTED.pem … -- TRUSTED_FOR_STAMPS.pem …

Prints one JSON object. "whole_document" lets stamps and proofs be appended, which keep a signature provable.
 Knows nothing of Django and imports nothing of ours.
"""

import json
import resource
import sys
from datetime import datetime

MEMORY, SECONDS = 1024 * 1024 * 1024, 15


def inspect(path: str, moment: str, trusted: list[str], trusted_for_stamps: list[str]) -> dict:
    from pyhanko.keys import load_certs_from_pemder
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.diff_analysis import ModificationLevel
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    found = {"signatures": 0, "intact": False, "whole_document": False, "trusted": False, "fingerprint": "", "code": ""}
    with open(path, "rb") as file:
        reader = PdfFileReader(file)
        keywords = reader.trailer["/Info"].get("/Keywords", "") if "/Info" in reader.trailer else ""
        found["code"] = str(keywords)[:40]
        signatures = reader.embedded_regular_signatures
        found["signatures"] = len(signatures)
        if len(signatures) != 1:
            return found
        facts = {"allow_fetching": False, "moment": datetime.fromisoformat(moment)}
        signers = list(load_certs_from_pemder(trusted))
        stampers = list(load_certs_from_pemder(trusted_for_stamps)) or signers
        status = validate_pdf_signature(
            signatures[0],
            ValidationContext(trust_roots=signers, **facts),
            ValidationContext(trust_roots=stampers, **facts),
        )
        found["intact"] = bool(status.intact and status.valid)
        whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        whole = whole and status.modification_level == ModificationLevel.NONE
        found["whole_document"] = whole or status.modification_level == ModificationLevel.LTA_UPDATES
        found["trusted"] = bool(status.trusted and status.bottom_line)
        found["fingerprint"] = status.signing_cert.sha256.hex()
        found["signed_at"] = status.signer_reported_dt.isoformat() if status.signer_reported_dt else ""
    return found


def main() -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    _script, path, moment, *trusted = sys.argv
    end = trusted.index("--") if "--" in trusted else len(trusted)
    try:
        found = inspect(path, moment, trusted[:end], trusted[end + 1 :])
    except BaseException as error:  # pyHanko raises bare TypeError, AssertionError … on malformed files  # noqa: BLE001
        found = {"problem": type(error).__name__}
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
