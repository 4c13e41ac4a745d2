"""QTI 1.2, as Canvas, Blackboard and the specification's own examples write it."""

from dataclasses import dataclass, field, replace
from decimal import Decimal
from html import escape

from quizzes.importing.notes import QuestionFileRefused, QuestionUnreadable, note
from quizzes.importing.qti.content import GAP, Files, Writing
from quizzes.importing.qti.faults import by_people, found_or_named, text_alone
from quizzes.importing.qti.html_pictures import renamed
from quizzes.importing.qti.items import (
    FULL,
    NOTHING,
    gap_answer,
    gap_mark,
    percent_of,
    statement_or_choice,
    without_other_cases,
    without_stars,
)
from quizzes.importing.qti.processing import Unclear, number
from quizzes.importing.records import (
    CLOZE,
    DESCRIPTION,
    ESSAY,
    LIST,
    MATCH,
    MULTICHOICE,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    TYPED,
    Formatted,
    FoundAnswer,
    FoundGap,
    FoundItem,
    FoundPair,
    FoundQuestion,
)
from quizzes.importing.xml_trees import Node

LEGACY = "questestinterop"
MAX_QUESTIONS, MAX_ANSWERS, MAX_CHARACTERS = 20_000, 100, 100_000
_RESPONSES = {"response_lid", "response_str", "response_num", "response_xy", "response_grp"}
UPLOAD = "file_upload_question"
_GROUPS = {"assessment", "section", "objectbank"}
# What Canvas calls kinds that show themselves in nothing else.
_KINDS = {
    "essay_question": ESSAY, UPLOAD: ESSAY, "text_only_question": DESCRIPTION,
    "calculated_question": "calculated", "matching_question": MATCH,
    "fill_in_multiple_blanks_question": CLOZE, "multiple_dropdowns_question": CLOZE,
}  # fmt: skip
_UNTITLED = {"", "root_section", "main"}


def found_items(root: Node, files: Files) -> list[FoundQuestion]:
    """Every item of the file, each below the titles of what it stands in."""
    found = list(_below(root, (), files))
    if not found and root.under("bankentry_item"):
        raise QuestionFileRefused("qti_test_alone", line=root.line)
    return found


def _below(node: Node, path: tuple[str, ...], files: Files):
    for child in node.children:
        if child.name == "item":
            yield replace(found_item(child, files), category=path)
        elif child.name in _GROUPS:
            title = _bank_title(child) or " ".join(child.get("title").split())
            yield from _below(child, path if title.lower() in _UNTITLED else (*path, title[:200]), files)


def _bank_title(node: Node) -> str:
    """Canvas gives the name of a question bank in the metadata."""
    metadata = node.first("qtimetadata")
    return _fields(metadata).get("bank_title", "") if metadata else ""


def _fields(node: Node) -> dict[str, str]:
    return {
        entry.first("fieldlabel").words: entry.first("fieldentry").words
        for entry in node.under("qtimetadatafield")
        if entry.first("fieldlabel") and entry.first("fieldentry")
    }


def found_item(item: Node, files: Files) -> FoundQuestion:
    return found_or_named(_Item(item, files))


