"""One item of QTI 2.x or 3.0 (their names are made one before: see ``names``)."""

import re
from dataclasses import replace
from decimal import Decimal

from quizzes.enums import Accents, QuestionType, Scoring, Spelling
from quizzes.importing.notes import QuestionUnreadable, note
from quizzes.importing.qti.content import ACCENTS, GAP, GAP_FIELD, SPELLING, Files, Writing, is_unit, stands_alone
from quizzes.importing.qti.faults import found_or_named, text_alone
from quizzes.importing.qti.people import by_people
from quizzes.importing.qti.processing import NUMBERS, Declaration, Rules, Unclear, number, tolerances, typed
from quizzes.importing.records import (
    CLOZE,
    DESCRIPTION,
    ESSAY,
    LIST,
    MATCH,
    MULTICHOICE,
    NUMBER,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    TRUEFALSE,
    TYPED,
    Formatted,
    FoundAnswer,
    FoundGap,
    FoundItem,
    FoundPair,
    FoundQuestion,
)
from quizzes.importing.xml_trees import Node
from quizzes.types import kind_of
from staff.vietnamese import fold

ITEM = "assessmentItem"
COMPOSITE = "composite"
MAX_CHARACTERS, MAX_ANSWERS = 100_000, 100
TRUE_WORDS, FALSE_WORDS = {"true", "dung"}, {"false", "sai"}
_GAPS = {"textEntryInteraction", "inlineChoiceInteraction"}
_TEMPLATES = {"templateDeclaration", "templateProcessing"}
FULL, NOTHING = Decimal(100), Decimal(0)
_EXACT = Decimal("0.00001")
_EMPTY = re.compile(r"<(p|div)>\s*</\1>")


def found_item(item: Node, files: Files) -> FoundQuestion:
    return found_or_named(_Item(item, files))


