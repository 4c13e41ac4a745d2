"""Tables of keys in a Word document: "1.A 2.B", numbers above letters, numbers beside letters.

    ĐÁP ÁN                     | Câu    | 1 | 2 |         | Câu | Đáp án |
    1.A  2.B                   | Đáp án | A | B |         | 1   | A      |

A table belongs to the questions between it and the one before it. What it says of a number twice, it says in two ways.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from quizzes.importing.word_lines import Line

# {number of a question: each set of letters that is said of it}
Keys = dict[str, set[str]]

TITLE = re.compile(
    r"\s*(?:bảng\s+)?(?:đáp\s*án|kết\s*quả|answers?(?:\s*keys?)?)\s*(?:trắc\s*nghiệm)?\s*[:.]?\s*", re.IGNORECASE
)
_LONG_TITLE = re.compile(r"\s*(?:bảng\s+)?(?:đáp\s*án|answers?)\b(?!.*\b[A-H]\W*$)[^:]{0,80}[:.]?\s*", re.IGNORECASE)
_SEVERAL = r"[A-H](?:\s*[,&+/]\s*[A-H](?!\w))*"
_PAIR = re.compile(rf"(?<!\w)(?:câu\s*)?(\d{{1,4}})\s*[.\-–:)=]?\s*({_SEVERAL})(?!\w)", re.IGNORECASE)
PAIRS_ONLY = re.compile(
    rf"\s*(?:(?:bảng\s+)?(?:đáp\s*án|đ/?a|answers?)\s*[:.\-–]\s*)?"
    rf"(?:(?:câu\s*)?\d{{1,4}}\s*[.\-–:)=]?\s*{_SEVERAL}(?!\w)[\s,;|.]*)+",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?:câu\s*)?(\d{1,4})\s*[.:)]?", re.IGNORECASE)
_LETTER = re.compile(rf"({_SEVERAL})\s*\.?", re.IGNORECASE)
_LABEL = re.compile(r"(?:câu(?:\s*hỏi)?|đáp\s*án|đ/?a|stt|tt|key|answers?|(?:mã\s*)?đề.{0,12})[:.]?", re.IGNORECASE)
_FIRST_OPTION = re.compile(r"\s*\*{0,3}\s*\(?A\s*[.)/:]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """The lines of one table of keys, by their places in the list of lines."""

    start: int
    end: int
    keys: Keys
    # Without a title it is a table of keys only if it answers every question before it.
    has_title: bool


def blocks(lines: list[Line], *, behind: int = 0) -> list[Block]:
    """Every table of keys, in order. Up to ``behind`` there are tables of questions."""
    found, at = [], 0
    # Where the last option A stands: no question begins behind it.
    last = max((place for place, line in enumerate(lines) if _begins_options(line)), default=-1)
    last = max(last, behind - 1)
    while at < len(lines):
        block = _block(lines, at, last)
        if block is not None:
            found.append(block)
        at = block.end if block is not None else at + 1
    return found


def _begins_options(line: Line) -> bool:
    if line.number_format in ("upperLetter", "lowerLetter"):
        return True
    if PAIRS_ONLY.fullmatch(line.text) or _LETTER.fullmatch(line.text.strip()):
        return False
    return bool(_FIRST_OPTION.match(line.text))


def _block(lines: list[Line], at: int, last: int) -> Block | None:
    line = lines[at]
    is_title = TITLE.fullmatch(line.text) is not None and line.row is None
    begin = at + 1 if is_title or (line.row is None and _LONG_TITLE.fullmatch(line.text)) else at
    if is_title and at > last and (keys := _said(lines[begin:])):
        return Block(at, len(lines), keys, has_title=True)
    end = begin
    while end < len(lines) and (size := _piece(lines, end)):
        end += size
    keys = _said(lines[begin:end])
    return Block(at, end, keys, has_title=begin > at) if keys else None


def _piece(lines: list[Line], at: int) -> int:
    """How many lines from here on are keys and nothing else: a line of pairs, or a whole table."""
    if lines[at].row is None:
        return 1 if PAIRS_ONLY.fullmatch(lines[at].text) else 0
    table, end = lines[at].row[0], at
    while end < len(lines) and lines[end].row is not None and lines[end].row[0] == table:
        end += 1
    cells = [line.text.strip() for line in lines[at:end]]
    kinds = (_NUMBER, _LETTER, _LABEL, PAIRS_ONLY)
    return end - at if all(any(kind.fullmatch(cell) for kind in kinds) for cell in cells) else 0


def _said(lines: Iterable[Line]) -> Keys:
    keys: Keys = defaultdict(set)
    tables: dict[int, dict[tuple[int, int], str]] = defaultdict(dict)
    for line in lines:
        for number, letters in _PAIR.findall(line.text):
            keys[str(int(number))].add(_sorted(letters))
        if line.row is not None:
            table, row, column = line.row
            tables[table][row, column] = line.text.strip()
    for cells in tables.values():
        _read_cells(cells, keys)
    return dict(keys)


def _read_cells(cells: dict[tuple[int, int], str], keys: Keys) -> None:
    """Numbers with letters below them, or beside them: all letters up to the next cell that is none."""
    for (row, column), text in cells.items():
        if not (number := _NUMBER.fullmatch(text)):
            continue
        for down, right in ((1, 0), (0, 1)):
            at = (row + down, column + right)
            while at in cells and (letter := _LETTER.fullmatch(cells[at])):
                keys[str(int(number[1]))].add(_sorted(letter[1]))
                at = (at[0] + down, at[1] + right)


def _sorted(letters: str) -> str:
    return "".join(sorted(set(re.findall("[A-H]", letters.upper()))))