class _Item:
    def __init__(self, item: Node, files: Files):
        self.item, self.files = item, files
        self.fields = _fields(item)
        self.presentation = item.first("presentation")
        self.responses = self.presentation.under(*_RESPONSES) if self.presentation else []
        self.rules = _Rules(item)
        self.kind = self._kind()
        self.takes_files = self.fields.get("question_type") == UPLOAD
        self.warnings = []

    def _kind(self) -> str:
        if named := _KINDS.get(self.fields.get("question_type", "")):
            return named
        if not self.responses:
            return DESCRIPTION
        if any(node.get("rcardinality").lower() == "ordered" for node in self.responses):
            return ORDERING
        renders = {child.name for node in self.responses for child in node.children if child.name.startswith("render_")}
        if renders - {"render_choice", "render_fib"}:
            return (renders - {"render_choice", "render_fib"}).pop().removeprefix("render_")
        if len(self.responses) > 1:
            return CLOZE if renders == {"render_fib"} else "composite"
        if renders == {"render_choice"}:
            return MULTICHOICE
        return self._kind_of_field(self.responses[0])

    def _kind_of_field(self, response: Node) -> str:
        field_of = response.first("render_fib")
        form = field_of.get("fibtype").lower() if field_of else ""
        if response.name == "response_num" or form in ("decimal", "integer"):
            return NUMERICAL
        if self.fields.get("question_type") == "numerical_question":
            return NUMERICAL
        return SHORTANSWER if self.rules.conditions_about(response.get("ident")) else ESSAY

    def head(self) -> FoundQuestion:
        points = self.fields.get("points_possible", "")
        return FoundQuestion(
            kind=self.kind,
            line=self.item.line,
            title=" ".join(self.item.get("title").split())[:1000] or self.item.get("ident")[:200] or None,
            stem=Formatted("plain", self.presentation.words[:MAX_CHARACTERS] if self.presentation else ""),
            default_grade=number(points) if points else None,
        )

    def found(self) -> FoundQuestion:
        if self.presentation is None:
            raise QuestionUnreadable("empty_stem")
        reader = _READERS.get(self.kind)
        return reader(self) if reader else self.head()

    # --- Texts ---

    def base(self, *, with_gaps: bool = False) -> FoundQuestion:
        writing = Writing(self.files)
        html = self._shown(self.presentation, writing, with_gaps=with_gaps).strip()
        if len(html) > MAX_CHARACTERS:
            raise QuestionUnreadable("too_long", limit=MAX_CHARACTERS, found=len(html))
        return replace(self.head(), stem=Formatted("html", html), files=writing.shown())

    def _shown(self, node: Node, writing: Writing, *, with_gaps=False) -> str:
        """The material of a presentation; what belongs to a response is no part of the question's text."""
        parts = []
        for child in node.children:
            if child.name == "material":
                parts.append(material(child, writing))
            elif child.name in ("flow", "flow_mat", "flow_label"):
                parts.append(self._shown(child, writing, with_gaps=with_gaps) + "<br>")
            elif child.name in _RESPONSES:
                own = "".join(material(part, writing) for part in child.all("material"))
                parts.append(own + (GAP if with_gaps else ""))
        return "".join(parts)

    def options(self, response: Node) -> dict[str, tuple[Formatted, tuple]]:
        labels = response.under("response_label")
        if not labels:
            raise QuestionUnreadable("no_answers")
        if len(labels) > MAX_ANSWERS:
            raise QuestionUnreadable("too_many_answers", limit=MAX_ANSWERS)
        texts = {}
        for label in labels:
            writing = Writing(self.files)
            name = label.get("ident")
            if name in texts:
                raise QuestionUnreadable("qti_twice", name=name[:40])
            texts[name] = (Formatted("html", _materials(label, writing)), writing.shown())
        return texts

    def feedback(self, names: list[str]) -> Formatted | None:
        nodes = [node for name in names for node in self.item.all("itemfeedback") if node.get("ident") == name]
        writing = Writing(self.files)
        html = "<br>".join(filter(None, (_materials(node, writing) for node in nodes)))
        return Formatted("html", html[:MAX_CHARACTERS]) if html else None

    def explained(self, found: FoundQuestion, shown: list[list[str]], other: list[str] | None = None) -> FoundQuestion:
        """With the explanations that each answer brings up; what all bring up belongs to the question.

        ``other`` is what an answer brings up that the item does not name.
        """
        common = [*shown, *([other] if other is not None else [])]
        always = [name for name in (shown[0] if shown else []) if all(name in each for each in common)]
        own = [self.feedback([name for name in each if name not in always]) for each in shown]
        named = {name for each in shown for name in each}
        if any(node.get("ident") not in named and node.words for node in self.item.all("itemfeedback")):
            self.warnings.append(note("qti_feedback_left_out"))
        answers = tuple(replace(answer, feedback=words) for answer, words in zip(found.answers, own, strict=True))
        return replace(found, answers=answers, general_feedback=self.feedback(always))


