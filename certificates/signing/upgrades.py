"""Adds to a signed file what keeps its signature provable: a time stamp, the proof of non-revocation, an archive stamp.

Everything is appended, so that the first bytes of the new file are the earlier file.
"""

import asyncio
import io
from dataclasses import dataclass

from cryptography.hazmat.primitives.serialization import Encoding
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.signers.pdf_signer import PdfTimeStamper, TimestampDSSContentSettings
from pyhanko.sign.validation.dss import DocumentSecurityStore, collect_validation_info
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import InsufficientRevinfoError, PathBuildingError, PathError, ValidationError

from certificates.enums import SignatureLevel
from certificates.errors import AuthorityAway, NotSound
from certificates.signing import authorities, revocation
from certificates.signing.soundness import level_of, roots
from staff import clock

RESERVED = 32768


@dataclass(frozen=True, slots=True)
class Upgraded:
    """``problem`` says why ``level`` is not yet the one that was asked for."""

    content: bytes
    level: SignatureLevel
    problem: str = ""


def upgrade(pdf: bytes, *, to: SignatureLevel) -> Upgraded:
    """``pdf`` with all appended that the authorities give now, verified.

    AuthorityAway if they give nothing more at all; NotSound if ``pdf`` or what came of it does not verify.
    """
    began = level_of(pdf)
    content, problem = asyncio.run(_append(pdf, began, to))
    if content == pdf:
        if problem:
            raise AuthorityAway(problem)
        return Upgraded(pdf, began)
    if not content.startswith(pdf):
        raise NotSound("the earlier file was changed")
    return Upgraded(content, level_of(content, at_least=min(began + 1, to)), problem)


async def _append(pdf, level, to) -> tuple[bytes, str]:
    stamper = authorities.time_stamper()
    if stamper is None:
        return pdf, _("No time-stamp authority is set: SIGNING_TSA_URL names it.")
    try:
        if level < SignatureLevel.T <= to:
            pdf = await _stamp(pdf, stamper)
        if to >= SignatureLevel.LT and level < SignatureLevel.LT:
            pdf = await _prove(pdf)
        if to >= SignatureLevel.LTA and level < SignatureLevel.LTA:
            pdf = await _archive(pdf, stamper)
    except OSError as error:
        return pdf, _("The time-stamp authority does not answer: %(error)s") % {"error": str(error)[:120]}
    except (InsufficientRevinfoError, PathBuildingError) as error:
        return pdf, _("No proof of non-revocation is to be had now: %(error)s") % {"error": str(error)[:160]}
    except (PathError, ValidationError) as error:
        raise NotSound(str(error)[:200]) from error
    return pdf, ""


async def _stamp(pdf, stamper) -> bytes:
    output = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    await PdfTimeStamper(stamper).async_timestamp_pdf(writer, "sha256", bytes_reserved=RESERVED, output=output)
    return output.getvalue()


async def _prove(pdf) -> bytes:
    """With the certificates, lists and answers that prove all signatures and stamps of ``pdf``."""
    context = _asking()
    reader = PdfFileReader(io.BytesIO(pdf))
    paths = []
    for signature in (*reader.embedded_regular_signatures, *reader.embedded_timestamp_signatures):
        paths += await collect_validation_info(signature, context)
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    DocumentSecurityStore.supply_dss_in_writer(writer, None, paths=paths, validation_context=context)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


async def _archive(pdf, stamper) -> bytes:
    """With a last stamp over everything, the proof of the stamp's own certificate stored under it."""
    output = io.BytesIO()
    await PdfTimeStamper(stamper).async_timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(pdf)),
        "sha256",
        validation_context=_asking(),
        dss_settings=TimestampDSSContentSettings(include_vri=False, update_before_ts=True),
        bytes_reserved=RESERVED,
        output=output,
    )
    return output.getvalue()


def _asking() -> ValidationContext:
    """Only hard proof counts: a certificate that names no list or service is not proved by silence."""
    return ValidationContext(
        trust_roots=roots(),
        crls=[kept.public_bytes(Encoding.DER) for kept in revocation.kept_lists()],
        allow_fetching=True,
        fetcher_backend=authorities.fetchers(),
        revocation_mode="require",
        moment=clock.now(),
    )
