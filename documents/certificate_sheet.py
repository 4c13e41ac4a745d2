"""A training certificate on A4, landscape: words in, bytes out.

Pure drawing: no clock, no random id, no database. Equal sheets give equal bytes. Every word is drawn as it stands;
nothing is read as mark-up, so a name like "<b>" is just a strange name.
"""

import io
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from documents import fonts, pdf_moments
from documents.fonts import SANS, SANS_BOLD, SERIF, SERIF_BOLD, SERIF_SEMIBOLD
from documents.lettering import one_line, wrapped
from documents.qr import draw_qr
from documents.tagging import Tags

WIDTH, HEIGHT = landscape(A4)
GOLD, INK, SOFT, LAM = HexColor("#B8892B"), HexColor("#1B2430"), HexColor("#4A5463"), HexColor("#163A6B")
MIDDLE = WIDTH / 2
LEFT_CENTRE, RIGHT_CENTRE = 84 * mm, 207 * mm
TEXT_WIDTH = 232 * mm
# The body stands between these: the title's line and the last line above place and date.
FIRST_LINE, LAST_LINE = HEIGHT - 56 * mm, 64.5 * mm
TITLE = 9
VIETNAMESE, ENGLISH = "vi-VN", "en"


@dataclass(frozen=True, slots=True)
class BodyWords:
    """The middle of the sheet in one language. Empty words leave their line out."""

    title: str
    subtitle: str
    certifies: str
    about: tuple[str, ...]
    completed: str
    details: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FootWords:
    """What stands before the values at the lower left, and how the figures are described to who cannot see them."""

    number: str = "Số: "
    register_number: str = "Số vào sổ: "
    decision: str = "Căn cứ: "
    code: str = "Mã xác thực: "
    address: str = "Kiểm tra tại: "
    qr: str = "Mã QR dẫn đến trang kiểm tra"
    seal: str = "Hình ảnh con dấu"
    signature: str = "Hình ảnh chữ ký"


@dataclass(frozen=True, slots=True)
class CertificateSheet:
    """The words on the page, already in their final form. Empty words leave their line out.

    ``motto`` is empty under the Party's header, which has none. ``below`` repeats the body in English, smaller, under
    each line; ``course_below`` is the course's name there. ``seal`` and ``signature_image`` are PNG. ``drawn_at`` is
    what the file says of its own age. ``banner`` is printed across the sheet and in a band, for papers without value.
    """

    superior: str
    issuer: str
    body: BodyWords
    honorific: str
    holder_name: str
    course: str
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
    course_below: str = ""
    signer_authority: str = ""
    head: str = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    motto: str = "Độc lập - Tự do - Hạnh phúc"
    below: BodyWords | None = None
    foot: FootWords = FootWords()
    language: str = VIETNAMESE
    seal: bytes = b""
    signature_image: bytes = b""
    has_gold_rule: bool = True
    banner: str = ""


