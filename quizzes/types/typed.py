"""Answers that are typed: a short text, or a number.

Keys: {"accepted": [{"text", "percent"}], "accents", "case", "spelling"} and {"accepted": [{"value", "tolerance",
"percent"}]}. A response holds the one text that was typed.
"""

import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quizzes.enums import Accents, Case, QuestionType, ReviewItem, Spelling
from quizzes.errors import QuestionRefused, ResponseRefused
from quizzes.matching import (
    MAX_TEXT_LENGTH,
    SpellingRules,
    fits,
    fits_but_for_a_slip,
    has_star,
    pieces_of,
    tone_spellings_of,
)
from quizzes.reading import MAX_NUMBER_LENGTH, for_reader, plain, read_number
from quizzes.types.exact import FULL, NOTHING, bounded, exact_number, exact_percent
from quizzes.types.kind import Kind, Parted, line
from staff.vietnamese import nfc

MAX_ACCEPTED = 20
MAX_UNIT_LENGTH = 20


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
class ShownField:
    """A field to type in. ``read`` is how a number was read, None for a text."""

    typed: str
    unit: str
    read: str | None
    max_length: int

    @property
    def is_number(self) -> bool:
        return self.read is not None


@dataclass(frozen=True, slots=True)
class ReviewedAnswer:
    text: str
    percent: Decimal


@dataclass(frozen=True, slots=True)
class ReviewedField:
    typed: str
    read: str
    unit: str
    accepted: tuple[ReviewedAnswer, ...]
    feedback: str


class Typed(Kind):
    answer_template = "quizzes/types/typed.html"
    review_template = "quizzes/types/typed_reviewed.html"
    max_length = MAX_TEXT_LENGTH

    def checked(self, item, response):
        """The one text as typed, without what no column can hold; nothing where only spaces were typed."""
        if len(response) > 1:
            raise ResponseRefused(_("Type one answer only."))
        text = one_line("".join(response))
        refuse_long(item, text, self.max_length)
        return [text] if text else []

    def shown(self, item, response):
        typed = response[0] if response else ""
        return ShownField(typed, item.get("unit", ""), self.reading(item, response), self.max_length)

    def earned(self, key, response, unit=""):
        found = self.accepted_answer(key, response[0], unit)
        return NOTHING if found is None else bounded(Decimal(key["accepted"][found]["percent"]))

    def accepted_answer(self, key: dict, typed: str, unit: str = "") -> int | None:
        """Which of the accepted answers ``typed`` is, None for none of them.

        Among equals the highest percent counts, and then the first.
        """
        accepted = key["accepted"]
        for group in self._fitting(key, typed, unit):
            if group:
                return max(group, key=lambda i: (Decimal(accepted[i]["percent"]), -i))
        return None

    def _fitting(self, key, typed, unit) -> list[list[int]]:
        """The accepted answers that ``typed`` fits, in groups of which the first that is not empty decides."""
        raise NotImplementedError

    def reviewed(self, item, version, response, shown):
        typed = response[0] if response else ""
        notes = version.feedback.get("accepted", []) if ReviewItem.FEEDBACK in shown else []
        found = self.accepted_answer(version.key, typed, version.unit) if typed else None
        return ReviewedField(
            typed=typed,
            read=self.reading(item, response) or "",
            unit=version.unit,
            accepted=accepted_shown(version.key["accepted"]) if ReviewItem.KEY in shown else (),
            feedback=notes[found] if notes and found is not None else "",
        )

    def rows(self, text):
        return [(_("Accepted answers"), [accepted_line(row) for row in text.accepted])]


