"""Pictures that questions show: kept before any text names them."""

from django.core.files.storage import storages

from quizzes.errors import QuestionRefused
from quizzes.importing.notes import QuestionUnreadable
from quizzes.importing.pictures import EXTENSIONS, Album, Picture
from quizzes.models import QuestionPicture
from staff.private_files import store


def keep_sent_pictures(files) -> list[str]:
    """The hashes of uploaded ``files``, in their order, each once. Raises QuestionRefused for what is no picture."""
    album = Album()
    try:
        pictures = {picture.sha256: picture for picture in (album.read(file.read(), file.name) for file in files)}
    except QuestionUnreadable as error:
        raise QuestionRefused(error.note.text) from error
    keep_pictures(list(pictures.values()))
    return list(pictures)


def kept_picture(content: bytes) -> Picture | None:
    """The picture that is kept in these very bytes."""
    for row in QuestionPicture.objects.filter(size=len(content)):
        try:
            with storages["private"].open(row.name) as file:
                is_same = file.read() == content
        except OSError:
            continue  # of a file that is gone other places tell; here the picture is one that nobody knows
        if is_same:
            return Picture(row.sha256, row.content_type, row.width, row.height, content)
    return None


def keep_pictures(pictures: list[Picture]) -> None:
    """The files first, so that no row ever names a file that is not there."""
    known = set(
        QuestionPicture.objects.filter(sha256__in=[picture.sha256 for picture in pictures]).values_list(
            "sha256", flat=True
        )
    )
    rows = [
        QuestionPicture(
            sha256=picture.sha256,
            name=store(
                picture.content,
                f"question-pictures/{picture.sha256[:2]}/{picture.sha256}.{EXTENSIONS[picture.content_type]}",
            ),
            content_type=picture.content_type,
            size=len(picture.content),
            width=picture.width,
            height=picture.height,
        )
        for picture in pictures
        if picture.sha256 not in known
    ]
    QuestionPicture.objects.bulk_create(rows, ignore_conflicts=True)
