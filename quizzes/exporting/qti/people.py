"""What people mark: a text, or a file; with notes to markers, and files that are given out."""

from collections.abc import Iterable
from html import escape

from quizzes.enums import QuestionType
from quizzes.exporting.entries import Entry
from quizzes.exporting.qti.elements import ILLEGAL, Element, Raw, Version, el
from quizzes.exporting.qti.parts import general
from quizzes.exporting.qti.saying import TASK_FILES, Said, says
from quizzes.file_kinds import extension_of
from quizzes.importing.qti.content import FILE_KINDS, MAX_WORDS, MIN_WORDS, MOST_MEGABYTES
from quizzes.office import rubric_lines
from quizzes.types.by_people import TaskFile

LINES = "15"


def essay(entry: Entry, version: Version) -> Said:
    text = entry.text
    limits = ((MIN_WORDS, text.min_words), (MAX_WORDS, text.max_words))
    outcomes = [says(name, "integer", limit) for name, limit in limits if limit]
    interaction = el("extendedTextInteraction", responseIdentifier="RESPONSE", expectedLines=LINES)
    return _said(entry, version, interaction, "string", outcomes)


def file(entry: Entry, version: Version) -> Said:
    """A practical task is one by the heading of its criteria."""
    text = entry.text
    outcomes = [says(FILE_KINDS, "string", *text.kinds), says(MOST_MEGABYTES, "integer", text.most_megabytes)]
    return _said(entry, version, el("uploadInteraction", responseIdentifier="RESPONSE"), "file", outcomes)


def path_of(file: TaskFile) -> str:
    """Where a file that is given out lies beside the items: names of files are anything, paths are not."""
    return f"{TASK_FILES}/{file.sha256[:16]}.{extension_of(file.name)}"


def _said(entry: Entry, version: Version, interaction: Element, base_type: str, outcomes: list[Element]) -> Said:
    declaration = el("responseDeclaration", identifier="RESPONSE", cardinality="single", baseType=base_type)
    beside = [*_links(entry.text.files), *_rubric(entry.text, version)]
    return Said(interaction, [declaration], None, [], [], general(entry), outcomes, beside)


def _links(files: Iterable[TaskFile]) -> list[Raw]:
    return [Raw(f'<p><a href="{path_of(file)}">{_words(file.name)}</a></p>') for file in files]


def _rubric(text, version: Version) -> list[Element]:
    """The guide is for markers alone; the criteria too, unless learners see them beforehand."""
    rows = [(row.title, [(level.points, level.words) for level in row.levels]) for row in text.criteria]
    criteria = rubric_lines.written("", rows, is_practical=text.type == QuestionType.PRACTICAL)
    views = [("scorer", text.guide), ("candidate scorer" if text.shows_criteria else "scorer", criteria)]
    return [_block(view, lines, version) for view, lines in views if lines]


def _block(view: str, lines: str, version: Version) -> Element:
    shown = [Raw(f"<p>{_words(line)}</p>") for line in lines.split("\n")]
    inside = [el("contentBody", *shown)] if version.is_dashed else shown
    return el("rubricBlock", *inside, use="scoring", view=view)


def _words(words: str) -> str:
    return escape(ILLEGAL.sub("", words), quote=False)
