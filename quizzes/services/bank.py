"""Writing the question bank: every change is a new version, nothing is deleted."""

import secrets
from dataclasses import dataclass, field

import nh3
from django.db import transaction
from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from quizzes.enums import Difficulty, Purpose, QuestionStatus, QuestionType
from quizzes.errors import QuestionRefused
from quizzes.models import Category, Question, QuestionVersion
from quizzes.services.blueprints import check_published_quizzes
from staff.vietnamese import fold, nfc

STEM_TAGS = {"p", "br", "b", "strong", "i", "em", "u", "code", "ul", "ol", "li", "sub", "sup"}
# The two options of a true/false question are content, and content is Vietnamese.
TRUE_FALSE_OPTIONS = [{"id": "true", "text": "Đúng"}, {"id": "false", "text": "Sai"}]


@dataclass(frozen=True, slots=True)
class QuestionText:
    """What a question says, as an author writes it: limited HTML in ``stem``, plain text elsewhere.

    ``options`` are (text, right) pairs in the author's order; for true/false there is none and ``right``
    says which statement is correct.
    """

    type: str
    stem: str
    options: tuple[tuple[str, bool], ...] = ()
    right: bool | None = None
    feedback: str = ""
    option_feedback: tuple[str, ...] = ()
    difficulty: str = Difficulty.MEDIUM
    shuffle_options: bool = field(default=True)

    def cleaned(self) -> "QuestionText":
        """The same in composed form without unsafe HTML, or QuestionRefused with what is wrong."""
        options = tuple((nfc(text), bool(right)) for text, right in self.options)
        if self.type == QuestionType.TRUE_FALSE:
            options = ()
        text = QuestionText(
            type=self.type,
            stem=_plain_if_one_paragraph(nfc(nh3.clean(self.stem, tags=STEM_TAGS, attributes={}))),
            options=options,
            right=self.right if self.type == QuestionType.TRUE_FALSE else None,
            feedback=nfc(self.feedback),
            option_feedback=tuple(nfc(note) for note in self.option_feedback) if options else (),
            difficulty=str(self.difficulty),
            shuffle_options=self.shuffle_options and bool(options),
        )
        text._refuse_what_cannot_be_marked()
        return text

    def _refuse_what_cannot_be_marked(self):
        if self.type not in QuestionType.values:
            raise QuestionRefused(_("“%(type)s” is not a type of question.") % {"type": self.type})
        if self.difficulty not in Difficulty.values:
            raise QuestionRefused(_("Difficulty must be 1, 2 or 3."))
        if not strip_tags(self.stem).strip():
            raise QuestionRefused(_("Write the question."))
        if self.type == QuestionType.TRUE_FALSE:
            if self.right is None:
                raise QuestionRefused(_("Say whether the statement is true or false."))
            return
        texts = [fold_exactly(text) for text, _right in self.options]
        if len(texts) < 2 or not all(texts):
            raise QuestionRefused(_("Give at least two options, none of them empty."))
        if len(set(texts)) < len(texts):
            raise QuestionRefused(_("Two options say the same."))
        right = sum(right for _text, right in self.options)
        if self.type == QuestionType.SINGLE and right != 1:
            raise QuestionRefused(_("Tick exactly one right answer."))
        if self.type == QuestionType.MULTIPLE and right < 1:
            raise QuestionRefused(_("Tick at least one right answer."))
        if right == len(texts):
            raise QuestionRefused(_("At least one option must be wrong."))


def _plain_if_one_paragraph(html: str) -> str:
    """The editor wraps a line in a paragraph, files do not: one form for both, so that only changes are changes."""
    inner = html.removeprefix("<p>").removesuffix("</p>").strip()
    return inner if html.startswith("<p>") and "<p>" not in inner and "</p>" not in inner else html


def fold_exactly(text: str) -> str:
    """Options are compared by case and spaces only: "ma" and "má" are two answers."""
    return nfc(text).casefold()


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
    if newest is not None and text_of(newest) == _in_comparable_order(text):
        return newest
    return _add_version(question, text, by, after=newest)


