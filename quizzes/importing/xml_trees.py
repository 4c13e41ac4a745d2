"""XML whose words and elements stand among each other, as a small tree. No entity of a file's own is ever followed.

A DOCTYPE may stand there, because some formats ask for one; what it points to is not read, and what it would add to
elements is not added.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from quizzes.importing.notes import QuestionFileRefused

MAX_DEPTH = 100
MAX_NODES = 600_000
_PIECE = 64 * 1024


@dataclass(slots=True, eq=False)
class Node:
    """An element. ``name`` and the names of its attributes are without prefixes; ``content`` is words and nodes."""

    name: str
    attributes: dict[str, str]
    line: int
    content: list = field(default_factory=list)

    @property
    def children(self) -> Iterator["Node"]:
        return (part for part in self.content if isinstance(part, Node))

    @property
    def text(self) -> str:
        """All words in it, however deep."""
        return "".join(part if isinstance(part, str) else part.text for part in self.content)

    @property
    def words(self) -> str:
        return " ".join(self.text.split())

    def first(self, name: str) -> "Node | None":
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list["Node"]:
        return [child for child in self.children if child.name == name]

    def walk(self) -> Iterator["Node"]:
        """It and everything below, in the order of the file."""
        yield self
        for child in self.children:
            yield from child.walk()

    def under(self, *names: str) -> list["Node"]:
        """Every element below it that has one of these names."""
        return [node for node in self.walk() if node is not self and node.name in names]

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default)

    def is_set(self, name: str) -> bool:
        return self.get(name).strip().lower() in ("true", "1", "yes")


def tree_of(text: str, *, name_of=None) -> Node:
    """The root; raises QuestionFileRefused with the line. ``name_of`` gives elements and attributes other names."""
    return _Builder(name_of or _bare).build(text)


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


class _Builder:
    def __init__(self, name_of):
        self.name_of, self.names = name_of, {}
        self.root, self.stack, self.count = None, [], 0
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        # What a DOCTYPE declares for attributes stays outside.
        parser.specified_attributes = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = lambda _name: self.stack.pop()
        parser.CharacterDataHandler = self.characters
        for handler in ("EntityDecl", "UnparsedEntityDecl", "NotationDecl", "ExternalEntityRef", "SkippedEntity"):
            setattr(parser, f"{handler}Handler", self.forbidden)

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def build(self, text: str) -> Node:
        try:
            for at in range(0, len(text), _PIECE):
                self.parser.Parse(text[at : at + _PIECE], False)
            self.parser.Parse("", True)
        except expat.ExpatError as error:
            raise QuestionFileRefused("bad_xml", line=error.lineno, why=expat.ErrorString(error.code)) from None
        except UnicodeEncodeError:
            raise QuestionFileRefused("bad_xml", line=self.line, why="surrogate") from None
        return self.root

    def forbidden(self, *_args) -> None:
        raise QuestionFileRefused("forbidden_xml", line=self.line)

    def named(self, name: str) -> str:
        if name not in self.names:
            self.names[name] = self.name_of(name)
        return self.names[name]

    def start(self, name, attributes) -> None:
        self.count += 1
        if len(self.stack) >= MAX_DEPTH:
            raise QuestionFileRefused("too_deep", line=self.line, limit=MAX_DEPTH)
        if self.count > MAX_NODES:
            raise QuestionFileRefused("too_many_nodes", limit=MAX_NODES)
        node = Node(self.named(name), {self.named(key): value for key, value in attributes.items()}, self.line)
        if self.stack:
            self.stack[-1].content.append(node)
        else:
            self.root = node
        self.stack.append(node)

    def characters(self, text) -> None:
        self.stack[-1].content.append(text)
