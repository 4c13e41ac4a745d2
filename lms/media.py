"""Serves the images of lessons and nothing else of the media folder: documents have a view that asks who reads."""

from pathlib import PurePosixPath

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousFileOperation
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404
from django.views.decorators.http import require_safe

CONTENT_TYPES = {
    ".gif": "image/gif",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".avif": "image/avif",
}


@login_not_required
@require_safe
def rendition(request, name):
    """A sized image of a lesson: public, and cached for ever, because a changed image gets a new name."""
    response = _image(f"images/{name}")
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@require_safe
def original(request, name):
    """An image as it was uploaded, for people who are signed in."""
    response = _image(f"original_images/{name}")
    response["Cache-Control"] = "private, max-age=3600"
    return response


def _image(path: str) -> FileResponse:
    content_type = CONTENT_TYPES.get(PurePosixPath(path).suffix.lower())
    if content_type is None:
        raise Http404
    try:
        file = default_storage.open(path)
    except (OSError, SuspiciousFileOperation) as error:
        raise Http404 from error
    return FileResponse(file, content_type=content_type)
