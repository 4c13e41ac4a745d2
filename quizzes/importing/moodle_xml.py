"""Moodle XML, read question by question: no DTD, no entities of the file's own, a bounded depth and size.

The parser is the standard library's expat with everything that reads elsewhere or multiplies text refused; at most one
question is held as a tree.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import PurePosixPath
from urllib.parse import unquote
from xml.parsers import expat

from quizzes.file_kinds import EXTENSIONS, LARGEST_MEGABYTES, MEGABYTE, extension_of
from quizzes.importing.gift import MAX_ANSWERS, MAX_CHARACTERS, MAX_QUESTIONS, number
from quizzes.importing.notes import QuestionFileRefused, QuestionUnreadable, note
from quizzes.importing.reading import MOODLE_XML
from quizzes.importing.records import (
    CLOZE,
    DRAG_GAPS,
    ESSAY,
    LIST,
    MATCH,
    MULTICHOICE,
    NUMERICAL,
    ORDERING,
    SELECT_GAPS,
    SHORTANSWER,
    TRUEFALSE,
    Formatted,
    FoundAnswer,
    FoundCategory,
    FoundFile,
    FoundGap,
    FoundItem,
    FoundPair,
    FoundQuestion,
    ParsedFile,
    category_path,
)
from staff.vietnamese import fold, nfc

MAX_DEPTH = 30
MAX_ELEMENTS_A_QUESTION = 5_000
PIECE = 64 * 1024
FORMATS = {
    "html": "html",
    "moodle_auto_format": "moodle",
    "plain_text": "plain",
    "markdown": "markdown",
    "wiki_like": "moodle",
}
# Moodle's names for one type differ between versions.
KINDS = {"matching": MATCH, "multianswer": CLOZE}
ORDERING_CREDIT = {
    "all_or_nothing": "all",
    "-1": "all",
    "relative_next_exclude_last": "next",
    "1": "next",
}
_WHOLE_ORDERS = {"all", "0"}
TRUE_WORDS, FALSE_WORDS = {"true", "dung"}, {"false", "sai"}
# The sentences Moodle itself fills in say nothing of the author's.
_DEFAULT_COMMENTS = ("your answer is correct.", "your answer is partially correct.", "your answer is incorrect.")


def parse(text: str) -> ParsedFile:
    """Everything in ``text``; raises QuestionFileRefused with the line where it is no sound XML."""
    reader = _Reader()
    reader.read(text)
    return ParsedFile(MOODLE_XML, tuple(reader.questions), tuple(reader.categories))


# --- The tree of one question ------------------------------------------------


@dataclass(slots=True)
class Element:
    name: str
    attributes: dict[str, str]
    line: int
    pieces: list[str] = field(default_factory=list)
    children: list["Element"] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)

    def first(self, name: str) -> "Element | None":
        return next((child for child in self.children if child.name == name), None)

    def all(self, name: str) -> list["Element"]:
        return [child for child in self.children if child.name == name]

    def words(self, name: str, default: str = "") -> str:
        """The text of the first child ``name``, or of the <text> in it."""
        child = self.first(name)
        if child is None:
            return default
        inner = child.first("text")
        return (inner or child).text.strip()


class _Reader:
    """Feeds expat piece by piece; each </question> becomes a record and is forgotten."""

    def __init__(self):
        self.questions, self.categories, self.path = [], [], ()
        self.stack, self.depth, self.elements, self.has_root = [], 0, 0, False
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        parser.StartDoctypeDeclHandler = self.forbidden
        parser.EntityDeclHandler = self.forbidden
        parser.UnparsedEntityDeclHandler = self.forbidden
        parser.NotationDeclHandler = self.forbidden
        parser.ExternalEntityRefHandler = self.forbidden
        parser.SkippedEntityHandler = self.forbidden

    @property
    def line(self) -> int:
        return self.parser.CurrentLineNumber

    def read(self, text: str) -> None:
        # A str goes in as UTF-8 whatever the declaration says: the bytes were decoded, and that once, before.
        try:
            for at in range(0, len(text), PIECE):
                self.parser.Parse(text[at : at + PIECE], False)
            self.parser.Parse("", True)
        except expat.ExpatError as error:
            raise QuestionFileRefused("bad_xml", line=error.lineno, why=expat.ErrorString(error.code)) from None
        except UnicodeEncodeError:
            raise QuestionFileRefused("bad_xml", line=self.line, why="surrogate") from None

    def forbidden(self, *_args) -> None:
        raise QuestionFileRefused("forbidden_xml", line=self.line)

    def start(self, name, attributes) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise QuestionFileRefused("too_deep", line=self.line, limit=MAX_DEPTH)
        if not self.has_root:
            self.has_root = True
            if name != "quiz":
                raise QuestionFileRefused("not_moodle_xml", line=self.line, tag=name[:40])
            return
        if not self.stack:
            if name != "question":
                # An unknown element beside the questions: walked through, not kept.
                self.stack.append(Element("", {}, self.line))
                return
            if len(self.questions) >= MAX_QUESTIONS:
                raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
            self.elements = 0
        self.elements += 1
        element = Element(name, attributes, self.line)
        if self.elements <= MAX_ELEMENTS_A_QUESTION and self.stack:
            self.stack[-1].children.append(element)
        self.stack.append(element)

    def characters(self, text) -> None:
        if self.stack:
            self.stack[-1].pieces.append(text)

    def end(self, name) -> None:
        self.depth -= 1
        if not self.stack:
            return
        element = self.stack.pop()
        if not self.stack and element.name == "question":
            self.take(element)

    def take(self, element: Element) -> None:
        if element.attributes.get("type") == "category":
            title = element.words("category")
            self.path = category_path(title[:2000])
            self.categories.append(FoundCategory(element.line, title[:2000], self.path))
            return
        found = _question(element)
        if self.elements > MAX_ELEMENTS_A_QUESTION:
            found = replace(found, problem=note("too_many_elements", limit=MAX_ELEMENTS_A_QUESTION))
        found = replace(found, number=len(self.questions) + 1, category=self.path)
        self.questions.append(found)


# --- One question -----------------------------------------------------------


def _question(element: Element) -> FoundQuestion:
    kind = element.attributes.get("type", "").strip()[:60]
    kind = KINDS.get(kind, kind)
    found = FoundQuestion(kind=kind, line=element.line, title=" ".join(element.words("name").split())[:1000] or None)
    try:
        found = _common(element, found)
        reader = _READERS.get(kind)
        return reader(element, found) if reader else found
    except QuestionUnreadable as error:
        return replace(found, problem=error.note)


def _common(element: Element, found: FoundQuestion) -> FoundQuestion:
    warnings = []
    stem, files = _formatted(element.first("questiontext"), "html", warnings)
    if len(stem.text) > MAX_CHARACTERS:
        raise QuestionUnreadable("too_long", limit=MAX_CHARACTERS, found=len(stem.text))
    stem, files = _with_old_picture(element, stem, files)
    general, general_files = _formatted(element.first("generalfeedback"), stem.format, warnings)
    tags = element.first("tags")
    tags = tuple(text for tag in (tags.all("tag") if tags else ()) if (text := _inner(tag)))
    if element.all("hint"):
        warnings.append(note("hints_left_out"))
    if any(
        _says_something(element, name) for name in ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
    ):
        warnings.append(note("combined_feedback"))
    if element.words("hidden") == "1":
        warnings.append(note("hidden"))
    warnings += [note("file_left_out", file=file.name) for file in general_files]
    return replace(
        found,
        idnumber=element.words("idnumber")[:200] or None,
        tags=tags,
        stem=stem,
        files=files,
        general_feedback=general if general.text else None,
        default_grade=_decimal(element.words("defaultgrade")),
        warnings=tuple(dict.fromkeys(warnings)),
    )


def _with_old_picture(element, stem, files):
    """Moodle before 2.0 kept one picture beside the text: <image>name</image><image_base64>…"""
    data, name = element.words("image_base64"), element.words("image")
    if not data or not name:
        return stem, files
    file = FoundFile(last_part(name), data)
    html = f'{stem.text} <img src="@@PLUGINFILE@@/{file.name.replace(chr(34), "")}" alt="">'
    return Formatted(stem.format if stem.format in ("html", "moodle") else "html", html), (*files, file)


def _says_something(element, name) -> bool:
    text = element.words(name).removeprefix("<p>").removesuffix("</p>").strip().lower()
    return bool(text) and text not in _DEFAULT_COMMENTS


def _inner(element: Element) -> str:
    inner = element.first("text")
    return (inner or element).text.strip()[:200]


def _formatted(element: Element | None, default: str, warnings: list) -> tuple[Formatted, tuple[FoundFile, ...]]:
    if element is None:
        return Formatted(default, ""), ()
    name = element.attributes.get("format", "").strip()
    form = FORMATS.get(name, "html") if name else default
    if name and name not in FORMATS:
        warnings.append(note("unknown_text_format", format=name[:40]))
    inner = element.first("text")
    text = (inner.text if inner is not None else element.text).strip()
    files = [*element.all("file"), *(inner.all("file") if inner is not None else [])]
    return Formatted(form, text), tuple(
        FoundFile(last_part(file.attributes.get("name", "")), file.text) for file in files
    )


def last_part(name: str) -> str:
    """A file's name without folders of any system."""
    return nfc(PurePosixPath(name.replace("\\", "/").replace("\0", "")).name)[:200]