def _materials(node: Node, writing: Writing) -> str:
    return "".join(material(part, writing) for part in node.under("material")).strip()


def material(node: Node, writing: Writing) -> str:
    parts = []
    for child in node.children:
        if child.name in ("mattext", "matemtext"):
            is_html = child.get("texttype").lower() in ("text/html", "text/xhtml")
            parts.append(renamed(child.text, writing) if is_html else escape(child.text, quote=False))
        elif child.name == "mat_extension":
            # Blackboard's own place for formatted words.
            parts += [renamed(words.text, writing) for words in child.all("mat_formattedtext")]
        elif child.name == "matimage":
            parts.append(writing.picture(child.get("uri") or child.get("entityref"), child.get("label")))
        elif child.name == "matbreak":
            parts.append("<br>")
    return "".join(parts)


# --- What an answer earns -----------------------------------------------------


@dataclass(slots=True)
class _After:
    score: Decimal = NOTHING
    shown: list[str] = field(default_factory=list)


class _Rules:
    """The response conditions of an item, followed in their order."""

    def __init__(self, item: Node):
        blocks = item.all("resprocessing")
        self.conditions = [node for block in blocks for node in block.all("respcondition")]
        most = [node.get("maxvalue") for block in blocks for node in block.under("decvar")]
        _say_most(self.conditions, next(filter(None, most), ""))

    def conditions_about(self, name: str) -> list[Node]:
        """What is compared with the response ``name`` and earns something."""
        return [
            compared
            for condition in self.conditions
            if any(number(node.words) > 0 for node in condition.all("setvar") if node.words)
            for compared in condition.walk()
            if compared.get("respident") == name
        ]

    def after(self, responses: dict[str, list[str]]) -> _After:
        after = _After()
        for condition in self.conditions:
            tested = condition.first("conditionvar")
            if tested is None or not all(self._holds(node, responses) for node in tested.children):
                continue
            for node in condition.all("setvar"):
                self._set(node, after)
            after.shown += [node.get("linkrefid") for node in condition.all("displayfeedback")]
            # Whoever adds up parts, or only explains, goes on, whatever the specification's default says.
            is_setting = any(node.get("action", "Set").lower() == "set" for node in condition.all("setvar"))
            if condition.get("continue", "No" if is_setting else "Yes").lower() != "yes":
                break
        after.shown = list(dict.fromkeys(after.shown))
        return after

    def _set(self, node: Node, after: _After) -> None:
        action, value = node.get("action", "Set").lower(), number(node.words or "0")
        if action == "set":
            after.score = value
        elif action in ("add", "subtract"):
            after.score += value if action == "add" else -value
        else:
            raise Unclear(f"setvar {action}"[:40])

    def _holds(self, node: Node, responses: dict[str, list[str]]) -> bool:
        if node.name in ("and", "or"):
            held = [self._holds(child, responses) for child in node.children]
            return all(held) if node.name == "and" else any(held)
        if node.name == "not":
            return not any(self._holds(child, responses) for child in node.children)
        if node.name == "other":
            return True
        given = responses.get(node.get("respident"), [])
        if node.name == "unanswered":
            return not given
        if node.name == "varequal":
            wanted = node.text.strip()
            return any(_is_equal(one, wanted, is_exact=node.get("case").lower() == "yes") for one in given)
        bounds = {"vargte": "__ge__", "vargt": "__gt__", "varlte": "__le__", "varlt": "__lt__"}
        if node.name in bounds:
            return any(getattr(number(one), bounds[node.name])(number(node.words)) for one in given)
        raise Unclear(node.name[:40])


def _say_most(conditions: list[Node], most: str) -> None:
    """Blackboard writes "SCORE.max" for all the points: as many as it says, or else all where it gives all or none."""
    rows = [node for condition in conditions for node in condition.all("setvar")]
    named = [node for node in rows if node.words.upper() == "SCORE.MAX"]
    others = {node.words for node in rows if node not in named} - {"", "0", "0.0", "0.00"}
    full = number(most) if named and most else NOTHING
    if full <= 0 and not others:
        full = FULL
    for node in named if full > 0 else ():
        node.content = [str(full)]


