"""A page of a PDF of ours as a picture, so that it can be looked at without opening a file."""

import io
import threading

import pypdfium2

# PDFium keeps one state a process.
_lock = threading.Lock()


def picture_of(pdf: bytes, *, width: int) -> bytes:
    """The first page as a PNG that is ``width`` pixels wide. For files that we drew: it opens whatever it is given."""
    with _lock:
        document = pypdfium2.PdfDocument(pdf)
        try:
            page = document[0]
            bitmap = page.render(scale=width / page.get_width())
            picture = bitmap.to_pil().convert("RGB")
            bitmap.close()
            page.close()
        finally:
            document.close()
    file = io.BytesIO()
    picture.quantize(128).save(file, "PNG", optimize=True)
    return file.getvalue()
