"""Archives that may hold questions: a QTI package, a Word document, a workbook, or files packed together."""

import posixpath
import unicodedata
import zipfile
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from io import BytesIO

from quizzes.importing import excel, word
from quizzes.importing.notes import QuestionFileRefused, note
from quizzes.importing.parsers import parse_text
from quizzes.importing.qti import packages
from quizzes.importing.reading import EXCEL, MAX_BYTES, QTI, TEXTS, WORD, ZIP, format_of, text_of
from quizzes.importing.records import FoundFile, FoundQuestion, ParsedFile
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
# Files that people write questions in as well, and that are not read: named, so that nobody misses them afterwards.
_OTHER_TEXTS = (".doc", ".xls", ".pdf", ".rtf", ".odt", ".ods", ".csv", ".htm", ".html", ".mht")
_TYPES = "[Content_Types].xml"
_WORD = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_WORKBOOK = b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"


def refuse_what_is_no_archive(content: bytes, *, name: str, form: str) -> None:
    """A file that says it is an archive, or should be one, and is none; an old Office file is told apart."""
    if content.startswith(OLD_OFFICE):
        raise QuestionFileRefused("old_office")
    if not form and name.lower().endswith(_OTHER_TEXTS):
        raise QuestionFileRefused("not_read")
    if form in (WORD, EXCEL, ZIP) or name.lower().endswith(ENDINGS):
        raise QuestionFileRefused("empty" if not content else "zip_broken")


def parse_archive(content: bytes, *, form: str = "") -> ParsedFile:
    """Everything in it. ``form`` is how texts in it are written, where they do not show it themselves."""
    if len(content) > MAX_BYTES:
        raise QuestionFileRefused("too_large", limit=MAX_BYTES // 1024 // 1024)
    archive = _opened(content, allows_doctype=True)
    if _TYPES in archive:
        return _with_task_files(_office(content), lambda name: None, missing="task_file_alone")
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
    """Each file by itself; one that cannot be read stands among the questions with its reason. What a workbook gives
    out is no file of questions, whatever is in it."""
    members, beside = {}, _Beside(archive)
    for name in sorted(archive.names):
        parsed = _read_or_named(archive, name, form)
        if parsed is None:
            continue
        if parsed.format == QTI:
            # Items without the list that says which of them belong to the package.
            raise QuestionFileRefused("qti_no_manifest")
        if parsed.format == EXCEL:
            parsed = _with_task_files(parsed, partial(beside.found, name), missing="task_file_missing")
        members[name] = parsed
    members = {name: parsed for name, parsed in members.items() if name not in beside.given}
    if any(parsed.format == EXCEL for parsed in members.values()):
        # Beside a workbook these are what it gives out, or was to give out.
        members = {name: parsed for name, parsed in members.items() if not _is_other_text(parsed)}
    questions = [replace(question, source=name) for name, parsed in members.items() for question in parsed.questions]
    if len(questions) > MAX_QUESTIONS:
        raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
    numbered = tuple(replace(question, number=number) for number, question in enumerate(questions, 1))
    categories = tuple(category for parsed in members.values() for category in parsed.categories)
    # A workbook with what it gives out is still a workbook: its rows come back with what was found of each.
    is_workbook = [parsed.format for parsed in members.values()] == [EXCEL]
    return ParsedFile(EXCEL if is_workbook else ZIP, numbered, categories)


def _is_other_text(parsed: ParsedFile) -> bool:
    problems = [question.problem.code for question in parsed.questions if question.problem]
    return not parsed.format and problems == ["zip_not_read"]


def _read_or_named(archive: Archive, name: str, form: str) -> ParsedFile | None:
    try:
        return _member(archive.read(name), name, form)
    except QuestionFileRefused as refusal:
        title = posixpath.basename(name)
        return ParsedFile("", (FoundQuestion(kind="", line=refusal.line or 1, title=title, problem=refusal.note),))


class _Beside:
    """The files that lie in an archive beside a workbook. ``given`` are the paths of those that questions give out."""

    def __init__(self, archive: Archive):
        self.archive, self.given = archive, {}

    def found(self, workbook: str, name: str) -> FoundFile | None:
        """The file by its path from the workbook, or by its name alone where the archive has one of that name."""
        name = unicodedata.normalize("NFC", name.replace("\\", "/"))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(workbook), name))
        if path not in self.archive:
            title = posixpath.basename(name).casefold()
            named = [each for each in self.archive.names if posixpath.basename(each).casefold() == title]
            path = named[0] if len(named) == 1 else ""
        if not path or path == workbook:
            return None
        if path not in self.given:
            content = b64encode(self.archive.read(path)).decode()
            self.given[path] = FoundFile(posixpath.basename(path), content)
        return self.given[path]


def _with_task_files(parsed: ParsedFile, found: Callable[[str], FoundFile | None], *, missing: str) -> ParsedFile:
    """With the files that rows of a workbook only name."""
    return replace(parsed, questions=tuple(_with_files_of_its_own(row, found, missing) for row in parsed.questions))


def _with_files_of_its_own(row: FoundQuestion, found, missing: str) -> FoundQuestion:
    files = [(file.name, found(file.name)) for file in row.task_files or ()]
    absent = [name for name, file in files if file is None]
    if absent:
        return replace(row, task_files=None, problem=row.problem or note(missing, file=absent[0]))
    return replace(row, task_files=tuple(file for _name, file in files)) if files else row


def returned(content: bytes, report: dict) -> tuple[bytes, str]:
    """(the workbook with what was found of each row, how its name ends); an archive keeps what lies beside it."""
    archive = _opened(content, allows_doctype=True)
    if _TYPES in archive:
        return excel.returned(content, report), "xlsx"
    (workbook,) = {row["source"] for row in report["questions"]}
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name in archive.names:
            part = archive.read(name)
            made.writestr(name, excel.returned(part, report) if name == workbook else part)
    return file.getvalue(), "zip"


def _member(content: bytes, name: str, form: str) -> ParsedFile | None:
    """What stands in one file of an archive; None for what is no file of questions (a picture, a letter)."""
    if content.startswith(SIGNATURES):
        archive = _opened(content, allows_doctype=True)
        return _office(content) if _TYPES in archive else _nested(name)
    if content.startswith(OLD_OFFICE):
        raise QuestionFileRefused("old_office")
    if name.lower().endswith(_OTHER_TEXTS):
        raise QuestionFileRefused("zip_not_read")
    # What Word keeps beside a document that is open is named after it.
    if name.lower().endswith(ENDINGS) and not posixpath.basename(name).startswith("~$"):
        raise QuestionFileRefused("zip_broken")
    if not name.lower().endswith(_TEXT_ENDINGS):
        return None
    if not form and format_of(text_of(content), name) == QTI:
        return ParsedFile(QTI)
    return parse_text(content, name=name, form=form if form in TEXTS else "")


def _nested(name: str) -> ParsedFile:
    return ParsedFile(ZIP, (FoundQuestion(kind="", line=1, title=name, problem=note("zip_in_zip", name=name)),))