class _Item:
    def __init__(self, item: Node, files: Files):
        self.item, self.files = item, files
        self.body = item.first("itemBody")
        self.interactions = _interactions(self.body) if self.body else []
        self.kind = _kind(self.interactions)
        self.takes_files = any(node.name == "uploadInteraction" for node in self.interactions)
        self.warnings = []

    def head(self) -> FoundQuestion:
        """What can be said of any item."""
        identifier = self.item.get("identifier").strip()
        return FoundQuestion(
            kind=self.kind,
            line=self.item.line,
            title=" ".join(self.item.get("title").split())[:1000] or identifier[:200] or None,
            idnumber=self.item.get("label").strip()[:200] or None,
            stem=Formatted("plain", self.body.words[:MAX_CHARACTERS] if self.body else ""),
        )

    def found(self) -> FoundQuestion:
        if self.body is None:
            raise QuestionUnreadable("empty_stem")
        if self.kind not in _READERS:
            return self.head()
        if self.item.is_set("adaptive"):
            raise QuestionUnreadable("qti_adaptive")
        if any(child.name in _TEMPLATES for child in self.item.children) or self.body.under("printedVariable"):
            raise QuestionUnreadable("qti_template")
        self.rules = Rules(self.item)
        self._name_what_is_hidden()
        return _READERS[self.kind](self)

    def _name_what_is_hidden(self) -> None:
        # What a scorer is told goes with a question that people mark.
        kept = {"candidate", "scorer"} if self.kind == ESSAY else {"candidate"}
        hidden = [block for block in self.body.under("rubricBlock") if not kept & set(block.get("view").split())]
        if hidden or self.body.under("feedbackBlock", "infoControl"):
            self.warnings.append(note("qti_hidden_left_out"))

    # --- The text and the answers ---

    def stem(self, special=None) -> Writing:
        """A writing that knows what stands for the interactions."""

        def shown(node: Node) -> str | None:
            if special and (words := special(node)) is not None:
                return words
            if node.name in _GAPS or node in self.interactions:
                return self._in_place_of(node, writing)
            return None

        writing = Writing(self.files, shown)
        return writing

    def _in_place_of(self, node: Node, writing: Writing) -> str:
        """The prompt of an interaction; a gap where its field stands within a line."""
        prompt = node.first("prompt")
        if prompt is not None:
            return f"<p>{writing.inside(prompt)}</p>"
        return GAP if node.name in _GAPS and not stands_alone(node, self.body) else ""

    def base(self, special=None, *, but_for=()) -> FoundQuestion:
        """``but_for`` are blocks for candidates that are no part of the text."""
        writing = self.stem(special)
        blocks = [block for block in self.body.under("rubricBlock") if block not in but_for]
        candidate = [block for block in blocks if "candidate" in block.get("view")]
        html = "".join(writing.inside(block) for block in candidate) + writing.inside(self.body)
        html = _without_empty_blocks(html)
        if len(html) > MAX_CHARACTERS:
            raise QuestionUnreadable("too_long", limit=MAX_CHARACTERS, found=len(html))
        return replace(
            self.head(),
            stem=Formatted("html", html),
            files=writing.shown(),
            accents=self._said(ACCENTS, Accents),
            spelling=self._said(SPELLING, Spelling),
        )

    def _said(self, name: str, choices) -> str:
        """One of the choices by an outcome that nothing sets; "" where the item does not say it."""
        value = str(next(iter(self.rules.outcomes.get(name, [])), ""))
        return value if value in choices.values else ""

    def declared(self, interaction: Node) -> Declaration:
        declared = self.rules.answers.get(interaction.get("responseIdentifier"))
        if declared is None:
            raise QuestionUnreadable("qti_undeclared", name=interaction.get("responseIdentifier")[:40])
        return declared

    def declared_best(self, best: Decimal) -> Decimal:
        """What the item calls its most, where parts such as thirds only nearly add up to it."""
        declared = self.rules.outcomes.get("MAXSCORE", [])
        most = declared[0] if declared and isinstance(declared[0], Decimal) else best
        return most if abs(most - best) * 10_000 <= most else best

    def choice(self, node: Node) -> tuple[Formatted, tuple]:
        writing = Writing(self.files)
        html = _one_paragraph(writing.inside(node))
        if len(html) > MAX_CHARACTERS:
            raise QuestionUnreadable("too_long", limit=MAX_CHARACTERS, found=len(html))
        return Formatted("html", html), writing.shown()

    # --- Explanations ---

    def explained(
        self, found: FoundQuestion, outcomes: list[dict], inline: list[list[Node]], *, other: dict | None = None
    ) -> FoundQuestion:
        """With the explanations that each answer brings up; what every answer brings up is said of the question.

        ``inline`` are the feedbackInline that stand within each answer; ``other`` the outcomes of an answer that the
        item does not name.
        """
        modals = self.item.all("modalFeedback")
        shown = [[modal for modal in modals if _is_shown(modal, after)] for after in outcomes]
        always = [
            modal for modal in modals
            if outcomes and all(modal in each for each in shown) and (other is None or _is_shown(modal, other))
        ]  # fmt: skip
        if any(modal not in always and not any(modal in each for each in shown) for modal in modals):
            self.warnings.append(note("qti_feedback_left_out"))
        comments = []
        for each, own, after in zip(shown, inline, outcomes, strict=True):
            nodes = [node for node in own if _is_shown(node, after) or not node.get("outcomeIdentifier")]
            comments.append(self._comment([*nodes, *(modal for modal in each if modal not in always)]))
        answers = tuple(
            replace(answer, feedback=comment) for answer, comment in zip(found.answers, comments, strict=True)
        )
        return replace(found, answers=answers, general_feedback=self._comment(always))

    def explained_gaps(self, rows: list[tuple[FoundGap, list[dict]]]) -> tuple[Formatted | None, tuple[FoundGap, ...]]:
        """(what every answer brings up, the gaps with what their answers bring up)."""
        modals = self.item.all("modalFeedback")
        every = [self.rules.after({}), *(outcome for _gap, outcomes in rows for outcome in outcomes)]
        always = [modal for modal in modals if all(_is_shown(modal, outcome) for outcome in every)]
        gaps, seen = [], list(always)
        for gap, outcomes in rows:
            shown = [[modal for modal in modals if modal not in always and _is_shown(modal, one)] for one in outcomes]
            seen += [modal for each in shown for modal in each]
            comments = [self._comment(each) for each in shown]
            answers = (replace(row, feedback=said) for row, said in zip(gap.answers, comments, strict=True))
            gaps.append(replace(gap, answers=tuple(answers)))
        if any(modal not in seen for modal in modals):
            self.warnings.append(note("qti_feedback_left_out"))
        return self._comment(always), tuple(gaps)

    def general(self, right: dict[str, list]) -> Formatted | None:
        """What is shown whatever is answered; explanations that only some answers bring up are named as left out."""
        modals = self.item.all("modalFeedback")
        try:
            every = [self.rules.after({}), self.rules.after(right)]
        except Unclear:
            every = []
        always = [modal for modal in modals if every and all(_is_shown(modal, outcome) for outcome in every)]
        if len(always) < len(modals):
            self.warnings.append(note("qti_feedback_left_out"))
        return self._comment(always)

    def _comment(self, nodes: list[Node]) -> Formatted | None:
        html = "<br>".join(filter(None, (_one_paragraph(Writing(self.files).inside(node)) for node in nodes)))
        return Formatted("html", html[:MAX_CHARACTERS]) if html else None


