"""A draft of a lesson from a Word file: all of it or nothing, and once, however often the button is pressed."""

import hashlib
import json
from dataclasses import asdict
from io import BytesIO

from django.core.files.images import ImageFile
from django.db import IntegrityError, transaction
from wagtail.images import get_image_model
from wagtail.models import Page

from courses import checklist
from courses.models import CoursePage, LessonPage, WordImport
from courses.models.pages import RESERVED_SLUGS
from courses.services.content import prepare_pictures
from courses.word import Reading, read_word
from staff.vietnamese import slug as make_slug

LONGEST_TITLE = 200


def lesson_from_word(*, course_page: CoursePage, content: bytes, file_name: str, by) -> tuple[WordImport, bool]:
    """The import with its lesson, and whether it was made now; WordFileRefused for a file that is not taken."""
    sha256 = hashlib.sha256(content).hexdigest()
    known = WordImport.objects.filter(course_page=course_page, sha256=sha256)
    if (earlier := known.first()) is not None:
        return earlier, False
    reading = read_word(content)
    files = []
    try:
        with transaction.atomic():
            # The second of two presses waits here and then finds the lesson of the first.
            Page.objects.select_for_update().get(pk=course_page.pk)
            if (earlier := known.first()) is not None:
                return earlier, False
            lesson = _lesson(course_page, reading, file_name, by, files)
            made = WordImport.objects.create(
                course_page=course_page,
                lesson=lesson,
                file_name=file_name[-200:],
                sha256=sha256,
                not_taken=[asdict(missed) for missed in reading.not_taken],
                fonts=reading.fonts,
                by=by,
            )
            prepare_pictures(lesson=lesson)
    except IntegrityError:
        _remove(files)
        if (earlier := known.first()) is not None:
            return earlier, False
        raise
    except BaseException:
        # The rows are gone with the transaction; files know of none.
        _remove(files)
        raise
    return made, True


def _lesson(course_page, reading: Reading, file_name: str, by, files: list) -> LessonPage:
    title = (reading.title or file_name.rpartition(".")[0] or file_name).strip()[:LONGEST_TITLE]
    pictures = []
    for number, drawn in enumerate(reading.pictures, 1):
        file = ImageFile(BytesIO(drawn.content), name=f"{make_slug(title)[:40] or 'bai'}-{number}.{drawn.extension}")
        image = get_image_model().objects.create(title=f"{title[:100]} · {number}", file=file, uploaded_by_user=by)
        files.append(image.file)
        pictures.append(image.pk)
    blocks = [
        {**block, "value": {**block["value"], "image": pictures[block["value"]["image"]]}}
        if block["type"] == "image"
        else block
        for block in reading.blocks
    ]
    pieces = tuple(checklist.Piece("", block["type"], block["value"]) for block in blocks)
    lesson = LessonPage(
        title=title,
        slug=_free_slug(course_page, title),
        summary=reading.summary,
        minutes=max(checklist.minutes_needed(checklist.Draft(title=title, pieces=pieces)), 5),
        body=LessonPage.body.field.to_python(json.dumps(blocks, ensure_ascii=False)),
        live=False,
        has_unpublished_changes=True,
        owner=by,
    )
    course_page.add_child(instance=lesson)
    lesson.save_revision(user=by, log_action=True)
    return lesson


def _free_slug(course_page, title: str) -> str:
    wanted = make_slug(title)[:80].strip("-") or "bai"
    taken = set(course_page.get_children().values_list("slug", flat=True)) | RESERVED_SLUGS
    number, free = 1, wanted
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    return free


def _remove(files) -> None:
    for file in files:
        file.storage.delete(file.name)
