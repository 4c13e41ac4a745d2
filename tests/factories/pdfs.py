"""PDFs for tests of signing."""

import io

from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter


def bare_pdf() -> bytes:
    """The smallest document that can be signed."""
    writer = PdfFileWriter()
    contents = writer.add_object(StreamObject(stream_data=b""))
    writer.insert_page(PageObject(contents=contents, media_box=(0, 0, 200, 200)))
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()