def _interactions(body: Node) -> list[Node]:
    """The outermost ones."""
    found = []
    for child in body.children:
        if child.name.endswith("Interaction"):
            found.append(child)
        else:
            found += _interactions(child)
    return found


def _kind(interactions: list[Node]) -> str:
    names = {node.name for node in interactions}
    if not names:
        return DESCRIPTION
    if names <= _GAPS:
        if any(GAP_FIELD in node.get("class").split() for node in interactions):
            return CLOZE
        return CLOZE if len(interactions) > 1 or names != {"textEntryInteraction"} else SHORTANSWER
    if len(interactions) > 1:
        return COMPOSITE
    (name,) = names
    kinds = {
        "choiceInteraction": MULTICHOICE,
        "matchInteraction": MATCH,
        "orderInteraction": ORDERING,
        "gapMatchInteraction": CLOZE,
        "extendedTextInteraction": ESSAY,
        "uploadInteraction": ESSAY,
    }
    return kinds.get(name, name.removesuffix("Interaction"))


def _is_shown(node: Node, outcomes: dict) -> bool:
    is_named = node.get("identifier") in map(str, outcomes.get(node.get("outcomeIdentifier"), []))
    return is_named == (node.get("showHide", "show") != "hide")


def _one_paragraph(html: str) -> str:
    inner = html.removeprefix("<p>").removesuffix("</p>")
    return inner if html.startswith("<p>") and "<p>" not in inner and "</p>" not in inner else html


def _without_empty_blocks(html: str) -> str:
    """Blocks in which only a field stood, and those around them."""
    for _level in range(4):
        html = _EMPTY.sub("", html)
    return html.strip()


# --- Choices ------------------------------------------------------------------


def _choice(reading: _Item) -> FoundQuestion:
    (interaction,) = reading.interactions
    declared = reading.declared(interaction)
    choices = interaction.all("simpleChoice")
    if not choices:
        raise QuestionUnreadable("no_answers")
    if len(choices) > MAX_ANSWERS:
        raise QuestionUnreadable("too_many_answers", limit=MAX_ANSWERS)
    names = [choice.get("identifier").strip() for choice in choices]
    if len(set(names)) < len(names):
        raise QuestionUnreadable("qti_twice", name=next(n for n in names if names.count(n) > 1)[:40])
    is_single = declared.cardinality == "single"
    worth = _worth_of_one(reading, declared, names) if is_single else _worth_of_several(reading, declared, names)
    texts = [reading.choice(choice) for choice in choices]
    fixed = any(choice.is_set("fixed") for choice in choices)
    found = replace(
        reading.base(),
        answers=tuple(
            FoundAnswer(text=text, percent=percent, files=files)
            for (text, files), percent in zip(texts, worth.percents, strict=True)
        ),
        is_single=is_single,
        is_all_or_nothing=worth.is_whole,
        shuffles=interaction.is_set("shuffle") and not fixed,
        default_grade=worth.grade,
    )
    outcomes = [reading.rules.after({declared.identifier: [name]}) for name in names]
    found = reading.explained(found, outcomes, [choice.under("feedbackInline") for choice in choices])
    return statement_or_choice(found, names) if is_single else found


class _Worth:
    def __init__(self, percents, grade, *, is_whole=False):
        self.percents, self.grade, self.is_whole = percents, grade, is_whole


def _no_key(declared: Declaration) -> Exception:
    """No answer alone earns anything: because none is right, or because the rules want more than this one answer."""
    is_said = declared.correct or any(worth > 0 for _key, worth, _exact in declared.table)
    return Unclear("SCORE") if is_said else QuestionUnreadable("qti_no_key")


