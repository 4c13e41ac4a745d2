"""Images that certificates print: PNG only, drawn anew so that nothing hidden stays, kept by their hash."""

import hashlib
import io
import warnings
from functools import lru_cache

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.utils.translation import gettext as _
from PIL import Image

from certificates.models import TemplateImage
from staff.private_files import store

LARGEST = 2 * 1024 * 1024
MOST_PIXELS = 2000
LEAST_PIXELS = 60


def redrawn(content: bytes) -> tuple[bytes, int, int]:
    """``content`` as a PNG of ours with its width and height; ValidationError with a sentence if it is none.

    Only the pixels are kept: no comment, no profile, nothing after the end of the picture. Equal pixels, equal bytes.
    """
    if len(content) > LARGEST:
        raise ValidationError(_("The picture is larger than 2 MB. Please make it smaller."))
    refusal = ValidationError(_("This is not a PNG picture that can be read."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=["PNG"])
            width, height = picture.size
            if max(width, height) > MOST_PIXELS or min(width, height) < LEAST_PIXELS:
                sizes = {"least": LEAST_PIXELS, "most": MOST_PIXELS}
                raise ValidationError(_("Both sides must have %(least)d to %(most)d pixels.") % sizes)
            if getattr(picture, "n_frames", 1) > 1:
                raise refusal
            pixels = picture.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise refusal from error
    file = io.BytesIO()
    Image.frombytes("RGBA", pixels.size, pixels.tobytes()).save(file, "PNG", optimize=True)
    return file.getvalue(), width, height


def keep(content: bytes, *, by) -> TemplateImage:
    """The image of ``content`` as ``redrawn`` gave it: stored and synced before its row; the same once."""
    png, width, height = redrawn(content)
    digest = hashlib.sha256(png).hexdigest()
    name = store(png, f"certificate-images/{digest[:2]}/{digest}.png")
    facts = {"name": name, "size": len(png), "width": width, "height": height, "added_by": by}
    return TemplateImage.objects.get_or_create(sha256=digest, defaults=facts)[0]


@lru_cache(maxsize=16)
def _content(digest: str) -> bytes:
    with storages["private"].open(TemplateImage.objects.values_list("name", flat=True).get(sha256=digest)) as file:
        content = file.read()
    if hashlib.sha256(content).hexdigest() != digest:
        raise ValueError("A picture of a certificate template does not match its hash")
    return content


def content_of(digest: str) -> bytes:
    """The picture with this hash, or nothing for no hash. Kept in the process: its name is its content."""
    return _content(digest) if digest else b""