def _decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.strip())
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < 10**9 else None


def _flag(text: str) -> bool:
    return text.strip().lower() not in ("", "0", "false", "no")


def _answers(element: Element) -> list[Element]:
    answers = element.all("answer")
    if not answers:
        raise QuestionUnreadable("no_answers")
    if len(answers) > MAX_ANSWERS:
        raise QuestionUnreadable("too_many_answers", limit=MAX_ANSWERS)
    return answers


def _percent(answer: Element) -> Decimal:
    text = answer.attributes.get("fraction", "").strip() or "0"
    percent = _decimal(text)
    # Fraction as an element of its own (0 to 1) is how old files write it.
    if inner := answer.words("fraction"):
        percent = (_decimal(inner) or Decimal(0)) * 100
    if percent is None or not -100 <= percent <= 100:
        raise QuestionUnreadable("bad_weight", weight=text[:40])
    return percent


def _answer(answer: Element, found: FoundQuestion, warnings: list, *, is_plain: bool) -> FoundAnswer:
    text, files = _formatted(answer, found.stem.format, warnings)
    feedback, feedback_files = _formatted(answer.first("feedback"), found.stem.format, warnings)
    warnings += [note("file_left_out", file=file.name) for file in feedback_files]
    if is_plain:
        text = Formatted("plain", text.text)
    for part in (text, feedback):
        if len(part.text) > MAX_CHARACTERS:
            raise QuestionUnreadable("too_long", limit=MAX_CHARACTERS, found=len(part.text))
    return FoundAnswer(text=text, percent=_percent(answer), feedback=feedback if feedback.text else None, files=files)


