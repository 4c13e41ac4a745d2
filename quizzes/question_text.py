"""What a question says, as an author writes it, and how that is parted into what is shown and what is kept back."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from quizzes.enums import Accents, Case, Difficulty, QuestionType, Scoring, Spelling
from quizzes.errors import QuestionRefused
from quizzes.models import QuestionVersion
from quizzes.pictures import clean_stem, pictures_in, plain_words
from quizzes.reading import plain
from quizzes.types import kind_of
from quizzes.types.by_people import Criterion, TaskFile
from quizzes.types.exact import exact_points
from quizzes.types.gaps import Gap
from quizzes.types.typed import AcceptedNumber, AcceptedText
from staff.vietnamese import composed, nfc

__all__ = ["AcceptedNumber", "AcceptedText", "Gap", "QuestionText", "plain_words", "separated", "text_of"]


@dataclass(frozen=True, slots=True)
class QuestionText:
    """What a question says, as an author writes it: limited HTML in ``stem``, plain text elsewhere.

    How to write each type (``percent``s and ``points`` are Decimals, ints or text, never floats):

    - ``single``: ``options`` are (text, right) pairs in the author's order, one of them right. An option that earns
      a part: ``option_percents``, one for each option from -100 to 100 (None: 100 if right, else 0), at least one of
      them 100; ``right`` is then taken from the percents.
    - ``multiple``: at least one right, at least one wrong; all or nothing. With ``scoring="per_option"`` the answer
      earns the sum of ``option_percents`` of what was ticked, never under 0 and never over 100; the percents above 0
      must add up to 100 (99.99 to 100.01) and ``right`` follows from them. Without any percents the right options
      share 100 equally; beside others, a blank is 0. Ticking everything where no percent is below 0 earns nothing.
    - ``true_false``: no options; ``right`` says which statement is correct; ``option_feedback`` is for who chose
      "true", and for who chose "false".
    - ``short_text``: ``accepted`` are AcceptedText, at least one of 100 percent, with the rules ``accents``, ``case``
      and ``spelling``. An answer of 0 percent is there for its feedback.
    - ``number``: ``accepted`` are AcceptedNumber, at least one of 100 percent; ``unit`` is printed after the field.
    - ``matching``: ``pairs`` are (premise, answer); the same answer may serve several premises, and one with an empty
      premise belongs to none. ``scoring`` is per part (100 divided by the number of premises for each right pair) or
      all or nothing.
    - ``ordering``: ``items`` in their right order. ``scoring`` is all or nothing, per part (100 divided by the number
      of items for each in its place) or per neighbour (100 divided by the number of steps for each item that directly
      follows the one it should). They are always shown shuffled.
    - ``gaps``: [[1]], [[2]] … in the stem, and ``gaps`` in that order (``Gap``); typed texts follow ``accents``,
      ``case`` and ``spelling``. The question earns the mean of what the gaps earn, counted by their weights.
    - ``essay``, ``file``, ``practical``: people mark them by ``criteria`` (at least one; one level is a point of a
      checklist), with a ``guide`` that only markers read; ``shows_criteria`` to learners beforehand. An essay has
      ``min_words`` and ``max_words``, which are told and not enforced; the others say which ``kinds`` of file they
      take, how large, and give out ``files``.

    Feedback, shown by the review rules of the quiz: ``feedback`` for the whole question, ``option_feedback`` one for
    each option, ``feedback`` of an accepted answer for who gave that one. ``points`` count in sections whose questions
    carry points of their own; elsewhere every question counts the same.
    """

    type: str
    stem: str
    options: tuple[tuple[str, bool], ...] = ()
    right: bool | None = None
    feedback: str = ""
    option_feedback: tuple[str, ...] = ()
    difficulty: str = Difficulty.MEDIUM
    shuffle_options: bool = True
    scoring: str = Scoring.ALL_OR_NOTHING
    option_percents: tuple[Decimal | None, ...] = ()
    accepted: tuple[AcceptedText, ...] | tuple[AcceptedNumber, ...] = ()
    accents: str = Accents.EXACT
    case: str = Case.IGNORE
    spelling: str = Spelling.EXACT
    unit: str = ""
    points: Decimal = Decimal(1)
    pairs: tuple[tuple[str, str], ...] = ()
    items: tuple[str, ...] = ()
    gaps: tuple[Gap, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    shows_criteria: bool = False
    guide: str = ""
    min_words: int | None = None
    max_words: int | None = None
    kinds: tuple[str, ...] = ()
    most_megabytes: int | None = None
    files: tuple[TaskFile, ...] = ()

    def cleaned(self) -> "QuestionText":
        """The same in composed form without unsafe HTML, or QuestionRefused with what is wrong.

        What does not belong to the type is dropped, so that equal questions are equal texts.
        """
        if self.type not in QuestionType.values:
            raise QuestionRefused(_("“%(type)s” is not a type of question.") % {"type": self.type})
        if str(self.difficulty) not in Difficulty.values:
            raise QuestionRefused(_("Difficulty must be 1, 2 or 3."))
        stem = _plain_if_one_paragraph(composed(clean_stem(self.stem)))
        if not strip_tags(stem).strip() and not pictures_in(stem):
            raise QuestionRefused(_("Write the question."))
        text = QuestionText(
            type=self.type,
            stem=stem,
            feedback=nfc(self.feedback),
            difficulty=str(self.difficulty),
            shuffle_options=False,
            points=exact_points(self.points),
        )
        return kind_of(self.type).cleaned(self, text)

    def in_comparable_order(self) -> "QuestionText":
        """Equal questions are equal texts: what has no order is put in one."""
        return kind_of(self.type).in_comparable_order(self)

    def words(self) -> Iterable[str]:
        """What an author may search the question by."""
        yield plain_words(self.stem)
        yield from kind_of(self.type).words(self)


def _plain_if_one_paragraph(html: str) -> str:
    """The editor wraps a line in a paragraph, files do not: one form for both, so that only changes are changes."""
    inner = html.removeprefix("<p>").removesuffix("</p>").strip()
    return inner if html.startswith("<p>") and "<p>" not in inner and "</p>" not in inner else html


def separated(text: QuestionText) -> tuple[list[dict], dict, dict]:
    """(options, key, feedback) of a new version, as ``QuestionVersion`` keeps them."""
    parted = kind_of(text.type).parted(text)
    return parted.options, parted.key, {"general": text.feedback} | parted.feedback


def task_of(text: QuestionText) -> dict:
    """What a new version asks of the learner beside its stem."""
    return kind_of(text.type).parted(text).task


def text_of(version: QuestionVersion) -> QuestionText:
    """What ``version`` says, comparable with an author's cleaned text: the order of shuffled options means nothing."""
    text = QuestionText(
        type=version.type,
        stem=version.stem,
        feedback=version.feedback.get("general", ""),
        difficulty=version.difficulty,
        shuffle_options=version.shuffle_options,
        points=Decimal(plain(version.points)),
        unit=version.unit,
    )
    return kind_of(version.type).joined(version, text)
