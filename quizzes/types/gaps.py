"""Gaps in a text: each is typed in, as a text or a number, or chosen from a list.

The stem holds [[1]], [[2]] … where the gaps stand. Options: for each gap {"asks"}, and for a list {"options": [{"id",
"text"}]}. Key: {"gaps": [{"weight", "accepted"} or, for a list, {"weight", "percents": {id: "100"}}], "accents",
"case", "spelling"}. A response holds a string for each gap: what was typed, or the id that was chosen, or "".
"""

import math
import re
import secrets
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import Accents, Case, GapAsks, QuestionType, ReviewItem, Spelling
from quizzes.errors import QuestionRefused
from quizzes.matching import MAX_TEXT_LENGTH, SpellingRules
from quizzes.pictures import pictures_in
from quizzes.reading import MAX_NUMBER_LENGTH, for_reader, plain
from quizzes.types.choice import fold_exactly
from quizzes.types.exact import FULL, MAX_POINTS, NOTHING, bounded, exact_percent, exact_points
from quizzes.types.kind import Kind, Parted, line, refuse_response
from quizzes.types.typed import (
    AcceptedNumber,
    AcceptedText,
    Number,
    ReviewedAnswer,
    ShortText,
    accepted_line,
    accepted_shown,
    cleaned_numbers,
    cleaned_rules,
    cleaned_texts,
    fields_of_rules,
    how_read,
    number_of,
    number_row,
    one_line,
    refuse_accepted,
    refuse_long,
    rules_as_fields,
)
from staff.vietnamese import composed, nfc

MAX_GAPS = 20
_CENT = Decimal("0.01")
MARK = re.compile(r"\[\[([1-9][0-9]?)\]\]")
_TYPED = {GapAsks.TEXT: ShortText(), GapAsks.NUMBER: Number()}
_LENGTHS = {GapAsks.TEXT: MAX_TEXT_LENGTH, GapAsks.NUMBER: MAX_NUMBER_LENGTH}


