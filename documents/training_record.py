"""The personal training record on A4, upright (Decree 30/2020, Appendix I): words in, bytes out.

Letterhead of the state, the person, one table of all that is held with a QR code beside each certificate of ours, the
class hours of each year, and the signature as text. No clock, no random id: equal records give equal bytes.
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
from documents.fonts import SANS, SERIF, SERIF_BOLD
from documents.lettering import one_line, wrapped
from documents.qr import draw_qr

WIDTH, HEIGHT = A4
LEFT, RIGHT, TOP, BOTTOM = 30 * mm, WIDTH - 15 * mm, HEIGHT - 20 * mm, 20 * mm
LINE, LAM, RED = HexColor("#4A5563"), HexColor("#163A6B"), HexColor("#9B1C1C")
SIZE, LEADING = 13, 18
CELL, CELL_LEADING, PADDING = 11, 13.5, 1.5 * mm
SMALL, SMALL_LEADING = 9, 11.5
QR = 16 * mm
STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
HEADS = ("STT", "Nội dung bồi dưỡng", "Số tiết", "Thời gian", "Kết quả", "Xác thực")
WIDTHS = tuple(share * (RIGHT - LEFT) / 165 for share in (10, 61, 14, 30, 30, 20))


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One row: ``notes`` stand small below the content; ``check_address`` is drawn as a QR code where there is one."""

    content: str
    notes: tuple[str, ...]
    hours: str
    period: tuple[str, ...]
    result: tuple[str, ...]
    check_address: str = ""
    is_taken_back: bool = False


@dataclass(frozen=True, slots=True)
class RecordSheet:
    """The words of a record, in their final form; ``drawn_at`` is what the file says of its own age."""

    superior: str
    issuer: str
    place_and_date: str
    holder: str
    person: tuple[tuple[str, str], ...]
    lines: tuple[RecordLine, ...]
    years: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    signature: tuple[str, ...]
    drawn_at: datetime
    title: str = "HỒ SƠ BỒI DƯỠNG CÁ NHÂN"
    subtitle: str = "về kỹ năng công nghệ thông tin"
    banner: str = ""


