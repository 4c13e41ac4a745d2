"""What a PDF says of itself beside its picture: the order and kind of its parts, its language, its facts (XMP).

A screen reader follows the structure tree. Everything that is drawn stands either in an ``element`` or in an
``ornament``. No conformance (PDF/UA, PDF/A) is claimed: nothing here checks it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfdoc import (
    PDFArrayCompact,
    PDFDictionary,
    PDFName,
    PDFObject,
    PDFStream,
    PDFString,
)
from reportlab.pdfgen.canvas import Canvas

from documents.lettering import one_line

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
<pdf:Keywords>{keywords}</pdf:Keywords>
<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


class _Node:
    """An element of the structure tree; ``kids`` are nodes, or (page, number of the marked content there)."""

    __slots__ = ("facts", "kids", "kind", "reference")

    def __init__(self, kind: str, facts: dict):
        self.kind, self.facts, self.kids, self.reference = kind, facts, [], None


class _Written(PDFObject):
    """An element as it is written. Far fewer calls than a dictionary of ReportLab's makes: a sheet has thirty."""

    __RefOnly__ = 1

    def __init__(self, node: _Node, parent):
        self.node, self.parent, self.kids, self.page = node, parent, [], None

    def format(self, document) -> bytes:
        parts = [b"<< /Type /StructElem /S /" + self.node.kind.encode(), b"/P " + self.parent.format(document)]
        if self.page is not None:
            parts.append(b"/Pg " + self.page.format(document))
        kids = [b"%d" % kid if isinstance(kid, int) else kid.format(document) for kid in self.kids]
        parts.append(b"/K [" + b" ".join(kids) + b"]")
        parts += [b"/" + name.encode() + b" " + value.format(document) for name, value in self.node.facts.items()]
        return b" ".join(parts) + b" >>"


class Tags:
    """Keeps the structure of what is drawn on ``canvas``; ``finish`` writes it, before the canvas is saved."""

    def __init__(self, canvas: Canvas):
        self.canvas = canvas
        self._document = _Node("Document", {})
        self._open = [self._document]
        self._marked: dict[str, list[_Node]] = {}

    @contextmanager
    def group(self, kind: str, **facts) -> Iterator[None]:
        """Elements within belong together: a table, a row."""
        node = self._add(kind, facts)
        self._open.append(node)
        yield
        self._open.pop()

    @contextmanager
    def element(self, kind: str, *, language: str = "", alt: str = "", **facts) -> Iterator[None]:
        """What is drawn within is read as ``kind`` (P, H1, TD, Figure …), in ``language`` where it is another one."""
        if language:
            facts["Lang"] = PDFString(language)
        if alt:
            facts["Alt"] = PDFString(one_line(alt))
        node = self._add(kind, facts)
        page = self.canvas._doc.thisPageName()
        here = self._marked.setdefault(page, [])
        node.kids.append((page, len(here)))
        self.canvas._code.append(f"/{kind} <</MCID {len(here)}>> BDC")
        here.append(node)
        yield
        self.canvas._code.append("EMC")

    @contextmanager
    def ornament(self) -> Iterator[None]:
        """What is drawn within says nothing: rules, frames, repeated heads, page numbers."""
        self.canvas._code.append("/Artifact BMC")
        yield
        self.canvas._code.append("EMC")

    @contextmanager
    def stamp(self) -> Iterator[None]:
        """An ornament of letters that lie across other words: who copies or extracts the words does not meet them."""
        with self.ornament():
            self.canvas._code.append("/Span <</ActualText ()>> BDC")
            yield
            self.canvas._code.append("EMC")

    def _add(self, kind, facts):
        node = _Node(kind, facts)
        self._open[-1].kids.append(node)
        return node

    def finish(self, *, language: str, title: str, author: str, subject: str, keywords: str, moment: datetime) -> None:
        """Writes tree, language and facts into the document; every page has been shown."""
        document, catalog = self.canvas._doc, self.canvas._doc.Catalog
        root = PDFDictionary({"Type": PDFName("StructTreeRoot")})
        root_reference = document.Reference(root, "StructTreeRoot")
        root["K"] = self._write(self._document, root_reference)
        numbers = []
        for place, (name, nodes) in enumerate(self._marked.items()):
            page = document.idToObject[name]
            page.__NoDefault__ = [*page.__NoDefault__, "StructParents", "Tabs"]
            page.StructParents, page.Tabs = place, PDFName("S")
            parents = PDFArrayCompact([node.reference for node in nodes])
            numbers += [place, document.Reference(parents, f"StructParents{place}")]
        root["ParentTree"] = document.Reference(PDFDictionary({"Nums": PDFArrayCompact(numbers)}), "ParentTree")
        root["ParentTreeNextKey"] = len(self._marked)
        catalog.StructTreeRoot = root_reference
        catalog.MarkInfo = PDFDictionary({"Marked": "true"})
        catalog.Lang = PDFString(language)
        words = {"title": title, "author": author, "subject": subject, "keywords": keywords}
        words = {name: escape(one_line(text)) for name, text in words.items()}
        packet = _XMP.format(language=language, moment=moment.isoformat(timespec="seconds"), **words)
        facts = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
        catalog.Metadata = document.Reference(PDFStream(facts, packet.encode() + b"\n", filters=[]), "Metadata")

    def _write(self, node: _Node, parent):
        document = self.canvas._doc
        written = _Written(node, parent)
        node.reference = document.Reference(written, f"Struct{len(document.idToObject)}")
        for kid in node.kids:
            if isinstance(kid, _Node):
                written.kids.append(self._write(kid, node.reference))
            else:
                page, number = kid
                written.page = document.Reference(document.idToObject[page])
                written.kids.append(number)
        return node.reference
