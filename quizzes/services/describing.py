"""What is said about a question beside its text: tags, competence code, who looks after it."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from quizzes.competences import read_competence
from quizzes.enums import QuestionStatus
from quizzes.errors import QuestionRefused
from quizzes.models import Question, Tag
from quizzes.services.blueprints import check_published_quizzes
from staff.vietnamese import fold, nfc

MAX_TAGS = 20
MAX_TAG_LENGTH = 60


@transaction.atomic
def describe_question(*, question: Question, tags: Iterable[str], competence: str = "", by=None) -> bool:
    """Puts exactly these tags and this code on the question; whether that changed anything.

    Refused (PoolTooSmall) while a published quiz would then lack questions, and (QuestionRefused) for what is no tag
    or no code. Papers that were drawn keep what they showed.
    """
    wanted, competence = tags_named(tags), read_competence(competence)
    question = Question.objects.select_for_update().get(pk=question.pk)
    before = set(question.tags.values_list("pk", flat=True))
    if before == {tag.pk for tag in wanted} and question.competence == competence:
        return False
    question.tags.set(wanted)
    question.competence, question.described_by = competence, by
    question.save(update_fields=["competence", "described_by"])
    if question.status == QuestionStatus.REVIEWED and before - {tag.pk for tag in wanted}:
        check_published_quizzes()
    return True


def tags_named(names: Iterable[str]) -> list[Tag]:
    """The tags of these names, the missing ones made; spellings that fold alike are one, as first written."""
    words = {}
    for name in names:
        name = nfc(name)
        if not (key := fold(name)):
            continue
        if len(name) > MAX_TAG_LENGTH or len(key) > MAX_TAG_LENGTH:
            raise QuestionRefused(_("The tag “%(tag)s” is too long.") % {"tag": name})
        words.setdefault(key, name)
    if len(words) > MAX_TAGS:
        raise QuestionRefused(_("A question has at most %(most)d tags.") % {"most": MAX_TAGS})
    Tag.objects.bulk_create([Tag(name=name, key=key) for key, name in words.items()], ignore_conflicts=True)
    return list(Tag.objects.filter(key__in=words))


@transaction.atomic
def hand_over_question(*, question: Question, owner) -> Question:
    """Somebody else, or nobody, looks after the question from now on."""
    Question.objects.filter(pk=question.pk).update(owner=owner)
    question.refresh_from_db(fields=["owner"])
    return question