def percent_of(score: Decimal, best: Decimal) -> Decimal:
    """What costs more than the whole question costs the whole question: nothing is ever below 0."""
    percent = score * 100 / best
    if percent * best != score * 100:
        percent = percent.quantize(_EXACT)
    return max(percent, -FULL).normalize() + NOTHING


def _worth_of_one(reading: _Item, declared: Declaration, names: list[str]) -> _Worth:
    scores = [reading.rules.earned({declared.identifier: [name]}) for name in names]
    best = max(scores)
    if best <= 0:
        raise _no_key(declared)
    if declared.correct and reading.rules.earned({declared.identifier: declared.correct}) != best:
        raise Unclear("correctResponse")
    return _Worth([percent_of(score, best) for score in scores], best)


def _worth_of_several(reading: _Item, declared: Declaration, names: list[str]) -> _Worth:
    """Each option for itself, or the right ones together or nothing; rules that are neither are not followed."""

    def earned(chosen, *, is_bounded=False):
        return reading.rules.earned({declared.identifier: list(chosen)}, is_bounded=is_bounded)

    scores = [earned([name]) for name in names]
    everything = earned(names)
    positive = [name for name, score in zip(names, scores, strict=True) if score > 0]
    right = declared.correct or positive
    if not right or not set(right) <= set(names):
        raise QuestionUnreadable("qti_no_key")
    best = earned(right, is_bounded=True)
    if best <= 0:
        raise _no_key(declared)
    is_additive = everything == sum(scores, NOTHING) and set(positive) == set(right)
    if is_additive and sum((s for s in scores if s > 0), NOTHING) == best:
        best = reading.declared_best(best)
        return _Worth([percent_of(score, best) for score in scores], best)
    others = [name for name in names if name not in right]
    fewer = [set(right) - {name} for name in right]
    more = [set(right) | {name} for name in others]
    if all(earned(chosen, is_bounded=True) <= 0 for chosen in (*fewer, *more) if chosen):
        return _Worth([FULL if name in right else NOTHING for name in names], best, is_whole=True)
    raise Unclear("setOutcomeValue")


def statement_or_choice(found: FoundQuestion, names: list[str]) -> FoundQuestion:
    """True and false, by their identifiers and by their words, are a statement."""
    if sorted(name.lower() for name in names) != ["false", "true"]:
        return found
    by_name = dict(zip((name.lower() for name in names), found.answers, strict=True))
    words = {name: fold(answer.text.text) for name, answer in by_name.items()}
    is_statement = words["true"] in TRUE_WORDS and words["false"] in FALSE_WORDS
    if not is_statement or {answer.percent for answer in found.answers} != {FULL, NOTHING}:
        return found
    return replace(
        found,
        kind=TRUEFALSE,
        answers=(),
        right=by_name["true"].percent == FULL,
        true_feedback=by_name["true"].feedback,
        false_feedback=by_name["false"].feedback,
    )


# --- Typed answers ------------------------------------------------------------


def _entry(reading: _Item) -> FoundQuestion:
    (interaction,) = reading.interactions
    declared = reading.declared(interaction)
    if declared.base_type in NUMBERS:
        return _number(reading, declared)
    if declared.base_type != "string":
        raise QuestionUnreadable("qti_base_type", type=declared.base_type[:40] or "?")
    values = _candidates(reading, declared)
    percents, grade = _scored(reading, declared, values)
    is_exact = _is_case_sensitive(reading, declared, values)
    if not is_exact:
        values = without_other_cases(values, percents)
        percents, grade = _scored(reading, declared, values)
    answers = tuple(
        FoundAnswer(text=Formatted("plain", without_stars(value)), percent=percent)
        for value, percent in zip(values, percents, strict=True)
    )
    found = replace(reading.base(), answers=answers, is_case_sensitive=is_exact, default_grade=grade)
    return _explained(reading, declared, found, values, other="\ufffd")


def _explained(reading: _Item, declared: Declaration, found: FoundQuestion, values: list, *, other) -> FoundQuestion:
    """With the explanations of typed answers; ``other`` is an answer that nobody gives."""
    outcomes = [reading.rules.after({declared.identifier: [value]}) for value in (*values, other)]
    return reading.explained(found, outcomes[:-1], [[] for _ in values], other=outcomes[-1])


