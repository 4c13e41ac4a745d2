"""What a question says, as an author writes it, and how that is parted into what is shown and what is kept back."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from html import unescape

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from quizzes.enums import Accents, Case, Difficulty, QuestionType, Scoring, Spelling
from quizzes.errors import QuestionRefused
from quizzes.matching import MAX_TEXT_LENGTH, SpellingRules, pieces_of, tone_spellings_of
from quizzes.models import QuestionVersion
from quizzes.pictures import clean_stem, pictures_in, without_pictures
from quizzes.reading import MAX_DECIMALS, MAX_WHOLE_DIGITS, plain, read_number
from quizzes.scoring import FULL, NEARLY_FULL, NOTHING
from staff.vietnamese import composed, nfc

# The two options of a true/false question are content, and content is Vietnamese.
TRUE_FALSE_OPTIONS = [{"id": "true", "text": "Đúng"}, {"id": "false", "text": "Sai"}]
MAX_ACCEPTED = 20
MAX_UNIT_LENGTH = 20
MAX_POINTS = 100


@dataclass(frozen=True, slots=True)
class AcceptedText:
    """An answer to a short text; ``*`` stands for any run of characters, ``\\*`` for a star."""

    text: str
    percent: Decimal = FULL
    feedback: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedNumber:
    """``value`` and ``tolerance`` are Decimals, ints, or text read as a learner's answer is (``read_number``)."""

    value: Decimal
    tolerance: Decimal = NOTHING
    percent: Decimal = FULL
    feedback: str = ""


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
            points=_points(self.points),
        )
        clean = {
            QuestionType.TRUE_FALSE: self._cleaned_statement,
            QuestionType.SHORT_TEXT: self._cleaned_texts,
            QuestionType.NUMBER: self._cleaned_numbers,
        }.get(self.type, self._cleaned_choice)
        return clean(text)

    def _cleaned_statement(self, text: "QuestionText") -> "QuestionText":
        if self.right is None:
            raise QuestionRefused(_("Say whether the statement is true or false."))
        notes = tuple(nfc(note) for note in self.option_feedback)[:2]
        return replace(text, right=bool(self.right), option_feedback=notes if len(notes) == 2 and any(notes) else ())

    def _cleaned_choice(self, text: "QuestionText") -> "QuestionText":
        texts = [composed(option) for option, _right in self.options]
        keys = [fold_exactly(option) for option in texts]
        if len(texts) < 2 or not all(texts):
            raise QuestionRefused(_("Give at least two options, none of them empty."))
        if len(set(keys)) < len(keys):
            raise QuestionRefused(_("Two options say the same."))
        scoring = self.scoring if self.type == QuestionType.MULTIPLE else Scoring.ALL_OR_NOTHING
        if scoring not in Scoring.values:
            raise QuestionRefused(_("“%(value)s” is not a way of scoring.") % {"value": scoring})
        ticks = [bool(right) for _text, right in self.options]
        rights, percents = self._worth(ticks, scoring)
        if self.type == QuestionType.SINGLE and not percents and sum(rights) != 1:
            raise QuestionRefused(_("Tick exactly one right answer."))
        if not any(rights):
            raise QuestionRefused(_("Tick at least one right answer."))
        if all(rights):
            raise QuestionRefused(_("At least one option must be wrong."))
        notes = tuple(nfc(note) for note in self.option_feedback)[: len(texts)]
        return replace(
            text,
            options=tuple(zip(texts, rights, strict=True)),
            option_feedback=notes if any(notes) else (),
            option_percents=percents,
            scoring=scoring,
            shuffle_options=bool(self.shuffle_options),
        )

    def _worth(self, ticks: list[bool], scoring: str) -> tuple[list[bool], tuple[Decimal, ...]]:
        """(which options are right, their percents): without percents where those say no more than the ticks do."""
        given = [*self.option_percents, *[None] * len(ticks)][: len(ticks)]
        is_given = any(percent not in (None, "") for percent in given)
        if self.type == QuestionType.MULTIPLE:
            if scoring != Scoring.PER_OPTION:
                return ticks, ()
            blank = NOTHING if is_given else _share(sum(ticks))
        else:
            if not is_given:
                return ticks, ()
            blank = FULL
        percents = tuple(
            (blank if tick else NOTHING) if percent in (None, "") else _percent(percent, -100)
            for percent, tick in zip(given, ticks, strict=True)
        )
        if self.type == QuestionType.SINGLE:
            return self._worth_of_one(percents)
        total = sum((percent for percent in percents if percent > 0), NOTHING)
        if abs(total - FULL) > FULL - NEARLY_FULL:
            raise QuestionRefused(
                _("The percents of the right options must add up to 100; they add up to %(total)s.")
                % {"total": plain(total)}
            )
        return [percent > 0 for percent in percents], percents

    def _worth_of_one(self, percents):
        if FULL not in percents:
            raise QuestionRefused(_("One option must be worth 100 percent."))
        rights = [percent == FULL for percent in percents]
        is_plain = sorted(percents) == [NOTHING] * (len(percents) - 1) + [FULL]
        return rights, () if is_plain else percents

    def _cleaned_texts(self, text: "QuestionText") -> "QuestionText":
        for value, choices in ((self.accents, Accents), (self.case, Case), (self.spelling, Spelling)):
            if value not in choices.values:
                raise QuestionRefused(_("“%(value)s” is not a spelling rule.") % {"value": value})
        rules = SpellingRules(self.accents, self.case, self.spelling)
        rows = tuple(
            AcceptedText(nfc(str(row.text)), _percent(row.percent, 0), nfc(row.feedback)) for row in self.accepted
        )
        for row in rows:
            if not row.text or len(row.text) > MAX_TEXT_LENGTH:
                raise QuestionRefused(
                    _("An accepted answer has between 1 and %(most)d characters.") % {"most": MAX_TEXT_LENGTH}
                )
            if row.percent > 0 and not any(piece.strip() for piece in pieces_of(row.text)):
                raise QuestionRefused(_("An accepted answer of stars only would accept everything."))
        self._refuse_accepted(rows, [str([tone_spellings_of(p, rules) for p in pieces_of(row.text)]) for row in rows])
        return replace(text, accepted=rows, accents=self.accents, case=self.case, spelling=self.spelling)

    def _cleaned_numbers(self, text: "QuestionText") -> "QuestionText":
        rows = tuple(
            AcceptedNumber(_number(row.value), _number(row.tolerance), _percent(row.percent, 0), nfc(row.feedback))
            for row in self.accepted
        )
        if any(row.tolerance < 0 for row in rows):
            raise QuestionRefused(_("A tolerance is never below 0."))
        self._refuse_accepted(rows, [plain(row.value) + " " + plain(row.tolerance) for row in rows])
        unit = nfc(self.unit)
        if len(unit) > MAX_UNIT_LENGTH or any(char.isdigit() for char in unit):
            raise QuestionRefused(
                _("A unit has at most %(most)d characters and no digits.") % {"most": MAX_UNIT_LENGTH}
            )
        return replace(text, accepted=rows, unit=unit)

    def _refuse_accepted(self, rows, keys: list[str]) -> None:
        if not any(row.percent == FULL for row in rows):
            raise QuestionRefused(_("Give at least one accepted answer that is worth 100 percent."))
        if len(rows) > MAX_ACCEPTED:
            raise QuestionRefused(_("Give at most %(most)d accepted answers.") % {"most": MAX_ACCEPTED})
        if len(set(keys)) < len(keys):
            raise QuestionRefused(_("Two accepted answers say the same."))

    def in_comparable_order(self) -> "QuestionText":
        """The order of shuffled options means nothing: the same options are the same text."""
        if not self.options:
            return self
        count = len(self.options)
        notes = [*self.option_feedback, *[""] * count][:count]
        percents = [*self.option_percents, *[NOTHING] * count][:count]
        rows = list(zip(self.options, percents, notes, strict=True))
        if self.shuffle_options:
            rows.sort()
        return replace(
            self,
            options=tuple(option for option, _percent, _note in rows),
            option_percents=tuple(percent for _option, percent, _note in rows) if self.option_percents else (),
            option_feedback=tuple(note for _option, _percent, note in rows) if any(notes) else (),
        )

    def words(self) -> Iterable[str]:
        """What an author may search the question by."""
        yield plain_words(self.stem)
        yield from (without_pictures(option) for option, _right in self.options)
        if self.type == QuestionType.SHORT_TEXT:
            yield from (row.text for row in self.accepted)
        if self.type == QuestionType.NUMBER:
            yield from (plain(row.value) for row in self.accepted)
            yield self.unit