def draw_certificate(sheet: CertificateSheet) -> bytes:
    """The sheet as a PDF of one page, tagged in the order in which it is read."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(
        buffer, pagesize=(WIDTH, HEIGHT), invariant=True, lang=sheet.language, pdfVersion=(1, 7), initialFontName=SERIF
    )
    title = one_line(f"{sheet.body.title} {sheet.number} - {sheet.holder_name}")
    author, subject = one_line(sheet.issuer), one_line(sheet.course)
    canvas.setTitle(title)
    canvas.setAuthor(author)
    canvas.setSubject(subject)
    canvas.setKeywords(sheet.code)
    canvas.setCreator("")
    canvas.setDateFormatter(lambda *_fields: pdf_moments.written(sheet.drawn_at))
    canvas.setViewerPreference("DisplayDocTitle", "true")
    tags = Tags(canvas)
    if sheet.has_gold_rule:
        with tags.ornament():
            _frame(canvas)
    if sheet.banner:
        _banner(canvas, tags, sheet.banner)
    _heads(canvas, tags, sheet)
    _body(canvas, tags, sheet)
    _foot_right(canvas, tags, sheet)
    _foot_left(canvas, tags, sheet)
    canvas.showPage()
    tags.finish(
        language=sheet.language,
        title=title,
        author=author,
        subject=subject,
        keywords=sheet.code,
        moment=sheet.drawn_at,
    )
    canvas.save()
    return buffer.getvalue()


def _frame(canvas):
    canvas.setStrokeColor(GOLD)
    for inset, thickness in ((13, 1.6), (15, 0.6)):
        canvas.setLineWidth(thickness)
        canvas.rect(inset * mm, inset * mm, WIDTH - 2 * inset * mm, HEIGHT - 2 * inset * mm)


def _banner(canvas, tags, words):
    words = one_line(words)
    with tags.stamp():
        canvas.saveState()
        canvas.translate(MIDDLE, HEIGHT / 2)
        canvas.rotate(27)
        canvas.setFillColor(Color(0.75, 0.15, 0.15, alpha=0.10))
        canvas.setFont(SANS_BOLD, 40)
        canvas.drawCentredString(0, -14, words)
        canvas.restoreState()
    with tags.element("P"):
        width = stringWidth(words, SANS_BOLD, 9.5) + 12 * mm
        canvas.setFillColor(HexColor("#FBE9E7"))
        canvas.rect(MIDDLE - width / 2, HEIGHT - 22.6 * mm, width, 5.6 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#9B1C1C"))
        canvas.setFont(SANS_BOLD, 9.5)
        canvas.drawCentredString(MIDDLE, HEIGHT - 21 * mm, words)


def _heads(canvas, tags, sheet):
    top = HEIGHT - 31 * mm
    with tags.element("P"):
        _centred(canvas, LEFT_CENTRE, top, sheet.superior, SERIF, 12, 112 * mm)
    with tags.element("P"):
        width = _centred(canvas, LEFT_CENTRE, top - 6 * mm, sheet.issuer, SERIF_BOLD, 12, 112 * mm)
    with tags.ornament():
        if sheet.motto:
            _rule(canvas, LEFT_CENTRE, top - 8.4 * mm, width * 0.4)
        else:  # the Party's bodies put a star where those of the state draw a line
            _centred(canvas, LEFT_CENTRE, top - 11.4 * mm, "*", SERIF, 13, 20 * mm)
    with tags.element("P"):
        size = 12 if sheet.motto else 13.5
        width = _centred(canvas, RIGHT_CENTRE, top, sheet.head, SERIF_BOLD, size, 112 * mm)
    if not sheet.motto:
        with tags.ornament():
            _rule(canvas, RIGHT_CENTRE, top - 2.4 * mm, width)
        return
    with tags.element("P"):
        width = _centred(canvas, RIGHT_CENTRE, top - 6 * mm, sheet.motto, SERIF_BOLD, 13, 112 * mm)
    with tags.ornament():
        _rule(canvas, RIGHT_CENTRE, top - 8.4 * mm, width)


@dataclass(slots=True)
class _Line:
    """``gap`` is from the line above, in millimetres; several ``runs`` (words, font, share of the size) on one line."""

    kind: str
    runs: list[tuple[str, str, float]]
    size: float
    gap: float
    colour: Color = INK
    spacing: float = 0.0
    language: str = ""
    wraps: bool = False


def _body(canvas, tags, sheet):
    lines = _set_in_lines(_lines_of_body(sheet))
    room, taken = (FIRST_LINE - LAST_LINE) / mm, sum(line.gap for line in lines)
    # a smaller title leaves room above itself
    scale = min(1.0, (room + TITLE) / (taken + TITLE))
    y = FIRST_LINE + (1 - scale) * TITLE * mm
    for line in lines:
        y -= line.gap * scale * mm
        with tags.element(line.kind, language=line.language):
            _centred_runs(canvas, y, line, scale)


def _lines_of_body(sheet) -> list[_Line]:
    body, below = sheet.body, sheet.below
    lines: list[_Line] = []

    def add(kind, words, font, size, gap, *, colour=INK, spacing=0.0, wraps=False, language=""):
        if words:
            runs = [(one_line(words), font, 1.0)]
            lines.append(_Line(kind, runs, size, gap, colour, spacing, language, wraps))

    def under(words, size=10.5, gap=4.6):
        add("P", words, SERIF, size, gap, colour=SOFT, wraps=True, language=ENGLISH)

    add("H1", body.title, SERIF_BOLD, 32, 0, colour=LAM, spacing=1.5)
    under(below and below.title, 13, 6)
    add("P", body.subtitle, SERIF_SEMIBOLD, 15, 8.5, colour=LAM, spacing=0.8)
    under(below and below.subtitle, 10.5, 5)
    add("P", body.certifies, SERIF, 13.5, 10.5)
    under(below and below.certifies)
    title = [(f"{one_line(sheet.honorific)} ", SERIF, 0.6)] if sheet.honorific else []
    lines.append(_Line("H2", [*title, (one_line(sheet.holder_name), SERIF_BOLD, 1.0)], 32, 14))
    gap = 9.0
    for place, words in enumerate(body.about):
        add("P", words, SERIF, 13.5, gap, wraps=True)
        under(below and place < len(below.about) and below.about[place])
        gap = 6.6 if words else gap
    add("P", body.completed, SERIF, 13.5, gap + 2.4, wraps=True)
    under(below and below.completed)
    add("P", f"“{one_line(sheet.course)}”", SERIF_BOLD, 18, 7.6, wraps=True)
    under(sheet.course_below and f"“{one_line(sheet.course_below)}”")
    gap = 7.4
    for place, words in enumerate(body.details):
        add("P", words, SERIF if place == 0 else SERIF_SEMIBOLD, 13.5, gap, wraps=True)
        under(below and place < len(below.details) and below.details[place])
        gap = 6.8
    return lines


def _set_in_lines(lines: list[_Line]) -> list[_Line]:
    """Long words shrink to four fifths before they wrap."""
    found = []
    for line in lines:
        if not line.wraps:
            found.append(line)
            continue
        [(words, font, share)] = line.runs
        natural = stringWidth(words, font, line.size)
        size = line.size * max(0.8, min(1, TEXT_WIDTH / natural)) if natural else line.size
        gap = line.gap
        for piece in _balanced(words, font, size):
            found.append(_Line(line.kind, [(piece, font, share)], size, gap, line.colour, line.spacing, line.language))
            gap = size * 1.3 / mm
    return found


def _balanced(words, font, size) -> list[str]:
    """As few lines as the width allows, of about equal length: a last line of two words looks lost."""
    pieces = wrapped(words, font, size, TEXT_WIDTH + 0.01)
    if len(pieces) > 1:
        for share in (0.6, 0.7, 0.8, 0.9):
            if len(closer := wrapped(words, font, size, TEXT_WIDTH * share)) == len(pieces):
                return closer
    return pieces


def _centred_runs(canvas, y, line, scale):
    """One line of several fonts; shrinks to the text width."""
    size, spacing = line.size * scale, line.spacing * scale
    letters = sum(len(words) for words, _font, _share in line.runs)
    natural = sum(stringWidth(words, font, size * share) for words, font, share in line.runs)
    natural += spacing * (letters - 1)
    shrink = min(1.0, TEXT_WIDTH / natural) if natural else 1.0
    x = MIDDLE - natural * shrink / 2
    canvas.setFillColor(line.colour)
    for words, font, share in line.runs:
        canvas.setFont(font, size * share * shrink)
        canvas.drawString(x, y, words, charSpace=spacing * shrink)
        x += stringWidth(words, font, size * share * shrink)


def _foot_left(canvas, tags, sheet):
    size, x, y = 29 * mm, 22 * mm, 22 * mm
    foot = sheet.foot
    with tags.element("Figure", alt=f"{foot.qr}: {sheet.check_address}"):
        draw_qr(canvas, sheet.check_address, x, y, size)
    x += size + 5 * mm
    y += size - 3.4 * mm
    rows = [(foot.number, sheet.number), (foot.register_number, sheet.register_number)]
    rows += [(foot.decision, sheet.decision), (foot.code, _grouped(sheet.code)), (foot.address, sheet.check_address)]
    for label, words in rows:
        if not words:
            continue
        with tags.element("P"):
            indent = stringWidth(label, SANS, 9)
            for index, piece in enumerate(wrapped(one_line(words), SANS_BOLD, 9, 90 * mm - indent)):
                if index == 0:
                    canvas.setFillColor(SOFT)
                    canvas.setFont(SANS, 9)
                    canvas.drawString(x, y, label)
                canvas.setFillColor(INK)
                canvas.setFont(SANS_BOLD, 9)
                canvas.drawString(x + indent, y, piece)
                y -= 4.6 * mm


def _foot_right(canvas, tags, sheet):
    x, width = RIGHT_CENTRE + 8 * mm, 100 * mm
    with tags.element("P"):
        _slanted(canvas, x, 58 * mm, one_line(sheet.place_and_date), 12.5, width)
    top = 52 * mm
    if sheet.signer_authority:
        with tags.element("P"):
            _centred(canvas, x, 52.5 * mm, sheet.signer_authority, SERIF_BOLD, 12.5, width)
        top = 47.3 * mm
    with tags.element("P"):
        _centred(canvas, x, top, sheet.signer_post, SERIF_BOLD, 12.5, width)
    lines = [one_line(words) for words in sheet.signature]
    size = min([8.5] + [8.5 * 82 * mm / max(stringWidth(words, SANS, 8.5), 1) for words in lines])
    block_width, block_height = 88 * mm, (len(lines) * 4.3 + 3.4) * mm
    bottom = top - (2.6 if sheet.signer_authority else 4) * mm - block_height
    if sheet.seal:
        # as the red seal on paper: at the left of the signature, over a part of it
        with tags.element("Figure", alt=sheet.foot.seal):
            _image(canvas, sheet.seal, x - 55 * mm, 36 * mm, 30 * mm, 30 * mm)
    # without words it is signed elsewhere, and the place stays free
    if lines:
        with tags.ornament():
            canvas.setStrokeColor(LAM)
            canvas.setLineWidth(0.7)
            canvas.rect(x - block_width / 2, bottom, block_width, block_height)
        with tags.element("P"):
            canvas.setFillColor(LAM)
            canvas.setFont(SANS, size)
            for index, words in enumerate(lines):
                at = bottom + block_height - (index + 1) * 4.3 * mm
                canvas.drawString(x - block_width / 2 + 3 * mm, at, words)
    if sheet.signature_image:
        with tags.element("Figure", alt=sheet.foot.signature):
            _image(canvas, sheet.signature_image, x, (bottom + 27.5 * mm) / 2, 42 * mm, bottom - 27.8 * mm)
    with tags.element("P"):
        _centred(canvas, x, 23.5 * mm, sheet.signer_name, SERIF_BOLD, 14, width)


def _centred(canvas, x, y, words, font, size, width, colour=INK) -> float:
    """Draws ``words`` centred at ``x``, smaller where they are wider than ``width``; returns their width."""
    words = one_line(words)
    natural = stringWidth(words, font, size)
    if natural > width:
        size, natural = size * width / natural, width
    canvas.setFillColor(colour)
    canvas.setFont(font, size)
    canvas.drawString(x - natural / 2, y, words)
    return natural


def _slanted(canvas, x, y, words, size, width):
    size *= min(1, width / max(stringWidth(words, SERIF, size), 1))
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


def _image(canvas, png, x, y, width, height):
    """The picture centred at (x, y), as large as it fits into width and height."""
    picture = _read(png)
    wide, high = picture.getSize()
    share = min(width / wide, height / high)
    size = wide * share, high * share
    canvas.drawImage(picture, x - size[0] / 2, y - size[1] / 2, *size, mask="auto")


@lru_cache(maxsize=8)
def _read(png: bytes) -> ImageReader:
    """Reading a picture takes longer than drawing a sheet, and all sheets of a template have the same ones."""
    picture = ImageReader(io.BytesIO(png))
    picture.getRGBData()
    return picture


def _grouped(code: str) -> str:
    return "-".join(code[index : index + 4] for index in range(0, len(code), 4))