@dataclass(frozen=True, slots=True)
class Gap:
    """``asks`` is one of GapAsks; ``accepted`` are AcceptedText or AcceptedNumber. For a list they are all that may be
    chosen, those of 0 percent included. ``weight`` is the share of the gap beside the others."""

    asks: str
    accepted: tuple[AcceptedText, ...] | tuple[AcceptedNumber, ...]
    weight: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class ShownWord:
    id: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownGap:
    number: int
    asks: str
    typed: str
    max_length: int
    words: tuple[ShownWord, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of the stem, as safe HTML, and the gap that follows it, None after the last."""

    html: str
    gap: object


@dataclass(frozen=True, slots=True)
class ShownText:
    pieces: tuple[Piece, ...]
    read: str | None


@dataclass(frozen=True, slots=True)
class ReviewedGap:
    """``verdict`` is right, partly, wrong, or empty where it may not be shown, as all that follows is."""

    number: int
    said: str
    verdict: str
    accepted: tuple[ReviewedAnswer, ...]
    feedback: str

    @property
    def says_more(self) -> bool:
        return bool(self.accepted or self.feedback)


@dataclass(frozen=True, slots=True)
class ReviewedText:
    pieces: tuple[Piece, ...]

    @property
    def gaps(self) -> list[ReviewedGap]:
        return [piece.gap for piece in self.pieces if piece.gap]

    @property
    def says_more(self) -> bool:
        return any(gap.says_more for gap in self.gaps)


class Gaps(Kind):
    """The question earns the mean of what its gaps earn, each counted by its weight."""

    type = QuestionType.GAPS
    how_to_answer = gettext_lazy("fill each gap")
    answer_template = "quizzes/types/gaps.html"
    review_template = "quizzes/types/gaps_reviewed.html"
    holds_stem = True

    # --- The author and the bank ---------------------------------------------------

    def cleaned(self, author, text):
        _refuse_marks(text.stem, len(author.gaps))
        rules = cleaned_rules(author)
        gaps = []
        for number, gap in enumerate(author.gaps, 1):
            try:
                gaps.append(_cleaned_gap(gap, rules))
            except QuestionRefused as error:
                raise QuestionRefused(_("Gap %(number)d: %(why)s") % {"number": number, "why": error}) from error
        return replace(text, gaps=tuple(gaps), shuffle_options=bool(author.shuffle_options), **rules_as_fields(rules))

    def in_comparable_order(self, text):
        """Gaps are numbered as they stand in the text, and their weights are only a proportion; spelling is asked of
        texts that are typed, the order of words of lists."""
        text = _numbered_as_they_stand(text)
        asked = {gap.asks for gap in text.gaps}
        if GapAsks.TEXT not in asked:
            text = replace(text, **rules_as_fields(SpellingRules(Accents.EXACT, Case.IGNORE, Spelling.EXACT)))
        if GapAsks.LIST not in asked:
            text = replace(text, shuffle_options=True)
        weights = proportional([gap.weight for gap in text.gaps])
        gaps = (
            replace(gap, weight=weight, accepted=_in_order(gap) if text.shuffle_options else gap.accepted)
            for gap, weight in zip(text.gaps, weights, strict=True)
        )
        return replace(text, gaps=tuple(gaps))

    def words(self, text):
        for gap in text.gaps:
            for row in gap.accepted:
                yield plain(row.value) if gap.asks == GapAsks.NUMBER else row.text

    def fields(self, text):
        return [*fields_of_rules(text), (_("Shuffle the options"), _("yes") if text.shuffle_options else _("no"))]

    def rows(self, text):
        lines = [
            line(f"[[{number}]]", GapAsks(gap.asks).label, accepted_line(row), _weight_words(gap))
            for number, gap in enumerate(text.gaps, 1)
            for row in gap.accepted
        ]
        return [(_("Gaps"), lines)]

    def parted(self, text):
        gaps = [_parted_gap(gap, text.shuffle_options) for gap in text.gaps]
        key = {"gaps": [gap.key for gap in gaps], "accents": text.accents, "case": text.case, "spelling": text.spelling}
        notes = [gap.feedback for gap in gaps]
        return Parted([gap.options for gap in gaps], key, {"gaps": notes} if any(notes) else {})

    def joined(self, version, text):
        key = version.key
        notes = version.feedback.get("gaps", [{}] * len(key["gaps"]))
        gaps = (_joined_gap(*rows) for rows in zip(version.options, key["gaps"], notes, strict=True))
        joined = replace(text, gaps=tuple(gaps), accents=key["accents"], case=key["case"], spelling=key["spelling"])
        return self.in_comparable_order(joined)

    # --- The paper --------------------------------------------------------------------

    def frozen(self, version, random):
        gaps = []
        for option in version.options:
            words = [{"id": word["id"], "text": word["text"]} for word in option.get("options", [])]
            if version.shuffle_options:
                random.shuffle(words)
            gaps.append({"asks": option["asks"], "options": words})
        return {"options": [], "gaps": gaps}

    def without_words(self, item):
        gaps = [
            {"asks": gap["asks"], "options": [{"id": word["id"]} for word in gap["options"]]} for gap in item["gaps"]
        ]
        return {"options": [], "gaps": gaps}

    def shown(self, item, response):
        gaps = [
            ShownGap(
                number,
                gap["asks"],
                said if gap["asks"] != GapAsks.LIST else "",
                _LENGTHS.get(gap["asks"], 0),
                tuple(ShownWord(word["id"], word["text"], word["id"] == said) for word in gap["options"]),
            )
            for number, (gap, said) in enumerate(zip(item["gaps"], _filled(item, response), strict=True), 1)
        ]
        return ShownText(_pieces(item["stem"], gaps), self.reading(item, response))

    def checked(self, item, response):
        if response and len(response) != len(item["gaps"]):
            raise refuse_response(item)
        said = [_checked_gap(item, gap, said) for gap, said in zip(item["gaps"], _filled(item, response), strict=True)]
        return said if any(said) else []

    def reading(self, item, response):
        numbers = [i for i, gap in enumerate(item["gaps"]) if gap["asks"] == GapAsks.NUMBER]
        if not numbers:
            return None
        said = _filled(item, response)
        return " ".join(f"[{i + 1}] {how_read(said[i], '')}" for i in numbers if said[i])

    # --- Marking -----------------------------------------------------------------------

    def earned(self, key, response, unit=""):
        rows = list(zip(key["gaps"], response, strict=True))
        total = sum((Decimal(gap["weight"]) for gap, _said in rows), NOTHING)
        earned = sum((Decimal(gap["weight"]) * _earned_gap(key, gap, said) for gap, said in rows), NOTHING)
        return bounded(earned / total)

    def reviewed(self, item, version, response, shown):
        said = _filled(item, response)
        notes = version.feedback.get("gaps") if ReviewItem.FEEDBACK in shown else None
        gaps = [
            _reviewed_gap(number, gap, version.key, row, notes[number - 1] if notes else {}, said[number - 1], shown)
            for number, (gap, row) in enumerate(zip(item["gaps"], version.key["gaps"], strict=True), 1)
        ]
        return ReviewedText(_pieces(item["stem"], gaps))

    def part_words(self, version):
        return {word["id"]: word["text"] for option in version.options for word in option.get("options", [])}

    def right_parts(self, version):
        percents = [item for gap in version.key["gaps"] for item in gap.get("percents", {}).items()]
        return frozenset(id for id, percent in percents if Decimal(percent) == FULL)


# --- What means the same ------------------------------------------------------------


def _numbered_as_they_stand(text):
    numbers = [int(number) for number in MARK.findall(text.stem)]
    if numbers == sorted(numbers):
        return text
    places = {number: place for place, number in enumerate(numbers, 1)}
    stem = MARK.sub(lambda mark: f"[[{places[int(mark[1])]}]]", text.stem)
    return replace(text, stem=stem, gaps=tuple(text.gaps[number - 1] for number in numbers))


def _in_order(gap: Gap) -> tuple:
    return tuple(sorted(gap.accepted, key=lambda row: row.text)) if gap.asks == GapAsks.LIST else gap.accepted


def proportional(weights: list[Decimal]) -> tuple[Decimal, ...]:
    """The least whole numbers in the same proportion, hundredths of them where one would be too large for a weight.

    Two weights of the bank always keep their proportion; those of a file that lie further apart come near it.
    """
    least = min(weights, default=NOTHING)
    if least <= 0:
        return tuple(weights)
    ratios = [Fraction(weight / least).limit_denominator(MAX_POINTS * 100) for weight in weights]
    whole = math.lcm(*(ratio.denominator for ratio in ratios))
    numbers = [int(ratio * whole) for ratio in ratios]
    shared = math.gcd(*numbers)
    numbers = [Decimal(number // shared) for number in numbers]
    if max(numbers) <= MAX_POINTS:
        return tuple(numbers)
    if max(numbers) <= MAX_POINTS * 100:
        return tuple(Decimal(plain(number * _CENT)) for number in numbers)
    return tuple(max(_CENT, (weight * MAX_POINTS / max(weights)).quantize(_CENT)) for weight in weights)


# --- One gap ---------------------------------------------------------------------------


def _refuse_marks(stem: str, count: int) -> None:
    marks = [int(number) for number in MARK.findall(stem)]
    if not count or count > MAX_GAPS:
        raise QuestionRefused(_("A text has between 1 and %(most)d gaps.") % {"most": MAX_GAPS})
    if len(MARK.findall(strip_tags(stem))) != len(marks):
        raise QuestionRefused(_("A gap cannot stand in the description of a picture."))
    for number in range(1, count + 1):
        if marks.count(number) != 1:
            raise QuestionRefused(
                _("Write [[%(number)d]] once in the question, where gap %(number)d stands.") % {"number": number}
            )
    if len(marks) > count:
        raise QuestionRefused(
            _("[[%(number)d]] stands in the question, but gap %(number)d has no answers.") % {"number": max(marks)}
        )


def _cleaned_gap(gap: Gap, rules: SpellingRules) -> Gap:
    if gap.asks == GapAsks.TEXT:
        accepted = cleaned_texts(gap.accepted, rules)
    elif gap.asks == GapAsks.NUMBER:
        accepted = cleaned_numbers(gap.accepted)
    elif gap.asks == GapAsks.LIST:
        accepted = _cleaned_list(gap.accepted)
    else:
        raise QuestionRefused(_("“%(value)s” is not a kind of gap.") % {"value": gap.asks})
    return Gap(str(gap.asks), accepted, exact_points(gap.weight))


def _cleaned_list(accepted) -> tuple[AcceptedText, ...]:
    rows = tuple(
        AcceptedText(composed(str(row.text)), exact_percent(row.percent, 0), nfc(row.feedback)) for row in accepted
    )
    if len(rows) < 2 or not all(row.text for row in rows):
        raise QuestionRefused(_("Give at least two options, none of them empty."))
    if any(len(row.text) > MAX_TEXT_LENGTH or pictures_in(row.text) for row in rows):
        raise QuestionRefused(
            _("An option in a list has at most %(most)d characters and no picture.") % {"most": MAX_TEXT_LENGTH}
        )
    if all(row.percent == FULL for row in rows):
        raise QuestionRefused(_("At least one option must be wrong."))
    refuse_accepted(rows, [fold_exactly(row.text) for row in rows])
    return rows


def _parted_gap(gap: Gap, is_shuffled: bool) -> Parted:
    weight = {"weight": plain(gap.weight)}
    if gap.asks != GapAsks.LIST:
        row_of = number_row if gap.asks == GapAsks.NUMBER else _text_row
        notes = {str(i): row.feedback for i, row in enumerate(gap.accepted) if row.feedback}
        return Parted({"asks": gap.asks}, weight | {"accepted": [row_of(row) for row in gap.accepted]}, notes)
    rows = [(secrets.token_hex(8), row) for row in gap.accepted]
    by_id = sorted(rows, key=lambda row: row[0])
    options = [{"id": id, "text": row.text} for id, row in (by_id if is_shuffled else rows)]
    percents = {id: plain(row.percent) for id, row in by_id}
    notes = {id: row.feedback for id, row in by_id if row.feedback}
    return Parted({"asks": gap.asks, "options": options}, weight | {"percents": percents}, notes)


def _text_row(row: AcceptedText) -> dict:
    return {"text": row.text, "percent": plain(row.percent)}


def _joined_gap(option: dict, key: dict, notes: dict) -> Gap:
    asks = option["asks"]
    if asks == GapAsks.LIST:
        accepted = [
            AcceptedText(word["text"], Decimal(key["percents"][word["id"]]), notes.get(word["id"], ""))
            for word in option["options"]
        ]
    elif asks == GapAsks.NUMBER:
        accepted = [number_of(row, notes.get(str(i), "")) for i, row in enumerate(key["accepted"])]
    else:
        accepted = [
            AcceptedText(row["text"], Decimal(row["percent"]), notes.get(str(i), ""))
            for i, row in enumerate(key["accepted"])
        ]
    return Gap(asks, tuple(accepted), Decimal(key["weight"]))


def _checked_gap(item, gap: dict, said: str) -> str:
    said = one_line(said)
    if gap["asks"] != GapAsks.LIST:
        refuse_long(item, said, _LENGTHS[gap["asks"]])
    elif said and said not in [word["id"] for word in gap["options"]]:
        raise refuse_response(item)
    return said


def _earned_gap(key: dict, gap: dict, said: str) -> Decimal:
    if not said:
        return NOTHING
    if "percents" in gap:
        return Decimal(gap["percents"].get(said, 0))
    found = _accepted(key, gap, said)
    return NOTHING if found is None else Decimal(gap["accepted"][found]["percent"])


def _accepted(key: dict, gap: dict, said: str) -> int | None:
    asks = GapAsks.TEXT if any("text" in row for row in gap["accepted"]) else GapAsks.NUMBER
    return _TYPED[asks].accepted_answer(key | gap, said)


def _reviewed_gap(number, gap, key, row, notes, said, shown) -> ReviewedGap:
    percent = _earned_gap(key, row, said)
    words = {word["id"]: word["text"] for word in gap["options"]}
    if "percents" in row:
        keys = [{"text": words[id].replace("*", "\\*"), "percent": row["percents"][id]} for id in words]
        note = notes.get(said, "")
    else:
        keys = row["accepted"]
        found = _accepted(key, row, said) if said else None
        note = notes.get(str(found), "")
    return ReviewedGap(
        number=number,
        said=words.get(said, said),
        verdict=_verdict(percent) if ReviewItem.RIGHT_OR_WRONG in shown else "",
        accepted=accepted_shown(keys) if ReviewItem.KEY in shown else (),
        feedback=note,
    )


def _verdict(percent: Decimal) -> str:
    return "right" if percent == FULL else "partly" if percent > 0 else "wrong"


def _weight_words(gap: Gap) -> str:
    return "" if gap.weight == 1 else _("weight %(weight)s") % {"weight": for_reader(gap.weight)}


def _filled(item, response) -> list[str]:
    return list(response) or [""] * len(item["gaps"])


def _pieces(stem: str, gaps: list) -> tuple[Piece, ...]:
    """The stem parted at its marks, with the gap behind each piece."""
    parts = MARK.split(stem)
    pieces = [Piece(html, gaps[int(number) - 1]) for html, number in zip(parts[::2], parts[1::2], strict=False)]
    return (*pieces, Piece(parts[-1], None))
