"""A question as it leaves the bank, and what of it a format may be unable to say."""

import io
import re
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

from django.core.files.storage import storages

from quizzes.enums import Accents, Case, Difficulty, GapAsks, QuestionType, Scoring, Spelling
from quizzes.importing.notes import Note, note
from quizzes.importing.reading import MAX_BYTES
from quizzes.matching import pieces_of
from quizzes.models import Category, Question, QuestionPicture, QuestionVersion
from quizzes.pictures import hashes_of
from quizzes.question_text import QuestionText, text_of
from quizzes.served_files import task_file_name
from quizzes.types.by_people import TaskFile

BATCH = 500
# What the file is called within an archive, and the folder of what goes with it.
NAME, BESIDE = "cau-hoi", "tep-phat"
ZIP = "application/zip"
# So that the same questions are the same bytes.
DATE = (2000, 1, 1, 0, 0, 0)
_EMPTY_LINE = re.compile(r"(?:^|<br>)\s*<br>")


@dataclass(frozen=True)
class Entry:
    """``category`` is the path of names from the root; ``text`` is the newest version."""

    code: str
    text: QuestionText
    category: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    competence: str = ""
    pictures: tuple["ShownPicture", ...] = ()

    @cached_property
    def file_names(self) -> dict[str, str]:
        """The name of each picture by its hash."""
        return {picture.sha256: picture.file_name for picture in self.pictures}


@dataclass(frozen=True)
class ShownPicture:
    """A picture by its hash. Its bytes are read when a format writes them."""

    sha256: str
    stored_name: str
    content_type: str

    @property
    def file_name(self) -> str:
        return f"{self.sha256[:16]}.{self.stored_name.rpartition('.')[2]}"

    def content(self) -> bytes:
        with storages["private"].open(self.stored_name) as file:
            return file.read()

    def base64(self) -> str:
        return b64encode(self.content()).decode()


def task_content(file: TaskFile) -> bytes:
    """The bytes of a file that a question gives out."""
    with storages["private"].open(task_file_name(file.sha256)) as stored:
        return stored.read()


def entries_of(questions: Iterable[Question]) -> list[Entry]:
    """The questions in the order given, each with its newest version."""
    questions = list(questions)
    paths = _paths()
    entries = []
    for at in range(0, len(questions), BATCH):
        batch = questions[at : at + BATCH]
        newest = _newest([question.pk for question in batch])
        tags = _tags([question.pk for question in batch])
        texts = {question.pk: text_of(newest[question.pk]) for question in batch if question.pk in newest}
        pictures = _pictures(texts.values())
        for question in batch:
            if text := texts.get(question.pk):
                shown = tuple(pictures[sha256] for sha256 in _hashes(text) if sha256 in pictures)
                entries.append(
                    Entry(
                        question.code, text, paths[question.category_id], tags.get(question.pk, ()),
                        question.competence, shown,
                    )
                )  # fmt: skip
    return entries


def _paths() -> dict[int, tuple[str, ...]]:
    names: dict[int, tuple[str, ...]] = {}
    for category in Category.objects.order_by("path"):
        names[category.pk] = (*names.get(category.parent_id, ()), category.name)
    return names


def _newest(ids: list[int]) -> dict[int, QuestionVersion]:
    versions = QuestionVersion.objects.filter(question__in=ids).order_by("number")
    return {version.question_id: version for version in versions}


def _tags(ids: list[int]) -> dict[int, tuple[str, ...]]:
    through = Question.tags.through.objects.filter(question__in=ids).order_by("tag__name")
    found: dict[int, tuple[str, ...]] = {}
    for question, name in through.values_list("question_id", "tag__name"):
        found[question] = (*found.get(question, ()), name)
    return found


def _hashes(text: QuestionText) -> list[str]:
    """Of the stem and of everything in which pictures may stand."""
    options = (option for option, _right in text.options)
    return hashes_of(text.stem, *options, *(premise for premise, _answer in text.pairs), *text.items)


def _pictures(texts: Iterable[QuestionText]) -> dict[str, ShownPicture]:
    wanted = {sha256 for text in texts for sha256 in _hashes(text)}
    rows = QuestionPicture.objects.filter(sha256__in=wanted)
    return {row.sha256: ShownPicture(row.sha256, row.name, row.content_type) for row in rows}


# --- What a format may be unable to say ----------------------------------------


class CannotSay(Exception):
    """The format cannot say this question at all, or not with this key."""

    def __init__(self, code: str, **params):
        self.note = note(code, **params)
        super().__init__(code)


def _is_whole(text: QuestionText) -> bool:
    takes_parts = text.type in (QuestionType.MULTIPLE, QuestionType.MATCHING)
    return takes_parts and text.scoring == Scoring.ALL_OR_NOTHING


def has_wildcards(rows) -> bool:
    """Whether a star in one of the accepted texts stands for any letters."""
    return any(len(pieces_of(row.text)) > 1 for row in rows)


def is_typed(text: QuestionText) -> bool:
    """Whether words are typed somewhere, so that capitals may matter."""
    return text.type == QuestionType.SHORT_TEXT or any(gap.asks == GapAsks.TEXT for gap in text.gaps)


