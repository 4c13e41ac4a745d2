"""What every type of question can do. One small class a type; everything else asks ``quizzes.types.kind_of``."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.errors import ResponseRefused

if TYPE_CHECKING:
    from quizzes.models import QuestionVersion
    from quizzes.question_text import QuestionText


@dataclass(frozen=True, slots=True)
class Parted:
    """A question as the bank keeps it: ``options`` are what is shown, and carry nothing of the key, not even by their
    order; ``feedback`` is shown when the review rules say so; ``task`` is what is asked of the learner where that is
    more than the stem says."""

    options: list[dict]
    key: dict
    feedback: dict
    task: dict = field(default_factory=dict)


class Kind:
    """A type of question. Pure: no clock, no database, no randomness but that of new ids and of ``frozen``.

    A response is a list of strings, empty where nothing was answered; each type says what the strings are. The
    templates get ``body``, a frozen record of the type, of which ``answer_template`` makes fields named
    ``q<number>`` that work without a script, and ``review_template`` what may be shown of the marking. Options to
    choose from are so many that ``templatetags.papers`` writes them, without a template.
    """

    type: str
    how_to_answer = gettext_lazy("choose one answer")
    answer_template = review_template = ""
    # Whether ``body`` prints the stem too, because the fields stand inside it.
    holds_stem = False
    # Whether no key marks it: ``earned`` then has nothing to say.
    is_marked_by_people = False
    # Whether the response names a file that was handed in.
    takes_file = False

    # --- What an author writes ---------------------------------------------------

    def cleaned(self, author: "QuestionText", text: "QuestionText") -> "QuestionText":
        """``text``, cleaned so far, with what this type needs of ``author``; QuestionRefused with what is wrong."""
        raise NotImplementedError

    def in_comparable_order(self, text: "QuestionText") -> "QuestionText":
        """``text`` with that put in order whose order means nothing."""
        return text

    def words(self, text: "QuestionText") -> Iterable[str]:
        """What the question may be searched by, beside its stem."""
        return ()

    def fields(self, text: "QuestionText") -> list[tuple[str, str]]:
        """(label, value) of the settings that only this type has, to compare two versions by."""
        return []

    def rows(self, text: "QuestionText") -> list[tuple[str, list[str]]]:
        """(label, a line for each row) of the lists that the question has, to compare two versions by."""
        return []

    # --- What the bank keeps -------------------------------------------------------

    def parted(self, text: "QuestionText") -> Parted:
        """``text``, cleaned, with fresh random ids."""
        raise NotImplementedError

    def joined(self, version: "QuestionVersion", text: "QuestionText") -> "QuestionText":
        """The opposite: ``text``, which has what all types have, with what ``version`` says."""
        raise NotImplementedError

    # --- The paper -------------------------------------------------------------------

    def frozen(self, version: "QuestionVersion", random) -> dict:
        """What the paper keeps of the question beside its stem, in the order shown. The version comes without key."""
        return {"options": []}

    def without_words(self, item: dict) -> dict:
        """The part of ``frozen`` that ``checked`` needs."""
        return {"options": [{"id": option["id"]} for option in item["options"]]}

    def texts(self, item: dict) -> Iterable[str]:
        """The texts of the paper beside the stem, in which pictures may stand."""
        return (option["text"] for option in item["options"])

    def shown(self, item: dict, response: list[str]):
        """``body`` for the exam page."""
        raise NotImplementedError

    def checked(self, item: dict, response: list[str]) -> list[str]:
        """``response`` in the form in which it is stored; ResponseRefused for what the question does not offer."""
        raise NotImplementedError

    def reading(self, item: dict, response: list[str]) -> str | None:
        """How numbers were read, for the learner; None where nothing is read. It knows nothing of the key."""
        return None

    # --- Marking -----------------------------------------------------------------------

    def earned(self, key: dict, response: list[str], unit: str = "") -> Decimal:
        """The percent of its points, 0 to 100, that ``response``, which is not empty, earns."""
        raise NotImplementedError

    def reviewed(self, item: dict, version: "QuestionVersion", response: list[str], shown: frozenset[str]):
        """``body`` for the review; what ``shown`` (ReviewItems) does not hold is not in it."""
        raise NotImplementedError

    # --- Statistics --------------------------------------------------------------------

    def part_words(self, version: "QuestionVersion") -> dict[str, str]:
        """The words of each string that a response may hold, where those can be listed."""
        return {}

    def right_parts(self, version: "QuestionVersion") -> frozenset[str]:
        """Those of them that the key calls right."""
        return frozenset()

    def offered_parts(self, version: "QuestionVersion") -> list[str]:
        """Those of them that a learner chooses among as equals: one that nobody takes is worth a word."""
        return []


def refuse_response(item: dict) -> ResponseRefused:
    return ResponseRefused(_("Question %(number)s does not offer this answer.") % {"number": item["number"]})


def line(*parts: str) -> str:
    """One row of a question in one line."""
    return " · ".join(part for part in parts if part)
