"""Which rows of a sheet are people, which are titles, sums and signatures, and under which section people stand."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice, pairwise

from staff.lists import headings
from staff.lists.headings import Headings, find_headings
from staff.lists.old_typing import modern
from staff.lists.posts import category_named
from staff.lists.workbook import Line, Sheet
from staff.vietnamese import fold

TITLE, BLANK, HEADER, COLUMN_NUMBERS, REPEATED_HEADER = "title", "blank", "header", "column_numbers", "repeated_header"
BLOCK_TITLE, UNIT_TITLE, SUBTOTAL, TOTAL, FOOTER = "block_title", "unit_title", "subtotal", "total", "footer"

_SEPARATORS = {BLOCK_TITLE, UNIT_TITLE, SUBTOTAL, TOTAL}
_TOTAL = re.compile(r"^(tong cong|tong so|tong)\b")
_SUBTOTAL = re.compile(r"^cong\b")
# I, V and X count in Roman numbers, the other capitals that stand alone as letters of the alphabet.
_NUMBERED = re.compile(r"^\s*(?:[IVX]|[IVXLC]{2,}|\d{1,3})\s*[.)/-]\s*")
_LETTERED = re.compile(r"^\s*[A-ZĐ]\s*[.)/-]\s*")
_BLOCK = re.compile(r"^khối\b", re.IGNORECASE)
_BULLET = re.compile(r"^\s*[*+•–-]+[\s.)]*")
_COUNT = re.compile(r"\s*[(:]\s*\d+\s*(?:người|nguoi|biên chế|đ/c|CBCC\w*)?\s*\)?\s*$", re.IGNORECASE)
_VACANT = re.compile(r"^\W*(khuyet|trong|thieu|(?:chua|dang) (?:co nguoi|bo tri|tuyen|phan cong|kien toan))\b")
# "A | B | 1 | 2": nobody's name has one letter.
_COLUMN_NUMBER = re.compile(r"^(?:\d+|[A-ZĐ])$")
_SENDER = re.compile(r"^(?:tên )?(?:đơn vị|cơ quan)(?: báo cáo| lập)?\s*:\s*", re.IGNORECASE)
# "As above", in words or by marks.
_DITTO = re.compile(r"^[\s\-_.]*(?:n\.?t\.?|như trên|nhu tren|[\"“”″〃]+|''|//|,,)[\s\-_.]*$", re.IGNORECASE)
_DITTO_BEGINS = frozenset(" \t\n-_.nN\"“”″〃'/,")
_REPEATED = (headings.POSITION, headings.UNIT, headings.CATEGORY, headings.ICT, headings.ICT_YEAR, headings.NOTE)
_NO_NAME = re.compile(r"[:;!?@]|\d{3}|^\W*-|\b(nơi nhận|người lập|ký tên|ghi rõ họ tên)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that is a person, or a post without one.

    ``section`` is the title it stands under, without its number; ``group`` counts on with each title and each sum.
    ``category`` is the title of a category above it. ``unit_cell`` is that of the row above where ``is_unit_above``.
    """

    sheet: str
    line: Line
    section: str
    group: int
    unit_cell: str
    is_vacant: bool
    category: str = ""
    is_unit_above: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """What the rows of one sheet are; ``noise`` has (row, kind) of every row that is nobody.

    ``senders`` are the words above the heading that may name whose list it is, in a letterhead or after "Đơn vị:".
    """

    sheet: str
    headings: Headings
    entries: list[Entry]
    noise: list[tuple[int, str]]
    senders: tuple[str, ...] = ()


def layout_of(
    sheet: Sheet, is_unit: Callable[[str], bool], meanings: Mapping[str, str] = headings.NOTHING_SAID
) -> Layout | None:
    """The layout of a sheet, None where it has no heading of a staff list (a list of values, an empty sheet)."""
    found = find_headings(sheet.lines, meanings)
    if found is None:
        return None
    lines = [line for line in sheet.lines if line.number > found.lines[-1]]
    last = next((index for index in reversed(range(len(lines))) if _is_person(lines[index], found)), -1)
    noise = [(line.number, HEADER if line.number in found.lines else TITLE if line.filled else BLANK)
             for line in sheet.lines if line.number <= found.lines[-1]]  # fmt: skip
    reader = _Reader(sheet, found, is_unit)
    for line in lines[: last + 1]:
        reader.take(line)
    is_footer = False
    for line in lines[last + 1 :]:
        kind = _sum(line, found)
        is_footer = is_footer or bool(line.filled and not kind)
        noise_kind = FOOTER if is_footer else kind or BLANK
        reader.noise.append((line.number, noise_kind))
    _leave_omissions(reader.entries)
    return Layout(sheet.title, found, reader.entries, noise + reader.noise, tuple(_senders(sheet, found)))


