"""A training certificate on A4, landscape: words in, bytes out.

Pure drawing: no clock, no random id, no database. Equal sheets give equal bytes. Every word is drawn as it stands;
nothing is read as mark-up, so a name like "<b>" is just a strange name.
"""

import io
from dataclasses import dataclass
from datetime import datetime

import segno
from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from documents import fonts, pdf_moments
from documents.fonts import SANS, SANS_BOLD, SERIF, SERIF_BOLD, SERIF_SEMIBOLD
from documents.lettering import one_line, wrapped

WIDTH, HEIGHT = landscape(A4)
GOLD, INK, SOFT, LAM = HexColor("#B8892B"), HexColor("#1B2430"), HexColor("#4A5463"), HexColor("#163A6B")
MIDDLE = WIDTH / 2
LEFT_CENTRE, RIGHT_CENTRE = 84 * mm, 207 * mm
TEXT_WIDTH = 232 * mm
MASK = 2


@dataclass(frozen=True, slots=True)
class CertificateSheet:
    """The words on the page, already in their final form. Empty words leave their line out.

    ``drawn_at`` is what the file says of its own age. ``banner`` is printed across the sheet and in a band, for
    papers that have no value.
    """

    superior: str
    issuer: str
    certifies: str
    honorific: str
    holder_name: str
    born: str
    unit: str
    course: str
    hours: str
    period: str
    result: str
    number: str
    register_number: str
    decision: str
    code: str
    check_address: str
    place_and_date: str
    signer_post: str
    signer_name: str
    signature: tuple[str, ...]
    drawn_at: datetime
    state: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto: str = "Độc lập - Tự do - Hạnh phúc"
    title: str = "GIẤY CHỨNG NHẬN"
    subtitle: str = "HOÀN THÀNH KHÓA BỒI DƯỠNG"
    banner: str = ""


