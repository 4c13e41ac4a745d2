"""An item that people mark: what markers are told, what is given out, and how much is asked for."""

import posixpath
from dataclasses import replace
from decimal import Decimal
from html import escape
from urllib.parse import unquote

from quizzes.file_kinds import EXTENSIONS, extension_of
from quizzes.importing.notes import note
from quizzes.importing.qti.content import FILE_KINDS, MAX_WORDS, MIN_WORDS, MOST_MEGABYTES, Files, Writing
from quizzes.importing.records import Formatted, FoundFile, FoundQuestion
from quizzes.importing.xml_trees import Node
from quizzes.office import rubric_lines
from staff.vietnamese import nfc

SCORER, CANDIDATE = "scorer", "candidate"


def by_people(reading) -> FoundQuestion:
    """The question of ``reading``, an item with one interaction for a text or for a file."""
    given = _GivenOut(reading.files, reading.body) if reading.takes_files else None
    reading.warnings += [note("task_file_kind", file=name) for name in (given.others if given else ())]
    notes = _Notes(reading.body, reading.files)
    found = reading.base(given.special if given else None, but_for=notes.criteria_blocks)
    limits = _Said(reading.rules.outcomes)
    fewest, most = limits.whole(MIN_WORDS), limits.whole(MAX_WORDS)
    return replace(
        found,
        takes_files=reading.takes_files,
        guide=notes.guide,
        criteria=notes.criteria,
        shows_criteria=notes.shows_criteria,
        is_practical=notes.is_practical,
        task_files=tuple(given.files.values()) if given else None,
        min_words=fewest,
        max_words=most,
        # An item with criteria as this system writes them is one of its own, which says what limits there are.
        says_limits=bool(notes.criteria or fewest or most),
        file_kinds=limits.words(FILE_KINDS),
        most_megabytes=limits.whole(MOST_MEGABYTES),
        default_grade=limits.points(),
        general_feedback=reading.general({}),
    )


class _Said:
    """Outcomes that nothing sets: their default is what the item says by them."""

    def __init__(self, outcomes: dict[str, list]):
        self.outcomes = outcomes

    def whole(self, name: str) -> int | None:
        value = next(iter(self.outcomes.get(name, [])), None)
        return int(value) if isinstance(value, Decimal) and 0 < value < 10**6 else None

    def words(self, name: str) -> tuple[str, ...]:
        return tuple(str(value) for value in self.outcomes.get(name, []))

    def points(self) -> Decimal | None:
        value = next(iter(self.outcomes.get("MAXSCORE", [])), None)
        return value if isinstance(value, Decimal) and value > 0 else None


class _Notes:
    """The blocks for scorers. Criteria are lines of the last of them, as this system writes them; a candidate may see
    that block as well."""

    def __init__(self, body: Node, files: Files):
        self.criteria, self.shows_criteria, self.is_practical = (), None, False
        self.criteria_blocks: list[Node] = []
        notes: list[Formatted] = []
        for block in reversed(body.under("rubricBlock")):
            views = block.get("view").split()
            if SCORER not in views:
                continue
            words = _written(block, files)
            rubric = rubric_lines.read(words.text) if words.format == "plain" else None
            if rubric and rubric.criteria and not rubric.guide and not self.criteria:
                self.criteria, self.is_practical = rubric.criteria, rubric.is_practical
                self.shows_criteria = CANDIDATE in views
                self.criteria_blocks.append(block)
            elif CANDIDATE not in views:
                notes.insert(0, words)
        self.guide = _together(notes)


def _written(block: Node, files: Files) -> Formatted:
    """Lines where the block is nothing but paragraphs of words, else HTML."""
    inner = block.first("contentBody") or block
    parts = [part for part in inner.content if not isinstance(part, str) or part.strip()]
    if all(not isinstance(part, str) and part.name == "p" and not any(part.children) for part in parts):
        # A program that breaks the lines of its XML means nothing by it.
        return Formatted("plain", "\n".join(part.words if "\n" in part.text else part.text for part in parts))
    return Formatted("html", Writing(files).inside(inner))


def _together(notes: list[Formatted]) -> Formatted | None:
    if not notes:
        return None
    if all(one.format == "plain" for one in notes):
        return Formatted("plain", "\n".join(one.text for one in notes))
    written = (one.text if one.format == "html" else f"<p>{escape(one.text)}</p>" for one in notes)
    return Formatted("html", "".join(written))


class _GivenOut:
    """The files that the text links to, by their paths; ``others`` are of kinds that are not given out. A line that
    only names files says nothing more."""

    def __init__(self, source: Files, body: Node):
        self.files: dict[str, FoundFile] = {}
        self.others: list[str] = []
        for link in body.under("a"):
            file, name = source.found(link.get("href").strip()), _name_of(link)
            if file is not None and extension_of(name) in EXTENSIONS:
                self.files.setdefault(link.get("href"), FoundFile(name, file.base64))
            elif file is not None:
                self.others.append(name)

    def special(self, node: Node) -> str | None:
        parts = [part for part in node.content if not isinstance(part, str) or part.strip()]
        is_bare = (
            node.name == "p"
            and parts
            and all(not isinstance(part, str) and part.name == "a" and part.get("href") in self.files for part in parts)
        )
        return "" if is_bare else None


def _name_of(link: Node) -> str:
    """The words of the link where they are the name of such a file, else how it is called in the package."""
    name = posixpath.basename(unquote(link.get("href").partition("?")[0]))
    ending = posixpath.splitext(name)[1].lower()
    return nfc(link.text) if ending and link.text.strip().lower().endswith(ending) else name
