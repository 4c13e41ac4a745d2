"""An answer that is typed: a short text or a number."""

from html import escape

from quizzes.enums import Case
from quizzes.exporting.entries import CannotSay, Entry, has_wildcards
from quizzes.exporting.qti.elements import Element, Raw, Version, base, correct, el, mapped, scores, variable
from quizzes.exporting.qti.saying import FULL, Said, worth
from quizzes.importing.qti.content import UNIT
from quizzes.matching import pieces_of
from quizzes.reading import plain


def _field(entry: Entry, version: Version) -> Raw:
    """The field in a line of its own, and the unit behind it."""
    entered = el("textEntryInteraction", responseIdentifier="RESPONSE").written(version)
    unit = f'<span class="{UNIT}">{escape(entry.text.unit)}</span>' if entry.text.unit else ""
    return Raw(f"<p>{entered}{unit}</p>")


def _brings_up(tests: list[Element], text) -> list[Element]:
    """The explanation of the first answer that fits, and the one of the question."""
    general = [base("identifier", "general")] if text.feedback else []
    branches = [
        el(
            "responseIf" if place == 0 else "responseElseIf",
            test,
            el("setOutcomeValue", el("multiple", base("identifier", f"answer_{place + 1}"), *general),
               identifier="FEEDBACK"),
        )
        for place, test in enumerate(tests)
    ]  # fmt: skip
    if general:
        branches.append(el("responseElse", el("setOutcomeValue", el("multiple", *general), identifier="FEEDBACK")))
    return [el("responseCondition", *branches)]


def _comments(text) -> list[tuple[str, str]]:
    return [(f"answer_{place}", row.feedback) for place, row in enumerate(text.accepted, 1)]


def words_of(rows, text) -> list[str]:
    """The accepted texts as the format compares them."""
    if has_wildcards(rows):
        raise CannotSay("export_wildcards")
    words = [pieces_of(row.text)[0] for row in rows]
    if text.case != Case.EXACT and len({word.casefold() for word in words}) < len(words):
        raise CannotSay("export_overlap")
    return words


def short_text(entry: Entry, version: Version) -> Said:
    text = entry.text
    words = words_of(text.accepted, text)
    is_exact = "true" if text.case == Case.EXACT else "false"
    rows = [
        el("mapEntry", mapKey=word, mappedValue=worth(row.percent, text), caseSensitive=is_exact)
        for word, row in zip(words, text.accepted, strict=True)
    ]
    right = next(word for word, row in zip(words, text.accepted, strict=True) if row.percent == FULL)
    declaration = el(
        "responseDeclaration", correct([right]), el("mapping", *rows, defaultValue="0"), identifier="RESPONSE",
        cardinality="single", baseType="string",
    )  # fmt: skip
    tests = [el("stringMatch", variable(), base("string", word), caseSensitive=is_exact) for word in words]
    return Said(
        _field(entry, version), [declaration], "map_response", [mapped()], _comments(text), _brings_up(tests, text)
    )


def number(entry: Entry, version: Version) -> Said:
    text = entry.text
    refuse_overlapping_numbers(text.accepted)
    tests = [equal_to(row) for row in text.accepted]
    branches = [
        el("responseIf" if place == 0 else "responseElseIf", test, scores(worth(row.percent, text)))
        for place, (test, row) in enumerate(zip(tests, text.accepted, strict=True))
    ]
    right = next(row for row in text.accepted if row.percent == FULL)
    declaration = el(
        "responseDeclaration", correct([plain(right.value)]), identifier="RESPONSE", cardinality="single",
        baseType="float",
    )  # fmt: skip
    rules = [el("responseCondition", *branches)]
    return Said(_field(entry, version), [declaration], None, rules, _comments(text), _brings_up(tests, text))


def refuse_overlapping_numbers(rows) -> None:
    """Its rules ask one answer after the other, whatever each is worth."""
    ranges = sorted((row.value - row.tolerance, row.value + row.tolerance) for row in rows)
    if any(low <= before for (_first, before), (low, _last) in zip(ranges, ranges[1:], strict=False)):
        raise CannotSay("export_overlap")


def equal_to(row, name: str = "RESPONSE") -> Element:
    parts = (variable(name), base("float", plain(row.value)))
    if not row.tolerance:
        return el("equal", *parts, toleranceMode="exact")
    margin = plain(row.tolerance)
    return el("equal", *parts, toleranceMode="absolute", tolerance=f"{margin} {margin}")
