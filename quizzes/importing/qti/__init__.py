"""QTI: items of versions 2.x and 3.0 (``items``), of 1.2 (``legacy``), and packages of them (``packages``).

The key of an item is what its own marking rules give: they are followed for each answer (``processing``), and where
they go beyond what is understood here, the question is refused. Nothing is guessed from looks.
"""

from dataclasses import replace

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.qti.content import NO_FILES, Files
from quizzes.importing.qti.items import ITEM, found_item
from quizzes.importing.qti.legacy import LEGACY, found_items
from quizzes.importing.qti.names import plain_name
from quizzes.importing.reading import QTI
from quizzes.importing.records import FoundQuestion, ParsedFile
from quizzes.importing.xml_trees import Node, tree_of

TESTS = {"assessmentTest", "assessmentSection"}


def parse(text: str) -> ParsedFile:
    """One file that stands alone."""
    return ParsedFile(QTI, numbered(questions_of(root_of(text), NO_FILES)))


def root_of(text: str) -> Node:
    return tree_of(text, name_of=plain_name)


def questions_of(root: Node, files: Files) -> list[FoundQuestion]:
    """The questions of a file by its root; raises QuestionFileRefused where it holds no questions."""
    if root.name == ITEM:
        return [found_item(root, files)]
    if root.name == LEGACY:
        return found_items(root, files)
    if root.name in TESTS:
        raise QuestionFileRefused("qti_test_alone", line=root.line)
    raise QuestionFileRefused("not_qti", line=root.line, tag=root.name[:40])


def numbered(questions: list[FoundQuestion]) -> tuple[FoundQuestion, ...]:
    return tuple(replace(found, number=number) for number, found in enumerate(questions, 1))
