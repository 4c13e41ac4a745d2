"""An official report on A4, upright or lying (Decree 30/2020, Appendix I): words in, bytes out.

Letterhead of the state or of the Party, place and date, title, legal bases, text, a table whose head stands again on
every page, text after it, "Nơi nhận" and the block to sign in. Pages are numbered from the second on. No clock, no
random id: equal reports give equal bytes. Every word is drawn as it stands; nothing is read as mark-up.
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
from documents.fonts import SANS_BOLD, SERIF, SERIF_BOLD
from documents.lettering import one_line, wrapped
from documents.tagging import Tags

SIZE, LEADING = 13, 17
CELL_LEADING, PADDING = 1.22, 1.1 * mm
LINE, SHADE = HexColor("#4A5563"), HexColor("#F0F2F5")
SIGNING = 52 * mm
STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"


@dataclass(frozen=True, slots=True)
class ReportColumn:
    """``share`` of the width of the table; ``align`` is left, centre or right."""

    head: str
    share: float
    align: str = "left"


@dataclass(frozen=True, slots=True)
class ReportRow:
    """``is_strong`` for sums and for titles of groups."""

    cells: tuple[str, ...]
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class ReportTable:
    title: str
    columns: tuple[ReportColumn, ...]
    rows: tuple[ReportRow, ...]


@dataclass(frozen=True, slots=True)
class OfficialReport:
    """The words of a report in their final form. ``is_party`` chooses the Party's letterhead."""

    superior: str
    issuer: str
    is_party: bool
    number: str
    place_and_date: str
    title: str
    subtitle: str
    addressee: str
    bases: tuple[str, ...]
    lines: tuple[str, ...]
    tables: tuple[ReportTable, ...]
    after: tuple[str, ...]
    recipients: tuple[str, ...]
    signer_authority: str
    signer_post: str
    signer_name: str
    foot: str
    drawn_at: datetime
    banner: str = ""
    is_lying: bool = False


def draw_report(report: OfficialReport) -> bytes:
    """The report as a PDF, its table tagged with its heads."""
    fonts.register()
    buffer = io.BytesIO()
    size = landscape(A4) if report.is_lying else A4
    canvas = Canvas(
        buffer, pagesize=size, invariant=True, lang="vi-VN", pdfVersion=(1, 7), initialFontName=SERIF, pageCompression=1
    )
    title, author = one_line(f"{report.title} {report.subtitle}"), one_line(report.issuer)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setCreator("")
    canvas.setDateFormatter(lambda *_fields: pdf_moments.written(report.drawn_at))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    pen = _Pen(canvas, report, *size)
    pen.begin_page()
    _letterhead(pen, report)
    _opening(pen, report)
    for table in report.tables:
        _Table(pen, table).draw()
    for place, words in enumerate(report.after, 1):
        if place == len(report.after):
            # a signature never stands alone on its page
            pen.need(pen.height_of(words) + _height_of_closing(report))
        pen.paragraph(words)
    _closing(pen, report)
    canvas.showPage()
    subject = one_line(report.subtitle)
    pen.tags.finish(language="vi-VN", moment=report.drawn_at, title=title, author=author, subject=subject, keywords="")
    canvas.save()
    return buffer.getvalue()


