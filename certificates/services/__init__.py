"""The verbs of this room."""

from certificates.services.impacts import ImpactRefused, decide_impact, note_impacts
from certificates.services.issuers import ensure_demonstration_issuer, issuer_on
from certificates.services.issuing import find_uncertified, issue_certificate, issue_waiting, produce_file, try_again
from certificates.services.recognition import claims_from_import_rows, decide_bulk, revoke_recognition
from certificates.services.revoking import (
    revoke_certificate,
    revoke_forgotten,
    revoke_with_qualification,
    supersede_certificate,
)
from certificates.services.upgrading import fetch_revocation_lists, upgrade_certificate, upgrade_waiting

__all__ = [
    "ImpactRefused",
    "claims_from_import_rows",
    "decide_bulk",
    "decide_impact",
    "ensure_demonstration_issuer",
    "fetch_revocation_lists",
    "find_uncertified",
    "issue_certificate",
    "issue_waiting",
    "issuer_on",
    "note_impacts",
    "produce_file",
    "revoke_certificate",
    "revoke_forgotten",
    "revoke_recognition",
    "revoke_with_qualification",
    "supersede_certificate",
    "try_again",
    "upgrade_certificate",
    "upgrade_waiting",
]
