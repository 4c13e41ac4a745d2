"""Questions in a Word document, as people who teach write them.

    Câu 1. Phím nào dùng để sao chép?
    A. Ctrl+V        B. Ctrl+C
    Đáp án: B

The key is a line "Đáp án", a star before the option, a table of keys at the end, or the one option that is underlined,
bold or in colour. Where there is none, or where two of these say different things, the question is refused.
"""

import re
from dataclasses import dataclass, field, replace
from decimal import Decimal

from quizzes.importing.notes import Note, QuestionFileRefused, note
from quizzes.importing.reading import WORD
from quizzes.importing.records import MULTICHOICE, TRUEFALSE, Formatted, FoundAnswer, FoundQuestion, ParsedFile
from quizzes.importing.word_lines import BOLD, COLOURED, PICTURE, UNDERLINED, Line, lines_of
from staff.vietnamese import fold

MAX_QUESTIONS, MAX_CHARACTERS = 20_000, 100_000
LETTERS = "ABCDEFGH"
FULL, NOTHING = Decimal(100), Decimal(0)
# (1 điểm), between the number of a question and its text.
_POINTS = re.compile(r"\s*[(\[]\s*(\d{1,3}(?:[.,]\d{1,2})?)\s*(?:điểm|đ)\s*[)\]]\s*[.:]?", re.IGNORECASE)
_NAMED = re.compile(r"\s*(?:câu(?:\s+hỏi)?|question|bài)\s*(?:số\s*)?(\d{1,4})\b\s*[.:)/\-–]?", re.IGNORECASE)
_NUMBERED = re.compile(r"\s*(\d{1,4})\s*[.)/:](?=\s|$)")
_OPTION = re.compile(r"\s*(\*{0,3}\s*)([A-Ha-h])\s*[.)/:](?=\s|\S)\s*")
# Further options on the same line stand after a tab or a wide space.
_NEXT_OPTION = re.compile(r"(?:\t\s*|\s{2,})(?=\*{0,3}\s*[A-H]\s*[.)])")
_KEY = re.compile(
    r"\s*(?:đáp\s*án(?:\s*đúng)?(?:\s*là)?|đ/?a|answer|key)(?:\s*[:.\-–]\s*|\s+(?=[A-H]\W*$))(.*)", re.IGNORECASE
)
_KEY_TITLE = re.compile(
    r"\s*(?:bảng\s+)?(?:đáp\s*án|kết\s*quả|answers?)\s*(?:trắc\s*nghiệm)?\s*[:.]?\s*", re.IGNORECASE
)
_KEY_PAIR = re.compile(r"(?<!\w)(?:câu\s*)?(\d{1,4})\s*[.\-–:)]?\s*([A-H])(?!\w)", re.IGNORECASE)
_LETTERS = re.compile(r"[A-H](?:\s*(?:,|;|và|&|\+|\s)\s*[A-H])*\s*[.)]?", re.IGNORECASE)
# 1-b, 2-a: what belongs together; B-A-C: an order. Which lines these are is written in too many ways.
_PAIRS = re.compile(r"(?:\d{1,2}\s*[-–.:→]\s*[A-Ha-h]\s*[,;.]?\s*){2,20}")
_ORDER = re.compile(r"[A-Ha-h](?:\s*(?:-|–|→|->|>)\s*[A-Ha-h]){2,20}\s*\.?")
_NOTE = re.compile(r"\s*(?:giải\s*thích|lời\s*giải|hướng\s*dẫn(?:\s*giải)?)\s*[:.]\s*", re.IGNORECASE)
_TRUE, _FALSE = {"dung", "true", "d"}, {"sai", "false", "s"}
_MARKS = ((UNDERLINED, "underlined"), (BOLD, "bold"), (COLOURED, "coloured"))


@dataclass(slots=True)
class _Option:
    lines: list[Line]
    is_starred: bool
    # How the letter in front looks; None where Word wrote it.
    label: Line | None


@dataclass(slots=True)
class _Draft:
    """A question while its lines are read."""

    place: int
    label: str | None
    category: tuple[str, ...]
    stem: list[Line] = field(default_factory=list)
    options: list[_Option] = field(default_factory=list)
    notes: list[Line] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    points: Decimal | None = None
    problem: Note | None = None
    # What the next line goes on with.
    open: str = "stem"

    def complain(self, code: str, **params) -> None:
        self.problem = self.problem or note(code, **params)


def parse(content: bytes) -> ParsedFile:
    """Every question of the document; the archive it is was looked through before."""
    reader = _Reader(lines_of(content))
    return ParsedFile(WORD, reader.questions())