class _Pen:
    """Where on which page the next thing goes."""

    def __init__(self, canvas, report, width, height):
        self.canvas, self.report, self.tags = canvas, report, Tags(canvas)
        self.width, self.height = width, height
        self.left, self.right = (20 * mm, width - 15 * mm) if report.is_lying else (30 * mm, width - 15 * mm)
        self.top, self.bottom = height - 20 * mm, 18 * mm
        self.y, self.page = self.top, 1

    @property
    def measure(self) -> float:
        return self.right - self.left

    def begin_page(self):
        with self.tags.ornament():
            if self.report.banner:
                self.canvas.saveState()
                self.canvas.translate(self.width / 2, self.height / 2)
                self.canvas.rotate(32)
                self.canvas.setFillColor(Color(0.75, 0.15, 0.15, alpha=0.10))
                words = one_line(self.report.banner)
                self.canvas.setFont(SANS_BOLD, min(40, 40 * 200 * mm / stringWidth(words, SANS_BOLD, 40)))
                self.canvas.drawCentredString(0, -14, words)
                self.canvas.restoreState()
            self.canvas.setFillColor(LINE)
            self.canvas.setFont(SERIF, 8)
            self.canvas.drawString(self.left, 9 * mm, one_line(self.report.foot))
            if self.page > 1:
                self.canvas.setFillColor(black)
                self.canvas.setFont(SERIF, 13)
                self.canvas.drawCentredString(self.width / 2, self.height - 12 * mm, str(self.page))

    def need(self, height) -> bool:
        """Makes room, on a new page where this one is full. Whether the page is new."""
        if self.y - height >= self.bottom:
            return False
        self.canvas.showPage()
        self.page += 1
        self.y = self.top
        self.begin_page()
        return True

    def centred(self, text, font, size, middle, width, kind="P", slant=False):
        for piece in wrapped(one_line(text), font, size, width) if text else ():
            self.need(size * 1.28)
            self.y -= size * 1.28
            with self.tags.element(kind):
                self.write(piece, font, size, middle - stringWidth(piece, font, size) / 2, slant)

    def write(self, piece, font, size, x, slant=False):
        """``slant``: the serif has no italics for Vietnamese, so its upright letters are slanted."""
        self.canvas.setFillColor(black)
        if not slant:
            self.canvas.setFont(font, size)
            self.canvas.drawString(x, self.y, piece)
            return
        text = self.canvas.beginText()
        text.setFont(font, size)
        text.setTextTransform(1, 0, 0.2, 1, x, self.y)
        text.textOut(piece)
        self.canvas.drawText(text)

    def height_of(self, text) -> float:
        """What ``paragraph`` takes of it."""
        return len(wrapped(one_line(text), SERIF, SIZE, self.measure - 10 * mm)) * LEADING + 3

    def paragraph(self, text, slant=False):
        """First line indented, as official text is."""
        indent, room = 10 * mm, self.measure
        words, first = one_line(text), True
        for piece in wrapped(words, SERIF, SIZE, room - indent):
            self.need(LEADING)
            self.y -= LEADING
            with self.tags.element("P"):
                self.write(piece, SERIF, SIZE, self.left + (indent if first else 0), slant)
            first = False
        self.y -= 3

    def rule(self, middle, width):
        self.y -= 4.5
        with self.tags.ornament():
            self.canvas.setStrokeColor(black)
            self.canvas.setLineWidth(0.7)
            self.canvas.line(middle - width / 2, self.y, middle + width / 2, self.y)


def _letterhead(pen, report):
    share = 0.42
    left, left_width = pen.left + pen.measure * share / 2, pen.measure * share - 4 * mm
    right, right_width = pen.right - pen.measure * (1 - share) / 2, pen.measure * (1 - share)
    size = 13 if report.is_lying else 12
    pen.centred(report.superior, SERIF, size, left, left_width)
    pen.centred(report.issuer, SERIF_BOLD, size, left, left_width)
    if report.is_party:
        pen.centred("*", SERIF, size, left, left_width)
    else:
        pen.rule(left, min(stringWidth(one_line(report.issuer), SERIF_BOLD, size), left_width) * 0.4)
    pen.y -= 4
    pen.centred(report.number, SERIF, 13, left, left_width)
    ended, pen.y = pen.y, pen.top
    if report.is_party:
        pen.centred(PARTY, SERIF_BOLD, size + 1, right, right_width)
        pen.rule(right, stringWidth(PARTY, SERIF_BOLD, size + 1))
    else:
        pen.centred(STATE, SERIF_BOLD, size, right, right_width)
        pen.centred(MOTTO, SERIF_BOLD, size + 1, right, right_width)
        pen.rule(right, stringWidth(MOTTO, SERIF_BOLD, size + 1))
    pen.y -= 8
    pen.centred(report.place_and_date, SERIF, 13, right, right_width, slant=True)
    pen.y = min(ended, pen.y) - 16


def _opening(pen, report):
    middle = (pen.left + pen.right) / 2
    pen.centred(report.title, SERIF_BOLD, 14, middle, pen.measure, "H1")
    pen.centred(report.subtitle, SERIF_BOLD, 13, middle, pen.measure * 0.86)
    pen.y -= 3
    pen.rule(middle, 36 * mm)
    pen.y -= 8
    if report.addressee:
        pen.centred(f"Kính gửi: {report.addressee}", SERIF, SIZE, middle, pen.measure * 0.86)
        pen.y -= 6
    for words in report.bases:
        pen.paragraph(words, slant=True)
    for words in report.lines:
        pen.paragraph(words)