@transaction.atomic
def review_question(*, question: Question, by=None) -> Question:
    """Lets papers show the newest version."""
    question = Question.objects.select_for_update().get(pk=question.pk)
    question.current = question.versions.order_by("-number").first()
    question.status = QuestionStatus.REVIEWED
    question.save(update_fields=["current", "status"])
    return question


@transaction.atomic
def retire_question(*, question: Question, by=None) -> Question:
    """Takes the question out of the pool for good; papers that showed it keep it.

    Refused (PoolTooSmall) while a published quiz could then not be drawn.
    """
    question = Question.objects.select_for_update().get(pk=question.pk)
    question.status = QuestionStatus.RETIRED
    question.save(update_fields=["status"])
    check_published_quizzes()
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


def text_of(version: QuestionVersion) -> QuestionText:
    """What ``version`` says, comparable with an author's cleaned text: the order of shuffled options means nothing."""
    right = set(version.key["right"])
    notes = version.feedback.get("options", {})
    if version.type == QuestionType.TRUE_FALSE:
        options, statement = (), "true" in right
    else:
        options, statement = tuple((o["text"], o["id"] in right) for o in version.options), None
    text = QuestionText(
        type=version.type,
        stem=version.stem,
        options=options,
        right=statement,
        feedback=version.feedback.get("general", ""),
        option_feedback=tuple(notes.get(o["id"], "") for o in version.options) if notes else (),
        difficulty=version.difficulty,
        shuffle_options=version.shuffle_options,
    )
    return _in_comparable_order(text)


def _in_comparable_order(text: QuestionText) -> QuestionText:
    notes = list(text.option_feedback) + [""] * (len(text.options) - len(text.option_feedback))
    rows = list(zip(text.options, notes, strict=False))
    if text.shuffle_options:
        rows.sort()
    return QuestionText(
        type=text.type,
        stem=text.stem,
        options=tuple(option for option, _note in rows),
        right=text.right,
        feedback=text.feedback,
        option_feedback=tuple(note for _option, note in rows) if any(notes) else (),
        difficulty=text.difficulty,
        shuffle_options=text.shuffle_options,
    )


def _add_version(question, text, by, after=None) -> QuestionVersion:
    options, key, feedback = _separated(text)
    version = QuestionVersion.objects.create(
        question=question,
        number=after.number + 1 if after else 1,
        type=text.type,
        difficulty=text.difficulty,
        stem=text.stem,
        options=options,
        shuffle_options=text.shuffle_options,
        key=key,
        feedback=feedback,
        created_by=by,
    )
    if question.status == QuestionStatus.DRAFT:
        question.current = version
    elif question.status == QuestionStatus.RETIRED:
        question.status, question.current = QuestionStatus.DRAFT, version
    words = [question.code, strip_tags(text.stem), *(option for option, _right in text.options)]
    question.search_key = fold(" ".join(words))
    question.save(update_fields=["current", "status", "search_key"])
    return version


def _separated(text: QuestionText):
    """(options, key, feedback) of a new version: the options carry nothing of the key, not even by their order."""
    if text.type == QuestionType.TRUE_FALSE:
        return TRUE_FALSE_OPTIONS, {"right": ["true" if text.right else "false"]}, {"general": text.feedback}
    notes = [*text.option_feedback, *[""] * len(text.options)]
    rows = [
        {"id": secrets.token_hex(8), "text": option, "right": right, "note": note}
        for (option, right), note in zip(text.options, notes, strict=False)
    ]
    # An author often writes the right answer first; sorting by a random id forgets that.
    if text.shuffle_options:
        rows.sort(key=lambda row: row["id"])
    options = [{"id": row["id"], "text": row["text"]} for row in rows]
    # Sorted: the order of the ids in the key must not tell the author's order either.
    key = {"right": sorted(row["id"] for row in rows if row["right"])}
    notes = {row["id"]: row["note"] for row in rows if row["note"]}
    return options, key, {"general": text.feedback} | ({"options": notes} if notes else {})
