"""A Word document as lines of letters that know how they look; fonts from before Unicode are converted."""

import re
import unicodedata
from base64 import b64encode
from dataclasses import dataclass, field
from html import escape
from io import BytesIO

import docx
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from lxml.etree import LxmlError

from quizzes.importing.notes import QuestionFileRefused
from quizzes.importing.records import FoundFile
from quizzes.office.word_styles import W_VAL, Styles, is_on
from staff.old_fonts import convert, encoding_of

UNDERLINED, BOLD, COLOURED, RAISED, LOWERED = 1, 2, 4, 8, 16
PICTURE = "\ufffc"
MAX_LINES = 200_000
_UNREADABLE = (PackageNotFoundError, LxmlError, KeyError, ValueError, AttributeError, IndexError, OSError, EOFError)
_PLAIN_COLOURS = {"auto", "000000", "ffffff", "none", "", "black", "white"}
# Text that was copied from a page is often not quite black, on what is not quite white: no reader sees a mark in that.
_DARK, _LIGHT, _GREY = 0x45, 0xEB, 0x18
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"


@dataclass(slots=True)
class Line:
    """``marks`` has the looks of each letter of ``text``; a picture is one letter of it, in the order of ``pictures``.

    ``number_format`` is how Word numbers the paragraph by itself, and ``row`` the table, row and column it stands in.
    """

    place: int
    text: str = ""
    marks: list[int] = field(default_factory=list)
    pictures: list[FoundFile] = field(default_factory=list)
    heading: int | None = None
    number_format: str = ""
    row: tuple[int, int, int] | None = None
    has_equation: bool = False
    # What somebody wrote beside it, in the margin.
    comments: tuple[str, ...] = ()

    def cut(self, start: int, end: int | None = None) -> "Line":
        """A part of the line, without the spaces around it."""
        end = len(self.text) if end is None else end
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        shown = self.text[:start].count(PICTURE)
        pictures = self.pictures[shown : shown + self.text[start:end].count(PICTURE)]
        return Line(self.place, self.text[start:end], self.marks[start:end], pictures, has_equation=self.has_equation)

    def looks(self, mark: int, start: int = 0, end: int | None = None) -> bool:
        """Whether every letter of that part looks so."""
        pairs = list(zip(self.text, self.marks, strict=True))[start:end]
        letters = [marks for letter, marks in pairs if not letter.isspace()]
        return bool(letters) and all(marks & mark for marks in letters)

    def html(self) -> str:
        """The letters with what changes their meaning: raised, lowered, pictures."""
        parts, pictures, level = [], iter(self.pictures), 0
        for letter, marks in zip(self.text, self.marks, strict=True):
            if (marks & (RAISED | LOWERED)) != level:
                parts += [_CLOSING[level], _OPENING[marks & (RAISED | LOWERED)]]
                level = marks & (RAISED | LOWERED)
            if letter == PICTURE:
                parts.append(f'<img src="@@PLUGINFILE@@/{escape(next(pictures).name)}" alt="">')
            else:
                parts.append(escape(letter, quote=False))
        return "".join([*parts, _CLOSING[level]])


_OPENING = {0: "", RAISED: "<sup>", LOWERED: "<sub>", RAISED | LOWERED: ""}
_CLOSING = {0: "", RAISED: "</sup>", LOWERED: "</sub>", RAISED | LOWERED: ""}


def lines_of(content: bytes) -> list[Line]:
    """Every line of the document that has something on it. The archive was looked through before."""
    try:
        return _Reader(docx.Document(BytesIO(content))).lines()
    except _UNREADABLE:
        raise QuestionFileRefused("word_unreadable") from None


