"""Archives that may hold questions: a QTI package, a Word document, a workbook, or files packed together."""

import posixpath
from dataclasses import replace

from quizzes.importing import excel, word
from quizzes.importing.notes import QuestionFileRefused, note
from quizzes.importing.parsers import parse_text
from quizzes.importing.qti import packages
from quizzes.importing.reading import EXCEL, MAX_BYTES, QTI, TEXTS, WORD, ZIP, format_of, text_of
from quizzes.importing.records import FoundQuestion, ParsedFile
from staff.archives import (
    OLD_OFFICE,
    SIGNATURES,
    Archive,
    ArchiveLeadsOutside,
    ArchiveLocked,
    ArchiveRefused,
    ArchiveSuspicious,
)

MAX_QUESTIONS = 20_000
# A package has a part for each question, and one for each picture.
MOST_PARTS = 2 * MAX_QUESTIONS
ENDINGS = (".zip", ".imscc", ".docx", ".xlsx")
_TEXT_ENDINGS = (".gift", ".txt", ".xml", ".aiken")
_TYPES = "[Content_Types].xml"
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def refuse_what_is_no_archive(content: bytes, *, name: str, form: str) -> None:
    """A file that says it is an archive, or should be one, and is none; an old Office file is told apart."""
    if content.startswith(OLD_OFFICE):
        raise QuestionFileRefused("old_office")
    if form in (WORD, EXCEL, ZIP) or name.lower().endswith(ENDINGS):
        raise QuestionFileRefused("empty" if not content else "zip_broken")


def parse_archive(content: bytes, *, form: str = "") -> ParsedFile:
    """Everything in it. ``form`` is how texts in it are written, where they do not show it themselves."""
    if len(content) > MAX_BYTES:
        raise QuestionFileRefused("too_large", limit=MAX_BYTES // 1024 // 1024)
    archive = _opened(content, allows_doctype=True)
    if _TYPES in archive:
        return _office(content)
    if packages.manifest_of(archive):
        return packages.parse(archive)
    return _together(archive, form)


def _opened(content: bytes, *, allows_doctype: bool) -> Archive:
    try:
        return Archive(content, allows_doctype=allows_doctype, most_parts=MOST_PARTS)
    except ArchiveLocked:
        raise QuestionFileRefused("zip_locked") from None
    except ArchiveLeadsOutside as error:
        raise QuestionFileRefused("zip_outside", name=error.name) from None
    except ArchiveSuspicious:
        raise QuestionFileRefused("zip_suspicious") from None
    except ArchiveRefused:
        raise QuestionFileRefused("zip_broken") from None


def _office(content: bytes) -> ParsedFile:
    archive = _opened(content, allows_doctype=False)
    types = archive.read(_TYPES)
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in archive.names):
        raise QuestionFileRefused("macros")
    if _WORD in types:
        return word.parse(content)
    if _WORKBOOK in types:
        return excel.parse(content)
    raise QuestionFileRefused("not_office")


# --- Files packed together ------------------------------------------------------


def _together(archive: Archive, form: str) -> ParsedFile:
    """Each file by itself; one that cannot be read stands among the questions with its reason."""
    questions, categories = [], []
    for name in sorted(archive.names):
        try:
            parsed = _member(archive.read(name), name, form)
        except QuestionFileRefused as refusal:
            problem = FoundQuestion(
                kind="", line=refusal.line or 1, title=posixpath.basename(name), source=name, problem=refusal.note
            )
            questions.append(problem)
            continue
        if parsed is None:
            continue
        if parsed.format == QTI:
            # Items without the list that says which of them belong to the package.
            raise QuestionFileRefused("qti_no_manifest")
        questions += [replace(question, source=name) for question in parsed.questions]
        categories += parsed.categories
        if len(questions) > MAX_QUESTIONS:
            raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
    numbered = tuple(replace(question, number=number) for number, question in enumerate(questions, 1))
    return ParsedFile(ZIP, numbered, tuple(categories))


def _member(content: bytes, name: str, form: str) -> ParsedFile | None:
    """What stands in one file of an archive; None for what is no file of questions (a picture, a letter)."""
    if content.startswith(SIGNATURES):
        archive = _opened(content, allows_doctype=True)
        return _office(content) if _TYPES in archive else _nested(name)
    if not name.lower().endswith(_TEXT_ENDINGS):
        return None
    if not form and format_of(text_of(content), name) == QTI:
        return ParsedFile(QTI)
    return parse_text(content, name=name, form=form if form in TEXTS else "")


def _nested(name: str) -> ParsedFile:
    return ParsedFile(ZIP, (FoundQuestion(kind="", line=1, title=name, problem=note("zip_in_zip", name=name)),))
