"""Tables of questions in a Word document, a row for each.

    STT | Câu hỏi | A | B | C | D | Đáp án        Câu | Nội dung             1 | Phím nào chép?
    1   | …       | … | … | … | … | B             1   | …  A. …  B. …          | A. Ctrl+V …

The first rows say what the columns are. Without them, a table of two columns has questions where numbers stand before
texts with options. Every other table is read line by line, like what stands outside of tables.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from quizzes.importing.notes import Note, note
from quizzes.importing.word_lines import Line

LETTERS = "ABCDEFGH"


class Role(StrEnum):
    NUMBER = "number"
    STEM = "stem"
    OPTIONS = "options"
    KEY = "key"
    LEVEL = "level"
    POINTS = "points"
    NOTE = "note"


_WITH_OPTIONS = (
    r"(?:\s*(?:,|và|&|-|–|\+|/)\s*(?:các\s*)?(?:phương\s*án|đáp\s*án|lựa\s*chọn)(?:\s*(?:trả\s*lời|lựa\s*chọn))?)?"
)
_HEADS = {
    Role.NUMBER: r"stt|tt|số\s*(?:tt|thứ\s*tự|câu)|câu(?:\s*số)?|no",
    Role.STEM: rf"(?:(?:nội\s*dung\s*)?câu\s*hỏi|nội\s*dung|câu\s*dẫn|đề\s*bài|questions?){_WITH_OPTIONS}",
    Role.OPTIONS: r"(?:các\s*)?(?:phương\s*án|lựa\s*chọn|đáp\s*án)\s*(?:trả\s*lời|lựa\s*chọn)"
    r"|các\s*(?:phương\s*án|lựa\s*chọn|đáp\s*án)|phương\s*án|lựa\s*chọn|options?",
    Role.KEY: r"đáp\s*án(?:\s*đúng)?|đ/?a|(?:phương\s*án|trả\s*lời|câu)\s*đúng|keys?|answers?(?:\s*keys?)?",
    Role.LEVEL: r"mức(?:\s*độ)?(?:\s*nhận\s*thức)?|độ\s*khó|level",
    Role.POINTS: r"(?:số\s*)?điểm|points?",
    Role.NOTE: r"giải\s*thích|lời\s*giải|hướng\s*dẫn(?:\s*giải)?",
}
_ROLES = [(role, re.compile(rf"\s*(?:{words})\s*[:.]?\s*", re.IGNORECASE)) for role, words in _HEADS.items()]
# "A", "Phương án A", "Đáp án 1"; a bare figure heads a column of a table of keys.
_OPTION_HEAD = re.compile(
    r"\s*(?:(?:phương\s*án|đáp\s*án|lựa\s*chọn|p/?a|đ/?a|option)\s*[(]?([A-H1-8])|[(]?([A-H]))[)]?\s*[.:]?\s*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:(?:câu|bài)\s*(?:số\s*)?)?(\d{1,4})\s*[.:)]?", re.IGNORECASE)
_OPTION_A, _OPTION_B = (re.compile(rf"(?:^|\s)\*{{0,3}}\s*\(?{letter}\s?[.)/:]") for letter in "AB")


@dataclass(slots=True)
class Row:
    """A question of a table. ``options`` are cells of columns of their own; else they stand in ``stem``."""

    place: int
    number: str | None = None
    stem: list[Line] = field(default_factory=list)
    options: list[list[Line]] | None = None
    cells: dict[Role, list[Line]] = field(default_factory=lambda: defaultdict(list))
    # What no column of ours holds: the head of the column, and its words.
    left_out: list[tuple[str, str]] = field(default_factory=list)
    # Options that are named 1, 2, 3 by the heads of their columns.
    is_numbered: bool = False
    problem: Note | None = None
    # A line through the whole table, which belongs to no question.
    title: str = ""

    def words(self, role: Role) -> str:
        return _text(self.cells[role])


@dataclass(frozen=True, slots=True)
class Table:
    """The lines of a table of questions, by their places in the list of lines."""

    start: int
    end: int
    rows: tuple[Row, ...]


def tables(lines: list[Line]) -> list[Table]:
    """Every table of questions, in order."""
    found, at = [], 0
    while at < len(lines):
        if lines[at].row is None:
            at += 1
            continue
        end = at
        while end < len(lines) and lines[end].row is not None and lines[end].row[0] == lines[at].row[0]:
            end += 1
        rows = _rows(lines[at:end])
        if rows:
            found.append(Table(at, end, tuple(rows)))
        at = end
    return found


_Cells = dict[int, list[Line]]


def _rows(lines: list[Line]) -> list[Row]:
    rows: dict[int, _Cells] = defaultdict(lambda: defaultdict(list))
    for line in lines:
        _table, row, column = line.row
        rows[row][column].append(line)
    in_order = [rows[number] for number in sorted(rows)]
    head = _Head.of(in_order)
    if head is not None:
        return list(_below(head, in_order[head.height :]))
    return _without_head(in_order)


def _text(lines: list[Line]) -> str:
    return " ".join(" ".join(line.text.split()) for line in lines)


@dataclass(slots=True)
class _Head:
    """What the first rows say the columns are. ``options``: the column of each option, A first."""

    names: dict[int, str]
    roles: dict[int, Role]
    options: list[int]
    height: int
    is_numbered: bool
    is_clear: bool

    @classmethod
    def of(cls, rows: list[_Cells]) -> "_Head | None":
        """None where they say nothing of questions, or where what they say fits a table of keys as well."""
        names = {column: _text(cells) for column, cells in rows[0].items()}
        height = 1
        second = {column: _text(cells) for column, cells in rows[1].items()} if len(rows) > 1 else {}
        if second and all(_OPTION_HEAD.fullmatch(name) for name in second.values()):
            # The options have a common head, and their letters below it.
            names, height = names | second, 2
        roles = {column: role for column, name in names.items() if (role := _role(name))}
        heads = {column: found for column, name in names.items() if (found := _OPTION_HEAD.fullmatch(name))}
        marks = [(found[1] or found[2]).upper() for found in heads.values()]
        stems = [column for column, role in roles.items() if role == Role.STEM]
        below = rows[height:]
        if len(stems) == 2 and Role.NUMBER not in roles.values() and _are_numbers(below, stems[0]):
            roles[stems.pop(0)] = Role.NUMBER
        if not stems or not below or _are_numbers(below, stems[0]):
            return None
        is_numbered = bool(marks) and marks[0].isdecimal()
        wanted = "12345678" if is_numbered else LETTERS
        said = [role for role in roles.values() if role != Role.OPTIONS]
        is_clear = len(set(said)) == len(said) and marks == list(wanted[: len(marks)]) and len(marks) != 1
        head = cls(names, roles, list(heads), height, is_numbered, is_clear)
        head._see_options_under_key(below)
        return head if heads or set(said) & {Role.KEY, Role.NUMBER} or Role.OPTIONS in roles.values() else None

    def _see_options_under_key(self, rows: list[_Cells]) -> None:
        """A column "Đáp án" may hold all options of a question."""
        for column, role in self.roles.items():
            texts = [_text(cells[column]) for cells in rows if column in cells]
            if role == Role.KEY and any(_OPTION_A.search(text) and _OPTION_B.search(text) for text in texts):
                self.roles[column] = Role.OPTIONS


def _role(name: str) -> Role | None:
    if _OPTION_HEAD.fullmatch(name):
        return None
    return next((role for role, pattern in _ROLES if pattern.fullmatch(name)), None)


def _are_numbers(rows: list[_Cells], column: int) -> bool:
    texts = [_text(cells[column]) for cells in rows if column in cells]
    return bool(texts) and all(_NUMBER.fullmatch(text) for text in texts)


def _below(head: _Head, rows: list[_Cells]) -> Iterator[Row]:
    names = set(head.names.values())
    for cells in rows:
        texts = {column: _text(lines) for column, lines in cells.items()}
        if all(text in names for text in texts.values()):
            continue  # the head again, on the next page
        row = _row(head, cells)
        if len(cells) == 1 and not row.stem:
            row.title = _text(cells[min(cells)])
        elif not head.is_clear:
            row.problem = note("word_table_columns", columns=" | ".join(head.names.values())[:80])
        elif not row.stem:
            row.problem = note("word_row_without_question", line=row.place)
        yield row


def _row(head: _Head, cells: _Cells) -> Row:
    first = cells[min(cells)][0]
    row = Row(first.place, is_numbered=head.is_numbered)
    for column in sorted(cells):
        role = head.roles.get(column)
        if column in head.options:
            continue
        if role == Role.NUMBER:
            row.number = _label(_text(cells[column]))
        elif role in (Role.STEM, Role.OPTIONS):
            row.stem += cells[column]
        elif role is not None:
            row.cells[role] += cells[column]
        else:
            row.left_out.append((head.names.get(column, ""), _text(cells[column])))
    if head.options:
        row.options = [cells.get(column, []) for column in head.options]
        while row.options and not row.options[-1]:
            row.options.pop()
        if not all(row.options):
            row.problem = note("word_option_empty", letter=LETTERS[row.options.index([])])
    return row


def _label(text: str) -> str | None:
    found = _NUMBER.fullmatch(text)
    return str(int(found[1])) if found else None


def _without_head(rows: list[_Cells]) -> list[Row]:
    """Rows of a number and a text with options, and nothing else."""
    found = []
    for cells in rows:
        if len(cells) != 2:
            return []
        number, text = (cells[column] for column in sorted(cells))
        label, words = _label(_text(number)), _text(text)
        if label is None or not (_OPTION_A.search(words) and _OPTION_B.search(words)):
            return []
        found.append(Row(number[0].place, label, text))
    return found
