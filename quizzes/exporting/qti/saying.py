"""What a type of question says of itself in an item, and how its texts are written there."""

import re
from dataclasses import dataclass, field
from decimal import Decimal

from quizzes.exporting.entries import Entry
from quizzes.exporting.pictures import renamed
from quizzes.exporting.qti.elements import ILLEGAL, Element, Raw, condition, el, scores, variable
from quizzes.importing.qti.content import FILE_KINDS, UNDERLINED
from quizzes.reading import plain

FULL = Decimal(100)
PICTURES, TASK_FILES = "pictures", "files"
_VOID = re.compile(r"<(br|img)((?:\s[^<>]*)?)>")
# Enough that parts of a question's points keep their proportion.
_FINE = Decimal("0.0000000001")


@dataclass(slots=True)
class Said:
    """What a type of question says of itself: how it is answered, what is right, and how it is marked."""

    interaction: Element | Raw
    declarations: list[Element]
    # A template's name where the rules are one of the two, else the rules.
    template: str | None
    rules: list[Element]
    # (identifier, words) of the explanations, and the rule that brings them up.
    comments: list[tuple[str, str]]
    feedback: list[Element] = field(default_factory=list)
    # Outcomes of its own, and what stands between the text and the field.
    outcomes: list[Element] = field(default_factory=list)
    beside: list[Element | Raw] = field(default_factory=list)
    # Where the fields stand within the text: the text with them.
    stem: Raw | None = None


def says(name: str, base_type: str, *values) -> Element:
    """An outcome that nothing sets: its default is what the item says by it."""
    default = el("defaultValue", *(el("value", str(value)) for value in values))
    cardinality = "multiple" if name == FILE_KINDS else "single"
    return el("outcomeDeclaration", default, identifier=name, cardinality=cardinality, baseType=base_type)


def well_formed(entry: Entry, html: str) -> Raw:
    html = renamed(entry, html, lambda name: f"{PICTURES}/{name}").replace("&nbsp;", "&#160;")
    html = html.replace("<u>", f'<span class="{UNDERLINED}">').replace("</u>", "</span>")
    return Raw(ILLEGAL.sub("", _VOID.sub(r"<\1\2/>", html)))


def stem_of(entry: Entry) -> Raw:
    return in_blocks(well_formed(entry, entry.text.stem))


def in_blocks(html: str) -> Raw:
    has_blocks = any(f"<{block}>" in html for block in ("p", "ul", "ol"))
    return Raw(f"<div>{html}</div>" if has_blocks else f"<p>{html}</p>")


def worth(percent: Decimal, text) -> str:
    return plain(percent * text.points / 100)


def shares(points: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """``points`` in parts of these weights that add up to it."""
    total = sum(weights)
    parts = [(points * weight / total).quantize(_FINE) for weight in weights[:-1]]
    return [*parts, points - sum(parts, Decimal(0))]


def whole(entry: Entry) -> Element:
    """All of the score for the right answer, whole."""
    test = el("match", variable(), el("correct", identifier="RESPONSE"))
    return condition(test, scores(plain(entry.text.points)))
