"""Writing the question bank: every change is a new version, nothing is deleted."""

import hashlib
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from quizzes.enums import Purpose, QuestionStatus
from quizzes.errors import QuestionRefused
from quizzes.models import Category, Question, QuestionVersion
from quizzes.question_text import QuestionText, separated, task_of, text_of
from quizzes.services.blueprints import check_published_quizzes
from staff.services import notify
from staff.vietnamese import nfc, searchable

SENT_BACK = "quizzes.send_back"


@transaction.atomic
def create_question(
    *, code: str, category: Category, text: QuestionText, purpose: str = Purpose.EXAM, by=None
) -> Question:
    """A new draft with its first version."""
    text = text.cleaned()
    question = Question.objects.create(code=nfc(code), category=category, purpose=purpose, owner=by)
    _add_version(question, text, by)
    return question


@transaction.atomic
def revise_question(*, question: Question, text: QuestionText, by=None) -> QuestionVersion:
    """The version that says ``text``: a new one, or the newest where that says it already.

    A reviewed question keeps its reviewed version on papers until somebody reviews the new one.
    """
    text = text.cleaned()
    question = Question.objects.select_for_update().get(pk=question.pk)
    newest = question.versions.order_by("-number").first()
    if newest is not None and text_of(newest) == text.in_comparable_order():
        return newest
    return _add_version(question, text, by, after=newest)


@transaction.atomic
def review_question(*, question: Question, number: int | None = None, by=None) -> Question:
    """Lets papers show the newest version; refused where that is not the version ``number`` that was looked at.

    Refused (PoolTooSmall) too where its other difficulty would leave a published quiz without enough questions.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    before = question.current if question.status == QuestionStatus.REVIEWED else None
    question.current = question.versions.order_by("-number").first()
    if number not in (None, question.current.number):
        raise QuestionRefused(_("The question was changed meanwhile. Look at the newest version first."))
    question.status = QuestionStatus.REVIEWED
    question.save(update_fields=["current", "status"])
    if before is not None and (before.difficulty, before.type) != (question.current.difficulty, question.current.type):
        check_published_quizzes()
    return question


@transaction.atomic
def send_back_question(*, question: Question, comment: str, by) -> QuestionVersion:
    """Tell the author of the newest version what to mend, and keep it in the log; the question goes on waiting.

    Refused where nothing of the question waits for review, and without a comment.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    version = question.versions.order_by("-number").first()
    if question.status == QuestionStatus.REVIEWED and version.pk == question.current_id:
        raise QuestionRefused(_("This question does not wait for review."))
    if not comment.strip():
        raise QuestionRefused(_("Write what the author should mend."))
    log(instance=question, action=SENT_BACK, user=by, data={"comment": comment, "version": version.number})
    author = version.created_by or question.owner
    if author is not None and author != by:
        notify(
            to=author,
            kind="questions.sent_back",
            key=f"question-sent-back:{version.pk}:{hashlib.sha256(comment.encode()).hexdigest()[:16]}",
            words=partial(_sent_back_words, question.code, comment),
            path=reverse("quizzes_cms:question", args=[question.pk]),
        )
    return version


def _sent_back_words(code: str, comment: str) -> tuple[str, str]:
    return _("Question %(code)s was sent back to be mended") % {"code": code}, comment


@transaction.atomic
def retire_question(*, question: Question, by=None) -> Question:
    """Takes the question out of the pool; papers that showed it keep it.

    Refused (PoolTooSmall) while a published quiz could then not be drawn.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    question.status = QuestionStatus.RETIRED
    question.save(update_fields=["status"])
    check_published_quizzes()
    return question


@transaction.atomic
def restore_question(*, question: Question, by=None) -> Question:
    """A retired question is a draft again, with its newest version; nothing else changes by it."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    if question.status != QuestionStatus.RETIRED:
        return question
    question.status, question.current = QuestionStatus.DRAFT, question.versions.order_by("-number").first()
    question.save(update_fields=["status", "current"])
    return question


@transaction.atomic
def move_question(*, question: Question, category: Category, purpose: str) -> Question:
    """Puts the question in another category or pool, unless a published quiz would then lack questions."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    if (question.category_id, question.purpose) == (category.pk, purpose):
        return question
    question.category, question.purpose = category, purpose
    question.save(update_fields=["category", "purpose"])
    check_published_quizzes()
    return question


def _add_version(question, text, by, after=None) -> QuestionVersion:
    version = new_version(question=question, number=after.number + 1 if after else 1, text=text, by=by)
    version.save()
    if question.status == QuestionStatus.DRAFT:
        question.current = version
    elif question.status == QuestionStatus.RETIRED:
        question.status, question.current = QuestionStatus.DRAFT, version
    question.search_key = search_key_of(question.code, text)
    question.save(update_fields=["current", "status", "search_key"])
    return version


def new_version(*, question: Question, number: int, text: QuestionText, by) -> QuestionVersion:
    """The version that says the cleaned ``text``, not yet saved."""
    options, key, feedback = separated(text)
    return QuestionVersion(
        question=question,
        number=number,
        type=text.type,
        difficulty=text.difficulty,
        stem=text.stem,
        options=options,
        shuffle_options=text.shuffle_options,
        task=task_of(text),
        key=key,
        feedback=feedback,
        unit=text.unit,
        points=text.points,
        created_by=by,
    )


def search_key_of(code: str, text: QuestionText) -> str:
    return searchable(" ".join([code, *text.words()]))
