"""Two versions of a question beside each other, field by field, for the person who lets the newer one through."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from quizzes.enums import Difficulty, QuestionType
from quizzes.models import QuestionVersion
from quizzes.question_text import QuestionText, text_of
from quizzes.reading import for_reader
from quizzes.types import kind_of


@dataclass(frozen=True, slots=True)
class Difference:
    """A field whose value is another one. ``is_html``: both are limited HTML of ours, as papers show it."""

    label: str
    old: str
    new: str
    is_html: bool = False


@dataclass(frozen=True, slots=True)
class ListDifference:
    """Rows, such as options, that only one of the versions has; ``kept`` counts those that both have."""

    label: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    kept: int


def differences(old: QuestionVersion, new: QuestionVersion) -> list[Difference | ListDifference]:
    """What ``new`` says otherwise than ``old``, in the order of the form; the order of options means nothing."""
    return differences_of_texts(text_of(old), text_of(new))


def differences_of_texts(before: QuestionText, after: QuestionText) -> list[Difference | ListDifference]:
    found = [
        Difference(label, str(was), str(becomes), is_html=label == _("Question"))
        for label, was, becomes in _side_by_side(_fields(before), _fields(after), missing="–")
        if was != becomes
    ]
    rows = _side_by_side(kind_of(before.type).rows(before), kind_of(after.type).rows(after), missing=())
    return found + [
        ListDifference(label, _only_in(was, becomes), _only_in(becomes, was), len(set(was) & set(becomes)))
        for label, was, becomes in rows
        if set(was) != set(becomes)
    ]


def _side_by_side(before: list[tuple], after: list[tuple], *, missing):
    """(label, old, new) of every label of either; two types do not have the same."""
    old, new = dict(before), dict(after)
    for label in dict.fromkeys([*old, *new]):
        yield label, old.get(label, missing), new.get(label, missing)


def _only_in(rows, others) -> tuple[str, ...]:
    return tuple(row for row in rows if row not in others)


def _fields(text: QuestionText) -> list[tuple[str, str]]:
    return [
        (_("Type"), QuestionType(text.type).label),
        (_("Difficulty"), Difficulty(text.difficulty).label),
        (_("Points"), for_reader(text.points)),
        (_("Question"), text.stem),
        *kind_of(text.type).fields(text),
        (_("Explanation, shown at review only"), text.feedback or "–"),
    ]