def plain_words(stem: str) -> str:
    """What a stem says, for lists and searches: no tags, "5 < 6" as it was typed."""
    return unescape(strip_tags(without_pictures(stem)))


def _plain_if_one_paragraph(html: str) -> str:
    """The editor wraps a line in a paragraph, files do not: one form for both, so that only changes are changes."""
    inner = html.removeprefix("<p>").removesuffix("</p>").strip()
    return inner if html.startswith("<p>") and "<p>" not in inner and "</p>" not in inner else html


def fold_exactly(text: str) -> str:
    """Options are compared by case and spaces only: "ma" and "má" are two answers, so are two that look alike."""
    return composed(text).casefold()


def _number(value) -> Decimal:
    """Exact and bounded, or refused: no float is ever exact enough."""
    number = value if isinstance(value, Decimal) else None
    if isinstance(value, int) and not isinstance(value, bool):
        number = Decimal(value)
    elif isinstance(value, str):
        number = read_number(value)
    if number is None or not number.is_finite() or abs(number.adjusted()) > MAX_WHOLE_DIGITS + MAX_DECIMALS:
        raise QuestionRefused(_("“%(value)s” is not a number that can be read.") % {"value": str(value)[:50]})
    whole, _mark, decimals = f"{abs(number):f}".partition(".")
    if len(whole) > MAX_WHOLE_DIGITS or len(decimals.rstrip("0")) > MAX_DECIMALS:
        raise QuestionRefused(_("“%(value)s” has too many digits.") % {"value": str(value)[:50]})
    return Decimal(plain(number))