def without_other_cases(values: list[str], worth: list[Decimal]) -> list[str]:
    """Where capitals do not matter, "Mouse" beside "mouse" of the same worth says nothing more."""
    kept = {}
    for value, score in zip(values, worth, strict=True):
        kept.setdefault((value.casefold(), score), value)
    return list(kept.values())


def without_stars(value: str) -> str:
    """A star is a letter here; in the bank it stands for any."""
    return value.replace("*", "\\*")


def _candidates(reading: _Item, declared: Declaration) -> list:
    """Every answer that the item itself names."""
    values = [key for key, _worth, _exact in declared.table]
    node = reading.rules.node
    for compared in node.under("match", "stringMatch", "equal") if node else []:
        about = [child.get("identifier") for child in compared.children if child.name == "variable"]
        if declared.identifier in about:
            values += [
                typed(child.text, child.get("baseType")) for child in compared.children if child.name == "baseValue"
            ]
    values += declared.correct
    if not values:
        raise QuestionUnreadable("qti_no_key")
    return list(dict.fromkeys(values))


def _scored(reading: _Item, declared: Declaration, values: list) -> tuple[list[Decimal], Decimal]:
    scores = [reading.rules.earned({declared.identifier: [value]}) for value in values]
    best = max(scores)
    if best <= 0:
        raise _no_key(declared)
    if any(score < 0 for score in scores):
        raise Unclear("mapEntry")
    return [percent_of(score, best) for score in scores], best


def _is_case_sensitive(reading: _Item, declared: Declaration, values: list[str]) -> bool:
    """Whether its rules tell "ha noi" from "HA NOI"; rules that do so only for some answers are not followed."""
    told, nothing = set(), reading.rules.earned({declared.identifier: ["\ufffd"]})
    for value in values:
        for other in {value.upper(), value.lower()} - {value, *values}:
            as_written = reading.rules.earned({declared.identifier: [value]})
            if as_written == nothing:
                # It earns what any other answer earns, however it is written.
                continue
            told.add(reading.rules.earned({declared.identifier: [other]}) != as_written)
    if len(told) > 1:
        raise Unclear("caseSensitive")
    # Figures have no capitals: then the table says it.
    return True in told or (not told and bool(declared.table) and all(exact for _key, _worth, exact in declared.table))


def _number(reading: _Item, declared: Declaration) -> FoundQuestion:
    values = _candidates(reading, declared)
    if not all(isinstance(value, Decimal) for value in values):
        raise Unclear("baseType")
    percents, grade = _scored(reading, declared, values)
    margins = [_margin(reading, declared, value) for value in values]
    answers = tuple(
        FoundAnswer(
            text=Formatted("plain", str(value)), percent=percent, value=value, tolerance=margin,
            low=value - margin, high=value + margin,
        )
        for value, percent, margin in zip(values, percents, margins, strict=True)
    )  # fmt: skip
    unit = next((node.words for node in reading.body.under("span") if is_unit(node)), "")
    found = replace(reading.base(), kind=NUMERICAL, unit=unit, answers=answers, default_grade=grade)
    return _explained(reading, declared, found, values, other=max(values) + 10**12)


def _margin(reading: _Item, declared: Declaration, value: Decimal) -> Decimal:
    """How far off the number may be: what an <equal> about it says, and nothing where no <equal> does."""
    node = reading.rules.node
    for compared in node.under("equal") if node else []:
        children = list(compared.children)
        about = [child.get("identifier") for child in children if child.name in ("variable", "correct")]
        if declared.identifier not in about:
            continue
        written = [number(child.text) for child in children if child.name == "baseValue"]
        if written == [value] or (not written and value in declared.correct):
            low, high = tolerances(compared, value)
            if low != high:
                raise Unclear("tolerance")
            return low
    return NOTHING


# --- Gaps within a text ---------------------------------------------------------


def _gaps(reading: _Item) -> FoundQuestion:
    if reading.interactions[0].name == "gapMatchInteraction":
        return _gap_match(reading)
    rows = [_gap_of(reading, interaction) for interaction in reading.interactions]
    grade = reading.declared_best(sum((gap.weight for gap, _outcomes in rows), NOTHING))
    marks = {id(node): gap_mark(number) for number, node in enumerate(reading.interactions, 1)}
    lists = [node for node in reading.interactions if node.name == "inlineChoiceInteraction"]
    always, gaps = reading.explained_gaps(rows)
    return replace(
        reading.base(lambda node: marks.get(id(node))),
        gaps=gaps,
        general_feedback=always,
        default_grade=grade,
        shuffles=any(node.is_set("shuffle") for node in lists) if lists else None,
    )


