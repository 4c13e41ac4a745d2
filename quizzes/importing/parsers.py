"""Texts and who reads them."""

from quizzes.importing import aiken, cloze, gift, moodle_xml, qti
from quizzes.importing.reading import AIKEN, CLOZE, GIFT, MOODLE_XML, QTI, TEXTS, format_of, text_of
from quizzes.importing.records import ParsedFile

_PARSERS = {
    GIFT: gift.parse, MOODLE_XML: moodle_xml.parse, AIKEN: aiken.parse, CLOZE: cloze.parse, QTI: qti.parse
}  # fmt: skip


def parse_text(content: bytes, *, name: str = "", form: str = "") -> ParsedFile:
    """What stands in a file that is a text; raises QuestionFileRefused."""
    text = text_of(content)
    return _PARSERS[form if form in TEXTS else format_of(text, name)](text)
