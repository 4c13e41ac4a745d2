"""Serves the pictures of questions to those who may see the questions."""

from django.core.files.storage import storages
from django.http import FileResponse, Http404
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from quizzes.access import picture_for


@require_safe
def picture(request, sha256):
    """The picture as we wrote it. Its address is its content, so that a browser may keep it; no shared cache may."""
    found = picture_for(request.user, sha256=sha256)
    try:
        file = storages["private"].open(found.name)
    except OSError as error:
        raise Http404 from error
    response = FileResponse(file, content_type=found.content_type)
    response["Cache-Control"] = "private, max-age=31536000, immutable"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Content-Disposition"] = "inline"
    patch_vary_headers(response, ["Cookie"])
    return response