class ShortText(Typed):
    type = QuestionType.SHORT_TEXT
    how_to_answer = gettext_lazy("type your answer")

    def cleaned(self, author, text):
        rules = cleaned_rules(author)
        return replace(text, accepted=cleaned_texts(author.accepted, rules), **rules_as_fields(rules))

    def words(self, text):
        return (row.text for row in text.accepted)

    def fields(self, text):
        return fields_of_rules(text)

    def parted(self, text):
        rows = [{"text": row.text, "percent": plain(row.percent)} for row in text.accepted]
        key = {"accepted": rows, "accents": text.accents, "case": text.case, "spelling": text.spelling}
        return Parted([], key, _notes(text.accepted))

    def joined(self, version, text):
        key = version.key
        notes = version.feedback.get("accepted", [""] * len(key["accepted"]))
        rows = zip(key["accepted"], notes, strict=True)
        return replace(
            text,
            accepted=tuple(AcceptedText(row["text"], Decimal(row["percent"]), note) for row, note in rows),
            accents=key["accents"],
            case=key["case"],
            spelling=key["spelling"],
        )

    def _fitting(self, key, typed, unit):
        """What fits to the letter decides before what fits by a star, and that before what fits but for a slip, so
        that a slip never turns one accepted answer into another."""
        accepted = key["accepted"]
        rules = SpellingRules(key["accents"], key["case"], key["spelling"])
        fitting = [i for i, row in enumerate(accepted) if fits(typed, row["text"], rules)]
        return [
            [i for i in fitting if not has_star(accepted[i]["text"])],
            fitting,
            [i for i, row in enumerate(accepted) if fits_but_for_a_slip(typed, row["text"], rules)],
        ]


class Number(Typed):
    type = QuestionType.NUMBER
    how_to_answer = gettext_lazy("type a number")
    max_length = MAX_NUMBER_LENGTH

    def cleaned(self, author, text):
        return replace(text, accepted=cleaned_numbers(author.accepted), unit=cleaned_unit(author.unit))

    def words(self, text):
        return [*(plain(row.value) for row in text.accepted), text.unit]

    def fields(self, text):
        return [(_("Unit"), text.unit or "–")]

    def parted(self, text):
        return Parted([], {"accepted": [number_row(row) for row in text.accepted]}, _notes(text.accepted))

    def joined(self, version, text):
        rows = version.key["accepted"]
        notes = version.feedback.get("accepted", [""] * len(rows))
        numbers = (number_of(row, note) for row, note in zip(rows, notes, strict=True))
        return replace(text, accepted=tuple(numbers))

    def frozen(self, version, random):
        return {"options": [], "unit": version.unit}

    def without_words(self, item):
        return {"options": [], "unit": item["unit"]}

    def reading(self, item, response):
        return how_read(response[0], item.get("unit", "")) if response else ""

    def _fitting(self, key, typed, unit):
        number = read_number(typed, unit)
        return [[i for i, row in enumerate(key["accepted"]) if number is not None and _is_near(number, row)]]


def _is_near(number: Decimal, row) -> bool:
    with localcontext(prec=64):
        return abs(number - Decimal(row["value"])) <= Decimal(row["tolerance"])


def _notes(accepted) -> dict:
    notes = [row.feedback for row in accepted]
    return {"accepted": notes} if any(notes) else {}


# --- What every field to type in shares ---------------------------------------------


def one_line(text: str) -> str:
    """As typed, in NFC and trimmed, without what no column can hold."""
    text = "".join(" " if char.isspace() else char for char in text)
    text = "".join(char for char in text if unicodedata.category(char) not in ("Cc", "Cs"))
    return unicodedata.normalize("NFC", text).strip()


def refuse_long(item, text: str, most: int) -> None:
    if len(text) > most:
        raise ResponseRefused(
            _("Question %(number)s: the answer has more than %(most)d characters. Please shorten it.")
            % {"number": item["number"], "most": most}
        )


def how_read(typed: str, unit: str) -> str:
    number = read_number(typed, unit)
    if number is None:
        return _("This is not read as a number. Please write for example 1.234,5 or 1234,5.")
    return _("Read as %(number)s.") % {"number": for_reader(number)}


def cleaned_rules(author) -> SpellingRules:
    for value, choices in ((author.accents, Accents), (author.case, Case), (author.spelling, Spelling)):
        if value not in choices.values:
            raise QuestionRefused(_("“%(value)s” is not a spelling rule.") % {"value": value})
    return SpellingRules(author.accents, author.case, author.spelling)


