"""An agency with its own signing tool: keys that the installation never sees, and what the tool does with a PDF."""

import io
from dataclasses import dataclass
from pathlib import Path

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, SimpleSigner

from tests.factories.keys import KeyFiles, signing_key

SIGNER_FIELD, SEAL_FIELD = "ChuKyNguoiKy", "ChuKyCoQuan"


@dataclass(frozen=True)
class Agency:
    """The signer's and the agency's keys, each of an authority of its own."""

    signer: KeyFiles
    seal: KeyFiles

    @classmethod
    def at(cls, folder: Path) -> "Agency":
        return cls(
            signing_key(folder / "signer", holder="Nguyễn Văn Ký"), signing_key(folder / "seal", holder="UBND xã Dấu")
        )

    def settings(self) -> dict:
        """What an administrator enters."""
        return {
            "SIGNING_MODE": "outside",
            "SIGNING_OUTSIDE_SIGNER_FILES": [str(self.signer.certificate)],
            "SIGNING_OUTSIDE_SEAL_FILES": [str(self.seal.certificate)],
            "SIGNING_OUTSIDE_CHAIN_FILES": [str(self.signer.authority), str(self.seal.authority)],
        }

    def first(self, pdf: bytes, **how) -> bytes:
        """With the signer's signature."""
        return signed(pdf, self.signer, SIGNER_FIELD, **how)

    def second(self, pdf: bytes, **how) -> bytes:
        """With the agency's signature after it."""
        return signed(pdf, self.seal, SEAL_FIELD, **how)

    def both(self, pdf: bytes) -> bytes:
        return self.second(self.first(pdf))


def signed(pdf: bytes, files: KeyFiles, field: str, *, makes_field: bool = False, stamper=None) -> bytes:
    """As a tool does it: into the place called ``field``, or into a new one that it draws itself."""
    signer = SimpleSigner.load(str(files.key), str(files.certificate), ca_chain_files=(str(files.authority),))
    place = SigFieldSpec(field, on_page=0, box=(20, 20, 160, 80)) if makes_field else None
    tool = PdfSigner(PdfSignatureMetadata(field_name=field), signer=signer, new_field_spec=place, timestamper=stamper)
    output = io.BytesIO()
    tool.sign_pdf(IncrementalPdfFileWriter(io.BytesIO(pdf)), output=output)
    return output.getvalue()
