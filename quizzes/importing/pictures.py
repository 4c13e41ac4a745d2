"""Files that questions carry, as pictures that may be shown: read, bounded, and written anew."""

import base64
import binascii
import hashlib
import io
import struct
import threading
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from PIL import Image, ImageFile, ImageOps

from quizzes.importing.notes import QuestionFileRefused, QuestionUnreadable
from quizzes.importing.records import FoundFile

MAX_BYTES = 3 * 1024 * 1024
MAX_PIXELS = 12_000_000
# Of all pictures of a file: reading them costs time whatever their bytes.
MAX_PIXELS_A_FILE = 300_000_000
FORMATS = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}
_MAGIC = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_WHITESPACE = {ord(space): None for space in " \t\r\n\f\v"}
# What Pillow raises on files that only look like pictures.
_BROKEN = (
    OSError, ValueError, SyntaxError, TypeError, LookupError, EOFError, ArithmeticError, AttributeError,
    NotImplementedError, RuntimeError, RuntimeWarning, struct.error, zlib.error, Image.DecompressionBombError,
)  # fmt: skip

_leniency = threading.Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that is safe to serve. ``sha256`` is of the bytes in the file, so that the same file is the same
    picture whatever wrote it anew; ``content`` is what is stored: no metadata, nothing behind the picture."""

    sha256: str
    content_type: str
    width: int
    height: int
    content: bytes = field(repr=False)


class Album:
    """The pictures of one file, each read once. Raises QuestionUnreadable where one cannot be shown.

    ``known`` finds the picture that is kept in these very bytes: a file that was written from the bank shows the
    bank's pictures, not drawings of them.
    """

    def __init__(self, known: Callable[[bytes], Picture | None] = lambda content: None):
        self._known = known
        self._read: dict[str, Picture] = {}
        self._pixels = 0

    def picture(self, file: FoundFile, question: str) -> Picture:
        return self.read(decoded(file, question), file.name)

    def read(self, content: bytes, name: str) -> Picture:
        sha256 = hashlib.sha256(content).hexdigest()
        if sha256 not in self._read:
            self._read[sha256] = self._known(content) or self._verified(content, sha256, name)
        return self._read[sha256]

    def _verified(self, content: bytes, sha256: str, name: str) -> Picture:
        if kind := _other_type(content):
            raise QuestionUnreadable("picture_type", file=name, type=kind)
        if len(content) > MAX_BYTES:
            raise _too_large(name)
        try:
            with Image.open(io.BytesIO(content), formats=tuple(FORMATS)) as image:
                pixels = image.width * image.height * getattr(image, "n_frames", 1)
                if pixels > MAX_PIXELS:
                    raise _too_large(name)
                self._pixels += pixels
                if self._pixels > MAX_PIXELS_A_FILE:
                    raise QuestionFileRefused("too_many_pixels", limit=MAX_PIXELS_A_FILE // 1_000_000)
                return _anew(_loaded(image, content), sha256)
        except Image.DecompressionBombError:
            raise _too_large(name) from None
        except _BROKEN:
            raise QuestionUnreadable("picture_broken", file=name) from None


def decoded(file: FoundFile, question: str) -> bytes:
    try:
        content = base64.b64decode(file.base64.translate(_WHITESPACE), validate=True)
    except (binascii.Error, ValueError):
        raise QuestionUnreadable("bad_base64", question=question, file=file.name) from None
    if not content:
        raise QuestionUnreadable("bad_base64", question=question, file=file.name)
    return content


def _too_large(name: str) -> QuestionUnreadable:
    return QuestionUnreadable(
        "picture_too_large", file=name, megabytes=MAX_BYTES // 1024 // 1024, megapixels=MAX_PIXELS // 1_000_000
    )


def _other_type(content: bytes) -> str | None:
    """The name of a type people embed and we refuse, None where it is for Pillow to say."""
    if content.startswith(_MAGIC):
        return None
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if b"<svg" in start:
        return "SVG"
    if start.startswith((b"<!doctype html", b"<html", b"<script", b"<body", b"<head")) or b"<script" in start:
        return "HTML"
    if start.startswith(b"%pdf"):
        return "PDF"
    if start.startswith(b"bm"):
        return "BMP"
    if start.startswith((b"id3", b"\xff\xfb")) or content[4:8] == b"ftyp" and content[8:12] not in (b"avif", b"heic"):
        return "audio or video"
    return None


def _loaded(image: Image.Image, content: bytes) -> Image.Image:
    """The picture with its pixels. A PNG that has its end but wrong check sums is read all the same, and is sound once
    it is written anew; one that was cut off is broken."""
    try:
        image.load()
    except OSError:
        if image.format != "PNG" or b"IEND" not in content[-16:]:
            raise
        image = Image.open(io.BytesIO(content), formats=("PNG",))
        with _leniency:
            ImageFile.LOAD_TRUNCATED_IMAGES = True
            try:
                image.load()
            finally:
                ImageFile.LOAD_TRUNCATED_IMAGES = False
    return image


def _anew(image: Image.Image, sha256: str) -> Picture:
    """The picture written again by us: metadata, and whatever else the file carried, stay behind."""
    kind = image.format
    out = io.BytesIO()
    if getattr(image, "n_frames", 1) > 1 and kind in ("GIF", "WEBP"):
        image.save(out, kind, save_all=True)
    elif kind == "JPEG":
        _turned(image).convert("L" if image.mode == "L" else "RGB").save(out, "JPEG", quality=90)
    elif kind == "GIF":
        bare = image.copy()
        bare.info = {key: value for key, value in image.info.items() if key in ("transparency", "background")}
        bare.save(out, "GIF")
    else:
        bare = _turned(image)
        if bare.mode not in ("1", "L", "LA", "P", "RGB", "RGBA"):
            bare = bare.convert("RGBA" if "A" in bare.mode else "RGB")
        bare.info = {key: value for key, value in bare.info.items() if key == "transparency"}
        bare.save(out, kind, **({"lossless": True} if kind == "WEBP" else {}))
    return Picture(sha256, FORMATS[kind], image.width, image.height, out.getvalue())


def _turned(image: Image.Image) -> Image.Image:
    """As its camera meant it to stand; the note about that goes with the other metadata."""
    return ImageOps.exif_transpose(image) or image
