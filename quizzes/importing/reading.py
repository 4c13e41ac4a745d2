"""Bytes as text, or a sentence that says where they are none. No encoding is ever guessed."""

import codecs
import re

from quizzes.importing.notes import QuestionFileRefused

MAX_BYTES = 20 * 1024 * 1024
GIFT, MOODLE_XML, AIKEN, CLOZE = "gift", "moodle_xml", "aiken", "cloze"
# QTI is a text when one item stands alone; a package of them is an archive, as are the others here.
QTI, WORD, EXCEL, ZIP = "qti", "word", "excel", "zip"
TEXTS = (GIFT, MOODLE_XML, AIKEN, CLOZE, QTI)
FORMATS = (*TEXTS, WORD, EXCEL, ZIP)

_XML_DECLARATION = re.compile(r"""\A\s*<\?xml[^>]{0,200}?\bencoding\s{0,10}=\s{0,10}["']([A-Za-z0-9._-]{1,40})["']""")
# The first element, after declarations, comments and a DOCTYPE.
_BEFORE_ROOT = r"\A\s*(?:<[?!](?:[^<>]|<[!?][^<>]*>)*>\s*){0,20}"
_QTI_ROOT = re.compile(
    _BEFORE_ROOT + r"<(?:[\w.-]{1,40}:)?(?:qti-|assessment[A-Z]|questestinterop\b|itemBody\b|manifest\b)", re.ASCII
)
_AIKEN_OPTION = re.compile(r"^[ \t]*[A-Z][.)][ \t]", re.MULTILINE)
_AIKEN_KEY = re.compile(r"^[ \t]*ANSWER[ \t]*:", re.MULTILINE | re.IGNORECASE)
_GIFT_ANSWERS = re.compile(r"\{\s*[=~%TF#]")
# Vertical tab and form feed are spaces; the noncharacters are ours while a text is read (see gift).
_WESTERN = ("iso-8859-1", "windows-1252")
_BINARY = re.compile("[\x00\ufdd0-\ufdef\ufffe\uffff]")


def text_of(content: bytes) -> str:
    """``content`` with newlines as \\n and without a byte order mark; raises QuestionFileRefused with the byte."""
    if len(content) > MAX_BYTES:
        raise QuestionFileRefused("too_large", limit=MAX_BYTES // 1024 // 1024)
    text = _decoded(content)
    if not text.strip():
        raise QuestionFileRefused("empty")
    if found := _BINARY.search(text):
        before = text[: found.start()]
        raise QuestionFileRefused("not_text", line=before.count("\n") + 1, byte=len(before.encode()))
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(content: bytes) -> str:
    if content.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)) and not content.startswith(
        b"\xff\xfe\x00\x00\x00"
    ):
        raise QuestionFileRefused("other_encoding", encoding="UTF-32")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise QuestionFileRefused("not_utf16", byte=error.start) from None
    _refuse_another_encoding(content)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The byte order mark is not counted by the decoder.
        start = error.start + (len(codecs.BOM_UTF8) if content.startswith(codecs.BOM_UTF8) else 0)
        raise QuestionFileRefused("not_utf8", byte=start, line=content.count(b"\n", 0, start) + 1) from None


def _refuse_another_encoding(content: bytes) -> None:
    """An XML file that names another encoding than UTF-8 is not read as something it does not claim to be."""
    head = content[:400].decode("latin-1")
    if found := _XML_DECLARATION.match(head.removeprefix("\xef\xbb\xbf")):
        encoding = found.group(1)
        # Programs of the West write this line and then UTF-8: nothing else is ever valid UTF-8 by chance.
        if encoding.lower() in _WESTERN and _is_utf8(content):
            return
        if encoding.lower() not in ("utf-8", "utf8", "us-ascii", "ascii"):
            raise QuestionFileRefused("other_encoding", encoding=encoding)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def format_of(text: str, name: str = "") -> str:
    """The format of a text: XML shows itself by its first element, Aiken by its lines; else it is GIFT."""
    start = text.lstrip()[:200].lower()
    if _QTI_ROOT.match(text):
        return QTI
    looks_like_xml = start.startswith(("<?xml", "<quiz", "<!doctype", "<!--"))
    if looks_like_xml or (start.startswith("<") and name.lower().endswith(".xml")):
        return MOODLE_XML
    is_aiken = _AIKEN_OPTION.search(text) and _AIKEN_KEY.search(text) and not _GIFT_ANSWERS.search(text)
    return AIKEN if is_aiken else GIFT
