"""Two versions of a question beside each other, field by field, for the person who lets the newer one through."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from quizzes.enums import Accents, Case, Difficulty, QuestionType, Scoring, Spelling
from quizzes.models import QuestionVersion
from quizzes.pictures import without_pictures
from quizzes.question_text import TRUE_FALSE_OPTIONS, QuestionText, text_of
from quizzes.reading import for_reader


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
    before, after = text_of(old), text_of(new)
    found = [
        Difference(label, was, becomes, is_html=label == _("Question"))
        for (label, was), (_label, becomes) in zip(_fields(before, old), _fields(after, new), strict=True)
        if was != becomes
    ]
    return found + [
        ListDifference(label, _only_in(was, becomes), _only_in(becomes, was), len(set(was) & set(becomes)))
        for (label, was), (_label, becomes) in zip(_lists(before), _lists(after), strict=True)
        if set(was) != set(becomes)
    ]


def _only_in(rows: list[str], others: list[str]) -> tuple[str, ...]:
    return tuple(row for row in rows if row not in others)


def _fields(text: QuestionText, version: QuestionVersion) -> list[tuple[str, str]]:
    is_short, is_multiple = text.type == QuestionType.SHORT_TEXT, text.type == QuestionType.MULTIPLE
    return [
        (_("Type"), QuestionType(text.type).label),
        (_("Difficulty"), Difficulty(text.difficulty).label),
        (_("Points"), for_reader(text.points)),
        (_("Question"), text.stem),
        (_("The statement is"), {True: _("true"), False: _("false"), None: "–"}[text.right]),
        (_("Scoring of several right answers"), Scoring(text.scoring).label if is_multiple else "–"),
        (_("Shuffle the options"), (_("yes") if version.shuffle_options else _("no")) if text.options else "–"),
        (_("Accents"), Accents(text.accents).label if is_short else "–"),
        (_("Capitals"), Case(text.case).label if is_short else "–"),
        (_("Typing slips"), Spelling(text.spelling).label if is_short else "–"),
        (_("Unit"), text.unit or "–"),
        (_("Explanation, shown at review only"), text.feedback or "–"),
    ]


def _lists(text: QuestionText) -> list[tuple[str, list[str]]]:
    return [(_("Options"), _options(text)), (_("Accepted answers"), _accepted(text))]


def _options(text: QuestionText) -> list[str]:
    """Each option with what it is worth and its explanation, in one line."""
    if text.type == QuestionType.TRUE_FALSE:
        words = [option["text"] for option in TRUE_FALSE_OPTIONS]
        notes = zip(words, text.option_feedback, strict=False)
        return [_line(word, "", note) for word, note in notes if note]
    percents = [*text.option_percents, *[None] * len(text.options)]
    notes = [*text.option_feedback, *[""] * len(text.options)]
    return [
        _line(
            without_pictures(option),
            (_("right") if right else _("wrong")) if percent is None else f"{for_reader(percent)} %",
            note,
        )
        for (option, right), percent, note in zip(text.options, percents, notes, strict=False)
    ]


def _accepted(text: QuestionText) -> list[str]:
    rows = []
    for row in text.accepted:
        said = row.text if text.type == QuestionType.SHORT_TEXT else for_reader(row.value)
        if text.type == QuestionType.NUMBER and row.tolerance:
            said = f"{said} ± {for_reader(row.tolerance)}"
        rows.append(_line(said, f"{for_reader(row.percent)} %", row.feedback))
    return rows


def _line(said: str, worth: str, note: str) -> str:
    return " · ".join(part for part in (said, worth, note) if part)
