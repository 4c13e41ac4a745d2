"""HTML inside XML as QTI 1.2 writes it: its pictures get the names by which the question carries them."""

import re
from html import unescape

from quizzes.importing.qti.content import Writing

_IMG = re.compile(r"<img\b([^<>]{0,2000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(src|alt)\s{0,5}=\s{0,5}(?:"([^"]{0,1500})"|'([^']{0,1500})')""", re.IGNORECASE)


def renamed(html: str, writing: Writing) -> str:
    def picture(found: re.Match) -> str:
        values = {name.lower(): unescape(a or b) for name, a, b in _ATTRIBUTE.findall(found.group(1))}
        return writing.picture(values.get("src", ""), values.get("alt", ""))

    return _IMG.sub(picture, html)
