"""Words as official paper sets them: on one line, or in lines that fit a width."""

import unicodedata

from reportlab.pdfbase.pdfmetrics import stringWidth


def one_line(text: str) -> str:
    """``text`` on one line, composed: ReportLab would print "e" and a combining mark apart."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def wrapped(words: str, font: str, size: float, width: float) -> list[str]:
    """``words`` in lines of at most ``width`` points; a single word that is longer stands alone."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and stringWidth(longer, font, size) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines
