"""What trainers upload in the CMS: what is damaged or falsely named is refused with a sentence."""

import io
import zipfile
import zlib

import docx
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as Drawing
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection

from courses.uploads import has_macros, is_of_kind


def _png(size=(3, 2)) -> bytes:
    buffer = io.BytesIO()
    Drawing.new("RGB", size, "red").save(buffer, "PNG")
    return buffer.getvalue()


def _png_without_pixels() -> bytes:
    """A head that says 0 x 0, with its right check sum."""
    head = b"IHDR" + b"\0" * 8 + b"\x08\x02\0\0\0"
    return _png()[:8] + b"\0\0\0\r" + head + zlib.crc32(head).to_bytes(4, "big") + _png()[33:]


def _package(**parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), content)
    return buffer.getvalue()


def _saved(thing) -> bytes:
    buffer = io.BytesIO()
    thing.save(buffer)
    return buffer.getvalue()


def _upload(client, kind, name, content):
    form = {"title": "Tệp", "collection": Collection.get_first_root_node().pk, "tags": ""}
    form["file"] = SimpleUploadedFile(name, content)
    return client.post(reverse(f"wagtail{kind}:add"), form)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n" + b"junk" * 50),
        ("a.gif", b"GIF89a"),
        ("a.gif", b"GIF89a" + b"\xff" * 40),
        ("a.png", _png_without_pixels()),
        ("a.png", _png((60, 40))[:-30]),
        ("a.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 20),
        ("a.webp", b"RIFF\x10\0\0\0WEBPVP8 " + b"\0" * 8),
    ],
)
def test_a_damaged_image_is_refused_with_a_sentence(client, admin, name, content):
    client.force_login(admin)

    response = _upload(client, "images", name, content)

    errors = response.context["form"].errors
    assert (response.status_code, list(errors)) == (200, ["file"])
    assert get_image_model().objects.count() == 0


def test_the_many_image_page_refuses_a_damaged_image_too(client, admin):
    client.force_login(admin)
    file = SimpleUploadedFile("a.png", b"\x89PNG\r\n\x1a\n" + b"junk" * 50)

    response = client.post(
        reverse("wagtailimages:add_multiple"),
        {"files[]": file, "collection": Collection.get_first_root_node().pk},
        headers={"X-Requested-With": "XMLHttpRequest"},
    )

    assert (response.status_code, response.json()["success"]) == (200, False)


def test_a_whole_image_is_taken(client, admin):
    client.force_login(admin)

    response = _upload(client, "images", "a.png", _png())

    assert response.status_code == 302
    assert [(image.width, image.height) for image in get_image_model().objects.all()] == [(3, 2)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mau.pdf", b"MZ\x90" + b"\0" * 200),
        ("mau.docx", b"PK\x03\x04" + b"\0" * 200),
        ("mau.docx", _saved(openpyxl.Workbook())),
        ("mau.xlsx", _package(readme="x")),
        ("mau.odt", _package(mimetype="application/zip")),
        ("mau.txt", b"MZ\0\0"),
        ("mau.docx", _package(word__document_xml="<w/>", word__vbaProject_bin="x")),
        ("mau.zip", b"no archive"),
    ],
)
def test_a_document_that_is_not_what_its_name_says_is_refused(client, admin, name, content):
    client.force_login(admin)

    response = _upload(client, "docs", name, content)

    assert response.status_code == 200
    assert {field: len(sentences) for field, sentences in response.context["form"].errors.items()} == {"file": 1}
    assert get_document_model().objects.count() == 0


@pytest.mark.parametrize(
    ("extension", "content"),
    [
        ("pdf", b"%PDF-1.7\n1 0 obj\n%%EOF\n"),
        ("docx", _saved(docx.Document())),
        ("xlsx", _saved(openpyxl.Workbook())),
        ("pptx", _package(ppt__presentation_xml="<p/>")),
        ("odt", _package(mimetype="application/vnd.oasis.opendocument.text")),
        ("zip", _package(readme="x")),
        ("txt", "Bước 1: mở máy".encode()),
        ("csv", "họ tên;đơn vị\n".encode("utf-16-le").replace(b"\0", b" ")),
    ],
)
def test_a_document_of_its_kind_is_taken(client, admin, extension, content):
    client.force_login(admin)

    response = _upload(client, "docs", f"mau.{extension}", content)

    assert response.status_code == 302
    assert get_document_model().objects.count() == 1


def test_macros_are_found_by_name_however_they_are_written():
    assert has_macros(_package(word__document_xml="<w/>", **{"word__VBAPROJECT_bin": "x"}))
    assert not has_macros(_saved(docx.Document()))


def test_a_package_that_lies_about_its_kind_in_a_huge_entry_is_not_unpacked():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", b"\0" * 20_000_000)

    assert not is_of_kind(buffer.getvalue(), "odt")
