"""Slips of paper that open accounts: four on a page of A4, cut apart along straight lines. Words in, bytes out.

No clock, no random id: equal slips give equal bytes. Every unit begins a new page, so that its sheets can be handed
over. The QR code holds the address alone: an address with a code in it would stay in the logs of every server and phone
on its way.
"""

import io
from dataclasses import dataclass
from datetime import datetime

import segno
from reportlab.lib.colors import HexColor, white
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from documents import fonts, pdf_moments
from documents.fonts import SANS, SANS_BOLD
from documents.lettering import one_line, wrapped

WIDTH, HEIGHT = A4
A_PAGE = 4
STRIP = HEIGHT / A_PAGE
MARGIN = 14 * mm
QR = 25 * mm
INK, SOFT, LAM, PALE = HexColor("#1B2430"), HexColor("#4A5563"), HexColor("#163A69"), HexColor("#EAF1FA")


@dataclass(frozen=True, slots=True)
class SlipWords:
    """What all slips of a print say alike; ``drawn_at`` is what the file says of its own age."""

    title: str
    staff_code: str
    activation_code: str
    steps: tuple[str, ...]
    until: str
    keep: str
    address: str
    drawn_at: datetime
    banner: str = ""


@dataclass(frozen=True, slots=True)
class Slip:
    """What one person's slip says."""

    name: str
    unit: str
    staff_code: str
    activation_code: str


def draw_slips(words: SlipWords, units: list[tuple[str, list[Slip]]]) -> bytes:
    """The slips of each unit (its name, its slips), in the order given, as one PDF."""
    fonts.register()
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=True, lang="vi-VN", pdfVersion=(1, 7))
    canvas.setTitle(one_line(words.title))
    canvas.setCreator("")
    canvas.setDateFormatter(lambda *_fields: pdf_moments.written(words.drawn_at))
    for unit, slips in units:
        pages = [slips[start : start + A_PAGE] for start in range(0, len(slips), A_PAGE)]
        for number, page in enumerate(pages, start=1):
            for place, slip in enumerate(page):
                _draw(canvas, HEIGHT - place * STRIP, words, slip)
                _cut(canvas, HEIGHT - (place + 1) * STRIP)
            _margin(canvas, f"{unit} · {number}/{len(pages)}")
            canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _draw(canvas, top, words, slip):
    right = WIDTH - MARGIN
    _text(canvas, MARGIN, top - 11 * mm, words.title, SANS_BOLD, 9, 120 * mm, LAM)
    if words.banner:
        width = stringWidth(one_line(words.banner), SANS, 7.5)
        _text(canvas, right - width, top - 11 * mm, words.banner, SANS, 7.5, width, SOFT)
    _text(canvas, MARGIN, top - 18.5 * mm, slip.name, SANS_BOLD, 17, right - MARGIN)
    _text(canvas, MARGIN, top - 23.5 * mm, slip.unit, SANS, 10, right - MARGIN, SOFT)
    _code(canvas, MARGIN, top - 41 * mm, 44 * mm, words.staff_code, slip.staff_code)
    _code(canvas, MARGIN + 48 * mm, top - 41 * mm, 84 * mm, words.activation_code, slip.activation_code)
    y = top - 46.5 * mm
    for number, step in enumerate(words.steps, start=1):
        for piece in wrapped(f"{number}. {one_line(step)}", SANS, 10, 132 * mm):
            _text(canvas, MARGIN, y, piece, SANS, 10, 132 * mm)
            y -= 4.7 * mm
    _text(canvas, MARGIN, top - STRIP + 8.6 * mm, words.until, SANS_BOLD, 9.5, 90 * mm)
    _text(canvas, MARGIN + 76 * mm, top - STRIP + 8.6 * mm, words.keep, SANS_BOLD, 9.5, right - MARGIN - 76 * mm, LAM)
    x = right - QR
    _qr(canvas, words.address, x, top - 26.5 * mm - QR, QR)
    shown = words.address.removeprefix("https://").removeprefix("http://")
    y = top - 26.5 * mm - QR - 4 * mm
    for piece in _pieces(shown, 8.5, QR + 18 * mm):
        width = stringWidth(piece, SANS_BOLD, 8.5)
        _text(canvas, right - max(width, 0), y, piece, SANS_BOLD, 8.5, QR + 18 * mm)
        y -= 3.8 * mm


def _code(canvas, x, y, width, label, code):
    """A code in a pale box, as large as it fits, its label above it."""
    canvas.setFillColor(PALE)
    canvas.roundRect(x, y, width, 15.2 * mm, 1.5 * mm, stroke=0, fill=1)
    _text(canvas, x + 3 * mm, y + 10.6 * mm, label, SANS, 8.5, width - 6 * mm, SOFT)
    _text(canvas, x + 3 * mm, y + 3.1 * mm, code, SANS_BOLD, 21, width - 6 * mm, INK, spacing=0.8)


def _cut(canvas, y):
    if y < 1:
        return
    canvas.setStrokeColor(SOFT)
    canvas.setLineWidth(0.5)
    canvas.setDash(2, 3)
    canvas.line(0, y, WIDTH, y)
    canvas.setDash()


def _margin(canvas, words):
    """Whose sheet it is, upright along the left edge, where the cut takes nothing else away."""
    canvas.saveState()
    canvas.translate(7 * mm, HEIGHT - 8 * mm)
    canvas.rotate(-90)
    _text(canvas, 0, 0, words, SANS, 7.5, STRIP - 16 * mm, SOFT)
    canvas.restoreState()


def _text(canvas, x, y, words, font, size, width, colour=INK, spacing=0.0):
    """One line, smaller where it is wider than ``width``."""
    words = one_line(words)
    natural = stringWidth(words, font, size) + spacing * max(len(words) - 1, 0)
    share = min(1, width / natural) if natural else 1
    canvas.setFillColor(colour)
    canvas.setFont(font, size * share)
    canvas.drawString(x, y, words, charSpace=spacing * share)


def _pieces(address, size, width) -> list[str]:
    """An address broken after its slashes."""
    lines = [""]
    for part in address.replace("/", "/ ").split():
        if lines[-1] and stringWidth(lines[-1] + part, SANS_BOLD, size) > width:
            lines.append(part)
        else:
            lines[-1] += part
    return lines


def _qr(canvas, address, x, y, size):
    matrix = segno.make(address, error="m", micro=False).matrix
    module = size / len(matrix)
    canvas.setFillColor(white)
    canvas.rect(x - 2 * module, y - 2 * module, size + 4 * module, size + 4 * module, stroke=0, fill=1)
    path = canvas.beginPath()
    for row, bits in enumerate(matrix):
        for column, bit in enumerate(bits):
            if bit:
                path.rect(x + column * module, y + size - (row + 1) * module, module, module)
    canvas.setFillColor(INK)
    canvas.drawPath(path, stroke=0, fill=1)