def _is_equal(one: str, wanted: str, *, is_exact: bool) -> bool:
    if one == wanted or (not is_exact and one.casefold() == wanted.casefold()):
        return True
    try:
        return Decimal(one) == Decimal(wanted)
    except ArithmeticError:
        return False


# --- Kinds ----------------------------------------------------------------------


def _choice(reading: _Item) -> FoundQuestion:
    (response,) = reading.responses
    options, name = reading.options(response), response.get("ident")
    is_single = response.get("rcardinality", "Single").lower() == "single"
    scores = [reading.rules.after({name: [option]}).score for option in options]
    is_whole = False
    if is_single or _adds_up(reading, name, list(options), scores):
        best = max(scores) if is_single else sum((score for score in scores if score > 0), NOTHING)
        if best <= 0:
            raise QuestionUnreadable("qti_no_key")
        percents = [percent_of(score, best) for score in scores]
    else:
        right, is_whole = _right_together(reading, name, list(options)), True
        percents = [FULL if option in right else NOTHING for option in options]
    renders = response.under("render_choice")
    found = replace(
        reading.base(),
        is_single=is_single,
        is_all_or_nothing=is_whole,
        shuffles=any(node.get("shuffle").lower() == "yes" for node in renders)
        or not any(node.get("shuffle") for node in renders),
        answers=tuple(
            FoundAnswer(text=text, percent=percent, files=files)
            for (text, files), percent in zip(options.values(), percents, strict=True)
        ),
    )
    found = reading.explained(found, [reading.rules.after({name: [option]}).shown for option in options])
    is_statement = reading.fields.get("question_type") == "true_false_question"
    return statement_or_choice(found, ["true", "false"]) if is_statement and len(options) == 2 else found


def _adds_up(reading, name, options, scores) -> bool:
    """Whether each option counts for itself."""
    total = sum(scores, NOTHING)
    return any(score > 0 for score in scores) and reading.rules.after({name: options}).score == total


def _right_together(reading: _Item, name: str, options: list[str]) -> set[str]:
    """The options that earn something only together: those that a condition wants and does not exclude."""
    for condition in reading.rules.conditions:
        tested = condition.first("conditionvar")
        if tested is None or not any(number(node.words or "0") > 0 for node in condition.all("setvar")):
            continue
        excluded = {node.words for part in tested.under("not") for node in part.under("varequal")}
        wanted = {node.words for node in tested.under("varequal") if node.get("respident") == name} - excluded
        fewer = [[one for one in options if one in wanted - {left}] for left in wanted]
        more = [[*wanted, other] for other in options if other not in wanted]
        earns = reading.rules.after({name: list(wanted)}).score
        if earns > 0 and not any(reading.rules.after({name: chosen}).score > 0 for chosen in (*fewer, *more)):
            return wanted
        raise Unclear("conditionvar")
    raise QuestionUnreadable("qti_no_key")


def _entry(reading: _Item) -> FoundQuestion:
    (response,) = reading.responses
    compared = reading.rules.conditions_about(response.get("ident"))
    if any(node.name != "varequal" for node in compared):
        raise Unclear(next(node.name for node in compared if node.name != "varequal"))
    values = list(dict.fromkeys(node.text.strip() for node in compared))
    after = [reading.rules.after({response.get("ident"): [value]}) for value in values]
    best = max((each.score for each in after), default=NOTHING)
    if best <= 0:
        raise QuestionUnreadable("qti_no_key")
    told = {node.get("case").lower() == "yes" for node in compared}
    if len(told) > 1:
        raise Unclear("case")
    if True not in told:
        values = without_other_cases(values, [each.score for each in after])
        after = [reading.rules.after({response.get("ident"): [value]}) for value in values]
    answers = tuple(
        FoundAnswer(text=Formatted("plain", without_stars(value)), percent=percent_of(each.score, best))
        for value, each in zip(values, after, strict=True)
    )
    is_gap = any(part.name == "material" for part in _after_response(reading.presentation))
    found = replace(reading.base(with_gaps=is_gap), answers=answers, is_case_sensitive=True in told)
    other = reading.rules.after({response.get("ident"): ["\ufffd"]}).shown
    return reading.explained(found, [each.shown for each in after], other)