def draw_certificate(sheet: CertificateSheet) -> bytes:
    """The sheet as a PDF of one page."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(WIDTH, HEIGHT), invariant=True, lang="vi-VN", pdfVersion=(1, 7))
    canvas.setTitle(one_line(f"{sheet.title} {sheet.number} - {sheet.holder_name}"))
    canvas.setAuthor(one_line(sheet.issuer))
    canvas.setSubject(one_line(sheet.course))
    canvas.setKeywords(sheet.code)
    canvas.setCreator("")
    canvas.setDateFormatter(lambda *_fields: pdf_moments.written(sheet.drawn_at))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    _frame(canvas)
    if sheet.banner:
        _banner(canvas, sheet.banner)
    _heads(canvas, sheet)
    _body(canvas, sheet)
    _foot_left(canvas, sheet)
    _foot_right(canvas, sheet)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _frame(canvas):
    canvas.setStrokeColor(GOLD)
    for inset, thickness in ((13, 1.6), (15, 0.6)):
        canvas.setLineWidth(thickness)
        canvas.rect(inset * mm, inset * mm, WIDTH - 2 * inset * mm, HEIGHT - 2 * inset * mm)


def _banner(canvas, words):
    words = one_line(words)
    canvas.saveState()
    canvas.translate(MIDDLE, HEIGHT / 2)
    canvas.rotate(27)
    canvas.setFillColor(Color(0.75, 0.15, 0.15, alpha=0.10))
    canvas.setFont(SANS_BOLD, 40)
    canvas.drawCentredString(0, -14, words)
    canvas.restoreState()
    width = stringWidth(words, SANS_BOLD, 9.5) + 12 * mm
    canvas.setFillColor(HexColor("#FBE9E7"))
    canvas.rect(MIDDLE - width / 2, HEIGHT - 22.6 * mm, width, 5.6 * mm, stroke=0, fill=1)
    canvas.setFillColor(HexColor("#9B1C1C"))
    canvas.setFont(SANS_BOLD, 9.5)
    canvas.drawCentredString(MIDDLE, HEIGHT - 21 * mm, words)


def _heads(canvas, sheet):
    top = HEIGHT - 31 * mm
    _centred(canvas, LEFT_CENTRE, top, sheet.superior, SERIF, 12, 112 * mm)
    width = _centred(canvas, LEFT_CENTRE, top - 6 * mm, sheet.issuer, SERIF_BOLD, 12, 112 * mm)
    _rule(canvas, LEFT_CENTRE, top - 8.4 * mm, width * 0.4)
    _centred(canvas, RIGHT_CENTRE, top, sheet.state, SERIF_BOLD, 12, 112 * mm)
    width = _centred(canvas, RIGHT_CENTRE, top - 6 * mm, sheet.motto, SERIF_BOLD, 13, 112 * mm)
    _rule(canvas, RIGHT_CENTRE, top - 8.4 * mm, width)


def _body(canvas, sheet):
    _centred(canvas, MIDDLE, HEIGHT - 56 * mm, sheet.title, SERIF_BOLD, 32, TEXT_WIDTH, LAM, spacing=1.5)
    _centred(canvas, MIDDLE, HEIGHT - 64.5 * mm, sheet.subtitle, SERIF_SEMIBOLD, 15, TEXT_WIDTH, LAM, spacing=0.8)
    _centred(canvas, MIDDLE, HEIGHT - 75 * mm, sheet.certifies, SERIF, 13.5, TEXT_WIDTH)
    name_runs = [(f"{one_line(sheet.honorific)} ", SERIF, 0.6), (one_line(sheet.holder_name), SERIF_BOLD, 1)]
    _centred_runs(canvas, HEIGHT - 89 * mm, name_runs, 32)
    y = HEIGHT - 98 * mm
    for words in (sheet.born, sheet.unit):
        if words:
            y = _paragraph(canvas, y, words, SERIF, 13.5, 6.6 * mm)
    y -= 2.4 * mm
    y = _paragraph(canvas, y, "Đã hoàn thành khóa bồi dưỡng", SERIF, 13.5, 7.6 * mm)
    y = _paragraph(canvas, y, f"“{one_line(sheet.course)}”", SERIF_BOLD, 18, 7.4 * mm)
    facts = ", ".join(words for words in (sheet.hours, sheet.period) if words)
    if facts:
        y = _paragraph(canvas, y, facts, SERIF, 13.5, 6.8 * mm)
    if sheet.result:
        _paragraph(canvas, y, sheet.result, SERIF_SEMIBOLD, 14, 6.8 * mm)


def _foot_left(canvas, sheet):
    size, x, y = 29 * mm, 22 * mm, 22 * mm
    _qr(canvas, f"{sheet.check_address}", x, y, size)
    x += size + 5 * mm
    y += size - 3.4 * mm
    rows = [("Số: ", sheet.number), ("Số vào sổ: ", sheet.register_number), ("Căn cứ: ", sheet.decision)]
    rows += [("Mã xác thực: ", _grouped(sheet.code)), ("Kiểm tra tại: ", sheet.check_address)]
    for label, words in rows:
        if not words:
            continue
        for index, piece in enumerate(wrapped(one_line(words), SANS_BOLD, 9, 92 * mm - stringWidth(label, SANS, 9))):
            shown = label if index == 0 else ""
            canvas.setFillColor(SOFT)
            canvas.setFont(SANS, 9)
            canvas.drawString(x, y, shown)
            canvas.setFillColor(INK)
            canvas.setFont(SANS_BOLD, 9)
            canvas.drawString(x + stringWidth(label, SANS, 9), y, piece)
            y -= 4.6 * mm


def _foot_right(canvas, sheet):
    _slanted(canvas, RIGHT_CENTRE + 8 * mm, 58 * mm, one_line(sheet.place_and_date), 12.5)
    x, width = RIGHT_CENTRE + 8 * mm, 100 * mm
    _centred(canvas, x, 52 * mm, sheet.signer_post, SERIF_BOLD, 12.5, width)
    lines = [one_line(words) for words in sheet.signature]
    size = min([8.5] + [8.5 * 82 * mm / max(stringWidth(words, SANS, 8.5), 1) for words in lines])
    block_width, block_height = 88 * mm, (len(lines) * 4.3 + 3.4) * mm
    bottom = 48 * mm - block_height
    canvas.setStrokeColor(LAM)
    canvas.setLineWidth(0.7)
    canvas.rect(x - block_width / 2, bottom, block_width, block_height)
    canvas.setFillColor(LAM)
    canvas.setFont(SANS, size)
    for index, words in enumerate(lines):
        canvas.drawString(x - block_width / 2 + 3 * mm, bottom + block_height - (index + 1) * 4.3 * mm, words)
    _centred(canvas, x, 23.5 * mm, sheet.signer_name, SERIF_BOLD, 14, width)


def _centred(canvas, x, y, words, font, size, width, colour=INK, spacing=0.0) -> float:
    """Draws ``words`` centred at ``x``, smaller where they are wider than ``width``; returns their width."""
    words = one_line(words)
    natural = stringWidth(words, font, size) + spacing * max(len(words) - 1, 0)
    if natural > width:
        size, spacing = size * width / natural, spacing * width / natural
        natural = width
    canvas.setFillColor(colour)
    canvas.setFont(font, size)
    canvas.drawString(x - natural / 2, y, words, charSpace=spacing)
    return natural


def _centred_runs(canvas, y, runs, size):
    """One line of several fonts, the sizes being shares of ``size``; shrinks to the text width."""
    natural = sum(stringWidth(words, font, size * share) for words, font, share in runs)
    size *= min(1, TEXT_WIDTH / natural)
    x = MIDDLE - min(natural, TEXT_WIDTH) / 2
    canvas.setFillColor(INK)
    for words, font, share in runs:
        canvas.setFont(font, size * share)
        canvas.drawString(x, y, words)
        x += stringWidth(words, font, size * share)


def _paragraph(canvas, y, words, font, size, leading) -> float:
    """Centred words that shrink to four fifths before they wrap; returns where the next line stands."""
    words = one_line(words)
    natural = stringWidth(words, font, size)
    if natural > TEXT_WIDTH:
        size *= max(0.8, TEXT_WIDTH / natural)
    pieces = wrapped(words, font, size, TEXT_WIDTH + 0.01)
    for piece in pieces:
        _centred(canvas, MIDDLE, y, piece, font, size, TEXT_WIDTH)
        y -= leading if piece is pieces[-1] else size * 1.3
    return y


def _slanted(canvas, x, y, words, size):
    text = canvas.beginText()
    text.setFont(SERIF, size)
    text.setFillColor(INK)
    text.setTextTransform(1, 0, 0.2, 1, x - stringWidth(words, SERIF, size) / 2, y)
    text.textOut(words)
    canvas.drawText(text)


def _rule(canvas, x, y, width):
    canvas.setStrokeColor(INK)
    canvas.setLineWidth(0.8)
    canvas.line(x - width / 2, y, x + width / 2, y)


def _qr(canvas, address, x, y, size):
    # any mask is right; trying all eight takes longer than drawing the rest of the sheet
    matrix = segno.make(address, error="m", micro=False, mask=MASK).matrix
    module = size / len(matrix)
    path = canvas.beginPath()
    for row, bits in enumerate(matrix):
        start = None
        for column, bit in enumerate([*bits, 0]):
            if bit and start is None:
                start = column
            elif not bit and start is not None:
                path.rect(x + start * module, y + size - (row + 1) * module, (column - start) * module, module)
                start = None
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)


def _grouped(code: str) -> str:
    return "-".join(code[index : index + 4] for index in range(0, len(code), 4))
