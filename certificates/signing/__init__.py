"""Signs PDFs (PAdES) behind one interface, whatever holds the key. Nothing else of the house touches keys.

key = current_key()                                    from a file, a token, or the demonstration
signed = sign(pdf, key=key, signed_at=moment)          B-T if a time-stamp authority answers, else B-B
upgraded = upgrade(signed.content, to=level)           appends; the first bytes stay what they were
"""

from certificates.signing.authorities import wanted_level
from certificates.signing.demonstration import ensure_demonstration_key
from certificates.signing.keys import KEY_WARNINGS, KeyCondition, SigningKey, current_key, key_condition
from certificates.signing.pades import Signed, sign, sign_pdf
from certificates.signing.revocation import fetch_lists
from certificates.signing.soundness import level_of
from certificates.signing.trust import keep_authority, time_stamp_roots, trusted_certificates
from certificates.signing.upgrades import upgrade

__all__ = [
    "KEY_WARNINGS",
    "KeyCondition",
    "Signed",
    "SigningKey",
    "current_key",
    "ensure_demonstration_key",
    "fetch_lists",
    "keep_authority",
    "key_condition",
    "level_of",
    "sign",
    "sign_pdf",
    "time_stamp_roots",
    "trusted_certificates",
    "upgrade",
    "wanted_level",
]