def _after_response(presentation: Node) -> list[Node]:
    """What follows the field: then the field is a gap within the text."""
    parts = list(presentation.walk())
    at = next(place for place, node in enumerate(parts) if node.name in _RESPONSES)
    inside = set(map(id, parts[at].walk()))
    return [node for node in parts[at:] if id(node) not in inside]


def _number(reading: _Item) -> FoundQuestion:
    (response,) = reading.responses
    name = response.get("ident")
    rows = []
    for condition in reading.rules.conditions:
        worth = max((number(node.words or "0") for node in condition.all("setvar")), default=NOTHING)
        if worth > 0:
            value, margin, is_open = _range_of(condition.first("conditionvar"), name)
            rows.append((value, margin, worth))
            if is_open:
                reading.warnings.append(note("half_open", low=f"{(value - margin).normalize():f}"))
    if not rows:
        raise QuestionUnreadable("qti_no_key")
    best = max(worth for _value, _margin, worth in rows)
    answers = tuple(
        FoundAnswer(
            text=Formatted("plain", str(value)), percent=percent_of(worth, best), value=value, tolerance=margin,
            low=value - margin, high=value + margin,
        )
        for value, margin, worth in rows
    )  # fmt: skip
    found = replace(reading.base(), answers=answers)
    shown = [reading.rules.after({name: [str(value)]}).shown for value, _margin, _worth in rows]
    other = reading.rules.after({name: [str(max(value for value, _margin, _worth in rows) + 10**12)]}).shown
    return reading.explained(found, shown, other)


_BOUNDS = {"varequal", "vargte", "vargt", "varlte"}


def _range_of(tested: Node | None, name: str) -> tuple[Decimal, Decimal, bool]:
    """(the number a condition asks for, how far off it may be, whether the lower end itself is wrong there).

    It says an exact number, or both ends of a range, or both.
    """
    parts = [node for node in tested.walk() if node.get("respident") == name] if tested else []
    by_name = {}
    for node in parts:
        by_name.setdefault(node.name, []).append(number(node.words))
    if set(by_name) - _BOUNDS or any(len(values) > 1 for values in by_name.values()):
        raise Unclear(next(iter(set(by_name) - _BOUNDS), "conditionvar"))
    exact, closed, opened, high = (by_name.get(key, [None])[0] for key in ("varequal", "vargte", "vargt", "varlte"))
    low = closed if opened is None else opened
    if low is None and high is None and exact is not None:
        return exact, NOTHING, False
    if low is None or high is None or low > high or None not in (closed, opened):
        raise Unclear("conditionvar")
    value = (low + high) / 2
    if exact is not None and exact != value:
        raise Unclear("varequal")
    return value, (high - low) / 2, opened is not None


def _order(reading: _Item) -> FoundQuestion:
    (response,) = reading.responses
    options = reading.options(response)
    for condition in reading.rules.conditions:
        wanted = [node.words for node in condition.walk() if node.name == "varequal"]
        if sorted(wanted) == sorted(options) and any(number(n.words or "0") > 0 for n in condition.all("setvar")):
            return replace(reading.base(), items=tuple(FoundItem(*options[name]) for name in wanted))
    raise QuestionUnreadable("qti_no_key")


def _own_materials(reading: _Item) -> FoundQuestion:
    """With the text that stands before all responses."""
    writing = Writing(reading.files)
    html = "".join(material(part, writing) for part in reading.presentation.all("material"))
    return replace(reading.head(), stem=Formatted("html", html), files=writing.shown())


