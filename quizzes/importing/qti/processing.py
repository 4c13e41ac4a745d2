"""An item's own marking rules, followed for an answer: what it earns, and which explanations it brings up.

Only rules that give one result for one answer are followed. Anything else (chance, other people's operators, what an
answer earns over several tries) raises Unclear, and the question is refused: a key is never guessed.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal, DecimalException

from quizzes.importing.xml_trees import Node

MATCH_CORRECT, MAP_RESPONSE = "match_correct", "map_response"
SCORE = "SCORE"
NUMBERS = {"integer", "float"}
MAX_STEPS = 20_000


class Unclear(Exception):
    """``rule`` is the name of what is not understood."""

    def __init__(self, rule: str):
        self.rule = rule
        super().__init__(rule)


@dataclass(slots=True)
class Declaration:
    """What may be answered, what is right, and what each answer is worth by the table (if there is one)."""

    identifier: str
    cardinality: str
    base_type: str
    correct: list = field(default_factory=list)
    has_table: bool = False
    table: list[tuple[object, Decimal, bool]] = field(default_factory=list)
    default: Decimal = Decimal(0)
    lower: Decimal | None = None
    upper: Decimal | None = None

    def mapped(self, value) -> Decimal:
        for key, worth, is_exact in self.table:
            if key == value or (not is_exact and str(key).casefold() == str(value).casefold()):
                return worth
        return self.default

    def total(self, values, *, is_bounded: bool) -> Decimal:
        total = sum((self.mapped(value) for value in dict.fromkeys(values)), Decimal(0)) if values else self.default
        if is_bounded and self.lower is not None:
            total = max(total, self.lower)
        if is_bounded and self.upper is not None:
            total = min(total, self.upper)
        return total


def number(text: str) -> Decimal:
    try:
        value = Decimal(text.strip())
    except DecimalException:
        raise Unclear(text[:40]) from None
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise Unclear(text[:40])
    return value


def typed(text: str, base_type: str):
    """A value of the file as what it is: a number, yes or no, a pair in either order, or words."""
    text = text.strip()
    if base_type in NUMBERS:
        return number(text)
    if base_type == "boolean":
        return text == "true"
    if base_type == "pair":
        return " ".join(sorted(text.split()))
    return " ".join(text.split()) if base_type == "directedPair" else text


def declaration_of(node: Node) -> Declaration:
    base_type = node.get("baseType")
    correct = node.first("correctResponse")
    made = Declaration(
        node.get("identifier"),
        node.get("cardinality", "single"),
        base_type,
        [typed(value.text, base_type) for value in correct.all("value")] if correct else [],
    )
    if table := node.first("mapping"):
        made.has_table = True
        made.default = number(table.get("defaultValue") or "0")
        made.lower = number(table.get("lowerBound")) if table.get("lowerBound") else None
        made.upper = number(table.get("upperBound")) if table.get("upperBound") else None
        made.table = [
            (
                typed(entry.get("mapKey"), base_type),
                number(entry.get("mappedValue")),
                entry.get("caseSensitive", "true") != "false",
            )
            for entry in table.all("mapEntry")
        ]
    return made


class _Left(Exception):
    """The rules ended before their last line."""


class Rules:
    """The marking rules of one item."""

    def __init__(self, item: Node):
        self.answers = {made.identifier: made for made in map(declaration_of, item.all("responseDeclaration"))}
        self.node = item.first("responseProcessing")
        if self.node is not None and not (self.node.get("template") or any(self.node.children)):
            self.node = None
        self.kinds, self.outcomes = {}, {}
        for declared in item.all("outcomeDeclaration"):
            name, base_type = declared.get("identifier"), declared.get("baseType")
            self.kinds[name] = (declared.get("cardinality", "single"), base_type)
            values = declared.first("defaultValue")
            self.outcomes[name] = [typed(value.text, base_type) for value in values.all("value")] if values else []
            if not self.outcomes[name] and base_type in NUMBERS:
                self.outcomes[name] = [Decimal(0)]

    def after(self, responses: dict[str, list], *, is_bounded: bool = True) -> dict[str, list]:
        """The outcomes of these responses. Without bounds a table gives the plain sum of what was chosen."""
        run = _Run(self, responses, is_bounded)
        template = (self.node.get("template") if self.node else "").rpartition("/")[2].removesuffix(".xml")
        if self.node is None or template in (MATCH_CORRECT, MAP_RESPONSE):
            run.outcomes[SCORE] = [self._by_template(template, responses, is_bounded)]
        elif template:
            raise Unclear(template[:40])
        else:
            with suppress(_Left):
                run.rules(self.node.children)
        return run.outcomes

    def earned(self, responses: dict[str, list], *, is_bounded: bool = True) -> Decimal:
        score = self.after(responses, is_bounded=is_bounded).get(SCORE, [])
        return score[0] if score and isinstance(score[0], Decimal) else Decimal(0)

    def _by_template(self, template, responses, is_bounded) -> Decimal:
        """The two templates know one response; without rules the key is what the declarations say."""
        total = Decimal(0)
        for name, declared in self.answers.items():
            given = responses.get(name, [])
            is_table = template == MAP_RESPONSE or (not template and declared.has_table and not declared.correct)
            if is_table:
                total += declared.total(given, is_bounded=is_bounded)
            else:
                total += bool(declared.correct) and _same(given, declared.correct, declared.cardinality)
        return total


def _same(left: list, right: list, cardinality: str) -> bool:
    if cardinality in ("single", "ordered"):
        return left == right
    return sorted(map(str, left)) == sorted(map(str, right))


class _Run:
    """One pass over the rules. A value is a list: empty is null, one thing, or several."""

    def __init__(self, rules: Rules, responses: dict[str, list], is_bounded: bool):
        self.of, self.responses, self.is_bounded = rules, responses, is_bounded
        self.outcomes = {name: list(values) for name, values in rules.outcomes.items()}
        self.steps = 0

    # --- Rules ---

    def rules(self, nodes) -> None:
        for node in nodes:
            self._step()
            if node.name == "responseCondition":
                self._condition(node)
            elif node.name == "setOutcomeValue":
                self._set(node)
            elif node.name == "responseProcessingFragment":
                self.rules(node.children)
            elif node.name == "exitResponse":
                raise _Left
            else:
                raise Unclear(node.name[:40])

    def _step(self) -> None:
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Unclear("…")

    def _condition(self, node: Node) -> None:
        for branch in node.children:
            parts = list(branch.children)
            if branch.name == "responseElse":
                self.rules(parts)
                return
            if branch.name not in ("responseIf", "responseElseIf") or not parts:
                raise Unclear(branch.name[:40])
            if self._is_true(parts[0]):
                self.rules(parts[1:])
                return

    def _set(self, node: Node) -> None:
        (expression,) = list(node.children) or [None]
        if expression is None:
            raise Unclear(node.name)
        name = node.get("identifier")
        values = self.value(expression)
        if self.of.kinds.get(name, ("", ""))[1] in NUMBERS:
            values = [value if isinstance(value, Decimal) else number(str(value)) for value in values]
        self.outcomes[name] = values

    # --- Expressions ---

    def value(self, node: Node) -> list:
        self._step()
        reader = getattr(self, f"_on_{node.name}", None)
        if reader is None:
            raise Unclear(node.name[:40])
        return reader(node)

    def _values(self, node: Node) -> list[list]:
        return [self.value(child) for child in node.children]

    def _is_true(self, node: Node) -> bool:
        return self.value(node) == [True]

    def _pair(self, node: Node) -> tuple[list, list]:
        values = self._values(node)
        if len(values) != 2:
            raise Unclear(node.name)
        return values[0], values[1]

    def _numbers(self, node: Node) -> list[Decimal] | None:
        """None where one of them is null: then the whole is."""
        values = self._values(node)
        flat = [thing for value in values for thing in value]
        if any(not value for value in values):
            return None
        if not all(isinstance(thing, Decimal) for thing in flat):
            raise Unclear(node.name)
        return flat

    def _on_variable(self, node: Node) -> list:
        name = node.get("identifier")
        if name in self.responses or name in self.of.answers:
            return self.responses.get(name, [])
        if name not in self.outcomes:
            raise Unclear(name[:40])
        return self.outcomes[name]

    def _declared(self, node: Node) -> Declaration:
        declared = self.of.answers.get(node.get("identifier"))
        if declared is None:
            raise Unclear(node.get("identifier")[:40])
        return declared

    def _on_correct(self, node: Node) -> list:
        return self._declared(node).correct

    def _on_mapResponse(self, node: Node) -> list:
        declared = self._declared(node)
        return [declared.total(self.responses.get(declared.identifier, []), is_bounded=self.is_bounded)]

    def _on_baseValue(self, node: Node) -> list:
        return [typed(node.text, node.get("baseType"))]

    def _on_null(self, _node: Node) -> list:
        return []

    def _on_isNull(self, node: Node) -> list:
        (value,) = self._values(node)
        return [value in ([], [""])]

    def _on_not(self, node: Node) -> list:
        (value,) = self._values(node)
        return [not value[0]] if value else []

    def _on_and(self, node: Node) -> list:
        return [all(value == [True] for value in self._values(node))]

    def _on_or(self, node: Node) -> list:
        return [any(value == [True] for value in self._values(node))]

    def _on_multiple(self, node: Node) -> list:
        return [thing for value in self._values(node) for thing in value]

    _on_ordered = _on_multiple

    def _on_index(self, node: Node) -> list:
        """The thing at a place of an order, null beyond its end."""
        (value,) = self._values(node)
        place = node.get("n").strip()
        if not place.isdecimal() or not int(place[:9]) > 0:
            raise Unclear("index")
        return value[int(place[:9]) - 1 : int(place[:9])]

    def _on_match(self, node: Node) -> list:
        left, right = self._pair(node)
        if not left or not right:
            return []
        names = [child.get("identifier") for child in node.children]
        kinds = [self.of.answers[name].cardinality for name in names if name in self.of.answers]
        is_ordered = "ordered" in kinds or any(child.name == "ordered" for child in node.children)
        return [_same(left, right, "ordered" if is_ordered else "multiple")]

    def _on_member(self, node: Node) -> list:
        one, several = self._pair(node)
        return [one[0] in several] if one and several else []

    def _on_contains(self, node: Node) -> list:
        whole, part = self._pair(node)
        return [set(map(str, part)) <= set(map(str, whole))] if whole and part else []

    def _on_stringMatch(self, node: Node) -> list:
        left, right = self._pair(node)
        if not left or not right:
            return []
        if node.is_set("substring"):
            raise Unclear("substring")
        if node.get("caseSensitive") == "false":
            return [str(left[0]).casefold() == str(right[0]).casefold()]
        return [str(left[0]) == str(right[0])]

    def _on_equal(self, node: Node) -> list:
        numbers = self._numbers(node)
        if numbers is None:
            return []
        low, high = tolerances(node, numbers[1])
        return [numbers[1] - low <= numbers[0] <= numbers[1] + high]

    def _compared(self, node: Node, holds) -> list:
        numbers = self._numbers(node)
        return [] if numbers is None else [holds(numbers[0], numbers[1])]

    def _on_gt(self, node):
        return self._compared(node, lambda a, b: a > b)

    def _on_gte(self, node):
        return self._compared(node, lambda a, b: a >= b)

    def _on_lt(self, node):
        return self._compared(node, lambda a, b: a < b)

    def _on_lte(self, node):
        return self._compared(node, lambda a, b: a <= b)

    def _on_sum(self, node: Node) -> list:
        numbers = self._numbers(node)
        return [] if numbers is None else [sum(numbers, Decimal(0))]

    def _on_subtract(self, node: Node) -> list:
        numbers = self._numbers(node)
        return [] if numbers is None else [numbers[0] - numbers[1]]

    def _on_product(self, node: Node) -> list:
        numbers = self._numbers(node)
        if numbers is None:
            return []
        product = Decimal(1)
        for one in numbers:
            product *= one
        return [product]

    def _on_divide(self, node: Node) -> list:
        numbers = self._numbers(node)
        if numbers is None or numbers[1] == 0:
            return []
        return [numbers[0] / numbers[1]]

    def _on_max(self, node: Node) -> list:
        numbers = self._numbers(node)
        return [] if numbers is None else [max(numbers)]

    def _on_min(self, node: Node) -> list:
        numbers = self._numbers(node)
        return [] if numbers is None else [min(numbers)]


def tolerances(node: Node, value: Decimal) -> tuple[Decimal, Decimal]:
    """How far below and above ``value`` an <equal> lets a number be."""
    mode, given = node.get("toleranceMode", "exact"), [number(part) for part in node.get("tolerance").split()]
    if mode == "exact":
        return Decimal(0), Decimal(0)
    if not given or min(given) < 0 or mode not in ("absolute", "relative"):
        raise Unclear("tolerance")
    low, high = given[0], given[-1]
    if mode == "relative":
        low, high = abs(value) * low / 100, abs(value) * high / 100
    is_open = (low and node.get("includeLowerBound") == "false") or (high and node.get("includeUpperBound") == "false")
    if is_open:
        raise Unclear("includeLowerBound")
    return low, high