def _leave_omissions(entries: list[Entry]) -> None:
    """Where two rows one below another name the same unit, a row that names none forgot it."""
    repeats = any(
        one.unit_cell == next_one.unit_cell != "" and not one.is_unit_above and not next_one.is_unit_above
        for one, next_one in pairwise(entries)
    )
    for index, entry in enumerate(entries if repeats else ()):
        if entry.is_unit_above:
            entries[index] = replace(entry, unit_cell="", is_unit_above=False)


def bare_title(words: str) -> str:
    """The title of a section without its number and without how many people it counts."""
    words = _BULLET.sub("", words)
    numbering = _NUMBERED if _NUMBERED.match(words) else _LETTERED
    return _COUNT.sub("", numbering.sub("", words)).strip()


def _is_person(line: Line, found: Headings) -> bool:
    """A name, and something that only people have, in a row that is no heading and no sum."""
    return _has_person(line, found) and not found.repeats(line) and not _sum(line, found)


def _has_person(line: Line, found: Headings) -> bool:
    """Signatures have the name alone, and words beside it."""
    columns = found.columns
    name = " ".join(line.text(columns[key]) for key in headings.PARTS_OF_A_NAME if key in columns).strip()
    if not any(letter.isalpha() for letter in name) or _NO_NAME.search(name):
        return False
    enough = min(2, len(columns) - 1)
    return len(list(islice(_facts_of_a_person(line, columns), enough))) == enough


_WITH_DIGITS = (
    headings.NUMBER, headings.BORN, headings.BORN_MALE, headings.BORN_FEMALE, headings.BORN_YEAR, headings.NATIONAL_ID,
    headings.PHONE,
)  # fmt: skip
_PLAIN = (
    headings.GENDER, headings.MALE_MARK, headings.FEMALE_MARK, headings.POSITION, headings.UNIT, headings.ICT,
)  # fmt: skip
_NEEDS = dict.fromkeys(_WITH_DIGITS, re.compile(r"\d")) | dict.fromkeys(_PLAIN) | {headings.EMAIL: re.compile("@")}


def _facts_of_a_person(line: Line, columns: dict[str, int]) -> Iterator[str]:
    """Which cells say what only people have; a name below "Người lập biểu" is no personal number."""
    for key, needs in _NEEDS.items():
        if key in columns and (text := line.text(columns[key]).strip()) and (needs is None or needs.search(text)):
            yield key


def _is_ditto(line: Line, column: int) -> bool:
    value = line.values[column] if column < len(line.values) else None
    # nearly no cell begins so: the others are not looked at
    return isinstance(value, str) and value[:1] in _DITTO_BEGINS and bool(value and _DITTO.match(value))


def _first_words(line: Line) -> str:
    return next((text for column in range(len(line.values)) if (text := line.text(column).strip())), "")


def _sum(line: Line, found: Headings) -> str | None:
    first = fold(modern(_first_words(line))).strip(" .:*-")
    if _SUBTOTAL.match(first):
        return SUBTOTAL
    # A sum over everything says so in words or stands after the last person; sums of sections stand between people.
    return TOTAL if _TOTAL.match(first) else None


def _senders(sheet: Sheet, found: Headings) -> Iterator[str]:
    for line in sheet.lines:
        if line.number < found.lines[0]:
            for column in line.each_filled():
                yield from (_SENDER.sub("", modern(words)).strip() for words in line.text(column).split("\n"))


def titles_of(sheet: Sheet) -> Iterator[str]:
    """What names the unit of a whole sheet, if anything does; more than the heading is not asked."""
    found = find_headings(sheet.lines)
    return iter(()) if found is None else iter([*_whose(sheet, found), *_senders(sheet, found)])


def _whose(sheet: Sheet, found: Headings) -> list[str]:
    """What may name the unit of a whole sheet: its title, and the ends of the line "Danh sách …" above the heading."""
    candidates = [sheet.title]
    for line in sheet.lines:
        words = modern(_first_words(line)).split()
        if line.number < found.lines[0] and fold(" ".join(words[:2])) == "danh sach":
            candidates += [" ".join(words[index:]) for index in range(2, len(words) - 1)]
    return candidates


