"""What the readers of both old and new items share: an item is read, or named with the reason why it is not."""

from dataclasses import replace
from decimal import DecimalException

from quizzes.importing.notes import QuestionUnreadable, note
from quizzes.importing.qti.processing import Unclear
from quizzes.importing.records import FoundQuestion


def found_or_named(reading) -> FoundQuestion:
    """The question of an item, whether or not it can be taken. ``reading`` has ``head``, ``found`` and ``warnings``."""
    try:
        found = reading.found()
    except QuestionUnreadable as error:
        return replace(_head(reading), problem=error.note)
    except (Unclear, DecimalException) as error:
        rule = error.rule if isinstance(error, Unclear) else "number"
        return replace(_head(reading), problem=note("qti_rule", rule=rule))
    return replace(found, warnings=tuple(dict.fromkeys((*found.warnings, *reading.warnings))))


def _head(reading) -> FoundQuestion:
    """As much as can be said: even the points may be what cannot be read."""
    try:
        return reading.head()
    except (Unclear, DecimalException):
        return FoundQuestion(kind=reading.kind, line=reading.item.line)


def by_people(reading) -> FoundQuestion:
    """What somebody has to mark."""
    return replace(reading.base(), takes_files=reading.takes_files, says_limits=False)


def text_alone(reading) -> FoundQuestion:
    return reading.base()