def rules_as_fields(rules: SpellingRules) -> dict[str, str]:
    return {"accents": rules.accents, "case": rules.case, "spelling": rules.spelling}


def fields_of_rules(text) -> list[tuple[str, str]]:
    return [
        (_("Accents"), Accents(text.accents).label),
        (_("Capitals"), Case(text.case).label),
        (_("Typing slips"), Spelling(text.spelling).label),
    ]


def cleaned_texts(accepted, rules: SpellingRules) -> tuple[AcceptedText, ...]:
    rows = tuple(AcceptedText(nfc(str(row.text)), exact_percent(row.percent, 0), nfc(row.feedback)) for row in accepted)
    for row in rows:
        if not row.text or len(row.text) > MAX_TEXT_LENGTH:
            raise QuestionRefused(
                _("An accepted answer has between 1 and %(most)d characters.") % {"most": MAX_TEXT_LENGTH}
            )
        if row.percent > 0 and not any(piece.strip() for piece in pieces_of(row.text)):
            raise QuestionRefused(_("An accepted answer of stars only would accept everything."))
    refuse_accepted(rows, [str([tone_spellings_of(p, rules) for p in pieces_of(row.text)]) for row in rows])
    return rows


def cleaned_numbers(accepted) -> tuple[AcceptedNumber, ...]:
    rows = tuple(
        AcceptedNumber(
            exact_number(row.value), exact_number(row.tolerance), exact_percent(row.percent, 0), nfc(row.feedback)
        )
        for row in accepted
    )
    if any(row.tolerance < 0 for row in rows):
        raise QuestionRefused(_("A tolerance is never below 0."))
    refuse_accepted(rows, [plain(row.value) + " " + plain(row.tolerance) for row in rows])
    return rows


def refuse_accepted(rows, keys: list[str]) -> None:
    if not any(row.percent == FULL for row in rows):
        raise QuestionRefused(_("Give at least one accepted answer that is worth 100 percent."))
    if len(rows) > MAX_ACCEPTED:
        raise QuestionRefused(_("Give at most %(most)d accepted answers.") % {"most": MAX_ACCEPTED})
    if len(set(keys)) < len(keys):
        raise QuestionRefused(_("Two accepted answers say the same."))


def cleaned_unit(unit: str) -> str:
    unit = nfc(unit)
    if len(unit) > MAX_UNIT_LENGTH or any(char.isdigit() for char in unit):
        raise QuestionRefused(_("A unit has at most %(most)d characters and no digits.") % {"most": MAX_UNIT_LENGTH})
    return unit


def number_row(row: AcceptedNumber) -> dict:
    return {"value": plain(row.value), "tolerance": plain(row.tolerance), "percent": plain(row.percent)}


def number_of(row: dict, note: str = "") -> AcceptedNumber:
    return AcceptedNumber(Decimal(row["value"]), Decimal(row["tolerance"]), Decimal(row["percent"]), note)


def accepted_shown(rows) -> tuple[ReviewedAnswer, ...]:
    """The accepted answers of a key that earn something, those that earn most first."""
    earning = sorted((row for row in rows if Decimal(row["percent"]) > 0), key=lambda row: -Decimal(row["percent"]))
    return tuple(ReviewedAnswer(_accepted_words(row), Decimal(row["percent"])) for row in earning)


def _accepted_words(row) -> str:
    """1.234,5 ± 0,5 for a number; for a text its words, dots where a star lets anything stand."""
    if "text" in row:
        return "…".join(pieces_of(row["text"]))
    value, tolerance = for_reader(Decimal(row["value"])), Decimal(row["tolerance"])
    return f"{value} ± {for_reader(tolerance)}" if tolerance else value


def accepted_line(row: AcceptedText | AcceptedNumber) -> str:
    if isinstance(row, AcceptedText):
        said = row.text
    else:
        said = for_reader(row.value)
        if row.tolerance:
            said = f"{said} ± {for_reader(row.tolerance)}"
    return line(said, f"{for_reader(row.percent)} %", row.feedback)
