"""The places for signatures on a sheet that is signed elsewhere: empty fields that any signing tool can fill.

Pure: equal sheets give equal bytes, so a sheet that is prepared again after a crash is the same file.
"""

import hashlib
import io

from pyhanko.pdf_utils.generic import ArrayObject, ByteStringObject, NumberObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigFieldSpec, append_signature_field

from certificates.enums import SignatureRole

MM = 72 / 25.4
# In millimetres from the lower left corner, below two lines of the signer's post. As on paper, the seal lies over the
# left third of the signature.
PLACES = {
    SignatureRole.SIGNER: ("ChuKyNguoiKy", "Chữ ký của người ký", (200, 29, 244, 45.5)),
    SignatureRole.SEAL: ("ChuKyCoQuan", "Chữ ký của cơ quan (dấu)", (184, 28, 214, 45.5)),
}


def with_places(pdf: bytes) -> bytes:
    """``pdf`` with an empty place for each signature, appended to it."""
    writer = _PlainWriter(io.BytesIO(pdf))
    trailer = writer.prev.trailer
    first = trailer["/ID"][0] if "/ID" in trailer else ByteStringObject(hashlib.sha256(pdf).digest()[:16])
    writer._document_id = ArrayObject([first, ByteStringObject(hashlib.sha256(pdf + b"places").digest()[:16])])
    for name, words, box in PLACES.values():
        corners = tuple(round(side * MM, 2) for side in box)
        append_signature_field(
            writer, SigFieldSpec(sig_field_name=name, on_page=0, box=corners, readable_field_name=words)
        )
    # signatures exist, and whoever changes the file must append: tools then leave the form itself as it is
    writer.root["/AcroForm"]["/SigFlags"] = NumberObject(3)
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


class _PlainWriter(IncrementalPdfFileWriter):
    """pyHanko notes the host's moment as that of the last change; what goes out says when it was drawn, and no more."""

    def _update_meta(self):
        pass
