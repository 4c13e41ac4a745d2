"""Opens a .docx file that may be anything: too large, a bomb, a trap for parsers, another format under its name."""

import zipfile
import zlib
from io import BytesIO

import docx
from django.utils.translation import gettext as _
from docx.opc.exceptions import PackageNotFoundError
from lxml.etree import LxmlError

from courses.errors import CourseError

LARGEST_FILE = 20 * 1024 * 1024
LARGEST_CONTENT = 120 * 1024 * 1024
LARGEST_PART = 40 * 1024 * 1024
MOST_PARTS = 2_000
# Text compresses a hundredfold at most; what shrinks further is made to fill a memory.
LARGEST_RATIO = 150
SMALL_PART = 1024 * 1024
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class WordFileRefused(CourseError):
    """This file is not taken; the sentence says why and what to do."""


def open_word(content: bytes):
    """The document of python-docx, after the package was looked through; WordFileRefused otherwise."""
    if len(content) > LARGEST_FILE:
        raise WordFileRefused(
            _("The file is larger than %(limit)d MB. Make its pictures smaller in Word, or split the lesson.")
            % {"limit": LARGEST_FILE // 1024 // 1024}
        )
    if content.startswith(_OLD_OFFICE):
        raise WordFileRefused(
            _("This is an old .doc file, or one with a password. Save it in Word as .docx without a password.")
        )
    try:
        _look_through(content)
        return docx.Document(BytesIO(content))
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        PackageNotFoundError,
        LxmlError,
        KeyError,
        ValueError,
        AttributeError,
        IndexError,
        OSError,
        EOFError,
    ) as error:
        raise WordFileRefused(
            _("This is no .docx file that can be read. Open it in Word and save it anew as .docx.")
        ) from error


def _look_through(content: bytes) -> None:
    with zipfile.ZipFile(BytesIO(content)) as package:
        parts = package.infolist()
        if len(parts) > MOST_PARTS or len({part.filename for part in parts}) != len(parts):
            raise _suspicious()
        total = 0
        for part in parts:
            total += _weigh(package, part)
            if total > LARGEST_CONTENT:
                raise _suspicious()
        types = package.read("[Content_Types].xml")
    names = {part.filename.lower() for part in parts}
    if b"macroEnabled" in types or any(name.endswith("vbaproject.bin") for name in names):
        raise WordFileRefused(_("The file carries macros (programs). Save it in Word as .docx without macros."))
    if _MAIN.encode() not in types:
        raise WordFileRefused(_("This is no Word document. Choose a file that Word saved as .docx."))


def _weigh(package: zipfile.ZipFile, part: zipfile.ZipInfo) -> int:
    """The part's real size: read in pieces, never trusting what the file says of itself."""
    if part.flag_bits & 1:
        raise WordFileRefused(_("The file has a password. Save it in Word as .docx without a password."))
    is_xml = part.filename.lower().endswith((".xml", ".rels"))
    size, tail = 0, b""
    with package.open(part) as stream:
        while piece := stream.read(64 * 1024):
            size += len(piece)
            if size > LARGEST_PART or (size > SMALL_PART and size > LARGEST_RATIO * max(part.compress_size, 1)):
                raise _suspicious()
            if is_xml:
                # Also in UTF-16, where a zero stands between the letters.
                text = (tail + piece).replace(b"\0", b"").upper()
                if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                    raise _suspicious()
                tail = piece[-32:]
    return size


def _suspicious() -> WordFileRefused:
    return WordFileRefused(_("The file is built in a way that Word files are not. Open it in Word and save it anew."))
