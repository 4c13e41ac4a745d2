"""Handing in a file: kept under its hash before anything names it, and saved as any answer is."""

from dataclasses import dataclass
from hashlib import sha256

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from quizzes.errors import FileRefused, ResponseRefused
from quizzes.file_kinds import MEGABYTE, extension_of, file_name, refuse_other_kinds
from quizzes.models import Answer, AnswerFile
from quizzes.papers import offered_paper
from quizzes.services.saving import MAX_SEQUENCE, SaveResult, save_answer
from quizzes.types import kind_of
from staff import clock
from staff.private_files import store

MOST_VERSIONS = 20
MOST_BYTES_AN_ATTEMPT = 200 * MEGABYTE


@dataclass(frozen=True, slots=True)
class HandedInFile:
    file: AnswerFile
    result: SaveResult
    sequence: int


@transaction.atomic
def hand_in_file(
    *, attempt_id: int, number: int, name: str, content: bytes, sequence: int, device: str
) -> HandedInFile:
    """Keeps the file and makes it the answer; earlier ones stay. The same bytes again are the same file.

    Raises FileRefused for what may not be handed in, and what ``save_answer`` raises; then nothing of the answer
    changes.
    """
    item = offered_paper(attempt_id).questions.get(number)
    if item is None or not kind_of(item["type"]).takes_file:
        raise ResponseRefused(_("This question takes no file."))
    task, name = item["task"], file_name(name)
    refuse_other_kinds(name, content, kinds=task["kinds"], most_bytes=task["most_megabytes"] * MEGABYTE)
    # One after the other for each question: two uploads at once are two versions, the later one counts.
    answer = Answer.objects.select_for_update(no_key=True).get(attempt=attempt_id, number=number)
    digest = sha256(content).hexdigest()
    file = AnswerFile.objects.filter(attempt=attempt_id, number=number, sha256=digest).first()
    if file is None:
        _refuse_too_much(attempt_id, number, len(content))
        extension = extension_of(name)
        file = AnswerFile.objects.create(
            attempt_id=attempt_id,
            number=number,
            sha256=digest,
            name=name,
            extension=extension,
            size=len(content),
            stored_name=store(content, f"answer-files/{digest[:2]}/{digest}.{extension}"),
            uploaded_at=clock.now(),
        )
    sequence = min(max(sequence, answer.sequence + 1), MAX_SEQUENCE)
    result = save_answer(attempt_id=attempt_id, number=number, response=[digest], sequence=sequence, device=device)
    return HandedInFile(file, result, sequence)


def _refuse_too_much(attempt_id, number, size) -> None:
    files = AnswerFile.objects.filter(attempt=attempt_id)
    if files.filter(number=number).count() >= MOST_VERSIONS:
        raise FileRefused(
            _("%(most)d files were handed in for this question; no further one is taken.") % {"most": MOST_VERSIONS}
        )
    if (files.aggregate(size=Sum("size"))["size"] or 0) + size > MOST_BYTES_AN_ATTEMPT:
        raise FileRefused(
            _("The files of this test together have more than %(most)d MB; no further one is taken.")
            % {"most": MOST_BYTES_AN_ATTEMPT // MEGABYTE}
        )