class _Table:
    def __init__(self, pen, table):
        self.pen, self.table = pen, table
        total = sum(column.share for column in table.columns)
        self.widths = [pen.measure * column.share / total for column in table.columns]
        self.size = 10.5 if len(table.columns) < 9 else 9.5

    def draw(self):
        pen = self.pen
        if self.table.title:
            pen.need(LEADING * 4)
            pen.y -= LEADING
            with pen.tags.element("H2"):
                pen.write(one_line(self.table.title), SERIF_BOLD, SIZE, pen.left)
        pen.y -= 5
        with pen.tags.group("Table"):
            self.head()
            for row in self.table.rows:
                self.row(row.cells, is_strong=row.is_strong)
        pen.y -= 6

    def head(self, is_repeated=False):
        self.row(tuple(column.head for column in self.table.columns), is_head=True, is_repeated=is_repeated)

    def row(self, cells, *, is_head=False, is_strong=False, is_repeated=False):
        pen, font = self.pen, SERIF_BOLD if is_head or is_strong else SERIF
        in_lines = [
            self.fitted(one_line(cell), font, width - 2 * PADDING)
            for cell, width in zip(cells, self.widths, strict=True)
        ]
        height = max(len(pieces) for pieces in in_lines) * self.size * CELL_LEADING + 2 * PADDING
        if not is_repeated and pen.need(height) and not is_head:
            self.head(is_repeated=True)
        with pen.tags.ornament():
            self.boxes(height, is_head)
            if is_repeated:
                self.cells(in_lines, height, font, is_head, None)
        if not is_repeated:
            with pen.tags.group("TR"):
                self.cells(in_lines, height, font, is_head, "TH" if is_head else "TD")
        pen.y -= height

    def fitted(self, words, font, width) -> list[str]:
        """In lines; a word that is wider than its cell is broken, because nothing may leave the table."""
        pieces = []
        for piece in wrapped(words, font, self.size, width):
            while len(piece) > 1 and stringWidth(piece, font, self.size) > width:
                most = len(piece) - 1
                while most > 1 and stringWidth(piece[:most], font, self.size) > width:
                    most -= 1
                pieces.append(piece[:most])
                piece = piece[most:]
            pieces.append(piece)
        return pieces

    def boxes(self, height, is_head):
        canvas, x = self.pen.canvas, self.pen.left
        canvas.setStrokeColor(LINE)
        canvas.setLineWidth(0.5)
        canvas.setFillColor(SHADE)
        for width in self.widths:
            canvas.rect(x, self.pen.y - height, width, height, stroke=1, fill=1 if is_head else 0)
            x += width

    def cells(self, in_lines, height, font, is_head, kind):
        x = self.pen.left
        for column, pieces, width in zip(self.table.columns, in_lines, self.widths, strict=True):
            align = "centre" if is_head else column.align
            if kind is None:
                self.cell(pieces, x, width, height, font, align)
            else:
                with self.pen.tags.element(kind):
                    self.cell(pieces, x, width, height, font, align)
            x += width

    def cell(self, pieces, x, width, height, font, align):
        canvas, leading = self.pen.canvas, self.size * CELL_LEADING
        canvas.setFillColor(black)
        canvas.setFont(font, self.size)
        y = self.pen.y - (height - len(pieces) * leading) / 2 - self.size * 0.92
        for piece in pieces:
            if align == "centre":
                canvas.drawCentredString(x + width / 2, y, piece)
            elif align == "right":
                canvas.drawRightString(x + width - PADDING, y, piece)
            else:
                canvas.drawString(x + PADDING, y, piece)
            y -= leading


def _height_of_closing(report) -> float:
    return max(SIGNING, (len(report.recipients) + 2) * 14)


def _closing(pen, report):
    """ "Nơi nhận" on the left, the signature on the right; they never stand apart."""
    pen.need(_height_of_closing(report))
    pen.y -= 10
    top = pen.y
    middle, width = pen.left + pen.measure * 0.75, pen.measure * 0.48
    pen.centred(report.signer_authority, SERIF_BOLD, 13, middle, width)
    pen.centred(report.signer_post, SERIF_BOLD, 13, middle, width)
    pen.y -= 26 * mm
    pen.centred(report.signer_name, SERIF_BOLD, 13, middle, width)
    ended, pen.y = pen.y, top - 13 * 1.28
    with pen.tags.element("P"):
        pen.write("Nơi nhận:", SERIF_BOLD, 12, pen.left, slant=True)
    for words in report.recipients:
        for place, piece in enumerate(wrapped(one_line(words), SERIF, 11, pen.measure * 0.44)):
            pen.y -= 14
            with pen.tags.element("P"):
                pen.write(f"- {piece}" if not place else piece, SERIF, 11, pen.left)
    pen.y = min(ended, pen.y)
