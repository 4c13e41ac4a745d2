"""An answer to one version of a question, judged by the key of another: pure functions of versions and responses."""

from decimal import Decimal

from django.utils.translation import gettext as _

from quizzes.enums import QuestionType, RegradePolicy
from quizzes.models import QuestionVersion
from quizzes.scoring import FULL, earned_percent
from quizzes.types import kind_of


def why_not_comparable(shown: QuestionVersion, corrected: QuestionVersion) -> str:
    """Why the new key says nothing about what was shown; empty where it does.

    What is chosen is known by its words, because every version has ids of its own. Where words, or the type, were
    changed, learners answered another question.
    """
    numbers = {"old": shown.number, "new": corrected.number}
    if shown.type != corrected.type:
        return _("Version %(old)d was of another type than version %(new)d.") % numbers
    if kind_of(shown.type).is_marked_by_people:
        return _("People mark questions of this type; they mark them again from the list of marked answers.")
    if shown.unit != corrected.unit:
        return _("Version %(old)d asked for another unit than version %(new)d.") % numbers
    offered, now = _words(shown), _words(corrected)
    if (sorted(offered.values()), _gaps(shown)) != (sorted(now.values()), _gaps(corrected)):
        return _("Version %(old)d offered other answers to choose from than version %(new)d.") % numbers
    if len(set(now.values())) < len(now):
        return _("The answers of version %(old)d cannot be told apart by their words.") % numbers
    if not offered and shown.type not in {*QuestionType.typed(), QuestionType.GAPS}:
        return _("A key alone does not mark questions of this type.")
    return ""


def percent_by(
    policy: str, *, shown: QuestionVersion, corrected: QuestionVersion, response: list[str], own: Decimal
) -> Decimal:
    """The percent of its points that ``response`` earns by the policy; ``own`` is what it earns by the key shown."""
    if policy == RegradePolicy.FULL:
        return FULL
    new = earned_percent(corrected.type, corrected.key, answer_in(corrected, shown, response), corrected.unit)
    return max(own, new) if policy == RegradePolicy.BOTH else new


def answer_in(corrected: QuestionVersion, shown: QuestionVersion, response: list[str]) -> list[str]:
    """The response with the ids that the same words have in ``corrected``; what was typed stays as it is."""
    ids = {words: part for part, words in _words(corrected).items()}
    offered = _words(shown)
    return [ids[offered[part]] if part in offered else part for part in response]


def _words(version: QuestionVersion) -> dict[str, str]:
    return kind_of(version.type).part_words(version)


def _gaps(version: QuestionVersion) -> list:
    """What each gap asks for, where there are gaps; their order is that of a response."""
    return [option.get("asks") for option in version.options]
