"""Official papers of an examination on A4 (Decree 30/2020, Appendix I): words in, bytes out.

One layout serves candidate list, results and minutes: the letterhead of the state, a title, lines, a table whose head
stands again on every page, text after it, and places to sign. Slips are cut from a page of four. No clock,
no random id: equal papers give equal bytes. Every word is drawn as it stands; nothing is read as mark-up.
"""

import io
from dataclasses import dataclass
from datetime import datetime

from reportlab.lib.colors import HexColor, black
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from documents import fonts, pdf_moments
from documents.fonts import SERIF, SERIF_BOLD
from documents.lettering import one_line, wrapped

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 28 * mm, WIDTH - 15 * mm, HEIGHT - 18 * mm, 20 * mm
LINE = HexColor("#4A5563")
SIZE, LEADING = 12, 16
CELL, CELL_LEADING, PADDING = 11, 13.5, 1.6 * mm
SIGNATURES = 42 * mm
STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"


@dataclass(frozen=True, slots=True)
class Column:
    """``share`` of the width of the table; ``tall`` leaves room to sign in."""

    head: str
    share: float
    is_centred: bool = False
    is_tall: bool = False


@dataclass(frozen=True, slots=True)
class Signer:
    post: str
    note: str


@dataclass(frozen=True, slots=True)
class OfficialPaper:
    """The words of a paper, in their final form; ``drawn_at`` is what the file says of its own age."""

    superior: str
    issuer: str
    place_and_date: str
    title: str
    subtitle: str
    drawn_at: datetime
    number: str = ""
    lines: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    after: tuple[str, ...] = ()
    signers: tuple[Signer, ...] = ()


def draw_paper(paper: OfficialPaper) -> bytes:
    """The paper as a PDF of as many pages as it takes, numbered from the second on."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = _canvas(buffer, f"{paper.title} {paper.subtitle}", paper.drawn_at)
    pen = _Pen(canvas)
    _letterhead(pen, paper)
    for line in paper.lines:
        pen.paragraph(line)
    if paper.columns:
        _table(pen, paper)
    for line in paper.after:
        pen.paragraph(line)
    _signatures(pen, paper)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _canvas(buffer, title, drawn_at) -> Canvas:
    canvas = Canvas(buffer, pagesize=A4, invariant=True, lang="vi-VN", pdfVersion=(1, 7))
    canvas.setTitle(one_line(title))
    canvas.setCreator("")
    canvas.setDateFormatter(lambda *_fields: pdf_moments.written(drawn_at))
    return canvas


class _Pen:
    """Where on which page the next thing goes."""

    def __init__(self, canvas):
        self.canvas, self.y, self.page = canvas, TOP, 1

    def need(self, height) -> bool:
        """Makes room, on a new page where this one is full. Whether the page is new."""
        if self.y - height >= BOTTOM:
            return False
        self.canvas.showPage()
        self.page += 1
        self.canvas.setFont(SERIF, 13)
        self.canvas.drawCentredString(WIDTH / 2, HEIGHT - 13 * mm, str(self.page))
        self.y = TOP - 4 * mm
        return True

    def centred(self, text, font, size, middle=WIDTH / 2, width=RIGHT - LEFT, gap=1.28):
        for piece in wrapped(one_line(text), font, size, width):
            self.need(size * gap)
            self.y -= size * gap
            self.canvas.setFont(font, size)
            self.canvas.drawCentredString(middle, self.y, piece)

    def paragraph(self, text):
        for piece in wrapped(one_line(text), SERIF, SIZE, RIGHT - LEFT):
            self.need(LEADING)
            self.y -= LEADING
            self.canvas.setFillColor(black)
            self.canvas.setFont(SERIF, SIZE)
            self.canvas.drawString(LEFT, self.y, piece)
        self.y -= 3


def _letterhead(pen, paper):
    left, right, width = LEFT + 36 * mm, RIGHT - 46 * mm, 74 * mm
    pen.centred(paper.superior, SERIF, 12, left, width)
    pen.centred(paper.issuer, SERIF_BOLD, 12, left, width)
    _rule(pen, left, 22 * mm)
    if paper.number:
        pen.y -= 3
        pen.centred(paper.number, SERIF, 12, left, width)
    ended = pen.y
    pen.y = TOP
    pen.centred(STATE, SERIF_BOLD, 12, right, 92 * mm)
    pen.centred(MOTTO, SERIF_BOLD, 12.5, right, 92 * mm)
    _rule(pen, right, stringWidth(MOTTO, SERIF_BOLD, 12.5))
    pen.y -= 6
    pen.canvas.setFont(SERIF, 12)
    pen.centred(paper.place_and_date, SERIF, 12, right, 92 * mm)
    pen.y = min(ended, pen.y) - 16
    pen.centred(paper.title, SERIF_BOLD, 14)
    pen.centred(paper.subtitle, SERIF_BOLD, 13)
    pen.y -= 8


def _rule(pen, middle, width):
    pen.y -= 4
    pen.canvas.setLineWidth(0.6)
    pen.canvas.line(middle - width / 2, pen.y, middle + width / 2, pen.y)


def _table(pen, paper):
    total = sum(column.share for column in paper.columns)
    widths = [(RIGHT - LEFT) * column.share / total for column in paper.columns]
    pen.y -= 4
    _row(pen, paper, widths, tuple(column.head for column in paper.columns), is_head=True)
    for place, row in enumerate(paper.rows, 1):
        # Nobody signs a page that shows nothing: the last row goes with the signatures.
        with_it = (SIGNATURES + len(paper.after) * 2 * LEADING) if place == len(paper.rows) and paper.signers else 0
        _row(pen, paper, widths, row, with_it=with_it)
    pen.y -= 8


def _row(pen, paper, widths, cells, *, is_head=False, with_it=0):
    font = SERIF_BOLD if is_head else SERIF
    in_lines = [
        wrapped(one_line(cell), font, CELL, width - 2 * PADDING) for cell, width in zip(cells, widths, strict=True)
    ]
    height = max(len(pieces) for pieces in in_lines) * CELL_LEADING + 2 * PADDING
    if not is_head and any(column.is_tall for column in paper.columns):
        height = max(height, 10 * mm)
    if pen.need(height + with_it) and not is_head:
        _row(pen, paper, widths, tuple(column.head for column in paper.columns), is_head=True)
    canvas, x = pen.canvas, LEFT
    canvas.setStrokeColor(LINE)
    canvas.setLineWidth(0.5)
    for column, pieces, width in zip(paper.columns, in_lines, widths, strict=True):
        canvas.rect(x, pen.y - height, width, height, stroke=1, fill=0)
        canvas.setFont(font, CELL)
        y = pen.y - (height - len(pieces) * CELL_LEADING) / 2 - CELL * 0.95
        for piece in pieces:
            if column.is_centred or is_head:
                canvas.drawCentredString(x + width / 2, y, piece)
            else:
                canvas.drawString(x + PADDING, y, piece)
            y -= CELL_LEADING
        x += width
    canvas.setStrokeColor(black)
    pen.y -= height


def _signatures(pen, paper):
    if not paper.signers:
        return
    pen.need(SIGNATURES)
    pen.y -= 8
    top, width = pen.y, (RIGHT - LEFT) / len(paper.signers)
    for place, signer in enumerate(paper.signers):
        pen.y = top
        pen.centred(signer.post, SERIF_BOLD, 12, LEFT + width * (place + 0.5), width - 4 * mm)
        pen.centred(signer.note, SERIF, 11, LEFT + width * (place + 0.5), width - 4 * mm)
    pen.y = top - SIGNATURES


# --- Slips -------------------------------------------------------------------------------------------------

A_PAGE = 4
STRIP = HEIGHT / A_PAGE


@dataclass(frozen=True, slots=True)
class CandidateSlip:
    """What one candidate's slip says; ``facts`` are (label, words)."""

    number: str
    name: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """What all slips say alike."""

    issuer: str
    title: str
    subtitle: str
    number_label: str
    notes: tuple[str, ...]
    drawn_at: datetime


