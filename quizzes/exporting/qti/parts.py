"""Questions of several parts: pairs, an order, gaps in a text."""

from decimal import Decimal

from quizzes.enums import Case, GapAsks, Scoring
from quizzes.exporting.entries import Entry
from quizzes.exporting.qti.elements import (
    Element,
    Raw,
    Version,
    adds,
    base,
    condition,
    correct,
    el,
    mapped,
    scores,
    variable,
)
from quizzes.exporting.qti.saying import FULL, Said, in_blocks, shares, well_formed, whole
from quizzes.exporting.qti.typed import equal_to, refuse_overlapping_numbers, words_of
from quizzes.importing.qti.content import GAP_FIELD
from quizzes.pictures import with_pictures
from quizzes.reading import plain
from quizzes.types.gaps import MARK, Gap


def general(entry: Entry) -> list[Element]:
    """What every answer brings up."""
    shown = el("multiple", base("identifier", "general"))
    return [el("setOutcomeValue", shown, identifier="FEEDBACK")] if entry.text.feedback else []


def _said(entry: Entry, interaction: Element, declaration: Element, rules: list[Element], template=None) -> Said:
    return Said(interaction, [declaration], template, rules, [], general(entry))


# --- Pairs ------------------------------------------------------------------------------


def matching(entry: Entry, version: Version) -> Said:
    """The answers stand in the order of their letters: the order of the pairs would be the key."""
    text = entry.text
    answers = {answer: f"answer_{place}" for place, answer in enumerate(sorted({a for _p, a in text.pairs}), 1)}
    premises = [(f"line_{place}", *pair) for place, pair in enumerate((p for p in text.pairs if p[0]), 1)]
    pairs = [f"{name} {answers[answer]}" for name, _premise, answer in premises]
    left = [_associable(entry, name, str(with_pictures(premise)), "1") for name, premise, _answer in premises]
    # 0 is as often as one likes.
    right = [_associable(entry, name, str(with_pictures(answer)), "0") for answer, name in answers.items()]
    interaction = el(
        "matchInteraction", el("simpleMatchSet", *left), el("simpleMatchSet", *right), responseIdentifier="RESPONSE",
        shuffle="true" if text.shuffle_options else "false", maxAssociations=str(len(premises)),
    )  # fmt: skip
    declaration = el(
        "responseDeclaration", correct(pairs), identifier="RESPONSE", cardinality="multiple", baseType="directedPair"
    )
    if text.scoring == Scoring.ALL_OR_NOTHING:
        return _said(entry, interaction, declaration, [whole(entry)], "match_correct" if text.points == 1 else None)
    worth = shares(text.points, [Decimal(1)] * len(pairs))
    table = [el("mapEntry", mapKey=pair, mappedValue=plain(share)) for pair, share in zip(pairs, worth, strict=True)]
    declaration.parts.append(el("mapping", *table, defaultValue="0"))
    return _said(entry, interaction, declaration, [mapped()], "map_response")


def _associable(entry: Entry, name: str, html: str, most: str) -> Element:
    return el("simpleAssociableChoice", well_formed(entry, html), identifier=name, matchMax=most)


# --- An order ---------------------------------------------------------------------------


def ordering(entry: Entry, version: Version) -> Said:
    """The lines stand in the order of their letters, and are shuffled all the same."""
    text = entry.text
    names = {item: f"item_{place}" for place, item in enumerate(sorted(text.items), 1)}
    order = [names[item] for item in text.items]
    choices = [
        el("simpleChoice", well_formed(entry, str(with_pictures(item))), identifier=name)
        for item, name in names.items()
    ]
    interaction = el("orderInteraction", *choices, responseIdentifier="RESPONSE", shuffle="true")
    declaration = el(
        "responseDeclaration", correct(order), identifier="RESPONSE", cardinality="ordered", baseType="identifier"
    )
    if text.scoring == Scoring.ALL_OR_NOTHING:
        return _said(entry, interaction, declaration, [whole(entry)], "match_correct" if text.points == 1 else None)
    tests = _in_place(order) if text.scoring == Scoring.PER_PART else _following(order)
    worth = shares(text.points, [Decimal(1)] * len(tests))
    rules = [condition(test, adds(base("float", plain(share)))) for test, share in zip(tests, worth, strict=True)]
    return _said(entry, interaction, declaration, [scores("0"), *rules])


def _stands_at(place: int, name: str) -> Element:
    return el("match", el("index", variable(), n=str(place)), base("identifier", name))


def _in_place(order: list[str]) -> list[Element]:
    return [_stands_at(place, name) for place, name in enumerate(order, 1)]


