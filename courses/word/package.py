"""Opens a .docx file that may be anything: too large, a bomb, a trap for parsers, another format under its name."""

from io import BytesIO

import docx
from django.utils.translation import gettext as _
from docx.opc.exceptions import PackageNotFoundError
from lxml.etree import LxmlError

from courses.errors import CourseError
from staff.archives import OLD_OFFICE, Archive, ArchiveLocked, ArchiveRefused, ArchiveSuspicious

LARGEST_FILE = 20 * 1024 * 1024
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"


class WordFileRefused(CourseError):
    """This file is not taken; the sentence says why and what to do."""


def open_word(content: bytes):
    """The document of python-docx, after the package was looked through; WordFileRefused otherwise."""
    if len(content) > LARGEST_FILE:
        raise WordFileRefused(
            _("The file is larger than %(limit)d MB. Make its pictures smaller in Word, or split the lesson.")
            % {"limit": LARGEST_FILE // 1024 // 1024}
        )
    if content.startswith(OLD_OFFICE):
        raise WordFileRefused(
            _("This is an old .doc file, or one with a password. Save it in Word as .docx without a password.")
        )
    try:
        _look_through(Archive(content, allows_doctype=False))
        return docx.Document(BytesIO(content))
    except ArchiveLocked as error:
        raise WordFileRefused(_("The file has a password. Save it in Word as .docx without a password.")) from error
    except ArchiveSuspicious as error:
        raise WordFileRefused(
            _("The file is built in a way that Word files are not. Open it in Word and save it anew.")
        ) from error
    except (
        ArchiveRefused,
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


def _look_through(package: Archive) -> None:
    types = package.read("[Content_Types].xml")
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in package.names):
        raise WordFileRefused(_("The file carries macros (programs). Save it in Word as .docx without macros."))
    if _MAIN.encode() not in types:
        raise WordFileRefused(_("This is no Word document. Choose a file that Word saved as .docx."))
