"""Scans that people bring: what a file says it is, it must be, and whole. Bytes in, bytes out.

Pictures are drawn anew, so that nothing the camera wrote beside them (place, time, owner) is stored, and nothing that
hides behind a picture survives. A PDF is kept as it is, because it may be signed; one that runs something is refused.
"""

import io
import warnings
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader

from certificates.errors import ScanRefused

MOST_BYTES = 10 * 1024 * 1024
MOST_FILES = 6
MOST_PIXELS = 40_000_000
# A page of A4 at 300 dots an inch is 2,480 x 3,508.
LONGEST_SIDE = 3_600
MOST_PAGES = 50
_ACTIVE = ("/OpenAction", "/AA")


@dataclass(frozen=True, slots=True)
class Scan:
    content: bytes
    content_type: str
    suffix: str


def clean_scan(content: bytes) -> Scan:
    """The scan as it may be stored. Raises ScanRefused with a sentence for the person who brought it."""
    if len(content) > MOST_BYTES:
        raise ScanRefused(
            _("This file is larger than 10 MB. Please scan at 200 dots an inch, or take a smaller picture.")
        )
    if content.startswith(b"\xff\xd8\xff"):
        return Scan(_drawn_anew(content, "JPEG"), "image/jpeg", "jpg")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Scan(_drawn_anew(content, "PNG"), "image/png", "png")
    if content.startswith(b"%PDF-"):
        _look_into(content)
        return Scan(content, "application/pdf", "pdf")
    raise ScanRefused(_("Please bring a picture (JPEG or PNG) or a PDF file; this is something else."))


def _drawn_anew(content: bytes, form: str) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is looked at here
            image = Image.open(io.BytesIO(content), formats=[form])
        with image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise ScanRefused(_("This picture has too many pixels. Please scan at 200 to 300 dots an inch."))
            image.load()
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            bare = _on_white(upright)
    except ScanRefused:
        raise
    # Whatever a decoder stumbles over in a damaged file: Pillow's plug-ins raise all of these.
    except (
        OSError,
        SyntaxError,
        ValueError,
        ArithmeticError,
        LookupError,
        TypeError,
        UnidentifiedImageError,
        Image.DecompressionBombError,
    ) as error:
        raise ScanRefused(
            _("This picture is damaged or incomplete. Please save it again and bring the new file.")
        ) from error
    found = io.BytesIO()
    # no EXIF, no ICC profile, no text chunk: only what is given here is written
    Image.frombytes(bare.mode, bare.size, bare.tobytes()).save(found, form, quality=88, optimize=True)
    return found.getvalue()


def _on_white(image):
    """The picture without transparency, grey where it is grey."""
    if image.mode in ("1", "L") and not image.has_transparency_data:
        return image.convert("L")
    if not image.has_transparency_data:
        return image.convert("RGB")
    page = Image.new("RGBA", image.size, "white")
    page.alpha_composite(image.convert("RGBA"))
    return page.convert("RGB")


def _look_into(content: bytes) -> None:
    """Refuses a PDF that cannot be opened by whoever must decide, or that would do something when it is opened."""
    damaged = _("This PDF is damaged or locked with a password. Please save or scan it again.")
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        if reader.encrypted:
            raise ScanRefused(damaged)
        root = reader.root
        pages = int(root["/Pages"]["/Count"])
        names = root.get("/Names", DictionaryObject())
        runs = any(key in root for key in _ACTIVE if not isinstance(root.get(key), ArrayObject))
        runs = runs or any(key in names for key in ("/JavaScript", "/EmbeddedFiles"))
    except ScanRefused:
        raise
    except (
        PdfError,
        OSError,
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        ArithmeticError,
        RecursionError,
    ) as error:
        raise ScanRefused(damaged) from error
    if runs:
        raise ScanRefused(
            _("This PDF carries a program or other files. Please print it to a plain PDF and bring that.")
        )
    if not 1 <= pages <= MOST_PAGES:
        raise ScanRefused(_("This PDF has too many pages. Please bring only the pages of the paper itself."))
