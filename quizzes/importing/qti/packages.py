"""A package of QTI files: an archive with a list of its contents, imsmanifest.xml."""

import posixpath
from dataclasses import replace
from urllib.parse import unquote

from quizzes.importing.notes import QuestionFileRefused, note
from quizzes.importing.qti import TESTS, numbered, questions_of, root_of
from quizzes.importing.qti.content import Files
from quizzes.importing.qti.metadata import described
from quizzes.importing.reading import QTI, text_of
from quizzes.importing.records import FoundQuestion, ParsedFile
from quizzes.importing.xml_trees import Node
from staff.archives import Archive

MANIFEST = "imsmanifest.xml"
MAX_QUESTIONS = 20_000
# Sections that this system wrote stand for the categories of its bank; others are parts of somebody's test.
CATEGORY = "category-"
_TYPES = ("imsqti_item", "imsqti_xml", "imsqti_test", "imsqti_section", "imsqti_assessment")


def manifest_of(archive: Archive) -> str | None:
    """The path of the manifest; people also pack the folder around it."""
    found = [name for name in archive.names if posixpath.basename(name) == MANIFEST]
    return min(found, key=lambda name: (name.count("/"), name), default=None)


def parse(archive: Archive) -> ParsedFile:
    """Every question of the package; an item that cannot be read stands among them with its reason."""
    path = manifest_of(archive)
    if path is None:
        raise QuestionFileRefused("qti_no_manifest")
    reading = _Package(archive, posixpath.dirname(path))
    root = root_of(text_of(archive.read(path)))
    resources = root.under("resource")
    declared = [node for node in resources if node.get("type").startswith(_TYPES)]
    for resource in declared or [node for node in resources if _address(node).lower().endswith(".xml")]:
        reading.read(resource)
    return ParsedFile(QTI, numbered(reading.in_categories()))


def _address(resource: Node) -> str:
    if address := resource.get("href"):
        return address
    file = resource.first("file")
    return file.get("href") if file else ""


class _Package:
    def __init__(self, archive: Archive, folder: str):
        self.archive, self.folder, self.files = archive, folder, Files(archive)
        self.questions: list[FoundQuestion] = []
        self.categories: dict[str, tuple[str, ...]] = {}
        self.depth = 0

    def read(self, resource: Node) -> None:
        address = _address(resource)
        path = posixpath.normpath(posixpath.join(self.folder, unquote(address)))
        if path not in self.archive:
            self._problem(MANIFEST, resource.line, note("href_missing", href=address[:200]))
            return
        try:
            root = root_of(text_of(self.archive.read(path)))
            if root.name in TESTS:
                self._read_test(root, posixpath.dirname(path))
                return
            found = questions_of(root, self.files.within(posixpath.dirname(path)))
        except QuestionFileRefused as refusal:
            self._problem(path, refusal.line or 1, refusal.note)
            return
        if len(found) == 1:
            found = [described(found[0], resource)]
        self.questions += [replace(question, source=path) for question in found]
        if len(self.questions) > MAX_QUESTIONS:
            raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)

    def _problem(self, path: str, line: int, reason) -> None:
        name = posixpath.basename(path)
        self.questions.append(FoundQuestion(kind="", line=line, title=name, source=path, problem=reason))

    def _read_test(self, root: Node, folder: str) -> None:
        """The items of a test belong together: its title is their category."""
        title = " ".join(root.get("title").split())[:200]
        for node in root.children:
            self._walk(node, (title,) if title else (), folder)

    def _walk(self, node: Node, path: tuple[str, ...], folder: str) -> None:
        if node.name == "assessmentItemRef":
            place = posixpath.normpath(posixpath.join(folder, unquote(node.get("href"))))
            self.categories.setdefault(place, path)
            return
        if node.name == "assessmentSection" and node.get("identifier").startswith(CATEGORY):
            # The first such section leaves the title of the test behind, those within it go on from there.
            path = (*(path if self.depth else ()), " ".join(node.get("title").split())[:200])
            self.depth += 1
            for child in node.children:
                self._walk(child, path, folder)
            self.depth -= 1
            return
        for child in node.children:
            self._walk(child, path, folder)

    def in_categories(self) -> list[FoundQuestion]:
        return [
            replace(question, category=self.categories.get(question.source, question.category))
            for question in self.questions
        ]
