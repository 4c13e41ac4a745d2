"""Many new questions at once: the same rows that ``create_question`` makes, in a handful of statements."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import OuterRef, Subquery

from quizzes.enums import Purpose
from quizzes.models import Category, Question, QuestionVersion, Tag
from quizzes.question_text import QuestionText
from quizzes.services.bank import new_version, search_key_of
from staff.vietnamese import fold, nfc

BATCH = 250


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """``text`` is cleaned already."""

    code: str
    category: Category
    text: QuestionText
    tags: tuple[str, ...] = ()
    competence: str = ""


@transaction.atomic
def add_questions(*, questions: list[NewQuestion], purpose: str = Purpose.EXAM, by=None) -> int:
    """New drafts with their first versions; how many. Raises IntegrityError where a code is taken."""
    for at in range(0, len(questions), BATCH):
        _add(questions[at : at + BATCH], purpose, by)
    return len(questions)


def _add(batch: list[NewQuestion], purpose: str, by) -> None:
    rows = Question.objects.bulk_create(
        Question(
            code=nfc(new.code),
            category=new.category,
            purpose=purpose,
            owner=by,
            competence=new.competence,
            search_key=search_key_of(new.code, new.text),
        )
        for new in batch
    )
    QuestionVersion.objects.bulk_create(
        new_version(question=row, number=1, text=new.text, by=by) for row, new in zip(rows, batch, strict=True)
    )
    first = QuestionVersion.objects.filter(question=OuterRef("pk")).order_by("-number").values("pk")[:1]
    Question.objects.filter(pk__in=[row.pk for row in rows]).update(current=Subquery(first))
    _tag(list(zip(rows, batch, strict=True)))


def _tag(pairs: list[tuple[Question, NewQuestion]]) -> None:
    """The tags of the questions, the missing ones made."""
    names = {fold(name): name for _row, new in pairs for name in new.tags}
    if not names:
        return
    Tag.objects.bulk_create([Tag(name=name, key=key) for key, name in names.items()], ignore_conflicts=True)
    tags = dict(Tag.objects.filter(key__in=names).values_list("key", "pk"))
    through = Question.tags.through
    through.objects.bulk_create(
        [
            through(question_id=row.pk, tag_id=tags[key])
            for row, new in pairs
            for key in dict.fromkeys(map(fold, new.tags))
        ]
    )
