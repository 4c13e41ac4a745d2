"""Pictures of a Word file, drawn anew: nothing of the file's own bytes is kept, so nothing hidden in them either."""

import warnings
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST_SIDE = 1600
MOST_PIXELS = 40_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")


@dataclass(frozen=True, slots=True)
class DrawnPicture:
    content: bytes
    extension: str


def redraw(content: bytes) -> DrawnPicture | None:
    """The picture as PNG or JPEG, at most 1600 px wide or high; None where its format is not taken, or broken."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=_FORMATS) as source:
                if source.width * source.height > MOST_PIXELS or not source.width or not source.height:
                    return None
                is_photo = source.format == "JPEG"
                picture = ImageOps.exif_transpose(source)
                picture = picture.convert("RGB" if is_photo else "RGBA" if _has_alpha(picture) else "RGB")
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        KeyError,
        IndexError,
        TypeError,
    ):
        return None
    picture.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    file = BytesIO()
    if is_photo:
        picture.save(file, "JPEG", quality=85, optimize=True)
        return DrawnPicture(file.getvalue(), "jpg")
    picture.save(file, "PNG", optimize=True)
    return DrawnPicture(file.getvalue(), "png")


def _has_alpha(picture) -> bool:
    return picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info
