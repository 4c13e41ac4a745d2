"""Archives (ZIP) that may be anything: bombs, traps for parsers, names that lead out of their folder.

Nothing is ever unpacked to a disk, and nothing is believed that the archive says of itself: each part is read through
in pieces before anybody uses one.
"""

import re
import unicodedata
import zipfile
import zlib
from io import BytesIO

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .doc and .xls, and anything of today's Office with a password
LARGEST_PART = 40 * 1024 * 1024
MOST_PARTS = 2_000
# Text compresses a hundredfold at most; what shrinks further is made to fill a memory.
LARGEST_RATIO = 150
SMALL_PART = 1024 * 1024
_PIECE = 64 * 1024
_UTF8_NAME = 0x800
_LOCKED = 0x1
_UNICODE_PATH = 0x7075
_DRIVE = re.compile(r"[A-Za-z]:")
# What Macs add for themselves.
_LITTER = re.compile(r"(?:^|/)(?:__MACOSX/|\.DS_Store$)")
_BROKEN = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError, ValueError, IndexError, OSError,
    EOFError,
)  # fmt: skip


class ArchiveRefused(Exception):
    """Nothing of the archive is read."""


class ArchiveBroken(ArchiveRefused):
    """It is none, or it is damaged."""


class ArchiveLocked(ArchiveRefused):
    """It has a password."""


class ArchiveSuspicious(ArchiveRefused):
    """It is built in a way that no honest program builds it."""


class ArchiveLeadsOutside(ArchiveSuspicious):
    """``name`` is a path out of the archive's own folder."""

    def __init__(self, name: str):
        self.name = name
        super().__init__(name)


class Archive:
    """The parts of an archive by their names: composed, with /, without folders and without what Macs add."""

    def __init__(
        self,
        content: bytes,
        *,
        allows_doctype: bool = True,
        largest_part: int = LARGEST_PART,
        most_parts: int = MOST_PARTS,
    ):
        """``allows_doctype``: Office writes none, so there it is a trap; ``largest_part`` in bytes.

        Raises ArchiveRefused.
        """
        self._largest_part, self._most_parts = largest_part, most_parts
        try:
            self._zip = zipfile.ZipFile(BytesIO(content))
            self._parts = self._looked_through(allows_doctype)
        except _BROKEN as error:
            raise ArchiveBroken from error

    @property
    def names(self) -> list[str]:
        return list(self._parts)

    def __contains__(self, name: str) -> bool:
        return name in self._parts

    def size(self, name: str) -> int:
        return self._parts[name].file_size

    def read(self, name: str) -> bytes:
        return self._zip.read(self._parts[name])

    def _looked_through(self, allows_doctype) -> dict[str, zipfile.ZipInfo]:
        infos = self._zip.infolist()
        if len(infos) > self._most_parts:
            raise ArchiveSuspicious
        parts, total = {}, 0
        for info in infos:
            name = _name_of(info)
            total += self._weighed(info, is_watched=not allows_doctype and name.lower().endswith((".xml", ".rels")))
            if name in parts or total > 3 * self._largest_part:
                raise ArchiveSuspicious
            parts[name] = info
        return {name: info for name, info in parts.items() if not info.is_dir() and not _LITTER.search(name)}

    def _weighed(self, info: zipfile.ZipInfo, *, is_watched: bool) -> int:
        if info.flag_bits & _LOCKED:
            raise ArchiveLocked
        size, tail = 0, b""
        with self._zip.open(info) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > self._largest_part or (
                    size > SMALL_PART and size > LARGEST_RATIO * max(info.compress_size, 1)
                ):
                    raise ArchiveSuspicious
                if is_watched:
                    # Also in UTF-16, where a zero stands between the letters.
                    text = (tail + piece).replace(b"\0", b"").upper()
                    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
                        raise ArchiveSuspicious
                    tail = piece[-32:]
        return size


def _name_of(info: zipfile.ZipInfo) -> str:
    """Programs write names in UTF-8 and say so, or do not say so, or write them into a field beside the name."""
    name = info.orig_filename
    if not info.flag_bits & _UTF8_NAME:
        name = _unicode_path(info.extra) or _as_utf8(name)
    name = unicodedata.normalize("NFC", name).replace("\\", "/")
    if name.startswith("/") or _DRIVE.match(name) or "\0" in name or ".." in name.split("/"):
        raise ArchiveLeadsOutside(name[:100])
    return name


def _as_utf8(name: str) -> str:
    try:
        return name.encode("cp437").decode()
    except UnicodeError:
        return name


def _unicode_path(extra: bytes) -> str | None:
    """Info-ZIP's field: version, check sum of the other name, and the name in UTF-8."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = int.from_bytes(extra[at : at + 2], "little"), int.from_bytes(extra[at + 2 : at + 4], "little")
        if kind == _UNICODE_PATH and length > 5:
            return extra[at + 9 : at + 4 + length].decode("utf-8", "replace")
        at += 4 + length
    return None