def _keeps_order(text: QuestionText) -> bool:
    has_order = text.options or text.pairs or any(gap.asks == GapAsks.LIST for gap in text.gaps)
    return bool(has_order) and not text.shuffle_options


def _rows(text: QuestionText) -> Iterable:
    """Every accepted answer, of the question or of a gap."""
    yield from text.accepted
    for gap in text.gaps:
        yield from gap.accepted


FEATURES: dict[str, Callable[[Entry], bool]] = {
    "points": lambda entry: entry.text.points != 1,
    "difficulty": lambda entry: entry.text.difficulty != Difficulty.MEDIUM,
    "case": lambda entry: is_typed(entry.text) and entry.text.case == Case.EXACT,
    "accents": lambda entry: is_typed(entry.text) and entry.text.accents != Accents.EXACT,
    "spelling": lambda entry: is_typed(entry.text) and entry.text.spelling != Spelling.EXACT,
    "whole": lambda entry: _is_whole(entry.text),
    "order": lambda entry: _keeps_order(entry.text),
    "feedback": lambda entry: bool(entry.text.feedback),
    "option_feedback": lambda entry: bool(
        any(entry.text.option_feedback) or any(row.feedback for row in _rows(entry.text))
    ),
    "unit": lambda entry: bool(entry.text.unit),
    "looks": lambda entry: bool(_EMPTY_LINE.search(entry.text.stem)) or "<" in entry.text.stem.replace("<br>", ""),
    "tags": lambda entry: bool(entry.tags),
    "competence": lambda entry: bool(entry.competence),
    "criteria": lambda entry: bool(entry.text.criteria),
    "words_limits": lambda entry: bool(entry.text.min_words or entry.text.max_words),
    "shown_criteria": lambda entry: entry.text.shows_criteria,
    "task_files": lambda entry: bool(entry.text.files),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """What is said about a question of an export."""

    code: str
    note: Note


@dataclass(frozen=True, slots=True)
class Written:
    """The file, and by question what it does not say. ``ending`` and ``content_type`` are those of an archive where
    files go beside it."""

    content: bytes
    ending: str
    content_type: str
    count: int
    left_out: tuple[Remark, ...] = ()
    losses: tuple[Remark, ...] = ()

    @property
    def is_too_large(self) -> bool:
        """Whether no import would read it again."""
        return len(self.content) > MAX_BYTES


@dataclass(frozen=True, slots=True)
class Format:
    """``says`` are the features that the format has words for; ``write`` makes the file of what can be said."""

    name: str
    label: str
    ending: str
    content_type: str
    says: frozenset[str]
    write: Callable[[list[Entry], "Collected"], bytes]
    takes_pictures: bool = False


@dataclass(slots=True)
class Collected:
    """What is found while a file is written."""

    left_out: list[Remark] = field(default_factory=list)
    count: int = 0
    # Files that go beside the one that is written, by their paths.
    beside: dict[str, TaskFile] = field(default_factory=dict)

    def path_of(self, file: TaskFile) -> str:
        """Where ``file`` lies beside the one that is written; another of the same name lies in a folder of its own."""
        folders = (BESIDE, *(f"{BESIDE}/{number}" for number in range(2, len(self.beside) + 3)))
        paths = (f"{folder}/{file.name}" for folder in folders)
        return next(path for path in paths if self.beside.setdefault(path, file).sha256 == file.sha256)

    def each(self, entries: Iterable[Entry], say: Callable[[Entry], object]) -> Iterable[tuple[Entry, object]]:
        """(entry, what ``say`` makes of it) of those that can be said."""
        for entry in entries:
            try:
                said = say(entry)
            except CannotSay as error:
                self.left_out.append(Remark(entry.code, error.note))
                continue
            self.count += 1
            yield entry, said


def _packed(content: bytes, name: str, beside: dict[str, TaskFile]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        add_part(archive, name, content)
        for path, given in beside.items():
            add_part(archive, path, task_content(given))
    return file.getvalue()


def add_part(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    info = zipfile.ZipInfo(name, DATE)
    info.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(info, content)


def written_in(form: Format, entries: list[Entry]) -> Written:
    """The entries as a file of that format."""
    collected, sayable = Collected(), []
    for entry in entries:
        if entry.pictures and not form.takes_pictures:
            collected.left_out.append(Remark(entry.code, note("export_pictures")))
        else:
            sayable.append(entry)
    content, ending, content_type = form.write(sayable, collected), form.ending, form.content_type
    if collected.beside:
        content, ending, content_type = _packed(content, f"{NAME}.{ending}", collected.beside), "zip", ZIP
    left_out = {remark.code for remark in collected.left_out}
    losses = tuple(
        Remark(entry.code, note(f"export_{name}"))
        for entry in sayable
        if entry.code not in left_out
        for name, is_there in FEATURES.items()
        if name not in form.says and is_there(entry)
    )
    return Written(content, ending, content_type, collected.count, tuple(collected.left_out), losses)
