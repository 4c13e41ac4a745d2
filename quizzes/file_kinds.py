"""The kinds of files that may be handed in or given out, and whether a file is what its name says."""

import re
import unicodedata
from collections.abc import Collection

from django.utils.translation import gettext as _

from quizzes.errors import FileRefused
from staff.archives import Archive, ArchiveLocked, ArchiveRefused, ArchiveSuspicious

MEGABYTE = 1024 * 1024
LARGEST_MEGABYTES = 25
_OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}
_OPEN_DOCUMENT = {
    "odt": b"application/vnd.oasis.opendocument.text",
    "ods": b"application/vnd.oasis.opendocument.spreadsheet",
    "odp": b"application/vnd.oasis.opendocument.presentation",
}
_SIGNATURES = {
    "pdf": (b"%PDF-",),
    "png": (b"\x89PNG\r\n\x1a\n",),
    "jpg": (b"\xff\xd8\xff",),
    "jpeg": (b"\xff\xd8\xff",),
}
EXTENSIONS = (*_OFFICE, *_OPEN_DOCUMENT, *_SIGNATURES, "txt", "csv", "zip")
# What runs by itself when an office file is opened.
_MACROS = re.compile(r"vbaproject\.bin$|^basic/|^scripts/", re.IGNORECASE)


def extension_of(name: str) -> str:
    """In small letters, without its dot; empty for a name that has none."""
    stem, dot, extension = name.rpartition(".")
    return extension.lower() if stem and dot else ""


def file_name(name: str) -> str:
    """The name without folders and without what no column can hold; the end, which says the kind, stays."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(char for char in name if unicodedata.category(char)[0] != "C").strip()
    return name[-200:]


def refuse_other_kinds(name: str, content: bytes, *, kinds: Collection[str], most_bytes: int) -> None:
    """Raises FileRefused, saying what is wrong and what to do, unless ``content`` is a harmless file of ``kinds``."""
    extension = extension_of(name)
    if extension not in kinds:
        raise FileRefused(
            _("“%(name)s” is not of a kind that is asked for. Please choose a file that ends in %(kinds)s.")
            % {"name": name, "kinds": kinds_words(kinds)}
        )
    if not content:
        raise FileRefused(_("“%(name)s” is empty. Please save it in its program and choose it again.") % {"name": name})
    if len(content) > most_bytes:
        raise FileRefused(
            _("“%(name)s” has more than %(most)d MB. Please make it smaller.")
            % {"name": name, "most": most_bytes // MEGABYTE}
        )
    if not _is(extension, content, name):
        raise FileRefused(
            _("“%(name)s” is damaged, or is not what its name says. Please save it again in its program.")
            % {"name": name}
        )


def kinds_words(kinds: Collection[str]) -> str:
    """.docx, .pdf"""
    return ", ".join(f".{kind}" for kind in EXTENSIONS if kind in kinds)


def _is(extension: str, content: bytes, name: str) -> bool:
    if extension in _SIGNATURES:
        return content.startswith(_SIGNATURES[extension])
    if extension in ("txt", "csv"):
        return b"\0" not in content or content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        archive = Archive(content, allows_doctype=extension not in _OFFICE)
    except ArchiveLocked:
        raise FileRefused(_("“%(name)s” has a password. Please save it without one.") % {"name": name}) from None
    except ArchiveSuspicious:
        raise FileRefused(
            _(
                "“%(name)s” is packed in a way that may harm the computer that opens it: far too much is in it, or it "
                "leads out of its folder. Please save your work again in its program and choose that file."
            )
            % {"name": name}
        ) from None
    except ArchiveRefused:
        return False
    if any(_MACROS.search(part) for part in archive.names):
        raise FileRefused(_("“%(name)s” holds macros. Please save it without them.") % {"name": name})
    if extension in _OFFICE:
        return _OFFICE[extension] in archive
    if extension in _OPEN_DOCUMENT:
        return "mimetype" in archive and archive.read("mimetype").strip() == _OPEN_DOCUMENT[extension]
    return bool(archive.names)