def _match(reading: _Item) -> FoundQuestion:
    pairs, used, others = [], set(), {}
    for response in reading.responses:
        options, name = reading.options(response), response.get("ident")
        right = [option for option in options if reading.rules.after({name: [option]}).score > 0]
        if len(right) != 1:
            raise QuestionUnreadable("qti_no_key")
        writing = Writing(reading.files)
        left = "".join(material(part, writing) for part in response.all("material"))
        text, files = options[right[0]]
        pairs.append(FoundPair(Formatted("html", left), text, writing.shown() + files))
        used.add(right[0])
        others |= options
    nothing = Formatted("plain", "")
    pairs += [FoundPair(nothing, *others[name]) for name in others if name not in used and others[name][0].text]
    return replace(_own_materials(reading), pairs=tuple(pairs))


def _gaps(reading: _Item) -> FoundQuestion:
    """Canvas names its gaps in the text, [color1]; others put the fields between the pieces of text."""
    if not reading.responses:
        raise QuestionUnreadable("qti_no_key")
    rows = [_gap_of(reading, response) for response in reading.responses]
    gaps = tuple(replace(gap, weight=best) for gap, best in rows)
    if not any(node.all("material") for node in reading.responses):
        return replace(_with_fields(reading), gaps=gaps)
    found = _own_materials(reading)
    html = found.stem.text
    for place, response in enumerate(reading.responses, 1):
        mark = f"[{' '.join(part.words for part in response.all('material'))}]"
        if mark not in html:
            raise QuestionUnreadable("qti_undeclared", name=mark[:40])
        html = html.replace(mark, gap_mark(place), 1)
    return replace(found, stem=Formatted("html", html), gaps=gaps)


def _with_fields(reading: _Item) -> FoundQuestion:
    """The pieces of text with a mark for each field between them."""
    writing, parts, place = Writing(reading.files), [], 0
    inside = {id(node) for response in reading.responses for node in response.under("material")}
    for node in reading.presentation.walk():
        if node.name == "material" and id(node) not in inside:
            parts.append(material(node, writing))
        elif node.name in _RESPONSES:
            place += 1
            parts.append(gap_mark(place))
    return replace(reading.head(), stem=Formatted("html", "".join(parts)), files=writing.shown())


def _gap_of(reading: _Item, response: Node) -> tuple[FoundGap, Decimal]:
    name = response.get("ident")
    is_chosen = reading.fields.get("question_type") == "multiple_dropdowns_question"
    compared = reading.rules.conditions_about(name)
    if response.name == "response_lid":
        labels = response.under("response_label")
        rows = [(reading.rules.after({name: [label.get("ident")]}).score, label.words) for label in labels]
    else:
        values = dict.fromkeys(node.text.strip() for node in compared)
        rows = [(reading.rules.after({name: [value]}).score, value) for value in values]
    best = max((score for score, _words in rows), default=NOTHING)
    if best <= 0:
        raise Unclear("setvar") if rows else QuestionUnreadable("qti_no_key")
    if response.name == "response_lid" and not is_chosen:
        # All that Canvas lists for a gap that is typed is right.
        rows = [(best, words) for _score, words in rows]
    if is_chosen:
        return FoundGap(LIST, tuple(gap_answer(words, percent_of(score, best)) for score, words in rows)), best
    is_exact = any(node.get("case").lower() == "yes" for node in compared)
    if not is_exact:
        kept = without_other_cases([words for _score, words in rows], [score for score, _words in rows])
        rows = [(score, words) for score, words in rows if words in kept]
    answers = tuple(gap_answer(without_stars(words), percent_of(score, best)) for score, words in rows)
    return FoundGap(TYPED, answers, is_case_sensitive=is_exact), best


_READERS = {
    MULTICHOICE: _choice,
    SHORTANSWER: _entry,
    NUMERICAL: _number,
    ORDERING: _order,
    MATCH: _match,
    CLOZE: _gaps,
    ESSAY: by_people,
    DESCRIPTION: text_alone,
}
