"""From the paragraphs, tables and pictures of a Word document to the blocks of a lesson; what is left out is noted."""

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from html import escape
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from courses.word.package import WordFileRefused, open_word
from courses.word.pictures import DrawnPicture, redraw
from quizzes.office.word_styles import Styles
from staff.old_fonts import convert, encoding_of

MOST_PARAGRAPHS = 5_000
MOST_PICTURES = 60
MOST_CELLS = 5_000
LONGEST_NOTE = 300
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_V = "{urn:schemas-microsoft-com:vml}"
_R_ID, _R_EMBED, _R_LINK = qn("r:id"), qn("r:embed"), qn("r:link")
_STEP = re.compile(r"^(bước|buớc)\s*\d+\s*[:.)\-–]?\s*", re.IGNORECASE)
_TABLE_CAPTION = re.compile(r"^bảng\s*\d*\s*[:.\-–]", re.IGNORECASE)
_FIELD_LINK = re.compile(r'HYPERLINK\s+"([^"]+)"', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Missed:
    """Something of the file that is not in the lesson: what, where, how often."""

    what: str
    where: str
    times: int = 1


@dataclass(slots=True)
class Reading:
    """A document as blocks. An image block names its picture by its place in ``pictures``."""

    title: str = ""
    summary: str = ""
    blocks: list[dict] = field(default_factory=list)
    pictures: list[DrawnPicture] = field(default_factory=list)
    not_taken: list[Missed] = field(default_factory=list)
    fonts: list[str] = field(default_factory=list)


def read_word(content: bytes) -> Reading:
    """The file as a lesson's blocks; WordFileRefused where it cannot or must not be read."""
    document = open_word(content)
    try:
        return _Reader(document).read()
    except RecursionError as error:
        raise WordFileRefused(_("The file is built in a way that Word files are not.")) from error


@dataclass(slots=True)
class _Span:
    """A stretch of a paragraph in one dress; ``link`` is an address or empty."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str = ""
    font: str | None = None


@dataclass(slots=True)
class _Paragraph:
    spans: list[_Span]
    pictures: list[dict]

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(span.text for span in self.spans)).strip()

    def html(self, *, dressed: bool = True) -> str:
        """Clean inline HTML of bold, italic, links and line breaks."""
        parts = []
        for span in _merged(self.spans):
            words = escape(span.text, quote=False).replace("\n", "<br/>")
            if dressed and span.text.strip():
                words = f"<i>{words}</i>" if span.italic else words
                words = f"<b>{words}</b>" if span.bold else words
            parts.append(f'<a href="{escape(span.link)}">{words}</a>' if span.link else words)
        return "".join(parts).strip()


def _merged(spans: list[_Span]) -> list[_Span]:
    merged: list[_Span] = []
    for span in spans:
        last = merged[-1] if merged else None
        if last and (last.bold, last.italic, last.link) == (span.bold, span.italic, span.link):
            merged[-1] = _Span(last.text + span.text, last.bold, last.italic, last.link)
        elif span.text:
            merged.append(_Span(span.text, span.bold, span.italic, span.link))
    return merged


class _Reader:
    def __init__(self, document):
        self.document, self.part = document, document.part
        self.styles = Styles(document)
        self.reading = Reading()
        self.missed: Counter = Counter()
        self.fonts: set[str] = set()
        self.heading, self.here, self.cells = "", "", 0
        self.text: list[str] = []  # HTML of the text block being filled
        self.list: list[tuple[int, bool, _Paragraph]] = []
        self.list_id = ""
        self.steps: list[_Paragraph] = []
        self.caption = ""
        self.field: list[str] | None = None
        self.field_link = ""
        self.notes: dict[str, dict[str, str]] = {}  # of each kind of note, its words by its id

    def read(self) -> Reading:
        paragraphs = sum(1 for _p in self.document.element.body.iter(qn("w:p")))
        if paragraphs > MOST_PARAGRAPHS:
            raise WordFileRefused(
                _("The file has more than %(limit)d paragraphs. Split it into several lessons.")
                % {"limit": MOST_PARAGRAPHS}
            )
        self._body(self.document.element.body)
        self._flush()
        self._headers_and_footers()
        self._settle_title()
        found = self.reading
        found.not_taken = [Missed(what, where, times) for (what, where), times in self.missed.items()]
        found.fonts = sorted(self.fonts)
        return found

    # --- the story ----------------------------------------------------------------

    def _body(self, container) -> None:
        for child in container:
            if child.tag == qn("w:p"):
                self._paragraph(child)
            elif child.tag == qn("w:tbl"):
                self._table(child)
            elif child.tag == qn("w:sdt"):
                inner = child.find(qn("w:sdtContent"))
                if inner is not None:
                    self._body(inner)
            elif child.tag in {qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag")}:
                self._body(child)
            elif child.tag in {qn("w:del"), qn("w:moveFrom")}:
                self._miss(_("Tracked deletion"))
            elif child.tag in {f"{_M}oMathPara", f"{_M}oMath"}:
                self._miss(_("Equation"))
            elif child.tag == qn("w:altChunk"):
                self._miss(_("Embedded document"))

    def _paragraph(self, element) -> None:
        names = self.styles.names(element)
        if names and names[0].startswith("toc"):
            self._miss(_("Table of contents"), place="")
            return
        paragraph = self._inline(element)
        text = paragraph.text
        if text:
            self._paragraph_text(element, names, paragraph, text)
        for picture in paragraph.pictures:
            self._flush()
            self.reading.blocks.append({"type": "image", "value": picture})

    def _paragraph_text(self, element, names, paragraph, text) -> None:
        found = self.reading
        if "title" in names[:1] and not found.title:
            found.title = text
            return
        if "subtitle" in names[:1] and not found.summary:
            found.summary = text
            return
        level = self.styles.heading_level(element)
        if level is not None:
            self._end_lists()
            self._caption_that_was_none()
            self.heading = text
            tag = "h2" if level <= 2 else "h3"
            self.text.append(f"<{tag} data-level={level}>{paragraph.html(dressed=False)}</{tag}>")
            return
        if "caption" in names or _TABLE_CAPTION.match(text):
            if self._last_is_bare("image"):
                found.blocks[-1]["value"]["caption"] = text
                return
            self._end_lists()
            self._caption_that_was_none()
            self.caption = text
            return
        place = self.styles.list_level(element)
        if place is not None:
            number_id, depth, is_numbered = place
            self._end_steps()
            if depth == 0 and self.list_id not in ("", number_id):
                self._end_list()
            if depth == 0:
                self.list_id = number_id
            self.list.append((depth, is_numbered, paragraph))
            return
        if _STEP.match(text):
            self._end_list()
            self.steps.append(paragraph)
            return
        self._end_lists()
        self._caption_that_was_none()
        self.text.append(f"<p>{paragraph.html()}</p>")

    def _last_is_bare(self, kind: str) -> bool:
        """Whether the block just written is one of this kind that has no caption yet, with nothing after it."""
        blocks = self.reading.blocks
        nothing_since = not (self.text or self.list or self.steps)
        return bool(nothing_since and blocks and blocks[-1]["type"] == kind and not blocks[-1]["value"]["caption"])

    def _caption_that_was_none(self) -> None:
        if self.caption:
            words, self.caption = self.caption, ""
            self.text.append(f"<p>{escape(words, quote=False)}</p>")

    # --- lists and steps ------------------------------------------------------------

    def _end_lists(self) -> None:
        self._end_list()
        self._end_steps()

    def _end_steps(self) -> None:
        """Paragraphs that begin “Bước 1:”, “Bước 2:” … are steps; one alone is a paragraph."""
        steps, self.steps = self.steps, []
        if len(steps) == 1:
            self.text.append(f"<p>{steps[0].html()}</p>")
        elif steps:
            for step in steps:
                _cut(step, len(_STEP.match(step.text)[0]))
            self._write_steps([step.html() for step in steps])

    def _end_list(self) -> None:
        """A flat numbered list is steps to follow; every other list stays a list in the text."""
        entries, self.list, self.list_id = self.list, [], ""
        if not entries:
            return
        if len(entries) > 1 and all(is_numbered and level == 0 for level, is_numbered, _p in entries):
            self._write_steps([paragraph.html() for _level, _numbered, paragraph in entries])
        else:
            self.text.append(_nested(entries))

    def _write_steps(self, steps: list[str]) -> None:
        self._flush_text()
        self.reading.blocks.append({"type": "steps", "value": {"title": "", "items": [f"<p>{s}</p>" for s in steps]}})

    def _flush(self) -> None:
        self._end_lists()
        self._caption_that_was_none()
        self._flush_text()

    def _flush_text(self) -> None:
        html, self.text = "".join(self.text), []
        if html:
            self.reading.blocks.append({"type": "text", "value": html})

    # --- tables ---------------------------------------------------------------------

    def _table(self, element) -> None:
        caption, self.caption = self.caption, ""
        self._flush()
        rows = [self._row(row) for row in element.findall(qn("w:tr"))]
        rows = [row for row in rows if row]
        if not rows:
            return
        if len(rows) == 1 and len(rows[0]) == 1:
            html = "".join(f"<p>{p.html()}</p>" for p in rows[0][0] if p.text)
            if html:
                self.reading.blocks.append({"type": "callout", "value": {"kind": "note", "title": "", "text": html}})
            return
        width = max(len(row) for row in rows)
        cells = [[" · ".join(p.text for p in cell if p.text) for cell in row] for row in rows]
        cells = [row + [""] * (width - len(row)) for row in cells]
        if any(span.bold or span.italic or span.link for row in rows for cell in row for p in cell for span in p.spans):
            self._miss(_("Bold, italic and links inside a table"))
        value = {
            "caption": caption or _("Table %(number)d") % {"number": self._table_number()},
            "header": cells[0],
            "rows": cells[1:],
        }
        self.reading.blocks.append({"type": "table", "value": value})

    def _table_number(self) -> int:
        """Of the table that is being read, from 1."""
        return sum(block["type"] == "table" for block in self.reading.blocks) + 1

    def _row(self, row) -> list[list[_Paragraph]]:
        cells = []
        for cell in row.iter(qn("w:tc")):
            if next(cell.iterancestors(qn("w:tr"))) is not row:
                continue
            self.cells += 1
            if self.cells > MOST_CELLS:
                raise WordFileRefused(
                    _("The tables of the file have more than %(limit)d cells.") % {"limit": MOST_CELLS}
                )
            marks = cell.find(qn("w:tcPr"))
            span = marks.find(qn("w:gridSpan")) if marks is not None else None
            merged = marks.find(qn("w:vMerge")) if marks is not None else None
            width = int(span.get(qn("w:val"))) if span is not None and span.get(qn("w:val"), "").isdecimal() else 1
            if width > 1 or merged is not None:
                self._miss(
                    _("Merged cells of table %(number)d; look at the columns") % {"number": self._table_number()}
                )
            if cell.find(qn("w:tbl")) is not None:
                self._miss(_("Table inside a table"))
            paragraphs = []
            for child in cell.findall(qn("w:p")):
                paragraph = self._inline(child)
                if paragraph.pictures:
                    self._miss(_("Picture inside a table"))
                    del self.reading.pictures[len(self.reading.pictures) - len(paragraph.pictures) :]
                paragraphs.append(paragraph)
            cells.append(paragraphs)
            cells += [[] for _extra in range(min(width, 50) - 1)]
        return cells

    # --- inside a paragraph ---------------------------------------------------------

    def _inline(self, element) -> _Paragraph:
        paragraph = _Paragraph([], [])
        self.here = _snippet(element)
        self._runs(element, element, paragraph, "")
        paragraph.spans = _unicode(paragraph.spans, self.fonts)
        return paragraph

    def _runs(self, element, container, into: _Paragraph, link: str) -> None:
        for child in container:
            tag = child.tag
            if tag == qn("w:r"):
                self._run(element, child, into, link)
            elif tag == qn("w:hyperlink"):
                self._runs(element, child, into, self._target(child) or link)
            elif tag in {qn("w:ins"), qn("w:moveTo")}:
                self._miss(_("Tracked insertion, taken as accepted"))
                self._runs(element, child, into, link)
            elif tag in {qn("w:del"), qn("w:moveFrom")}:
                self._miss(_("Tracked deletion"))
            elif tag in {f"{_M}oMath", f"{_M}oMathPara"}:
                self._miss(_("Equation"))
            elif tag == qn("w:fldSimple"):
                found = _FIELD_LINK.search(child.get(qn("w:instr"), ""))
                self._runs(element, child, into, _web(found[1]) if found else link)
            elif tag == qn("w:sdt"):
                inner = child.find(qn("w:sdtContent"))
                if inner is not None:
                    self._runs(element, inner, into, link)
            elif tag in {qn("w:smartTag"), qn("w:customXml"), qn("w:dir"), qn("w:bdo")}:
                self._runs(element, child, into, link)

    def _run(self, element, run, into: _Paragraph, link: str) -> None:
        marks = run.find(qn("w:rPr"))
        if self.styles.switch(element, run, "w:vanish"):
            self._miss(_("Hidden text"))
            return
        if _is_coloured(marks):
            self._miss(_("Colour, size, underline or other dress of letters"), place="")
        dress = {
            "bold": self.styles.switch(element, run, "w:b"),
            "italic": self.styles.switch(element, run, "w:i"),
            "font": self.styles.font(element, run),
        }
        for child in run:
            tag = child.tag
            text = None
            if tag == qn("w:t"):
                text = child.text or ""
            elif tag in {qn("w:tab"), qn("w:ptab")}:
                text = " "
            elif tag in {qn("w:br"), qn("w:cr")}:
                text = "\n" if child.get(qn("w:type")) in {None, "textWrapping"} else ""
            elif tag == qn("w:noBreakHyphen"):
                text = "\u2011"
            if text is not None:
                if self.field is None:
                    into.spans.append(_Span(text, link=self.field_link or link, **dress))
                continue
            self._part_of_run(child, into)

    def _part_of_run(self, child, into: _Paragraph) -> None:
        tag = child.tag
        if tag == qn("w:fldChar"):
            self._field_mark(child.get(qn("w:fldCharType")))
        elif tag == qn("w:instrText") and self.field is not None:
            self.field.append(child.text or "")
        elif tag == f"{_MC}AlternateContent":
            choice = child.find(f"{_MC}Choice")
            choice = child.find(f"{_MC}Fallback") if choice is None else choice
            for inner in choice if choice is not None else ():
                self._part_of_run(inner, into)
        elif tag in {qn("w:drawing"), qn("w:pict")}:
            self._drawing(child, into)
        elif tag == qn("w:object"):
            self._miss(_("Embedded object"))
        elif tag == qn("w:commentReference"):
            self._miss(_("Comment"))
        elif tag == qn("w:footnoteReference"):
            self._miss(self._note_words(_("Footnote"), "footnote", child))
        elif tag == qn("w:endnoteReference"):
            self._miss(self._note_words(_("Endnote"), "endnote", child))
        elif tag == qn("w:sym"):
            self._miss(_("Special sign of a sign font"))

    def _note_words(self, what: str, kind: str, reference) -> str:
        """What the note says, for the trainer to set it into the lesson by hand."""
        words = self._notes(kind).get(reference.get(qn("w:id")), "")
        return f"{what}: “{words[:LONGEST_NOTE]}{'…' if len(words) > LONGEST_NOTE else ''}”" if words else what

    def _notes(self, kind: str) -> dict[str, str]:
        if kind not in self.notes:
            parts = [
                r.target_part for r in self.part.rels.values() if not r.is_external and r.reltype.endswith(f"/{kind}s")
            ]
            elements = parse_xml(parts[0].blob).findall(qn(f"w:{kind}")) if parts else []
            self.notes[kind] = {
                element.get(qn("w:id")): _words(t.text or "" for t in element.iter(qn("w:t"))) for element in elements
            }
        return self.notes[kind]

    def _field_mark(self, kind: str | None) -> None:
        """Complex fields: what stands between begin and separate is an order to Word, after it comes its result."""
        if kind == "begin":
            self.field = []
        elif kind == "separate" and self.field is not None:
            found = _FIELD_LINK.search("".join(self.field))
            self.field, self.field_link = None, _web(found[1]) if found else ""
        elif kind == "end":
            self.field, self.field_link = None, ""

    def _target(self, element) -> str:
        relation = self.part.rels.get(element.get(_R_ID, ""))
        target = relation.target_ref if relation is not None and relation.is_external else ""
        address = _web(target)
        if not address:
            self._miss(_("Link that leads to no web page; its words are kept"))
        return address

    # --- pictures ---------------------------------------------------------------------

    def _drawing(self, element, into: _Paragraph) -> None:
        boxes = list(element.iter(qn("w:txbxContent")))
        if boxes:
            words = " ".join("".join(t.text or "" for t in box.iter(qn("w:t"))) for box in boxes)
            self._miss(_("Text box: “%(text)s”") % {"text": words[:120]})
            return
        alt = next((node.get("descr") or node.get("title") or "" for node in element.iter(qn("wp:docPr"))), "")
        blips = [(blip.get(_R_EMBED), blip.get(_R_LINK)) for blip in element.iter(qn("a:blip"))]
        for image in element.iter(f"{_V}imagedata"):
            blips.append((image.get(_R_ID), None))
            shape = image.getparent()
            alt = alt or (shape.get("alt") or "" if shape is not None else "")
        if not blips:
            self._miss(_("Chart, diagram or drawn shape"))
        for embedded, linked in blips:
            self._picture(embedded, linked, alt, into)

    def _picture(self, embedded, linked, alt: str, into: _Paragraph) -> None:
        relation = self.part.rels.get(embedded or "")
        if relation is None or relation.is_external:
            self._miss(
                _("Picture that lies outside of the file") if linked or relation else _("Picture that is missing")
            )
            return
        drawn = redraw(relation.target_part.blob)
        if drawn is None:
            kind = str(relation.target_part.partname).rpartition(".")[2].upper()
            self._miss(_("Picture in a format that is not taken (%(kind)s)") % {"kind": kind})
            return
        if len(self.reading.pictures) >= MOST_PICTURES:
            self._miss(_("Picture beyond the first %(limit)d") % {"limit": MOST_PICTURES}, place="")
            return
        self.reading.pictures.append(drawn)
        words = unicodedata.normalize("NFC", re.sub(r"\s+", " ", alt)).strip()
        into.pictures.append({"image": len(self.reading.pictures) - 1, "alt": words, "caption": ""})

    # --- the rest ---------------------------------------------------------------------

    def _headers_and_footers(self) -> None:
        for reference in self.document.element.body.iter(qn("w:headerReference"), qn("w:footerReference")):
            relation = self.part.rels.get(reference.get(_R_ID, ""))
            if relation is None or relation.is_external:
                continue
            element = getattr(relation.target_part, "element", None)
            words = "".join(t.text or "" for t in element.iter(qn("w:t"))).strip() if element is not None else ""
            if words:
                what = _("Header") if reference.tag == qn("w:headerReference") else _("Footer")
                self.missed[f"{what}: “{words[:80]}”", ""] = 1

    def _settle_title(self) -> None:
        """Without a title, the one heading of level 1 that begins the document is it; levels then move up by one."""
        found = self.reading
        levels = re.compile(r"<h([23]) data-level=(\d+)>(.*?)</h\1>", re.DOTALL)
        every = [
            int(match[2])
            for block in found.blocks
            if block["type"] == "text"
            for match in levels.finditer(block["value"])
        ]
        if not found.title and every.count(1) == 1 and found.blocks[0]["type"] == "text":
            first = levels.match(found.blocks[0]["value"])
            if first and first[2] == "1":
                found.title = re.sub(r"\s+", " ", _unescaped(first[3])).strip()
                found.blocks[0]["value"] = found.blocks[0]["value"][first.end() :]
                every.remove(1)
        top = min(every, default=1)
        for block in found.blocks:
            if block["type"] == "text":
                block["value"] = levels.sub(lambda match: _heading(int(match[2]) - top, match[3]), block["value"])
        found.blocks = [block for block in found.blocks if block["type"] != "text" or block["value"]]

    def _miss(self, what: str, *, place: str | None = None) -> None:
        """Notes what is not taken, with the heading and the words beside it; dress of letters is noted once."""
        here = " › ".join(part for part in (self.heading[:60], self.here) if part)
        self.missed[what, here if place is None else place] += 1


def _heading(depth: int, html: str) -> str:
    tag = "h2" if depth <= 0 else "h3"
    return f"<{tag}>{html}</{tag}>"


def _unescaped(html: str) -> str:
    words = re.sub(r"<[^>]+>", " ", html)
    return words.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _words(texts) -> str:
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", "".join(texts))).strip()


def _snippet(element) -> str:
    words = _words(t.text or "" for t in element.iter(qn("w:t")))
    return f"“{words[:50]}{'…' if len(words) > 50 else ''}”" if words else ""


def _web(address: str) -> str:
    """The address if it leads to a web page, else nothing."""
    address = address.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return address if parts.scheme in {"http", "https"} and parts.netloc and len(address) < 2000 else ""


def _is_coloured(marks) -> bool:
    if marks is None:
        return False
    colour = marks.find(qn("w:color"))
    if colour is not None and colour.get(qn("w:val"), "auto").lower() not in {"auto", "000000"}:
        return True
    line = marks.find(qn("w:u"))
    if line is not None and line.get(qn("w:val"), "none") != "none":
        return True
    return any(
        marks.find(qn(tag)) is not None for tag in ("w:highlight", "w:strike", "w:dstrike", "w:vertAlign", "w:sz")
    )


def _unicode(spans: list[_Span], fonts: set[str]) -> list[_Span]:
    """Stretches in old fonts become Unicode, across runs, for a letter and its mark may lie in two; all text in NFC."""
    out: list[_Span] = []
    index = 0
    while index < len(spans):
        encoding = encoding_of(spans[index].font)
        stretch = [spans[index]]
        while encoding and index + len(stretch) < len(spans):
            following = spans[index + len(stretch)]
            if encoding_of(following.font) != encoding:
                break
            stretch.append(following)
        index += len(stretch)
        if encoding:
            fonts |= {span.font for span in stretch if span.font and span.text.strip()}
            owners = [span for span in stretch for _letter in span.text]
            for place, letter in convert("".join(span.text for span in stretch), encoding):
                owner = owners[place]
                out.append(_Span(letter, owner.bold, owner.italic, owner.link))
        else:
            out += stretch
    merged = _merged(out)
    for span in merged:
        span.text = unicodedata.normalize("NFC", span.text)
    return merged


def _cut(paragraph: _Paragraph, length: int) -> None:
    """Takes the first letters away, across spans; leading spaces first."""
    if paragraph.spans:
        paragraph.spans[0].text = paragraph.spans[0].text.lstrip()
    for span in paragraph.spans:
        taken = min(length, len(span.text))
        span.text, length = span.text[taken:], length - taken
        if not length:
            return


def _nested(entries) -> str:
    """Lists inside lists, as deep as the document has them."""
    html, open_lists = [], []
    for level, is_numbered, paragraph in entries:
        depth = min(level, len(open_lists)) + 1
        while len(open_lists) > depth:
            html.append(f"</li></{open_lists.pop()}>")
        if len(open_lists) == depth:
            html.append("</li>")
            tag = "ol" if is_numbered else "ul"
            if open_lists[-1] != tag:
                html.append(f"</{open_lists.pop()}><{tag}>")
                open_lists.append(tag)
        while len(open_lists) < depth:
            open_lists.append("ol" if is_numbered else "ul")
            html.append(f"<{open_lists[-1]}>")
        html.append(f"<li>{paragraph.html()}")
    while open_lists:
        html.append(f"</li></{open_lists.pop()}>")
    return "".join(html)
