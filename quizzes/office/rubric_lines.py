"""Criteria as lines of a text: how a format that knows only a note to markers carries them.

Theo Nghị định 30/2020/NĐ-CP.          <- the guide, if there is one

Tiêu chí chấm điểm:
* Nội dung
- 3: đủ ý
- 1,5: thiếu ý
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation

from quizzes.reading import plain

HEADING = "Tiêu chí chấm điểm:"
CRITERION, LEVEL = "* ", "- "


def written(guide: str, criteria: Iterable[tuple[str, Iterable[tuple[Decimal, str]]]]) -> str:
    lines = [HEADING]
    for title, levels in criteria:
        lines.append(CRITERION + title)
        lines += [f"{LEVEL}{plain(points)}: {words}" if words else LEVEL + plain(points) for points, words in levels]
    return "\n".join([guide, "", *lines] if guide else lines)


def read(text: str) -> tuple[str, tuple[tuple[str, tuple[tuple[Decimal, str], ...]], ...]]:
    """(guide, criteria); all of ``text`` is the guide where what follows the heading is anything else."""
    lines = text.split("\n")
    if HEADING not in lines:
        return text, ()
    place = len(lines) - 1 - lines[::-1].index(HEADING)
    found: list[tuple[str, list[tuple[Decimal, str]]]] = []
    for line in lines[place + 1 :]:
        level = _level(line) if found and line.startswith(LEVEL) else None
        if line.startswith(CRITERION):
            found.append((line.removeprefix(CRITERION).strip(), []))
        elif level is not None:
            found[-1][1].append(level)
        elif line.strip():
            return text, ()
    criteria = tuple((title, tuple(levels)) for title, levels in found if levels)
    return ("\n".join(lines[:place]).rstrip("\n"), criteria) if criteria and len(criteria) == len(found) else (text, ())


def _level(line: str) -> tuple[Decimal, str] | None:
    points, _colon, words = line.removeprefix(LEVEL).partition(":")
    try:
        value = Decimal(points.strip().replace(",", "."))
    except InvalidOperation:
        return None
    return (value, words.strip()) if value.is_finite() else None
