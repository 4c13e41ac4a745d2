"""A register book on A4, landscape (heading after Decree 30/2020, Appendix I): words in, bytes out.

The head of the table stands again on every page, pages are numbered from the second on. No clock, no random id: equal
books give equal bytes. Every word is drawn as it stands; nothing is read as mark-up.
"""

import io
from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.colors import Color, HexColor, black
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from documents import fonts, pdf_moments
from documents.fonts import SANS, SANS_BOLD, SERIF, SERIF_BOLD
from documents.lettering import one_line, wrapped
from documents.tagging import Tags

WIDTH, HEIGHT = landscape(A4)
LEFT, RIGHT, TOP, BOTTOM = 20 * mm, WIDTH - 15 * mm, HEIGHT - 18 * mm, 17 * mm
LINE, LAM = HexColor("#4A5563"), HexColor("#163A69")
CELL, LEADING, PADDING = 9, 11, 1.2 * mm
CLOSING = 44 * mm


@dataclass(frozen=True, slots=True)
class BookColumn:
    """``share`` of the width of the table."""

    head: str
    share: float
    is_centred: bool = False


@dataclass(frozen=True, slots=True)
class RegisterBook:
    """The words of a book in their final form. An empty ``motto`` is the Party's heading; ``after`` closes the book."""

    superior: str
    issuer: str
    head: str
    motto: str
    title: str
    subtitle: str
    columns: tuple[BookColumn, ...]
    rows: tuple[tuple[str, ...], ...]
    after: tuple[str, ...]
    place_and_date: str
    signer_post: str
    signer_name: str
    signature: tuple[str, ...]
    drawn_at: datetime
    signer_authority: str = ""
    language: str = "vi-VN"
    banner: str = ""


