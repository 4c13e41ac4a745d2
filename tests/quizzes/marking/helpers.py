"""What the tests of marking by people do again and again."""

import zipfile
from io import BytesIO

from quizzes.models import QuestionVersion
from quizzes.services import finish_marks, save_answer, save_marks, take_script

DOCUMENT = "word/document.xml"


def docx(words="Công văn", **parts) -> bytes:
    """The least that is a Word file; the same words are the same bytes."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in {DOCUMENT: f"<w>{words}</w>", **parts}.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def number_of(attempt, type="essay") -> int:
    return next(item["number"] for item in attempt.paper.items if item["type"] == type)


def write(attempt, words="Tôi trả lời.", sequence=1) -> None:
    save_answer(attempt_id=attempt.pk, number=number_of(attempt), response=[words], sequence=sequence)


def choice(script, level: int, tick: bool) -> dict:
    """The level (0 is the best) of the first criterion, and whether the second is ticked."""
    first, second = QuestionVersion.objects.get(pk=script.version_id).key["criteria"]
    return {first["id"]: level} | ({second["id"]: 0} if tick else {})


def mark_next(quiz, by, *, level=0, tick=True, comment=""):
    """Takes the next answer, marks and finishes it."""
    mark = take_script(quiz=quiz, by=by)
    save_marks(mark=mark, chosen=choice(mark.script, level, tick), comment=comment, note="", sequence=1)
    return finish_marks(mark=mark, by=by)


def best_of(script, level=0) -> dict:
    """The best level of every criterion; with ``level`` -1 the worst, and nothing ticked."""
    criteria = QuestionVersion.objects.get(pk=script.version_id).key["criteria"]
    return {row["id"]: level % len(row["levels"]) for row in criteria if level == 0 or len(row["levels"]) > 1}


def mark_first(quiz, by, *, level=0, comment="", note=""):
    """Takes the next answer, gives every criterion the same level, and finishes it."""
    mark = take_script(quiz=quiz, by=by)
    save_marks(mark=mark, chosen=best_of(mark.script, level), comment=comment, note=note, sequence=1)
    return finish_marks(mark=mark, by=by)
