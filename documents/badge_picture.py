"""An Open Badge as a PNG: words in, bytes out. Equal words give equal bytes."""

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw, ImageFont
from PIL.PngImagePlugin import PngInfo

from documents.fonts import SANS, SANS_BOLD, file_of
from documents.lettering import one_line

SIZE, WIDEST = 480, 330
LAM, GOLD, WHITE = "#1F4E8C", "#B8892B", "#FFFFFF"
# The chunk in which Open Badges 3.0 keeps a credential.
CHUNK = "openbadgecredential"


@dataclass(frozen=True, slots=True)
class BadgePicture:
    """``held`` is the signed credential that the picture carries; ``lines`` name the course, three at most."""

    code: str
    lines: tuple[str, ...]
    number: str
    banner: str
    held: str


def draw_badge(badge: BadgePicture) -> bytes:
    """The picture with its credential in a text chunk, as wallets read it."""
    # drawn twice as large: Pillow smooths no edges by itself
    picture = Image.new("RGBA", (2 * SIZE, 2 * SIZE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.ellipse(_twice(18, 18, 462, 462), fill=LAM)
    pen.ellipse(_twice(30, 30, 450, 450), outline=GOLD, width=8)
    pen.line(_twice(206, 122, 230, 146, 276, 98), fill=WHITE, width=30, joint="curve")
    _words(pen, badge.code, SANS_BOLD, 30, 200)
    for place, line in enumerate(badge.lines[:3]):
        _words(pen, line, SANS, 24, 248 + 34 * place)
    _words(pen, badge.number, SANS, 18, 370)
    _words(pen, badge.banner, SANS, 16, 400)
    facts = PngInfo()
    facts.add_itxt(CHUNK, badge.held)
    file = io.BytesIO()
    picture.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(file, "PNG", pnginfo=facts)
    return file.getvalue()


def _twice(*places: int) -> list[int]:
    return [2 * place for place in places]


def _words(pen, words: str, font: str, size: int, y: int) -> None:
    words = one_line(words)
    if not words:
        return
    width = ImageFont.truetype(file_of(font), 2 * size).getlength(words)
    fitting = int(2 * size * min(1, 2 * WIDEST / width))
    pen.text((SIZE, 2 * y), words, font=ImageFont.truetype(file_of(font), fitting), fill=WHITE, anchor="mm")