def draw_register(book: RegisterBook) -> bytes:
    """The book as a PDF, tagged as a table with its heads."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(
        buffer, pagesize=(WIDTH, HEIGHT), invariant=True, lang=book.language, pdfVersion=(1, 7), initialFontName=SERIF
    )
    title, author = one_line(f"{book.title} - {book.subtitle}"), one_line(book.issuer)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setCreator("")
    canvas.setDateFormatter(lambda *_fields: pdf_moments.written(book.drawn_at))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    pen = _Pen(canvas, book)
    pen.begin_page()
    _heading(pen, book)
    _table(pen, book)
    _closing(pen, book)
    canvas.showPage()
    words = {"title": title, "author": author, "subject": one_line(book.subtitle), "keywords": ""}
    pen.tags.finish(language=book.language, moment=book.drawn_at, **words)
    canvas.save()
    return buffer.getvalue()


class _Pen:
    """Where on which page the next thing goes."""

    def __init__(self, canvas, book):
        self.canvas, self.book, self.tags = canvas, book, Tags(canvas)
        self.y, self.page = TOP, 1

    def begin_page(self):
        with self.tags.ornament():
            if self.book.banner:
                self.canvas.saveState()
                self.canvas.translate(WIDTH / 2, HEIGHT / 2)
                self.canvas.rotate(27)
                self.canvas.setFillColor(Color(0.75, 0.15, 0.15, alpha=0.10))
                self.canvas.setFont(SANS_BOLD, 40)
                self.canvas.drawCentredString(0, -14, one_line(self.book.banner))
                self.canvas.restoreState()
            if self.page > 1:
                self.canvas.setFillColor(black)
                self.canvas.setFont(SERIF, 13)
                self.canvas.drawCentredString(WIDTH / 2, HEIGHT - 12 * mm, str(self.page))

    def need(self, height) -> bool:
        """Makes room, on a new page where this one is full. Whether the page is new."""
        if self.y - height >= BOTTOM:
            return False
        self.canvas.showPage()
        self.page += 1
        self.y = TOP
        self.begin_page()
        return True

    def centred(self, text, font, size, middle, width, kind="P"):
        for piece in wrapped(one_line(text), font, size, width):
            self.y -= size * 1.28
            with self.tags.element(kind):
                self.canvas.setFillColor(black)
                self.canvas.setFont(font, size)
                self.canvas.drawCentredString(middle, self.y, piece)

    def rule(self, middle, width):
        self.y -= 5.5
        with self.tags.ornament():
            self.canvas.setStrokeColor(black)
            self.canvas.setLineWidth(0.7)
            self.canvas.line(middle - width / 2, self.y, middle + width / 2, self.y)


def _heading(pen, book):
    left, right, width = LEFT + 56 * mm, RIGHT - 60 * mm, 110 * mm
    if book.superior:
        pen.centred(book.superior, SERIF, 12, left, width)
    pen.centred(book.issuer, SERIF_BOLD, 12, left, width)
    if book.motto:
        pen.rule(left, min(stringWidth(one_line(book.issuer), SERIF_BOLD, 12), width) * 0.4)
    else:
        pen.centred("*", SERIF, 12, left, width)
    ended, pen.y = pen.y, TOP
    pen.centred(book.head, SERIF_BOLD, 12, right, width)
    if book.motto:
        pen.centred(book.motto, SERIF_BOLD, 13, right, width)
        pen.rule(right, stringWidth(book.motto, SERIF_BOLD, 13))
    else:
        pen.rule(right, stringWidth(book.head, SERIF_BOLD, 12))
    pen.y = min(ended, pen.y) - 14
    pen.centred(book.title, SERIF_BOLD, 16, WIDTH / 2, RIGHT - LEFT, "H1")
    pen.centred(book.subtitle, SERIF, 12.5, WIDTH / 2, RIGHT - LEFT)
    pen.y -= 10


def _table(pen, book):
    total = sum(column.share for column in book.columns)
    widths = [(RIGHT - LEFT) * column.share / total for column in book.columns]
    heads = tuple(column.head for column in book.columns)
    with pen.tags.group("Table"):
        _row(pen, book, widths, heads, is_head=True)
        for row in book.rows:
            _row(pen, book, widths, row)
    pen.y -= 6


def _row(pen, book, widths, cells, *, is_head=False, is_repeated=False):
    font = SERIF_BOLD if is_head else SERIF
    in_lines = [_fitted(one_line(cell), font, width - 2 * PADDING) for cell, width in zip(cells, widths, strict=True)]
    height = max(len(pieces) for pieces in in_lines) * LEADING + 2 * PADDING
    if not is_repeated and pen.need(height) and not is_head:
        _row(pen, book, widths, tuple(c.head for c in book.columns), is_head=True, is_repeated=True)
    with pen.tags.ornament():
        _boxes(pen, widths, height, is_head)
    if is_repeated:
        with pen.tags.ornament():
            _cells(pen, book, widths, in_lines, height, font, None)
    else:
        with pen.tags.group("TR"):
            _cells(pen, book, widths, in_lines, height, font, "TH" if is_head else "TD")
    pen.y -= height


def _fitted(words, font, width) -> list[str]:
    """In lines; a word that is wider than its cell is broken, because nothing may leave the table."""
    pieces = []
    for piece in wrapped(words, font, CELL, width):
        while stringWidth(piece, font, CELL) > width and len(piece) > 1:
            most = next(
                n for n in range(len(piece) - 1, 0, -1) if n == 1 or stringWidth(piece[:n], font, CELL) <= width
            )
            pieces.append(piece[:most])
            piece = piece[most:]
        pieces.append(piece)
    return pieces


def _boxes(pen, widths, height, is_head):
    canvas, x = pen.canvas, LEFT
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    canvas.setFillColor(HexColor("#F0F2F5"))
    for width in widths:
        canvas.rect(x, pen.y - height, width, height, stroke=1, fill=1 if is_head and not pen.book.banner else 0)
        x += width


def _cells(pen, book, widths, in_lines, height, font, kind):
    x = LEFT
    for column, pieces, width in zip(book.columns, in_lines, widths, strict=True):
        if kind is None:
            _cell(pen, column, pieces, x, width, height, font, is_head=True)
        else:
            with pen.tags.element(kind):
                _cell(pen, column, pieces, x, width, height, font, is_head=kind == "TH")
        x += width


def _cell(pen, column, pieces, x, width, height, font, *, is_head):
    canvas = pen.canvas
    canvas.setFillColor(black)
    canvas.setFont(font, CELL)
    y = pen.y - (height - len(pieces) * LEADING) / 2 - CELL * 0.92
    for piece in pieces:
        if column.is_centred or is_head:
            canvas.drawCentredString(x + width / 2, y, piece)
        else:
            canvas.drawString(x + PADDING, y, piece)
        y -= LEADING


def _closing(pen, book):
    """What closes the book; it never stands alone on a page without a word of what it closes."""
    pen.need(len(book.after) * 15 + CLOSING)
    canvas = pen.canvas
    for words in book.after:
        for piece in wrapped(one_line(words), SERIF, 12, RIGHT - LEFT):
            pen.y -= 15
            with pen.tags.element("P"):
                canvas.setFillColor(black)
                canvas.setFont(SERIF, 12)
                canvas.drawString(LEFT, pen.y, piece)
    middle, width = RIGHT - 55 * mm, 110 * mm
    pen.y -= 6
    pen.centred(book.place_and_date, SERIF, 12, middle, width)
    if book.signer_authority:
        pen.centred(book.signer_authority, SERIF_BOLD, 12, middle, width)
    pen.centred(book.signer_post, SERIF_BOLD, 12, middle, width)
    pen.y -= 8
    block = len(book.signature) * 12 + 7
    with pen.tags.ornament():
        canvas.setStrokeColor(LAM)
        canvas.setLineWidth(0.7)
        canvas.rect(middle - 45 * mm, pen.y - block, 90 * mm, block)
    with pen.tags.element("P"):
        canvas.setFillColor(LAM)
        for place, words in enumerate(book.signature, 1):
            words = one_line(words)
            canvas.setFont(SANS, 8.5 * min(1, 84 * mm / max(stringWidth(words, SANS, 8.5), 1)))
            canvas.drawString(middle - 42 * mm, pen.y - place * 12, words)
    pen.y -= block + 2
    pen.centred(book.signer_name, SERIF_BOLD, 13, middle, width)