def _gap_of(reading: _Item, interaction: Node) -> tuple[FoundGap, list[dict]]:
    """The gap, weighed by what it is worth beside the others, and the outcomes of each of its answers."""
    declared = reading.declared(interaction)
    is_exact, asks = False, LIST
    if interaction.name == "inlineChoiceInteraction":
        choices = interaction.all("inlineChoice")
        values, words = [choice.get("identifier").strip() for choice in choices], [choice.words for choice in choices]
        percents, best = _scored(reading, declared, values)
    else:
        values = _candidates(reading, declared)
        percents, best = _scored(reading, declared, values)
        asks = NUMBER if declared.base_type in NUMBERS else TYPED
        is_exact = asks == TYPED and _is_case_sensitive(reading, declared, values)
        if asks == TYPED and not is_exact:
            values = without_other_cases(values, percents)
            percents, best = _scored(reading, declared, values)
        words = [without_stars(str(value)) for value in values]
    margins = [_margin(reading, declared, value) if asks == NUMBER else None for value in values]
    answers = tuple(
        gap_answer(text, percent, value=value if asks == NUMBER else None, margin=margin)
        for text, percent, value, margin in zip(words, percents, values, margins, strict=True)
    )
    outcomes = [reading.rules.after({declared.identifier: [value]}) for value in values]
    return FoundGap(asks, answers, weight=best, is_case_sensitive=is_exact), outcomes


def gap_mark(number: int) -> str:
    """What stands for a gap in the text around it."""
    return f"[[{number}]]"


def gap_answer(text: str, percent: Decimal, *, value=None, margin=None) -> FoundAnswer:
    if value is None:
        return FoundAnswer(text=Formatted("plain", text), percent=percent)
    return FoundAnswer(
        text=Formatted("plain", text), percent=percent, value=value, tolerance=margin, low=value - margin,
        high=value + margin,
    )  # fmt: skip


def _gap_match(reading: _Item) -> FoundQuestion:
    """Words that are put into gaps: the same words to choose from in each."""
    (interaction,) = reading.interactions
    declared = reading.declared(interaction)
    words = {node.get("identifier"): node.words for node in interaction.all("gapText")}
    if not words or interaction.all("gapImg"):
        return replace(reading.head(), kind="gapMatch")
    right = {gap: name for name, gap in (pair.split(" ") for pair in _pairs(declared))}
    writing, gaps = reading.stem(), []

    def special(node: Node) -> str | None:
        if node.name == "gap":
            key = right.get(node.get("identifier"))
            if key not in words:
                raise QuestionUnreadable("qti_no_key")
            answers = (gap_answer(text, FULL if name == key else NOTHING) for name, text in words.items())
            gaps.append(FoundGap(LIST, tuple(answers)))
            return gap_mark(len(gaps))
        if node is interaction:
            shown = [child for child in interaction.content if isinstance(child, str) or child.name != "gapText"]
            return writing.of(*shown).strip()
        return f"<p>{writing.inside(node)}</p>" if node.name == "prompt" else None

    writing.special = special
    html = _without_empty_blocks(writing.inside(reading.body))
    return replace(reading.head(), stem=Formatted("html", html), files=writing.shown(), gaps=tuple(gaps))


def _pairs(declared: Declaration) -> list[str]:
    """The right pairs: as declared, or those of worth in the table."""
    pairs = declared.correct or [key for key, worth, _exact in declared.table if worth > 0]
    if not pairs or any(len(pair.split(" ")) != 2 for pair in pairs):
        raise QuestionUnreadable("qti_no_key")
    return pairs


# --- Pairs, orders, and what people mark --------------------------------------