def draw_record(sheet: RecordSheet) -> bytes:
    """The record as a PDF of as many pages as it takes, numbered from the second on."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, lang="vi-VN", pdfVersion=(1, 7))
    canvas.setTitle(one_line(f"{sheet.title} - {sheet.holder}"))
    canvas.setAuthor(one_line(sheet.issuer))
    canvas.setCreator("")
    canvas.setDateFormatter(lambda *_fields: pdf_moments.written(sheet.drawn_at))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    pen = _Pen(canvas, one_line(sheet.banner))
    pen.banner()
    _letterhead(pen, sheet)
    for label, words in sheet.person:
        pen.labelled(label, words)
    pen.heading("Kết quả bồi dưỡng đã ghi nhận")
    if sheet.lines:
        _held(pen, sheet)
    else:
        pen.paragraph("Chưa ghi nhận kết quả bồi dưỡng nào.")
    if sheet.years:
        _years(pen, sheet)
    for note in sheet.notes:
        pen.paragraph(note, size=11, leading=15)
    _signature(pen, sheet)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


class _Pen:
    """Where on which page the next thing goes."""

    def __init__(self, canvas, banner):
        self.canvas, self.words, self.y, self.page = canvas, banner, TOP, 1

    def banner(self):
        if self.words:
            self.canvas.setFillColor(RED)
            self.canvas.setFont(SANS, 8.5)
            self.canvas.drawCentredString(WIDTH / 2, 10 * mm, self.words)
            self.canvas.setFillColor(black)

    def need(self, height) -> bool:
        """Makes room, on a new page where this one is full. Whether the page is new."""
        if self.y - height >= BOTTOM:
            return False
        self.canvas.showPage()
        self.page += 1
        self.banner()
        self.canvas.setFont(SERIF, 13)
        self.canvas.drawCentredString(WIDTH / 2, HEIGHT - 13 * mm, str(self.page))
        self.y = TOP
        return True

    def centred(self, text, font, size, middle=WIDTH / 2, width=RIGHT - LEFT):
        for piece in wrapped(one_line(text), font, size, width):
            self.y -= size * 1.28
            self.canvas.setFont(font, size)
            self.canvas.drawCentredString(middle, self.y, piece)

    def paragraph(self, text, *, size=SIZE, leading=LEADING):
        for piece in wrapped(one_line(text), SERIF, size, RIGHT - LEFT):
            self.need(leading)
            self.y -= leading
            self.canvas.setFont(SERIF, size)
            self.canvas.drawString(LEFT, self.y, piece)

    def labelled(self, label, words):
        label = f"{one_line(label)}: "
        indent = stringWidth(label, SERIF, SIZE)
        for number, piece in enumerate(wrapped(one_line(words), SERIF_BOLD, SIZE, RIGHT - LEFT - indent)):
            self.need(LEADING)
            self.y -= LEADING
            if number == 0:
                self.canvas.setFont(SERIF, SIZE)
                self.canvas.drawString(LEFT, self.y, label)
            self.canvas.setFont(SERIF_BOLD, SIZE)
            self.canvas.drawString(LEFT + indent, self.y, piece)

    def heading(self, text):
        self.need(LEADING * 4)
        self.y -= LEADING + 8
        self.canvas.setFont(SERIF_BOLD, SIZE)
        self.canvas.drawString(LEFT, self.y, one_line(text))
        self.y -= 6

    def rule(self, middle, width):
        self.y -= 4
        self.canvas.setLineWidth(0.6)
        self.canvas.line(middle - width / 2, self.y, middle + width / 2, self.y)


def _letterhead(pen, sheet):
    left, right = LEFT + 36 * mm, RIGHT - 45 * mm
    pen.centred(sheet.superior, SERIF, 12, left, 72 * mm)
    pen.centred(sheet.issuer, SERIF_BOLD, 12, left, 72 * mm)
    pen.rule(left, 22 * mm)
    ended = pen.y
    pen.y = TOP
    pen.centred(STATE, SERIF_BOLD, 12, right, 92 * mm)
    pen.centred(MOTTO, SERIF_BOLD, 13, right, 92 * mm)
    pen.rule(right, stringWidth(MOTTO, SERIF_BOLD, 13))
    pen.y -= 6
    pen.centred(sheet.place_and_date, SERIF, 13, right, 92 * mm)
    pen.y = min(ended, pen.y) - 16
    pen.centred(sheet.title, SERIF_BOLD, 14)
    pen.centred(sheet.subtitle, SERIF_BOLD, 14)
    pen.y -= 8


def _held(pen, sheet):
    _head(pen, HEADS, WIDTHS)
    for number, line in enumerate(sheet.lines, 1):
        _row(pen, number, line)


def _head(pen, heads, widths):
    in_lines = [wrapped(head, SERIF_BOLD, CELL, width - 2 * PADDING) for head, width in zip(heads, widths, strict=True)]
    height = max(map(len, in_lines)) * CELL_LEADING + 2 * PADDING
    x = LEFT
    for pieces, width in zip(in_lines, widths, strict=True):
        _box(pen, x, width, height)
        _lines(pen, x, width, height, [(piece, SERIF_BOLD, CELL, CELL_LEADING) for piece in pieces], is_centred=True)
        x += width
    pen.y -= height


def _row(pen, number, line):
    def cell(words, width, font=SERIF, size=CELL, leading=CELL_LEADING):
        pieces = [piece for word in words for piece in wrapped(one_line(word), font, size, width - 2 * PADDING)]
        return [(piece, font, size, leading) for piece in pieces if piece]

    content = cell([line.content], WIDTHS[1], SERIF_BOLD)
    content += cell(line.notes, WIDTHS[1], SERIF, SMALL, SMALL_LEADING)
    cells = [
        (cell([str(number)], WIDTHS[0]), True),
        (content, False),
        (cell([line.hours], WIDTHS[2]), True),
        (cell(line.period, WIDTHS[3]), True),
        (cell(line.result, WIDTHS[4], SERIF_BOLD if line.is_taken_back else SERIF), True),
        ([], True),
    ]
    height = max(sum(piece[3] for piece in pieces) for pieces, _centred in cells) + 2 * PADDING
    if line.check_address:
        height = max(height, QR + 2 * PADDING)
    if pen.need(height):
        _head(pen, HEADS, WIDTHS)
    x = LEFT
    for (pieces, is_centred), width in zip(cells, WIDTHS, strict=True):
        _box(pen, x, width, height)
        colour = RED if line.is_taken_back and pieces and pieces is cells[4][0] else black
        _lines(pen, x, width, height, pieces, is_centred=is_centred, colour=colour)
        x += width
    if line.check_address:
        draw_qr(pen.canvas, line.check_address, RIGHT - WIDTHS[-1] / 2 - QR / 2, pen.y - height / 2 - QR / 2, QR)
        pen.canvas.setFillColor(black)
    pen.y -= height


def _box(pen, x, width, height):
    pen.canvas.setStrokeColor(LINE)
    pen.canvas.setLineWidth(0.5)
    pen.canvas.rect(x, pen.y - height, width, height, stroke=1, fill=0)
    pen.canvas.setStrokeColor(black)


def _lines(pen, x, width, height, pieces, *, is_centred, colour=black):
    y = pen.y - (height - sum(leading for *_words, leading in pieces)) / 2
    pen.canvas.setFillColor(colour)
    for words, font, size, leading in pieces:
        pen.canvas.setFont(font, size)
        baseline = y - leading * 0.78
        if is_centred:
            pen.canvas.drawCentredString(x + width / 2, baseline, words)
        else:
            pen.canvas.drawString(x + PADDING, baseline, words)
        y -= leading
    pen.canvas.setFillColor(black)


def _years(pen, sheet):
    heads = ("Năm", "Tại hệ thống này", "Nơi khác, đã công nhận", "Tổng số tiết")
    widths = tuple(share * (RIGHT - LEFT) / 165 for share in (30, 45, 50, 40))
    pen.heading("Số tiết bồi dưỡng theo năm")
    _head(pen, heads, widths)
    height = CELL_LEADING + 2 * PADDING
    for row in sheet.years:
        if pen.need(height):
            _head(pen, heads, widths)
        x = LEFT
        for words, width in zip(row, widths, strict=True):
            _box(pen, x, width, height)
            _lines(pen, x, width, height, [(words, SERIF, CELL, CELL_LEADING)], is_centred=True)
            x += width
        pen.y -= height
    pen.y -= 6


def _signature(pen, sheet):
    height = (len(sheet.signature) * 4.3 + 3.4) * mm
    pen.need(height + 12 * mm)
    pen.y -= 10 * mm
    lines = [one_line(words) for words in sheet.signature]
    size = min([8.5] + [8.5 * 82 * mm / max(stringWidth(words, SANS, 8.5), 1) for words in lines])
    x = RIGHT - 88 * mm
    pen.canvas.setStrokeColor(LAM)
    pen.canvas.setLineWidth(0.7)
    pen.canvas.rect(x, pen.y - height, 88 * mm, height)
    pen.canvas.setFillColor(LAM)
    pen.canvas.setFont(SANS, size)
    for number, words in enumerate(lines, 1):
        pen.canvas.drawString(x + 3 * mm, pen.y - number * 4.3 * mm, words)
    pen.canvas.setFillColor(black)
    pen.y -= height
