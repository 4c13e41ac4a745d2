"""What an item shows, as HTML for the bank's own cleaning; and the files that it shows."""

import posixpath
from base64 import b64encode
from collections.abc import Callable
from html import escape
from urllib.parse import unquote, urlsplit

from quizzes.importing.records import FoundFile
from quizzes.importing.xml_trees import Node

PLUGIN = "@@PLUGINFILE@@/"
UNDERLINED = "qti-underline"
# The unit behind a field, as this system writes it.
UNIT = "answer-unit"
# A field that is a gap of the text, as this system writes it, even where it is the only one or stands alone.
GAP_FIELD = "answer-gap"
GAP = "_____"
# Outcomes by which this system says what QTI has no words for: nothing sets them, their default is what is said.
MIN_WORDS, MAX_WORDS = "MIN_WORDS", "MAX_WORDS"
FILE_KINDS, MOST_MEGABYTES = "FILE_KINDS", "MOST_MEGABYTES"
ACCENTS, SPELLING = "ACCENTS", "SPELLING"
_VOID = {"br", "hr", "img"}
_BLOCKS = {"p", "div", "li", "td", "th", "blockquote", "h1", "h2", "h3", "h4", "h5", "h6"}
_CARTRIDGE = ("$IMS-CC-FILEBASE$", "$IMS_CC_FILE_BASE$", "%24IMS-CC-FILEBASE%24", "%24IMS_CC_FILE_BASE%24")
# Nothing of these is for the eyes of whoever is asked.
HIDDEN = {
    "feedbackInline", "feedbackBlock", "templateInline", "templateBlock", "stylesheet", "infoControl", "rubricBlock",
    "catalogInfo", "script", "style", "modalFeedback",
}  # fmt: skip


class Files:
    """The pictures an item shows, from the archive it stands in. ``folder`` is where the item stands."""

    def __init__(self, archive=None, folder: str = "", album: dict | None = None):
        self.archive, self.folder = archive, folder
        # The base64 text of each part once, however many questions show it.
        self.album = album if album is not None else {}

    def within(self, folder: str) -> "Files":
        return Files(self.archive, folder, self.album)

    def found(self, address: str) -> FoundFile | None:
        """The file at an address of the item's own, None where it is not there or stands elsewhere."""
        path = self._path(address)
        if path is None:
            return None
        if path not in self.album:
            self.album[path] = b64encode(self.archive.read(path)).decode()
        return FoundFile(flat_name(path), self.album[path])

    def _path(self, address: str) -> str | None:
        if self.archive is None or urlsplit(address).scheme:
            return None
        path = unquote(address.partition("?")[0])
        for base in _CARTRIDGE:
            if path.startswith(base):
                path = path.removeprefix(base).lstrip("/")
                ends = [name for name in self.archive.names if name == path or name.endswith(f"/{path}")]
                return ends[0] if len(ends) == 1 else None
        path = posixpath.normpath(posixpath.join(self.folder, path))
        return path if path in self.archive else None


NO_FILES = Files()


def flat_name(path: str) -> str:
    """One name for a path: pictures of two folders may have the same."""
    return unquote(path).replace("/", "__")[-200:]


class Writing:
    """Writes nodes as HTML; ``files`` are those that were shown."""

    def __init__(self, source: Files, special: Callable[[Node], str | None] | None = None):
        """``special`` gives what stands for an element, None for what is written as it is."""
        self.source, self.special = source, special or (lambda node: None)
        self.files: dict[str, FoundFile] = {}

    def of(self, *nodes) -> str:
        return "".join(escape(node, quote=False) if isinstance(node, str) else self._node(node) for node in nodes)

    def inside(self, node: Node) -> str:
        return self.of(*node.content).strip()

    def shown(self) -> tuple[FoundFile, ...]:
        return tuple(self.files.values())

    def _node(self, node: Node) -> str:
        if node.name in HIDDEN or is_unit(node):
            return ""
        if (words := self.special(node)) is not None:
            return words
        if node.name == "img":
            return self.picture(node.get("src"), node.get("alt"))
        if node.name == "object" and node.get("type").startswith("image/"):
            return self.picture(node.get("data"), node.get("alt") or node.words)
        if node.name in _VOID:
            return f"<{node.name}>"
        inside = self.of(*node.content)
        if node.name == "span" and UNDERLINED in node.get("class").split():
            return f"<u>{inside}</u>"
        return f"<{node.name}>{inside}</{node.name}>"

    def picture(self, address: str, alt: str) -> str:
        address = address.strip()
        if urlsplit(address).scheme in ("", "file"):
            file = self.source.found(address)
            if file is not None:
                self.files[file.name] = file
            address = PLUGIN + (file.name if file else flat_name(posixpath.basename(address)))
        return f'<img src="{escape(address)}" alt="{escape(" ".join(alt.split()))}">'


def stands_alone(node: Node, body: Node) -> bool:
    """Whether the block around it holds nothing else: then it is a field under the text, no gap within it."""
    around = next((block for block in body.walk() if any(child is node for child in block.children)), None)
    if around is None or around is body or around.name not in _BLOCKS:
        return around is body
    return not any(
        part.strip() if isinstance(part, str) else part is not node and not is_unit(part) for part in around.content
    )


def is_unit(node: Node) -> bool:
    return node.name == "span" and UNIT in node.get("class").split()