class _Reader:
    def __init__(self, document):
        self.document, self.styles = document, Styles(document)
        self.place, self.table = 0, 0
        self.notes, self.comments = _notes(document), _comments(document)
        self.found: list[Line] = []

    def lines(self) -> list[Line]:
        self._body(self.document.element.body, None)
        return [line for line in self.found if line.text.strip() or line.has_equation]

    def _body(self, container, row) -> None:
        for element in container:
            if element.tag == qn("w:p"):
                self._paragraph(element, row)
            elif element.tag == qn("w:tbl"):
                self.table += 1
                self._table(element, self.table)
            elif element.tag == qn("w:sdt"):
                inner = element.find(qn("w:sdtContent"))
                if inner is not None:
                    self._body(inner, row)

    def _table(self, element, table: int) -> None:
        # A table within a cell is read with its cell.
        rows = (row for row in element.iter(qn("w:tr")) if next(row.iterancestors(qn("w:tbl"))) is element)
        for number, row in enumerate(rows):
            column = 0
            for cell in row.findall(qn("w:tc")):
                self._body(cell, (table, number, column))
                span = cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}")
                width = span.get(W_VAL, "1") if span is not None else "1"
                column += int(width) if width.isdecimal() else 1

    def _paragraph(self, element, row) -> None:
        self.place += 1
        if self.place > MAX_LINES:
            raise QuestionFileRefused("too_many_nodes", limit=MAX_LINES)
        letters = []
        for run in element.iter(qn("w:r")):
            if not _is_deleted(run, element):
                self._run(element, run, letters)
        shared = {
            "heading": self.styles.heading_level(element),
            "row": row,
            "has_equation": next(element.iter(_MATH), None) is not None,
        }
        number_format = self.styles.number_format(element)
        marks = [mark.get(qn("w:id")) for mark in element.iter(qn("w:commentReference"))]
        comments = tuple(self.comments[mark] for mark in marks if self.comments.get(mark))
        for part in _broken(letters):
            line = _line(self.place, part, shared)
            line.comments, comments = comments, ()
            # The number stands before the first line of a paragraph.
            line.number_format, number_format = number_format, ""
            self.found.append(line)
        # What stands in boxes beside the paragraph; older programs find the same text again in a fallback.
        for box in element.iter(qn("w:txbxContent")):
            if not _is_within(box, element, {_FALLBACK, qn("w:txbxContent"), qn("w:del"), qn("w:moveFrom")}):
                self._body(box, row)

    def _run(self, paragraph, run, letters: list) -> None:
        own = run.find(qn("w:rPr"))
        if is_on(own, "w:vanish"):
            return
        look = self._look(paragraph, run, own)
        encoding = encoding_of(self.styles.font(paragraph, run))
        for child in run:
            if child.tag == qn("w:t"):
                letters += [(letter, look, encoding, None) for letter in child.text or ""]
            elif child.tag == qn("w:tab"):
                letters.append(("\t", look, None, None))
            elif child.tag in (qn("w:br"), qn("w:cr")):
                letters.append(("\n", look, None, None))
            elif child.tag == qn("w:noBreakHyphen"):
                letters.append(("-", look, None, None))
            elif child.tag in (qn("w:footnoteReference"), qn("w:endnoteReference")):
                words = self.notes.get((child.tag, child.get(qn("w:id"))), "")
                letters += [(letter, 0, None, None) for letter in (f" ({words})" if words else "")]
            elif child.tag in (qn("w:drawing"), qn("w:pict"), qn("w:object")):
                letters += [(PICTURE, look, None, file) for file in self._pictures(child)]

    def _look(self, paragraph, run, own) -> int:
        look = BOLD if self.styles.switch(paragraph, run, "w:b") else 0
        if _is_within(run, paragraph, {qn("w:hyperlink")}) or self.styles.is_link(run):
            return look  # underlined and blue because it leads somewhere
        line = self.styles.run_mark(paragraph, run, "w:u")
        if line is not None and line.get(W_VAL, "single") != "none":
            look |= UNDERLINED
        if self._is_coloured(paragraph, run):
            look |= COLOURED
        level = own.find(qn("w:vertAlign")) if own is not None else None
        if level is not None:
            look |= {"superscript": RAISED, "subscript": LOWERED}.get(level.get(W_VAL), 0)
        return look

    def _is_coloured(self, paragraph, run) -> bool:
        for tag, attribute in (("w:color", W_VAL), ("w:highlight", W_VAL), ("w:shd", qn("w:fill"))):
            mark = self.styles.run_mark(paragraph, run, tag)
            if mark is not None and not _is_plain(mark.get(attribute) or "", is_text=tag == "w:color"):
                return True
        return False

    def _pictures(self, element):
        """The pictures of a drawing; one that cannot be found in the file is a name without content."""
        for node in element.iter():
            relation = node.get(qn("r:embed")) or (node.get(qn("r:id")) if node.tag.endswith("}imagedata") else None)
            if relation is None or not node.tag.endswith(("}blip", "}imagedata")):
                continue
            if _is_within(node, element, {qn("w:txbxContent")}):
                continue
            part = self.document.part.related_parts.get(relation)
            if part is None:
                yield FoundFile(f"{relation}.png")
                continue
            yield FoundFile(str(part.partname).rpartition("/")[2], b64encode(part.blob).decode())