def draw_candidate_slips(sheet: SlipSheet, slips: tuple[CandidateSlip, ...]) -> bytes:
    """Four slips on a page, cut apart along straight lines."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = _canvas(buffer, f"{sheet.title} {sheet.subtitle}", sheet.drawn_at)
    for start in range(0, max(len(slips), 1), A_PAGE):
        for place, slip in enumerate(slips[start : start + A_PAGE]):
            _slip(canvas, HEIGHT - place * STRIP, sheet, slip)
            if place < A_PAGE - 1:
                canvas.setDash(2, 3)
                canvas.line(0, HEIGHT - (place + 1) * STRIP, WIDTH, HEIGHT - (place + 1) * STRIP)
                canvas.setDash()
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _slip(canvas, top, sheet, slip):
    left, width = 16 * mm, WIDTH - 32 * mm
    _text(canvas, left, top - 9 * mm, sheet.issuer, SERIF_BOLD, 10, 90 * mm)
    _text(canvas, left, top - 16.5 * mm, sheet.title, SERIF_BOLD, 15, 110 * mm)
    _text(canvas, left, top - 22 * mm, sheet.subtitle, SERIF, 11, 120 * mm)
    box = 40 * mm
    canvas.rect(left + width - box, top - 26 * mm, box, 20 * mm)
    canvas.setFont(SERIF, 9.5)
    canvas.drawCentredString(left + width - box / 2, top - 10.5 * mm, one_line(sheet.number_label))
    canvas.setFont(SERIF_BOLD, 28)
    canvas.drawCentredString(left + width - box / 2, top - 22.5 * mm, slip.number)
    _text(canvas, left, top - 31 * mm, slip.name, SERIF_BOLD, 14, width - box)
    y = top - 37 * mm
    for label, words in slip.facts:
        _text(canvas, left, y, f"{label}: {words}", SERIF, 11, width)
        y -= 5.1 * mm
    for note in sheet.notes:
        _text(canvas, left, y - 1 * mm, note, SERIF, 9.5, width)
        y -= 4.2 * mm


def _text(canvas, x, y, words, font, size, width):
    words = one_line(words)
    natural = stringWidth(words, font, size)
    canvas.setFont(font, size * min(1, width / natural) if natural else size)
    canvas.drawString(x, y, words)