class _Reader:
    """Goes down the rows and remembers the section and the merged cells it is in."""

    def __init__(self, sheet: Sheet, found: Headings, is_unit):
        self.sheet, self.found, self.is_unit = sheet, found, is_unit
        self.entries: list[Entry] = []
        self.noise: list[tuple[int, str]] = []
        self.group = 0
        # Some send a sheet for each unit, or say in the title whose list it is.
        self.whole_sheet = next(filter(is_unit, _whose(sheet, found)), "")
        self.section = self.whole_sheet
        self.category = self.unit_above = ""
        self.above: Line | None = None
        self.repeated = [found.columns[key] for key in _REPEATED if key in found.columns]
        self.by_number = {line.number: line for line in sheet.lines}
        unit = found.columns.get(headings.UNIT)
        self.merged = {
            row: first for first, left, last, right in sheet.merged if unit is not None and left <= unit <= right
            for row in range(first, last + 1)
        }  # fmt: skip

    def take(self, line: Line) -> None:
        if kind := self._noise_of(line):
            self.noise.append((line.number, kind))
            if kind in _SEPARATORS:
                self.group += 1
                self.unit_above = ""
            if kind == SUBTOTAL:
                self.section = self.whole_sheet
            return
        name = " ".join(self._cell(line, key) for key in headings.PARTS_OF_A_NAME)
        line = self._spelled_out(line)
        is_vacant = not name.strip() or bool(_VACANT.match(fold(name)))
        unit = self._unit_cell(line)
        # Many write the unit into the first row of its people only; a title above says it as well.
        is_above = not unit and self.section == self.whole_sheet and bool(self.unit_above)
        self.unit_above = unit or self.unit_above
        self.entries.append(
            Entry(
                self.sheet.title,
                line,
                self.section,
                self.group,
                self.unit_above if is_above else unit,
                is_vacant,
                self.category,
                is_above,
            )
        )

    def _spelled_out(self, line: Line) -> Line:
        """The row with what the row above says where it says "as above"."""
        if repeating := [column for column in self.repeated if _is_ditto(line, column)]:
            values = list(line.values)
            for column in repeating:
                values[column] = self.above.values[column] if self.above and column < len(self.above.values) else None
            line = replace(line, values=tuple(values))
        self.above = line
        return line

    def _noise_of(self, line: Line) -> str | None:
        filled = line.filled
        if not filled:
            return BLANK
        if _sum(line, self.found):
            return SUBTOTAL
        if self.found.repeats(line):
            return REPEATED_HEADER
        values = [line.text(column).strip("() .") for column in filled]
        if len(values) > 2 and all(_COLUMN_NUMBER.match(value) for value in values):
            return COLUMN_NUMBERS
        if _has_person(line, self.found):
            return None
        is_short = len(filled) == 1 or (len(filled) == 2 and self._cell(line, headings.NUMBER))
        if is_short and (title := self._title(line, filled)):
            return title
        return None if self._cell(line, headings.POSITION) or self._cell(line, headings.NUMBER) else BLOCK_TITLE

    def _title(self, line: Line, filled: list[int]) -> str | None:
        """A title of a section; it names the unit of the people below, or only a group of units."""
        if self.found.columns.get(headings.POSITION) in filled:
            return None
        # The number may have a column of its own: "II" | "Phòng Nội vụ".
        words = modern(". ".join(line.text(column).strip(" .") for column in filled))
        is_numbered = bool(_NUMBERED.match(words))
        bare = bare_title(words)
        if category_named(bare):
            self.category = bare
            return BLOCK_TITLE
        is_of_unit = self.is_unit(bare) or (is_numbered and not _BLOCK.match(bare))
        self.section, self.category = bare if is_of_unit else "", ""
        return UNIT_TITLE if is_of_unit else BLOCK_TITLE

    def _cell(self, line: Line, key: str) -> str:
        column = self.found.columns.get(key)
        return line.text(column).strip() if column is not None else ""

    def _unit_cell(self, line: Line) -> str:
        own = self._cell(line, headings.UNIT)
        if own or line.number not in self.merged:
            return own
        return self._cell(self.by_number[self.merged[line.number]], headings.UNIT)
