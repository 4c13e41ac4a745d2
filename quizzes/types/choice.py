"""Choosing among options: one, several, or true and false.

Key: {"right": [ids]}; with percents also {"percents": {id: "33.33"}} of every option. A response holds the ids of what
was chosen.
"""

import secrets
from dataclasses import dataclass, replace
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import QuestionType, ReviewItem, Scoring
from quizzes.errors import QuestionRefused, ResponseRefused
from quizzes.pictures import plain_words, with_pictures, without_pictures
from quizzes.reading import for_reader, plain
from quizzes.types.exact import FULL, NEARLY_FULL, NOTHING, bounded, exact_percent
from quizzes.types.kind import Kind, Parted, line, refuse_response
from staff.vietnamese import composed, nfc

# The two options of a true/false question are content, and content is Vietnamese.
TRUE_FALSE_OPTIONS = [{"id": "true", "text": "Đúng"}, {"id": "false", "text": "Sai"}]


@dataclass(frozen=True, slots=True)
class ShownOption:
    """``text`` is safe HTML: escaped, but for the pictures in it."""

    id: str
    text: str
    position: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownChoice:
    takes_several: bool
    options: tuple[ShownOption, ...]


@dataclass(frozen=True, slots=True)
class ReviewedOption:
    """``is_right`` and ``percent`` (where options have one) are None unless the key may be shown.

    ``text`` is as in ``ShownOption``.
    """

    text: str
    is_chosen: bool
    is_right: bool | None
    percent: Decimal | None
    feedback: str

    @property
    def is_wrongly_chosen(self) -> bool:
        return self.is_chosen and self.is_right is False


@dataclass(frozen=True, slots=True)
class ReviewedChoice:
    options: tuple[ReviewedOption, ...]


