"""A scan is what it says it is, whole, and carries nothing beside the picture."""

import io
import struct
import zlib

import pytest
from PIL import Image
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, StreamObject, TextStringObject
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from certificates.errors import ScanRefused
from certificates.scans import LONGEST_SIDE, MOST_BYTES, clean_scan
from tests.factories.evidence import picture

MARK = b"GPS 11.75N 108.37E"


def pdf(pages=1, **root) -> bytes:
    writer = PdfFileWriter()
    for _page in range(pages):
        contents = writer.add_object(StreamObject(stream_data=b""))
        writer.insert_page(PageObject(contents=contents, media_box=(0, 0, 595, 842)))
    for name, value in root.items():
        writer.root[NameObject(f"/{name}")] = value
    found = io.BytesIO()
    writer.write(found)
    return found.getvalue()


def with_exif(orientation=1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010E] = MARK.decode()
    return picture(size=(60, 40), exif=exif)


def test_what_the_camera_wrote_beside_the_picture_is_taken_away():
    sent = with_exif()

    scan = clean_scan(sent)

    assert MARK in sent
    assert MARK not in scan.content
    assert dict(Image.open(io.BytesIO(scan.content)).getexif()) == {}
    assert (scan.content_type, scan.suffix) == ("image/jpeg", "jpg")


def test_a_picture_taken_on_its_side_is_stored_upright():
    scan = clean_scan(with_exif(orientation=6))

    assert Image.open(io.BytesIO(scan.content)).size == (40, 60)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "RGB", "RGBA", "P"])
def test_a_png_of_any_kind_is_drawn_anew(mode):
    scan = clean_scan(picture("PNG", mode=mode))

    assert Image.open(io.BytesIO(scan.content)).size == (60, 40)
    assert (scan.content_type, scan.suffix) == ("image/png", "png")


def test_a_large_picture_becomes_as_large_as_a_page_needs():
    scan = clean_scan(picture(size=(5000, 1000)))

    assert Image.open(io.BytesIO(scan.content)).size == (LONGEST_SIDE, 720)


def test_the_same_picture_is_the_same_file():
    assert clean_scan(picture()).content == clean_scan(picture()).content


def flood() -> bytes:
    """A PNG that says it has ten thousand million points."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(head)) + chunk + struct.pack(">I", zlib.crc32(chunk))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload='alert(1)'/>",
        b"MZ\x90\x00",
        b"GIF89a" + b"\x00" * 40,
        b"\xff\xd8\xff" + b"<script>" * 40,
        picture()[:300],
        flood(),
        b"%PDF-1.7\nnothing",
        b"\xff\xd8\xff" + b"0" * MOST_BYTES,
    ],
    ids=["empty", "svg", "exe", "gif", "html", "half", "flood", "bad pdf", "too large"],
)
def test_anything_else_is_refused_with_a_sentence(content):
    with pytest.raises(ScanRefused) as refusal:
        clean_scan(content)

    assert str(refusal.value).endswith((".", "!"))


def test_a_plain_pdf_is_kept_as_it_is():
    content = pdf()

    assert clean_scan(content).content == content


def test_a_pdf_that_runs_something_or_is_a_book_is_refused():
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("x")})

    for content in (pdf(OpenAction=action), pdf(pages=51)):
        with pytest.raises(ScanRefused):
            clean_scan(content)