def _read_answers(element, found, *, is_plain=False):
    warnings = list(found.warnings)
    answers = tuple(_answer(answer, found, warnings, is_plain=is_plain) for answer in _answers(element))
    return answers, tuple(dict.fromkeys(warnings))


def _multichoice(element: Element, found: FoundQuestion) -> FoundQuestion:
    answers, warnings = _read_answers(element, found)
    return replace(
        found,
        answers=answers,
        warnings=warnings,
        is_single=_flag(element.words("single", "true")),
        shuffles=_flag(element.words("shuffleanswers", "false")),
    )


def _shortanswer(element: Element, found: FoundQuestion) -> FoundQuestion:
    answers, warnings = _read_answers(element, found, is_plain=True)
    return replace(found, answers=answers, warnings=warnings, is_case_sensitive=_flag(element.words("usecase", "0")))


def _truefalse(element: Element, found: FoundQuestion) -> FoundQuestion:
    """Which answer is which says its text; files in another language are told apart by order, as Moodle does."""
    answers, warnings = _read_answers(element, found, is_plain=True)
    if len(answers) != 2:
        raise QuestionUnreadable("key_unclear")
    words = [fold(answer.text.text) for answer in answers]
    if words[0] in TRUE_WORDS and words[1] in FALSE_WORDS:
        true, false = answers
    elif words[0] in FALSE_WORDS and words[1] in TRUE_WORDS:
        false, true = answers
    else:
        true, false = answers
        warnings += (note("key_by_order"),)
    if {true.percent, false.percent} != {Decimal(0), Decimal(100)}:
        raise QuestionUnreadable("key_unclear")
    return replace(
        found,
        right=true.percent == 100,
        true_feedback=true.feedback,
        false_feedback=false.feedback,
        warnings=warnings,
    )