class Choice(Kind):
    takes_several = False

    # --- The author and the bank ---------------------------------------------------

    def cleaned(self, author, text):
        texts = [composed(option) for option, _right in author.options]
        keys = [fold_exactly(option) for option in texts]
        if len(texts) < 2 or not all(texts):
            raise QuestionRefused(_("Give at least two options, none of them empty."))
        if len(set(keys)) < len(keys):
            raise QuestionRefused(_("Two options say the same."))
        ticks = [bool(right) for _text, right in author.options]
        given = [*author.option_percents, *[None] * len(ticks)][: len(ticks)]
        scoring = self._scoring(author.scoring)
        rights, percents = self._worth(given, ticks, scoring)
        if not any(rights):
            raise QuestionRefused(_("Tick at least one right answer."))
        if all(rights):
            raise QuestionRefused(_("At least one option must be wrong."))
        notes = tuple(nfc(note) for note in author.option_feedback)[: len(texts)]
        return replace(
            text,
            options=tuple(zip(texts, rights, strict=True)),
            option_feedback=notes if any(notes) else (),
            option_percents=percents,
            scoring=scoring,
            shuffle_options=bool(author.shuffle_options),
        )

    def _scoring(self, asked: str) -> str:
        return Scoring.ALL_OR_NOTHING

    def _worth(self, given, ticks, scoring) -> tuple[list[bool], tuple[Decimal, ...]]:
        """(which options are right, their percents): without percents where those say no more than the ticks do."""
        raise NotImplementedError

    def in_comparable_order(self, text):
        """The order of shuffled options means nothing: the same options are the same text."""
        count = len(text.options)
        notes = [*text.option_feedback, *[""] * count][:count]
        percents = [*text.option_percents, *[NOTHING] * count][:count]
        rows = list(zip(text.options, percents, notes, strict=True))
        if text.shuffle_options:
            rows.sort()
        return replace(
            text,
            options=tuple(option for option, _percent, _note in rows),
            option_percents=tuple(percent for _option, percent, _note in rows) if text.option_percents else (),
            option_feedback=tuple(note for _option, _percent, note in rows) if any(notes) else (),
        )

    def words(self, text):
        return (without_pictures(option) for option, _right in text.options)

    def fields(self, text):
        return [(_("Shuffle the options"), _("yes") if text.shuffle_options else _("no"))]

    def rows(self, text):
        """Each option with what it is worth and its explanation."""
        percents = [*text.option_percents, *[None] * len(text.options)]
        notes = [*text.option_feedback, *[""] * len(text.options)]
        lines = [
            line(
                without_pictures(option),
                (_("right") if right else _("wrong")) if percent is None else f"{for_reader(percent)} %",
                note,
            )
            for (option, right), percent, note in zip(text.options, percents, notes, strict=False)
        ]
        return [(_("Options"), lines)]

    def parted(self, text):
        percents = text.option_percents or [None] * len(text.options)
        notes = [*text.option_feedback, *[""] * len(text.options)]
        rows = [
            {"id": secrets.token_hex(8), "text": option, "right": right, "percent": percent, "note": note}
            for (option, right), percent, note in zip(text.options, percents, notes, strict=False)
        ]
        # An author often writes the right answer first; sorting by a random id forgets that.
        if text.shuffle_options:
            rows.sort(key=lambda row: row["id"])
        options = [{"id": row["id"], "text": row["text"]} for row in rows]
        # Sorted: the order of the ids in the key must not tell the author's order either.
        by_id = sorted(rows, key=lambda row: row["id"])
        key = {"right": [row["id"] for row in by_id if row["right"]]}
        if text.option_percents:
            key["percents"] = {row["id"]: plain(row["percent"]) for row in by_id}
        notes = {row["id"]: row["note"] for row in rows if row["note"]}
        return Parted(options, key, {"options": notes} if notes else {})

    def joined(self, version, text):
        right, percents = set(version.key["right"]), version.key.get("percents", {})
        notes = version.feedback.get("options", {})
        joined = replace(
            text,
            options=tuple((o["text"], o["id"] in right) for o in version.options),
            option_percents=tuple(Decimal(percents[o["id"]]) for o in version.options) if percents else (),
            option_feedback=tuple(notes.get(o["id"], "") for o in version.options) if notes else (),
            scoring=Scoring.PER_OPTION if percents and self.takes_several else Scoring.ALL_OR_NOTHING,
        )
        return self.in_comparable_order(joined)

    # --- The paper --------------------------------------------------------------------

    def frozen(self, version, random):
        options = [{"id": option["id"], "text": option["text"]} for option in version.options]
        if version.shuffle_options:
            random.shuffle(options)
        return {"options": options}

    def shown(self, item, response):
        options = (
            ShownOption(option["id"], with_pictures(option["text"]), position, option["id"] in response)
            for position, option in enumerate(item["options"], 1)
        )
        return ShownChoice(self.takes_several, tuple(options))

    def checked(self, item, response):
        offered = [option["id"] for option in item["options"]]
        if not set(response) <= set(offered):
            raise refuse_response(item)
        if not self.takes_several and len(set(response)) > 1:
            raise ResponseRefused(_("Choose one answer only."))
        return [option for option in offered if option in response]

    # --- Marking -----------------------------------------------------------------------

    def earned(self, key, response, unit=""):
        """All or nothing, unless the options have percents: then their sum, never under 0 and never over 100.

        Who ticks everything where no option takes anything away has chosen nothing, and earns nothing.
        """
        chosen = set(response)
        if "percents" not in key:
            return FULL if chosen == set(key["right"]) else NOTHING
        percents = {option: Decimal(percent) for option, percent in key["percents"].items()}
        if len(percents) > 1 and chosen >= set(percents) and min(percents.values()) >= 0:
            return NOTHING
        return bounded(sum((percents.get(option, NOTHING) for option in chosen), NOTHING))

    def reviewed(self, item, version, response, shown):
        right, percents = set(version.key["right"]), version.key.get("percents", {})
        notes = version.feedback.get("options", {}) if ReviewItem.FEEDBACK in shown else {}
        shows_key = ReviewItem.KEY in shown
        options = (
            ReviewedOption(
                text=with_pictures(option["text"]),
                is_chosen=option["id"] in response,
                is_right=option["id"] in right if shows_key else None,
                percent=Decimal(percents[option["id"]]) if shows_key and percents else None,
                # What is said of an option that was not chosen would tell whether it is right.
                feedback=notes.get(option["id"], "") if shows_key or option["id"] in response else "",
            )
            for option in item["options"]
        )
        return ReviewedChoice(tuple(options))

    def part_words(self, version):
        return {option["id"]: plain_words(option["text"]) for option in version.options}

    def right_parts(self, version):
        return frozenset(version.key["right"])

    def offered_parts(self, version):
        return [option["id"] for option in version.options]


