"""Ordering: items that are given their places.

Options: {"id", "text"} by random id. Key: {"order": ids, "scoring"}. A response holds "item:place" for each item that
has a place; two items may be given one place, and then neither counts.
"""

import secrets
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import QuestionType, ReviewItem, Scoring
from quizzes.errors import QuestionRefused, ResponseRefused
from quizzes.pictures import plain_words, with_pictures, without_pictures
from quizzes.types.choice import fold_exactly
from quizzes.types.exact import FULL, NOTHING
from quizzes.types.kind import Kind, Parted, refuse_response
from staff.vietnamese import composed

MAX_ITEMS = 15
WAYS = (Scoring.ALL_OR_NOTHING, Scoring.PER_PART, Scoring.PER_NEIGHBOUR)


@dataclass(frozen=True, slots=True)
class ShownPlace:
    value: str
    place: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownItem:
    """``text`` is safe HTML."""

    text: str
    words: str
    places: tuple[ShownPlace, ...]


@dataclass(frozen=True, slots=True)
class ShownOrder:
    items: tuple[ShownItem, ...]
    has_double: bool


@dataclass(frozen=True, slots=True)
class ReviewedItem:
    """``is_right`` and ``right_place`` are None unless they may be shown."""

    text: str
    place: int | None
    is_right: bool | None
    right_place: int | None


@dataclass(frozen=True, slots=True)
class ReviewedOrder:
    items: tuple[ReviewedItem, ...]


class Ordering(Kind):
    type = QuestionType.ORDERING
    how_to_answer = gettext_lazy("give each line its place")
    answer_template = "quizzes/types/ordering.html"
    review_template = "quizzes/types/ordering_reviewed.html"

    # --- The author and the bank ---------------------------------------------------

    def cleaned(self, author, text):
        items = tuple(composed(item) for item in author.items)
        if len(items) < 3 or not all(items):
            raise QuestionRefused(_("Give at least three lines to put in order, none of them empty."))
        if len(items) > MAX_ITEMS:
            raise QuestionRefused(_("Give at most %(most)d lines.") % {"most": MAX_ITEMS})
        if len({fold_exactly(item) for item in items}) < len(items):
            raise QuestionRefused(_("Two lines say the same."))
        if author.scoring not in WAYS:
            raise QuestionRefused(_("“%(value)s” is not a way of scoring.") % {"value": author.scoring})
        return replace(text, items=items, scoring=author.scoring)

    def words(self, text):
        return (without_pictures(item) for item in text.items)

    def fields(self, text):
        return [(_("Scoring"), Scoring(text.scoring).label)]

    def rows(self, text):
        return [(_("Right order"), [f"{place}. {without_pictures(item)}" for place, item in enumerate(text.items, 1)])]

    def parted(self, text):
        rows = [{"id": secrets.token_hex(8), "text": item} for item in text.items]
        key = {"order": [row["id"] for row in rows], "scoring": text.scoring}
        return Parted(sorted(rows, key=lambda row: row["id"]), key, {})

    def joined(self, version, text):
        texts = {option["id"]: option["text"] for option in version.options}
        return replace(text, items=tuple(texts[id] for id in version.key["order"]), scoring=version.key["scoring"])

    # --- The paper --------------------------------------------------------------------

    def frozen(self, version, random):
        options = [{"id": option["id"], "text": option["text"]} for option in version.options]
        random.shuffle(options)
        return {"options": options}

    def shown(self, item, response):
        """In the order that was given, what has no place yet last; as drawn while nothing has."""
        places, count = _places(response), len(item["options"])
        options = sorted(item["options"], key=lambda option: places.get(option["id"], count + 1))
        return ShownOrder(
            items=tuple(
                ShownItem(
                    with_pictures(option["text"]),
                    without_pictures(option["text"]),
                    tuple(
                        ShownPlace(f"{option['id']}:{place}", place, places.get(option["id"]) == place)
                        for place in range(1, count + 1)
                    ),
                )
                for option in options
            ),
            has_double=len(set(places.values())) < len(places),
        )

    def checked(self, item, response):
        offered = [option["id"] for option in item["options"]]
        values = {f"{id}:{place}" for id in offered for place in range(1, len(offered) + 1)}
        response = list(filter(None, response))
        if not set(response) <= values:
            raise refuse_response(item)
        places = _places(response)
        if len(places) < len(set(response)):
            raise ResponseRefused(_("Give each line one place only."))
        return [f"{id}:{places[id]}" for id in offered if id in places]

    # --- Marking -----------------------------------------------------------------------

    def earned(self, key, response, unit=""):
        """Per part: 100 divided by the number of lines for each line in its place. Per neighbour: 100 divided by the
        number of steps for each line that comes directly after the one it should follow."""
        order = key["order"]
        places = _sole_places(response)
        right = sum(places.get(id) == place for place, id in enumerate(order, 1))
        if key["scoring"] == Scoring.ALL_OR_NOTHING:
            return FULL if right == len(order) else NOTHING
        if key["scoring"] == Scoring.PER_PART:
            return FULL * right / Decimal(len(order))
        steps = zip(order, order[1:], strict=False)
        followed = sum(one in places and places.get(next) == places[one] + 1 for one, next in steps)
        return FULL * followed / Decimal(len(order) - 1)

    def reviewed(self, item, version, response, shown):
        places, sole = _places(response), _sole_places(response)
        right = {id: place for place, id in enumerate(version.key["order"], 1)}
        options = sorted(item["options"], key=lambda option: places.get(option["id"], len(right) + 1))
        return ReviewedOrder(
            tuple(
                ReviewedItem(
                    text=with_pictures(option["text"]),
                    place=places.get(option["id"]),
                    is_right=sole.get(option["id"]) == right[option["id"]]
                    if ReviewItem.RIGHT_OR_WRONG in shown
                    else None,
                    right_place=right[option["id"]] if ReviewItem.KEY in shown else None,
                )
                for option in options
            )
        )

    def part_words(self, version):
        places = range(1, len(version.options) + 1)
        return {
            f"{option['id']}:{place}": f"{place}. {plain_words(option['text'])}"
            for option in version.options
            for place in places
        }

    def right_parts(self, version):
        return frozenset(f"{id}:{place}" for place, id in enumerate(version.key["order"], 1))


def _places(response) -> dict[str, int]:
    """The place of each item."""
    return {id: int(place) for id, place in (part.split(":") for part in response)}


def _sole_places(response) -> dict[str, int]:
    """The places that one item only was given."""
    places = _places(response)
    taken = Counter(places.values())
    return {id: place for id, place in places.items() if taken[place] == 1}