def _numerical(element: Element, found: FoundQuestion) -> FoundQuestion:
    answers, warnings = _read_answers(element, found, is_plain=True)
    read = []
    for answer, row in zip(answers, element.all("answer"), strict=True):
        words = answer.text.text
        if words in ("", "*"):
            read.append(replace(answer, text=Formatted("plain", "*")))
            continue
        value = number(words)
        tolerance = number(row.words("tolerance") or "0", "bad_tolerance")
        if tolerance < 0:
            raise QuestionUnreadable("bad_tolerance", text=row.words("tolerance")[:40])
        read.append(replace(answer, value=value, tolerance=tolerance, low=value - tolerance, high=value + tolerance))
    unit = ""
    if units := _units(element):
        if element.words("unitgradingtype", "0") not in ("", "0"):
            raise QuestionUnreadable("graded_units")
        unit = _one_unit(units)
        warnings += () if unit else (note("units_left_out"),)
    return replace(found, answers=tuple(read), warnings=warnings, unit=unit)


def _units(element: Element) -> list[Element]:
    units = element.first("units")
    return [unit for unit in units.all("unit") if unit.words("unit_name")] if units else []


def _one_unit(units: list[Element]) -> str:
    """The bank prints one unit behind the field; it turns none into another."""
    name = nfc(units[0].words("unit_name"))
    is_plain = len(units) == 1 and _decimal(units[0].words("multiplier") or "1") == 1
    return name if is_plain and len(name) <= 20 and not any(character.isdigit() for character in name) else ""


def _match(element: Element, found: FoundQuestion) -> FoundQuestion:
    rows = element.all("subquestion")
    if not rows:
        raise QuestionUnreadable("no_answers")
    if len(rows) > MAX_ANSWERS:
        raise QuestionUnreadable("too_many_answers", limit=MAX_ANSWERS)
    warnings, pairs = list(found.warnings), []
    for row in rows:
        premise, files = _formatted(row, found.stem.format, warnings)
        answer = row.first("answer")
        # The answers of a match are plain words in Moodle: they stand in a list to choose from.
        pairs.append(FoundPair(premise, Formatted("plain", (answer.words("text") if answer else "")), files))
    return replace(
        found,
        pairs=tuple(pairs),
        warnings=tuple(dict.fromkeys(warnings)),
        shuffles=_flag(element.words("shuffleanswers", "true")),
    )


def _ordering(element: Element, found: FoundQuestion) -> FoundQuestion:
    """The fraction of an answer is its place; where no answer has one, they stand in their order."""
    warnings, rows = list(found.warnings), _answers(element)
    given = [row.attributes.get("fraction", "").strip() for row in rows]
    if any(given):
        places = [_decimal(text) for text in given]
        if None in places or len(set(places)) < len(places):
            raise QuestionUnreadable("order_unclear")
        rows = [row for _place, row in sorted(zip(places, rows, strict=True), key=lambda pair: pair[0])]
    items = tuple(FoundItem(*_formatted(row, found.stem.format, warnings)) for row in rows)
    # "All" and 0 are all of them; the other ways of choosing show as many as selectcount says.
    count = element.words("selectcount")
    if fold(element.words("selecttype")) not in _WHOLE_ORDERS and count.isdecimal() and 0 < int(count) < len(items):
        warnings.append(note("order_in_part", count=int(count)))
    credit = ORDERING_CREDIT.get(fold(element.words("gradingtype")), "")
    return replace(found, items=items, credit=credit, warnings=tuple(dict.fromkeys(warnings)))


# Moodle's words for groups of kinds, as far as we take them.
_GROUPS = {
    "document": ("docx", "odt", "pdf"), "spreadsheet": ("xlsx", "ods", "csv"), "presentation": ("pptx", "odp"),
    "image": ("png", "jpg", "jpeg"), "archive": ("zip",),
}  # fmt: skip


