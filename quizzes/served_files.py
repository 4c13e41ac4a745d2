"""Files that were handed in or given out: always to be saved, never shown within the site."""

from django.core.files.storage import storages
from django.http import FileResponse, Http404

from quizzes.types.by_people import files_of


def attachment(stored_name: str, name: str) -> FileResponse:
    try:
        file = storages["private"].open(stored_name)
    except OSError as error:
        raise Http404 from error
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def task_file_name(sha256: str) -> str:
    """Where a file that is given out lies."""
    return f"task-files/{sha256[:2]}/{sha256}"


def task_attachment(item: dict, sha256: str) -> FileResponse:
    """One of the files that a question of a paper gives out, or 404."""
    file = next((row for row in files_of(item.get("task", {})) if row.sha256 == sha256), None)
    if file is None:
        raise Http404
    return attachment(task_file_name(sha256), file.name)
