"""What is said about a question beside its text, as learning object metadata (LOM) in the list of the package."""

from xml.sax.saxutils import escape

from quizzes.exporting.entries import Entry
from quizzes.exporting.qti.elements import ILLEGAL
from quizzes.importing.qti.metadata import COMPETENCY, DIFFICULTIES

LOM = "http://ltsc.ieee.org/xsd/LOM"
LOM_SCHEMA = "http://www.imsglobal.org/xsd/imsmd_loose_v1p3p2.xsd"
_VOCABULARY = "LOMv1.0"
# The framework in which competence codes are defined.
_FRAMEWORK = "Khung năng lực"
_WORDS = {value: word for word, value in DIFFICULTIES.items() if not word.startswith("very")}


def lom_of(entry: Entry) -> str:
    parts = []
    if entry.tags:
        parts.append(_el("general", *(_el("keyword", _string(tag)) for tag in entry.tags)))
    parts.append(_el("educational", _el("difficulty", _chosen(_WORDS[str(entry.text.difficulty)]))))
    if entry.competence:
        taxon = _el("taxon", _el("id", escape(entry.competence)))
        path = _el("taxonPath", _el("source", _string(_FRAMEWORK)), taxon)
        parts.append(_el("classification", _el("purpose", _chosen(COMPETENCY)), path))
    return f"<metadata>{_el('lom', *parts)}</metadata>"


def _el(name: str, *parts: str) -> str:
    return f"<lom:{name}>{''.join(parts)}</lom:{name}>"


def _string(words: str) -> str:
    return f'<lom:string language="vi">{escape(ILLEGAL.sub("", words))}</lom:string>'


def _chosen(value: str) -> str:
    return _el("source", _VOCABULARY) + _el("value", value)
