"""How far a signed file of ours has come, verified without any network: nothing is stored that does not verify."""

import io

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.errors import NoDSSFoundError, SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from certificates.enums import SignatureLevel
from certificates.errors import NotSound
from certificates.signing.trust import time_stamp_roots, trusted_certificates
from staff import clock

UNREADABLE = (PdfReadError, SigningError, SignatureValidationError, PathError, ValidationError, ValueError)


def level_of(pdf: bytes, *, at_least: SignatureLevel = SignatureLevel.B) -> SignatureLevel:
    """The level that ``pdf`` has reached, by signatures and stamps that all hold. NotSound if any does not hold."""
    try:
        level = _level(PdfFileReader(io.BytesIO(pdf)))
    except UNREADABLE as error:
        raise NotSound(f"{type(error).__name__}: {error}"[:200]) from error
    if level < at_least:
        raise NotSound(f"the file is at {level.label} only")
    return level


def roots() -> list:
    """What signatures and stamps must lead to, as pyHanko wants it."""
    return list(load_certs_from_pemder([str(path) for path in (*trusted_certificates(), *time_stamp_roots())]))


def _level(reader) -> SignatureLevel:
    signatures, stamps = reader.embedded_regular_signatures, reader.embedded_timestamp_signatures
    if not signatures:
        raise NotSound("the file has no signature")
    facts = {"trust_roots": roots(), "allow_fetching": False, "moment": clock.now()}
    statuses = [_signature(signature, ValidationContext(**facts)) for signature in signatures]
    for stamp in stamps:
        _stamp(stamp, ValidationContext(**facts))
    if not stamps and not all(status.timestamp_validity for status in statuses):
        return SignatureLevel.B
    if not _has_all_proof(reader, signatures, stamps, facts):
        return SignatureLevel.T
    return SignatureLevel.LTA if _ends_with_a_stamp_over_the_proof(reader, stamps) else SignatureLevel.LT


def _signature(signature, context):
    """The status of a signature that holds: what follows it are signatures, stamps and proofs, nothing else."""
    status = validate_pdf_signature(signature, context)
    if not status.bottom_line or not _is_only_followed_by_signatures(status, signature):
        raise NotSound(f"the signature does not hold: {status.summary()}")
    return status


def _is_only_followed_by_signatures(status, signature) -> bool:
    if status.modification_level == ModificationLevel.NONE:
        return status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if status.modification_level == ModificationLevel.LTA_UPDATES:
        return True
    revision, found = signature.signed_revision, signature.reader.embedded_signatures
    later = {other.field_name for other in found if other.signed_revision > revision}
    changed = status.diff_result.changed_form_fields if isinstance(status.diff_result, DiffResult) else set()
    return bool(changed) and changed <= later


def _stamp(stamp, context):
    status = validate_pdf_timestamp(stamp, context)
    if not (status.intact and status.valid and status.trusted):
        raise NotSound(f"the time stamp does not hold: {status.summary()}")
    return status


def _has_all_proof(reader, signatures, stamps, facts) -> bool:
    """Whether the file itself proves that nothing was revoked: all certificates, lists and answers are inside."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return False
    try:
        for signature in signatures:
            _signature(signature, store.as_validation_context({**facts, "revocation_mode": "require"}))
        # the last stamp's own proof comes with the next one
        for stamp in stamps[:-1] or stamps:
            _stamp(stamp, store.as_validation_context({**facts, "revocation_mode": "require"}))
    except NotSound:
        return False
    return True


def _ends_with_a_stamp_over_the_proof(reader, stamps) -> bool:
    if not stamps:
        return False
    return "/DSS" in reader.get_historical_root(stamps[-1].signed_revision)
