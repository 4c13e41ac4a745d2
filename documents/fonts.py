"""The fonts of official paper, from packages, registered once a process.

Source Serif Pro (SIL OFL) for what is read aloud, Roboto (Apache 2) for what is typed in. Both hold every
Vietnamese letter; ReportLab's own fonts drop them silently. The serif's italics do not, so a slanted line is drawn
by slanting the upright letters.
"""

import threading
from functools import cache, wraps
from pathlib import Path

import font_roboto
import font_source_serif_pro
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

SERIF, SERIF_SEMIBOLD, SERIF_BOLD = "OfficialSerif", "OfficialSerif-Semibold", "OfficialSerif-Bold"
SANS, SANS_BOLD = "OfficialSans", "OfficialSans-Bold"

_FILES = {
    SERIF: (font_source_serif_pro, "SourceSerifPro-Regular.ttf"),
    SERIF_SEMIBOLD: (font_source_serif_pro, "SourceSerifPro-Semibold.ttf"),
    SERIF_BOLD: (font_source_serif_pro, "SourceSerifPro-Bold.ttf"),
    SANS: (font_roboto, "Roboto-Regular.ttf"),
    SANS_BOLD: (font_roboto, "Roboto-Bold.ttf"),
}
_lock = threading.Lock()


def register() -> None:
    """Makes the fonts known to ReportLab. Later calls cost nothing; threads may call it together."""
    with _lock:
        _register()


@cache
def _register() -> None:
    for name in _FILES:
        font = TTFont(name, file_of(name))
        # ReportLab reads a font from a place that all documents share: two at once would cut letters of each other's.
        font.face.makeSubset = _one_at_a_time(font.face.makeSubset)
        pdfmetrics.registerFont(font)


def _one_at_a_time(function):
    lock = threading.Lock()

    @wraps(function)
    def alone(*args):
        with lock:
            return function(*args)

    return alone


def file_of(name: str) -> str:
    """Where the font lies, for who draws a picture instead of a page."""
    package, file_name = _FILES[name]
    return str(Path(package.__file__).parent / "files" / file_name)


def missing_letters(text: str, font: str) -> list[str]:
    """Letters of ``text`` that ``font`` cannot draw."""
    register()
    known = pdfmetrics.getFont(font).face.charToGlyph
    return sorted({letter for letter in text if ord(letter) not in known})