class _Reader:
    def __init__(self, lines: list[Line]):
        self.lines = lines
        self.has_names = any(_NAMED.match(line.text) for line in lines)
        self.drafts: list[_Draft] = []
        self.before: list[Line] = []
        self.headings: list[tuple[int, str]] = []

    def questions(self) -> tuple[FoundQuestion, ...]:
        end = self._keys_at_end()
        for line in self.lines[:end]:
            self._line(line)
        table = _table_of_keys(self.lines[end:])
        found = [_found(draft, number, table) for number, draft in enumerate(self.drafts, 1)]
        if found and (words := " ".join(" ".join(line.text.split()) for line in self.before)):
            first = found[0]
            found[0] = _with_warning(first, note("word_text_before", text=words[:200]))
        return tuple(found)

    def _keys_at_end(self) -> int:
        """Where the table of keys begins: a title that stands alone, after which no further question comes."""
        for at in range(len(self.lines) - 1, -1, -1):
            if _KEY_TITLE.fullmatch(self.lines[at].text) and _KEY_PAIR.search(_joined(self.lines[at + 1 :])):
                return at
            if _KEY_TITLE.fullmatch(self.lines[at].text) and _in_rows(self.lines[at + 1 :]):
                return at
        return len(self.lines)

    def _line(self, line: Line) -> None:
        draft = self.drafts[-1] if self.drafts else None
        if line.heading is not None and not _NAMED.match(line.text):
            self.headings = [(level, name) for level, name in self.headings if level < line.heading]
            self.headings.append((line.heading, " ".join(line.text.split())[:200]))
            return
        if start := self._start(line, draft):
            self._begin(line, *start)
        elif draft is None:
            self.before.append(line)
        else:
            self._go_on(draft, line)

    def _start(self, line: Line, draft: _Draft | None) -> tuple[int, str | None] | None:
        """(where its text begins, its number) of a line that begins a question."""
        if named := _NAMED.match(line.text):
            return named.end(), str(int(named[1]))
        is_free = draft is None or draft.options or draft.keys
        if self.has_names or not is_free:
            return None
        if line.number_format == "decimal":
            return 0, None
        if numbered := _NUMBERED.match(line.text):
            return numbered.end(), str(int(numbered[1]))
        return None

    def _begin(self, line: Line, at: int, label: str | None) -> None:
        if len(self.drafts) >= MAX_QUESTIONS:
            raise QuestionFileRefused("too_many", limit=MAX_QUESTIONS)
        draft = _Draft(line.place, label or str(len(self.drafts) + 1), tuple(name for _level, name in self.headings))
        if points := _POINTS.match(line.text, at):
            draft.points, at = Decimal(points[1].replace(",", ".")), points.end()
        self.drafts.append(draft)
        self._add_to(draft.stem, line.cut(at), draft)

    def _go_on(self, draft: _Draft, line: Line) -> None:
        if key := _KEY.fullmatch(line.text):
            draft.keys.append(key[1].strip())
            draft.open = "after"
        elif explained := _NOTE.match(line.text):
            draft.open = "notes"
            self._add_to(draft.notes, line.cut(explained.end()), draft)
        elif draft.open != "notes" and self._options(draft, line):
            draft.open = "options"
        elif draft.open == "stem":
            self._add_to(draft.stem, line, draft)
        elif draft.open == "notes":
            self._add_to(draft.notes, line, draft)
        elif draft.open == "options":
            self._add_to(draft.options[-1].lines, line, draft)
        else:
            draft.complain("word_text_after", line=line.place, text=line.text[:40])

    @staticmethod
    def _add_to(lines: list[Line], line: Line, draft: _Draft) -> None:
        if line.has_equation:
            draft.complain("word_equation", line=line.place)
        if line.text.strip():
            lines.append(line)

    def _options(self, draft: _Draft, line: Line) -> bool:
        """Takes the options that stand on the line; False where there are none."""
        if line.number_format in ("upperLetter", "lowerLetter"):
            starred = line.text.lstrip().startswith("*")
            self._option(draft, line.cut(line.text.index("*") + 1 if starred else 0), None, starred)
            return True
        if not _OPTION.match(line.text) or (draft.open == "stem" and not self._is_expected(draft, line.text)):
            return False
        starts = [0, *(found.end() for found in _NEXT_OPTION.finditer(line.text))]
        for start, end in zip(starts, [*starts[1:], len(line.text)], strict=True):
            found = _OPTION.match(line.text, start)
            letter, wanted = found[2].upper(), _letter(len(draft.options))
            if letter != wanted:
                draft.complain("aiken_letter", line=line.place, letter=letter, wanted=wanted)
            words = line.cut(found.end(), end)
            is_starred = "*" in found[1]
            if not is_starred and words.text.endswith("*"):
                is_starred, words = True, words.cut(0, len(words.text) - 1)
            self._option(draft, words, line.cut(found.start(2), found.end(2)), is_starred)
        return True

    @staticmethod
    def _is_expected(draft: _Draft, text: str) -> bool:
        return _OPTION.match(text)[2].upper() == _letter(len(draft.options))

    def _option(self, draft: _Draft, words: Line, label: Line | None, is_starred: bool) -> None:
        if len(draft.options) >= len(LETTERS):
            draft.complain("too_many_answers", limit=len(LETTERS))
            return
        option = _Option([], is_starred, label)
        draft.options.append(option)
        self._add_to(option.lines, words, draft)


def _letter(place: int) -> str:
    return LETTERS[place] if place < len(LETTERS) else "?"


def _joined(lines: list[Line]) -> str:
    return "\n".join(line.text for line in lines)