def _essay(element: Element, found: FoundQuestion) -> FoundQuestion:
    """A text; where Moodle gives no field to write in, a file to hand in."""
    takes_files = element.words("responseformat") == "noinline"
    found = _with_task_files(found) if takes_files else found
    warnings = list(found.warnings)
    guide, files = _formatted(element.first("graderinfo"), "html", warnings)
    warnings += [note("file_left_out", file=file.name) for file in files]
    if not takes_files and element.words("attachments", "0") not in ("", "0"):
        warnings.append(note("attachments_left_out"))
    if template := element.words("responsetemplate"):
        warnings.append(note("template_left_out", text=template[:60]))
    kinds, unknown = _file_kinds(element.words("filetypeslist")) if takes_files else ((), ())
    if unknown:
        warnings.append(note("file_kinds_left_out", kinds=", ".join(unknown)))
    most = _decimal(element.words("maxbytes")) or Decimal(0)
    return replace(
        found,
        guide=guide if guide.text else None,
        min_words=_words_limit(element, "minwordlimit"),
        max_words=_words_limit(element, "maxwordlimit"),
        takes_files=takes_files,
        file_kinds=kinds,
        most_megabytes=min(LARGEST_MEGABYTES, max(1, int(most // MEGABYTE))) if takes_files and most > 0 else None,
        warnings=tuple(dict.fromkeys(warnings)),
    )


_LINK = r'<a\b[^<>]{0,500}\bhref="@@PLUGINFILE@@/([^"?<>]{1,1000})(?:\?[^"<>]{0,100})?"[^<>]{0,500}>'
_LINKS = re.compile(_LINK)
# A line that only names files to open says nothing more: the bank shows them by itself.
_BARE_LINKS = re.compile(rf"<p>\s{{0,9}}(?:{_LINK}[^<>]{{0,300}}</a>\s{{0,9}})+</p>")


def _with_task_files(found: FoundQuestion) -> FoundQuestion:
    """Files that the text links to are given out; pictures that it shows stay where they are."""
    names = {last_part(unquote(name)) for name in _LINKS.findall(found.stem.text)}
    linked = [file for file in found.files if file.name in names]
    others = [file for file in linked if extension_of(file.name) not in EXTENSIONS]
    return replace(
        found,
        stem=replace(found.stem, text=_BARE_LINKS.sub("", found.stem.text)),
        files=tuple(file for file in found.files if file not in linked),
        task_files=tuple(file for file in linked if file not in others),
        warnings=(*found.warnings, *(note("task_file_kind", file=file.name) for file in others)),
    )


def _words_limit(element: Element, name: str) -> int | None:
    value = _decimal(element.words(name))
    return int(value) if value is not None and value > 0 else None


def _file_kinds(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(those that we take, those that we do not)."""
    known, unknown = [], []
    for word in re.split(r"[\s,;]+", text.lower()[:500]):
        kind = word.removeprefix("*").removeprefix(".")
        if kind in EXTENSIONS:
            known.append(kind)
        elif kind in _GROUPS:
            known += _GROUPS[kind]
        elif kind not in ("", "*"):
            unknown.append(kind[:20])
    return tuple(dict.fromkeys(known)), tuple(unknown[:10])


_SLOT = re.compile(r"\[\[([0-9]{1,3})\]\]")


def _chosen_gaps(element: Element, found: FoundQuestion) -> FoundQuestion:
    """[[3]] is a gap whose right word is the third; to choose from are all words of that one's group."""
    words = [
        (row.words("text"), row.words("group", "1")) for row in element.all("selectoption") + element.all("dragbox")
    ]
    if not words:
        raise QuestionUnreadable("no_answers")
    if len(words) > MAX_ANSWERS:
        raise QuestionUnreadable("too_many_answers", limit=MAX_ANSWERS)
    gaps = []

    def gap(slot: re.Match) -> str:
        right = int(slot.group(1))
        if not 1 <= right <= len(words):
            raise QuestionUnreadable("gap_without_option", number=right)
        group = words[right - 1][1]
        answers = tuple(
            FoundAnswer(Formatted("html", text), Decimal(100 if number == right else 0))
            for number, (text, of) in enumerate(words, 1)
            if of == group
        )
        gaps.append(FoundGap(LIST, answers))
        return f"[[{len(gaps)}]]"

    stem = replace(found.stem, text=_SLOT.sub(gap, found.stem.text))
    shuffles = _flag(element.words("shuffleanswers", "1"))
    return replace(found, kind=CLOZE, stem=stem, gaps=tuple(gaps), shuffles=shuffles)


_READERS = {
    ESSAY: _essay,
    ORDERING: _ordering,
    SELECT_GAPS: _chosen_gaps,
    DRAG_GAPS: _chosen_gaps,
    MULTICHOICE: _multichoice,
    SHORTANSWER: _shortanswer,
    TRUEFALSE: _truefalse,
    NUMERICAL: _numerical,
    MATCH: _match,
}