def _percent(value, least: int) -> Decimal:
    percent = _number(value)
    if not least <= percent <= FULL:
        raise QuestionRefused(
            _("“%(value)s” is not a percent between %(least)d and 100.") % {"value": value, "least": least}
        )
    return percent


def _share(count: int) -> Decimal:
    """What one of ``count`` right options is worth where the author gave no percents."""
    return (FULL / count).quantize(Decimal("0.00001")) if count else NOTHING


def _points(value) -> Decimal:
    points = _number(value)
    if not 0 < points <= MAX_POINTS or points != points.quantize(Decimal("0.01")):
        raise QuestionRefused(
            _("The points of a question are between 0,01 and %(most)d, with two decimals at most.")
            % {"most": MAX_POINTS}
        )
    return points


# --- Parted, and put together again ------------------------------------------


def separated(text: QuestionText) -> tuple[list[dict], dict, dict]:
    """(options, key, feedback) of a new version: the options carry nothing of the key, not even by their order."""
    if text.type == QuestionType.TRUE_FALSE:
        notes = dict(zip(("true", "false"), text.option_feedback, strict=False))
        feedback = {"general": text.feedback} | ({"options": notes} if notes else {})
        return TRUE_FALSE_OPTIONS, {"right": ["true" if text.right else "false"]}, feedback
    if text.type in QuestionType.typed():
        return _separated_typed(text)
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
    return options, key, {"general": text.feedback} | ({"options": notes} if notes else {})


def _separated_typed(text: QuestionText) -> tuple[list[dict], dict, dict]:
    if text.type == QuestionType.NUMBER:
        rows = [
            {"value": plain(row.value), "tolerance": plain(row.tolerance), "percent": plain(row.percent)}
            for row in text.accepted
        ]
        key = {"accepted": rows}
    else:
        rows = [{"text": row.text, "percent": plain(row.percent)} for row in text.accepted]
        key = {"accepted": rows, "accents": text.accents, "case": text.case, "spelling": text.spelling}
    notes = [row.feedback for row in text.accepted]
    return [], key, {"general": text.feedback} | ({"accepted": notes} if any(notes) else {})


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
    if version.type == QuestionType.TRUE_FALSE:
        notes = version.feedback.get("options", {})
        return replace(
            text,
            right="true" in version.key["right"],
            option_feedback=(notes.get("true", ""), notes.get("false", "")) if notes else (),
        )
    if version.type in QuestionType.typed():
        return _typed_text_of(version, text)
    right, percents = set(version.key["right"]), version.key.get("percents", {})
    notes = version.feedback.get("options", {})
    is_per_option = bool(percents) and version.type == QuestionType.MULTIPLE
    return replace(
        text,
        options=tuple((o["text"], o["id"] in right) for o in version.options),
        option_percents=tuple(Decimal(percents[o["id"]]) for o in version.options) if percents else (),
        option_feedback=tuple(notes.get(o["id"], "") for o in version.options) if notes else (),
        scoring=Scoring.PER_OPTION if is_per_option else Scoring.ALL_OR_NOTHING,
    ).in_comparable_order()


def _typed_text_of(version: QuestionVersion, text: QuestionText) -> QuestionText:
    rows = version.key["accepted"]
    notes = version.feedback.get("accepted", [""] * len(rows))
    if version.type == QuestionType.NUMBER:
        return replace(
            text,
            accepted=tuple(
                AcceptedNumber(Decimal(row["value"]), Decimal(row["tolerance"]), Decimal(row["percent"]), note)
                for row, note in zip(rows, notes, strict=True)
            ),
        )
    return replace(
        text,
        accepted=tuple(
            AcceptedText(row["text"], Decimal(row["percent"]), note) for row, note in zip(rows, notes, strict=True)
        ),
        accents=version.key["accents"],
        case=version.key["case"],
        spelling=version.key["spelling"],
    )