def _following(order: list[str]) -> list[Element]:
    """One test a step: wherever the first of the two stands, the other stands next."""
    return [
        el("or", *(el("and", _stands_at(at, one), _stands_at(at + 1, next)) for at in range(1, len(order))))
        for one, next in zip(order, order[1:], strict=False)
    ]


# --- Gaps in a text ----------------------------------------------------------------------


def gaps(entry: Entry, version: Version) -> Said:
    """Each gap has its own answer; the score is the sum of what they earn."""
    text = entry.text
    worth = shares(text.points, [gap.weight for gap in text.gaps])
    made = [_Field(place, gap, share, text) for place, (gap, share) in enumerate(zip(text.gaps, worth, strict=True), 1)]
    html = MARK.sub(lambda mark: made[int(mark[1]) - 1].interaction.written(version), well_formed(entry, text.stem))
    return Said(
        interaction=Raw(""),
        declarations=[field.declaration for field in made],
        template=None,
        rules=[scores("0"), *(field.rule for field in made)],
        comments=[comment for field in made for comment in field.comments],
        feedback=[*general(entry), *(rule for field in made for rule in field.explained)],
        stem=in_blocks(html),
    )


class _Field:
    """What one gap says in the item."""

    def __init__(self, place: int, gap: Gap, share: Decimal, text):
        self.name, self.place, self.gap, self.share, self.text = f"RESPONSE_{place}", place, gap, share, text
        best = next(at for at, row in enumerate(gap.accepted) if row.percent == FULL)
        kind = {GapAsks.TEXT: "string", GapAsks.NUMBER: "float", GapAsks.LIST: "identifier"}[gap.asks]
        self.values = self._values()
        self.declaration = el(
            "responseDeclaration", correct([self.values[best]]), identifier=self.name, cardinality="single",
            baseType=kind,
        )  # fmt: skip
        self.tests = [self._test(at) for at in range(len(gap.accepted))]
        self.rule = self._scored_by_tests() if gap.asks == GapAsks.NUMBER else self._scored_by_table()
        self.comments = [(self._comment(at), row.feedback) for at, row in enumerate(gap.accepted) if row.feedback]
        self.explained = [
            condition(self.tests[at], el("setOutcomeValue", self._with(at), identifier="FEEDBACK"))
            for at, row in enumerate(gap.accepted)
            if row.feedback
        ]

    def _values(self) -> list[str]:
        rows = self.gap.accepted
        if self.gap.asks == GapAsks.TEXT:
            return words_of(rows, self.text)
        if self.gap.asks == GapAsks.NUMBER:
            refuse_overlapping_numbers(rows)
            return [plain(row.value) for row in rows]
        return [f"word_{self.place}_{at}" for at in range(1, len(rows) + 1)]

    def _worth(self, at: int) -> str:
        return plain(self.gap.accepted[at].percent * self.share / 100)

    @property
    def _is_exact(self) -> str:
        return "true" if self.text.case == Case.EXACT else "false"

    def _scored_by_table(self) -> Element:
        is_exact = {"caseSensitive": self._is_exact} if self.gap.asks == GapAsks.TEXT else {}
        table = (
            el("mapEntry", mapKey=value, mappedValue=self._worth(at), **is_exact)
            for at, value in enumerate(self.values)
        )
        self.declaration.parts.append(el("mapping", *table, defaultValue="0"))
        return adds(el("mapResponse", identifier=self.name))

    def _scored_by_tests(self) -> Element:
        branches = (
            el("responseIf" if at == 0 else "responseElseIf", test, adds(base("float", self._worth(at))))
            for at, test in enumerate(self.tests)
        )
        return el("responseCondition", *branches)

    def _test(self, at: int) -> Element:
        if self.gap.asks == GapAsks.NUMBER:
            return equal_to(self.gap.accepted[at], self.name)
        if self.gap.asks == GapAsks.TEXT:
            given = (variable(self.name), base("string", self.values[at]))
            return el("stringMatch", *given, caseSensitive=self._is_exact)
        return el("match", variable(self.name), base("identifier", self.values[at]))

    def _comment(self, at: int) -> str:
        return f"gap_{self.place}_answer_{at + 1}"

    def _with(self, at: int) -> Element:
        return el("multiple", variable("FEEDBACK"), base("identifier", self._comment(at)))

    @property
    def interaction(self) -> Element:
        if self.gap.asks != GapAsks.LIST:
            return el("textEntryInteraction", responseIdentifier=self.name, **{"class": GAP_FIELD})
        words = (
            el("inlineChoice", row.text, identifier=value)
            for row, value in zip(self.gap.accepted, self.values, strict=True)
        )
        shuffle = "true" if self.text.shuffle_options else "false"
        return el("inlineChoiceInteraction", *words, responseIdentifier=self.name, shuffle=shuffle)