def _match(reading: _Item) -> FoundQuestion:
    (interaction,) = reading.interactions
    declared = reading.declared(interaction)
    sets = interaction.all("simpleMatchSet")
    if len(sets) != 2:
        raise QuestionUnreadable("qti_no_key")
    left, right = ({node.get("identifier"): reading.choice(node) for node in each.children} for each in sets)
    pairs = [pair.split(" ") for pair in _pairs(declared)]
    given = [one for one, _other in pairs]
    if len(set(given)) < len(given) or any(one not in left or other not in right for one, other in pairs):
        # One thing that belongs to several others is no question of pairs.
        return replace(reading.head(), kind="matchTable")
    used = {other for _one, other in pairs}
    rows = [FoundPair(left[one][0], right[other][0], left[one][1] + right[other][1]) for one, other in pairs]
    rows += [
        FoundPair(Formatted("plain", ""), text, files) for name, (text, files) in right.items() if name not in used
    ]
    credit, grade = _credit_of_pairs(reading, declared, [" ".join(pair) for pair in pairs])
    return replace(
        reading.base(),
        pairs=tuple(rows),
        shuffles=interaction.is_set("shuffle"),
        is_all_or_nothing=credit == Scoring.ALL_OR_NOTHING,
        general_feedback=reading.general({declared.identifier: [" ".join(pair) for pair in pairs]}),
        default_grade=grade,
    )


def _credit_of_pairs(reading: _Item, declared: Declaration, pairs: list[str]) -> tuple[str, Decimal | None]:
    """Whether each right pair earns the same share or only all together, and how much that is."""

    def earned(given: list[str]) -> Decimal:
        return reading.rules.earned({declared.identifier: given})

    try:
        best, alone = earned(pairs), [earned([pair]) for pair in pairs]
        fewer = [earned([one for one in pairs if one != pair]) for pair in pairs]
    except Unclear as unclear:
        reading.warnings.append(note("credit_unknown", rule=unclear.rule))
        return Scoring.PER_PART, None
    if best <= 0:
        raise _no_key(declared)
    grade = reading.declared_best(best)
    if not any(score > 0 for score in (*alone, *fewer)):
        return Scoring.ALL_OR_NOTHING, grade
    share = best / len(pairs)
    if any(not _is_about(score, share) for score in alone):
        reading.warnings.append(note("credit_levelled"))
    return Scoring.PER_PART, grade


def _is_about(score: Decimal, wanted: Decimal) -> bool:
    """Thirds are written with two decimals, too."""
    return abs(score - wanted) * 50 <= abs(wanted)


def _order(reading: _Item) -> FoundQuestion:
    (interaction,) = reading.interactions
    declared = reading.declared(interaction)
    choices = {node.get("identifier"): node for node in interaction.all("simpleChoice")}
    if set(declared.correct) != set(choices) or not choices:
        raise QuestionUnreadable("qti_no_key")
    items = tuple(FoundItem(*reading.choice(choices[name])) for name in declared.correct)
    credit, grade = _credit_of_order(reading, declared)
    general = reading.general({declared.identifier: declared.correct})
    return replace(reading.base(), items=items, credit=credit, general_feedback=general, default_grade=grade)


# How the record calls what the bank knows.
_CREDITS = {Scoring.ALL_OR_NOTHING: "all", Scoring.PER_NEIGHBOUR: "next", Scoring.PER_PART: ""}


def _credit_of_order(reading: _Item, declared: Declaration) -> tuple[str, Decimal | None]:
    """The way of scoring of the bank that gives a few other orders what the rules of the item give them."""
    order = list(declared.correct)
    if len(order) < 2:
        return "", None
    others = [[*order[1:], order[0]], [*order[:-2], order[-1], order[-2]], [order[1], order[0], *order[2:]]]
    others.append(order[::-1])
    try:
        best = reading.rules.earned({declared.identifier: order})
        scores = [reading.rules.earned({declared.identifier: other}) for other in others]
    except Unclear as unclear:
        reading.warnings.append(note("credit_unknown", rule=unclear.rule))
        return "", None
    if best <= 0:
        raise _no_key(declared)
    for scoring, name in _CREDITS.items():
        key = {"order": [str(order.index(name)) for name in order], "scoring": scoring}
        given = [[f"{order.index(name)}:{place}" for place, name in enumerate(other, 1)] for other in others]
        wanted = [best * kind_of(QuestionType.ORDERING).earned(key, each) / 100 for each in given]
        if all(_is_about(score, one) or score == one for score, one in zip(scores, wanted, strict=True)):
            return name, reading.declared_best(best)
    reading.warnings.append(note("credit_levelled"))
    return "", reading.declared_best(best)


_READERS = {
    MULTICHOICE: _choice,
    SHORTANSWER: _entry,
    CLOZE: _gaps,
    MATCH: _match,
    ORDERING: _order,
    ESSAY: by_people,
    DESCRIPTION: text_alone,
}