# --- The key ---------------------------------------------------------------------


def _table_of_keys(lines: list[Line]) -> dict[str, str]:
    """{number of a question: letter} of the table at the end; a number that stands twice has no key."""
    pairs = [(str(int(number)), letter.upper()) for line in lines for number, letter in _KEY_PAIR.findall(line.text)]
    pairs += _in_rows(lines)
    keys, double = {}, set()
    for number, letter in pairs:
        if keys.setdefault(number, letter) != letter:
            double.add(number)
    return {number: letter for number, letter in keys.items() if number not in double}


def _in_rows(lines: list[Line]) -> list[tuple[str, str]]:
    """A row of numbers and below it a row of letters."""
    rows: dict[tuple[int, int], list[str]] = {}
    for line in lines:
        if line.row is not None:
            rows.setdefault(line.row, []).append(re.sub(r"^câu\s*", "", line.text.strip(), flags=re.IGNORECASE))
    pairs = []
    for (table, number), cells in rows.items():
        below = rows.get((table, number + 1), [])
        numbers = [cell.rstrip(".") for cell in cells if cell.rstrip(".").isdecimal()]
        letters = [cell.upper() for cell in below if re.fullmatch("[A-Ha-h]", cell)]
        if numbers and len(numbers) == len(letters):
            pairs += [(str(int(one)), letter) for one, letter in zip(numbers, letters, strict=True)]
    return pairs


def _right_options(draft: _Draft, table: dict[str, str]) -> set[int]:
    """The places of the right options; raises _Unclear where that is not said, or said in two ways."""
    said: list[set[int]] = []
    for key in draft.keys:
        if _PAIRS.fullmatch(key) or _ORDER.fullmatch(key):
            raise _Unclear("word_pairs" if _PAIRS.fullmatch(key) else "word_order", key=key[:40])
        if not _LETTERS.fullmatch(key):
            raise _Unclear("word_key_unclear", key=key[:40])
        said.append({LETTERS.index(letter) for letter in re.findall("[A-H]", key.upper())})
    if draft.label in table:
        said.append({LETTERS.index(table[draft.label])})
    if starred := {place for place, option in enumerate(draft.options) if option.is_starred}:
        said.append(starred)
    for mark, _name in _MARKS:
        marked = {place for place, option in enumerate(draft.options) if _looks(option, mark)}
        if not marked or len(marked) == len(draft.options):
            continue
        if len(marked) > 1 and not said:
            raise _Unclear("word_two_marked", letters=", ".join(LETTERS[place] for place in sorted(marked)))
        said.append(marked)
    if not said:
        raise _Unclear("word_no_key")
    if any(one != said[0] for one in said):
        ways = sorted({"".join(LETTERS[place] for place in sorted(one)) for one in said})
        raise _Unclear("word_two_keys", keys=" / ".join(ways))
    if max(said[0]) >= len(draft.options):
        raise _Unclear("aiken_key_without_option", line=draft.place, key=LETTERS[max(said[0])])
    return said[0]


def _looks(option: _Option, mark: int) -> bool:
    """The letter in front looks so, or every word behind it."""
    if option.label is not None and option.label.looks(mark):
        return True
    return bool(option.lines) and all(line.looks(mark) for line in option.lines if line.text != PICTURE)


class _Unclear(Exception):
    def __init__(self, code: str, **params):
        self.note = note(code, **params)
        super().__init__(code)


# --- The question ------------------------------------------------------------------


def _found(draft: _Draft, number: int, table: dict[str, str]) -> FoundQuestion:
    files = {file.name: file for line in draft.stem for file in line.pictures}
    found = FoundQuestion(
        kind=MULTICHOICE,
        line=draft.place,
        number=number,
        category=draft.category,
        stem=_text(draft.stem),
        files=tuple(files.values()),
        general_feedback=_text(draft.notes) if draft.notes else None,
        default_grade=draft.points,
        problem=draft.problem,
    )
    if draft.problem is not None:
        return found
    if not draft.options and len(draft.keys) == 1 and fold(draft.keys[0].strip(" .")) in _TRUE | _FALSE:
        return replace(found, kind=TRUEFALSE, right=fold(draft.keys[0].strip(" .")) in _TRUE)
    if len(draft.options) < 2:
        return replace(found, problem=note("too_few_answers"))
    try:
        right = _right_options(draft, table)
    except _Unclear as unclear:
        return replace(found, problem=unclear.note)
    return replace(
        found,
        is_single=len(right) == 1,
        is_all_or_nothing=len(right) > 1,
        answers=tuple(
            FoundAnswer(
                text=_text(option.lines),
                percent=FULL if place in right else NOTHING,
                files=tuple(file for line in option.lines for file in line.pictures),
            )
            for place, option in enumerate(draft.options)
        ),
    )


def _with_warning(found: FoundQuestion, warning: Note) -> FoundQuestion:
    return replace(found, warnings=(*found.warnings, warning))


def _text(lines: list[Line]) -> Formatted:
    return Formatted("html", "<br>".join(line.html() for line in lines)[:MAX_CHARACTERS])