class SingleChoice(Choice):
    """One option is worth 100 percent; others may earn, or cost, a part."""

    type = QuestionType.SINGLE

    def _worth(self, given, ticks, scoring):
        if all(percent in (None, "") for percent in given):
            if sum(ticks) != 1:
                raise QuestionRefused(_("Tick exactly one right answer."))
            return ticks, ()
        percents = _percents(given, ticks, blank=FULL)
        if FULL not in percents:
            raise QuestionRefused(_("One option must be worth 100 percent."))
        is_plain = sorted(percents) == [NOTHING] * (len(percents) - 1) + [FULL]
        return [percent == FULL for percent in percents], () if is_plain else percents


class MultipleChoice(Choice):
    type = QuestionType.MULTIPLE
    how_to_answer = gettext_lazy("choose all right answers")
    takes_several = True

    def _scoring(self, asked):
        if asked not in (Scoring.ALL_OR_NOTHING, Scoring.PER_OPTION):
            raise QuestionRefused(_("“%(value)s” is not a way of scoring.") % {"value": asked})
        return asked

    def _worth(self, given, ticks, scoring):
        if scoring != Scoring.PER_OPTION:
            return ticks, ()
        is_given = any(percent not in (None, "") for percent in given)
        percents = _percents(given, ticks, blank=NOTHING if is_given else _share(sum(ticks)))
        total = sum((percent for percent in percents if percent > 0), NOTHING)
        if abs(total - FULL) > FULL - NEARLY_FULL:
            raise QuestionRefused(
                _("The percents of the right options must add up to 100; they add up to %(total)s.")
                % {"total": plain(total)}
            )
        return [percent > 0 for percent in percents], percents

    def fields(self, text):
        return [(_("Scoring of several right answers"), Scoring(text.scoring).label), *super().fields(text)]


class Statement(Choice):
    """True or false: two options in their usual order, with ids that are words and say nothing."""

    type = QuestionType.TRUE_FALSE

    def cleaned(self, author, text):
        if author.right is None:
            raise QuestionRefused(_("Say whether the statement is true or false."))
        notes = tuple(nfc(note) for note in author.option_feedback)[:2]
        notes = notes if len(notes) == 2 and any(notes) else ()
        return replace(text, right=bool(author.right), option_feedback=notes)

    def in_comparable_order(self, text):
        return text

    def fields(self, text):
        return [(_("The statement is"), _("true") if text.right else _("false"))]

    def rows(self, text):
        words = [option["text"] for option in TRUE_FALSE_OPTIONS]
        notes = zip(words, text.option_feedback, strict=False)
        return [(_("Options"), [line(word, note) for word, note in notes if note])]

    def parted(self, text):
        notes = dict(zip(("true", "false"), text.option_feedback, strict=False))
        key = {"right": ["true" if text.right else "false"]}
        return Parted(TRUE_FALSE_OPTIONS, key, {"options": notes} if notes else {})

    def joined(self, version, text):
        notes = version.feedback.get("options", {})
        return replace(
            text,
            right="true" in version.key["right"],
            option_feedback=(notes.get("true", ""), notes.get("false", "")) if notes else (),
        )

    def frozen(self, version, random):
        return {"options": [{"id": option["id"], "text": option["text"]} for option in version.options]}


def _percents(given, ticks, *, blank: Decimal) -> tuple[Decimal, ...]:
    """A ticked option without a percent is worth ``blank``, another one nothing."""
    return tuple(
        (blank if tick else NOTHING) if percent in (None, "") else exact_percent(percent, -100)
        for percent, tick in zip(given, ticks, strict=True)
    )


def _share(count: int) -> Decimal:
    """What one of ``count`` right options is worth where the author gave no percents."""
    return (FULL / count).quantize(Decimal("0.00001")) if count else NOTHING


def fold_exactly(text: str) -> str:
    """Options are compared by case and spaces only: "ma" and "má" are two answers, so are two that look alike."""
    return composed(text).casefold()
