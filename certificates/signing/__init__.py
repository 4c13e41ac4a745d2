"""Signs PDFs (PAdES) behind one interface, whatever holds the key. Nothing else of the house touches keys.

key = current_key()                                    from a file, a token, or the demonstration
signed = sign(pdf, key=key, signed_at=moment)          B-T if a time-stamp authority answers, else B-B
upgraded = upgrade(signed.content, to=level)           appends; the first bytes stay what they were

Or elsewhere: ``with_places(pdf)`` goes out, ``inspect_returned`` tells what came back, ``signatories`` who may sign.
"""

from certificates.signing.authorities import wanted_level
from certificates.signing.demonstration import ensure_demonstration_key
from certificates.signing.keys import (
    KEY_WARNINGS,
    KeyCondition,
    SigningKey,
    current_key,
    own_key_condition,
    refuse_unusable,
)
from certificates.signing.outside import (
    Returned,
    ReturnedFacts,
    Signatory,
    inspect_returned,
    is_outside,
    key_condition,
    signatories,
    signed_moment,
)
from certificates.signing.pades import Signed, sign, sign_pdf
from certificates.signing.places import PLACES, with_places
from certificates.signing.revocation import fetch_lists
from certificates.signing.soundness import level_of
from certificates.signing.trust import (
    FINGERPRINT,
    keep_anchors,
    keep_authority,
    public_roots,
    time_stamp_roots,
    trusted_certificates,
)
from certificates.signing.upgrades import upgrade

__all__ = [
    "FINGERPRINT",
    "KEY_WARNINGS",
    "PLACES",
    "KeyCondition",
    "Returned",
    "ReturnedFacts",
    "Signatory",
    "Signed",
    "SigningKey",
    "current_key",
    "ensure_demonstration_key",
    "fetch_lists",
    "inspect_returned",
    "is_outside",
    "keep_anchors",
    "keep_authority",
    "key_condition",
    "level_of",
    "own_key_condition",
    "public_roots",
    "refuse_unusable",
    "sign",
    "sign_pdf",
    "signatories",
    "signed_moment",
    "time_stamp_roots",
    "trusted_certificates",
    "upgrade",
    "wanted_level",
    "with_places",
]
