"""The signature itself: PAdES B-B, or B-T with a time stamp inside."""

import io
import logging
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner

from certificates.enums import SignatureLevel
from certificates.errors import NotSound
from certificates.signing import authorities
from certificates.signing.keys import SigningKey
from certificates.signing.soundness import level_of

logger = logging.getLogger(__name__)

# 6,000 bytes overflowed with a hardware key; reserving saves pyHanko's dry run. A time stamp brings certificates along.
RESERVED, RESERVED_WITH_STAMP = 8192, 32768
FIELD = "ChuKySo"


@dataclass(frozen=True, slots=True)
class Signed:
    content: bytes
    level: SignatureLevel


def sign(pdf: bytes, *, key: SigningKey, signed_at: datetime) -> Signed:
    """``pdf`` signed: at B-T if a time-stamp authority is set and answers at once, else at B-B.

    A stamp that does not verify is as good as none. What was signed at B-B is upgraded later.
    """
    stamper = authorities.time_stamper()
    wants_stamp = authorities.wanted_level() > SignatureLevel.B
    if stamper is not None and wants_stamp and not authorities.is_away():
        try:
            content = sign_pdf(pdf, key=key, signed_at=signed_at, stamper=stamper)
            level_of(content, at_least=SignatureLevel.T)
        except (OSError, ValueError, NotSound) as error:
            logger.warning("No time stamp now: %s", error)
            authorities.note_absence()
        else:
            return Signed(content, SignatureLevel.T)
    return Signed(sign_pdf(pdf, key=key, signed_at=signed_at), SignatureLevel.B)


def sign_pdf(pdf: bytes, *, key: SigningKey, signed_at: datetime, stamper=None) -> bytes:
    """``pdf`` with a signature over the whole file that says it was made at ``signed_at``.

    With ``stamper``, a client of a time-stamp authority, its stamp is inside; OSError if there is none to be had.
    """
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    metadata = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, name=key.holder
    )
    field = SigFieldSpec(sig_field_name=FIELD, on_page=0)
    signer = _DatedPdfSigner(metadata, signer=key.signer, new_field_spec=field, timestamper=stamper)
    signer.signed_at = signed_at
    output = io.BytesIO()
    signer.sign_pdf(writer, bytes_reserved=RESERVED_WITH_STAMP if stamper else RESERVED, output=output)
    return output.getvalue()


class _DatedPdfSigner(PdfSigner):
    """pyHanko asks the host's clock; the project has one clock, and the sheet prints the same moment."""

    signed_at: datetime

    def init_signing_session(self, *args, **kwargs):
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.signed_at
        return session
