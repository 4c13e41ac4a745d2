"""Criteria as lines of a text: how a format that knows only a note to markers carries them, and how people type them.

Theo Nghị định 30/2020/NĐ-CP.          <- the guide, if there is one

Tiêu chí chấm điểm:
* Nội dung
- 3: đủ ý
- 1,5: thiếu ý
Đúng khổ giấy A4: 1                    <- short for a criterion with one level: a point of a checklist
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from quizzes.reading import plain

HEADING, PRACTICAL_HEADING = "Tiêu chí chấm điểm:", "Tiêu chí chấm bài thực hành:"
CRITERION, LEVEL = "* ", "- "
_NUMBER = r"[0-9]+(?:[.,][0-9]+)?"
_LEVEL = re.compile(rf"-\s*({_NUMBER})\s*(?:[:|](.*))?")
_POINT = re.compile(rf"([^*\-].*):\s*({_NUMBER})")

Criteria = tuple[tuple[str, tuple[tuple[Decimal, str], ...]], ...]


class Rubric(NamedTuple):
    """What only markers read, and the criteria with the levels of each."""

    guide: str
    criteria: Criteria = ()
    is_practical: bool = False


class Unreadable(ValueError):
    """``line`` is the first line, counted from 1, that is neither a criterion nor a level of one."""

    def __init__(self, line: int, words: str):
        self.line, self.words = line, words
        super().__init__(words)


def lines_of(criteria: Iterable[tuple[str, Iterable[tuple[Decimal, str]]]]) -> list[str]:
    lines = []
    for title, levels in criteria:
        lines.append(CRITERION + title)
        lines += [f"{LEVEL}{_typed(points)}: {words}" if words else LEVEL + _typed(points) for points, words in levels]
    return lines


def written(guide: str, criteria: Criteria, *, is_practical: bool = False) -> str:
    heading = PRACTICAL_HEADING if is_practical else HEADING
    return "\n".join([*([guide, ""] if guide else []), heading, *lines_of(criteria)])


def read(text: str) -> Rubric:
    """All of ``text`` is the guide where what follows the heading is anything else than criteria."""
    lines = text.split("\n")
    places = [place for place, line in enumerate(lines) if line in (HEADING, PRACTICAL_HEADING)]
    if not places:
        return Rubric(text)
    try:
        criteria = criteria_in("\n".join(lines[places[-1] + 1 :]))
    except Unreadable:
        return Rubric(text)
    if not criteria:
        return Rubric(text)
    return Rubric("\n".join(lines[: places[-1]]).rstrip("\n"), criteria, lines[places[-1]] == PRACTICAL_HEADING)


def criteria_in(text: str) -> Criteria:
    """The criteria of lines without a heading; raises Unreadable."""
    found: list[tuple[str, list[tuple[Decimal, str]]]] = []
    begun = 0
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        if line.startswith("*"):
            _refuse_bare(found, begun)
            found.append((line.removeprefix("*").strip(), []))
            begun = number
        elif found and (level := _LEVEL.fullmatch(line)):
            found[-1][1].append((_decimal(level[1]), (level[2] or "").strip()))
        elif point := _POINT.fullmatch(line):
            _refuse_bare(found, begun)
            found.append((point[1].strip(), [(_decimal(point[2]), "")]))
        elif line:
            raise Unreadable(number, line)
    _refuse_bare(found, begun)
    return tuple((title, tuple(levels)) for title, levels in found)


def _refuse_bare(found, line: int) -> None:
    if found and not found[-1][1]:
        raise Unreadable(line, CRITERION + found[-1][0])


def _decimal(words: str) -> Decimal:
    return Decimal(words.replace(",", "."))


def _typed(points: Decimal) -> str:
    return plain(points).replace(".", ",")