def _notes(document) -> dict[tuple[str, str], str]:
    """The words of each footnote and endnote, by the tag that refers to it and its id."""
    notes = {}
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind not in ("footnotes", "endnotes") or relation.is_external:
            continue
        name = kind.removesuffix("s")
        for one in parse_xml(relation.target_part.blob).findall(qn(f"w:{name}")):
            words = " ".join("".join(text.text or "" for text in one.iter(qn("w:t"))).split())
            notes[qn(f"w:{name}Reference"), one.get(qn("w:id"))] = words
    return notes


def _comments(document) -> dict[str, str]:
    """The words of each comment by its id."""
    found = {}
    for relation in document.part.rels.values():
        if relation.reltype.rpartition("/")[2] != "comments" or relation.is_external:
            continue
        for one in parse_xml(relation.target_part.blob).findall(qn("w:comment")):
            found[one.get(qn("w:id"))] = " ".join("".join(text.text or "" for text in one.iter(qn("w:t"))).split())
    return found


def _is_within(element, top, tags: set[str]) -> bool:
    """Whether one of these stands between the element and ``top``."""
    for parent in element.iterancestors():
        if parent is top:
            return False
        if parent.tag in tags:
            return True
    return False


def _is_deleted(run, paragraph) -> bool:
    """Text that tracked changes took out, and text of boxes: those have paragraphs of their own."""
    for parent in run.iterancestors():
        if parent is paragraph:
            return False
        if parent.tag in (qn("w:del"), qn("w:moveFrom"), qn("w:p")):
            return True
    return False


def _is_plain(colour: str, *, is_text: bool) -> bool:
    """Whether it looks like any other text, or like paper."""
    if colour.lower() in _PLAIN_COLOURS:
        return True
    if not re.fullmatch("[0-9A-Fa-f]{6}", colour):
        return False
    shades = bytes.fromhex(colour)
    is_faint = max(shades) <= _DARK if is_text else min(shades) >= _LIGHT
    return is_faint and max(shades) - min(shades) <= _GREY


def _broken(letters: list) -> list[list]:
    """The lines that a paragraph is broken into."""
    lines = [[]]
    for letter in letters:
        if letter[0] == "\n":
            lines.append([])
        else:
            lines[-1].append(letter)
    return lines


def _line(place: int, letters: list, shared: dict) -> Line:
    text, marks, pictures, at = [], [], [], 0
    while at < len(letters):
        encoding, end = letters[at][2], at + 1
        while end < len(letters) and letters[end][2] == encoding:
            end += 1
        piece = letters[at:end]
        words = "".join(letter for letter, *_rest in piece)
        for index, letter in convert(words, encoding) if encoding else enumerate(words):
            text.append(letter)
            marks += [piece[index][1]] * len(letter)
        pictures += [file for *_rest, file in piece if file is not None]
        at = end
    return _composed(Line(place, "".join(text), marks, pictures, **shared))


_DECOMPOSED = re.compile(r"[\u0300-\u036f]")


def _composed(line: Line) -> Line:
    """Letters and their accents as one letter each, so that words are found whoever typed them."""
    if not _DECOMPOSED.search(line.text):
        return line
    text, marks, at = [], [], 0
    while at < len(line.text):
        end = at + 1
        while end < len(line.text) and unicodedata.combining(line.text[end]):
            end += 1
        whole = unicodedata.normalize("NFC", line.text[at:end])
        text.append(whole)
        marks += [line.marks[at]] * len(whole)
        at = end
    line.text, line.marks = "".join(text), marks
    return line
