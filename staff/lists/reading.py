"""One row of a list as a person: every cell read, everything doubtful flagged."""

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby

from staff.enums import Gender, UnitKind
from staff.lists import headings
from staff.lists.contacts import Domains, PersonalNumber, read_email, read_personal_number, read_phone
from staff.lists.dates import BirthDay, read_birth_day
from staff.lists.evidence import Evidence, read_evidence
from staff.lists.flags import Flag, remarks
from staff.lists.layout import Entry, Layout, bare_title, layout_of, titles_of
from staff.lists.names import MarkCensus, Name, as_typed_beside, read_name
from staff.lists.old_typing import modern
from staff.lists.posts import is_nobodys, read_category, read_position, read_roles, read_status
from staff.lists.unit_names import KnownUnit, UnitNames
from staff.lists.workbook import Sheet
from staff.vietnamese import fold

_ABOVE_OTHERS = {UnitKind.PROVINCE, UnitKind.DISTRICT, UnitKind.DISTRICT_CITY}
_FEMALE, _MALE = {"nu", "f", "female", "ba"}, {"nam", "m", "male", "ong"}


@dataclass(frozen=True, slots=True)
class ReadRow:
    """What one row says. ``unit`` is None where no unit of the day has that name; ``flags`` are values of Flag."""

    sheet: str
    number: int
    name: Name = field(default_factory=lambda: Name(""))
    is_vacant: bool = False
    unit: KnownUnit | None = None
    unit_words: str = ""
    gender: str = Gender.UNKNOWN
    born: BirthDay = field(default_factory=BirthDay)
    number_of_person: PersonalNumber = field(default_factory=PersonalNumber)
    position: str = ""
    category: str = ""
    status: str = ""
    roles: tuple[str, ...] = ()
    evidence: Evidence | None = None
    email: str | None = None
    phone: str | None = None
    note: str = ""
    flags: frozenset[str] = frozenset()

    @property
    def key(self) -> tuple[str, date | None]:
        """By which the same person is found where there is no number: the folded name and the birth day."""
        return fold(self.name.text), self.born.day


@dataclass(frozen=True, slots=True)
class ReadList:
    """A whole file. ``noise`` is (sheet, row, kind) of every row that is nobody, ``columns`` what was found where."""

    rows: list[ReadRow]
    noise: list[tuple[str, int, str]]
    columns: dict[str, dict[str, int]]
    unread_sheets: list[str]


def read_list(
    sheets: Iterable[Sheet],
    *,
    units: Iterable[KnownUnit],
    on: date,
    progress: Callable[[int], None] | None = None,
    meanings: Mapping[str, str] = headings.NOTHING_SAID,
    home: KnownUnit | None = None,
) -> ReadList:
    """Read every sheet that has the heading of a staff list; hidden sheets hold lists of values and are left alone.

    ``units`` are those that existed ``on`` that day. ``progress`` is told how many rows were read so far.
    ``meanings`` says what columns hold (``find_headings``); ``home`` is the unit of rows that name none.
    """
    names = UnitNames(units)
    rows: list[ReadRow] = []
    noise: list[tuple[str, int, str]] = []
    columns: dict[str, dict[str, int]] = {}
    unread = []
    kept = deque(sheet for sheet in sheets if not sheet.is_hidden)
    names.settle(_names_in(kept))
    # What was read goes as soon as it was: of a long list each form of its rows takes as much as all the rest.
    while kept:
        sheet = kept.popleft()
        title, layout = sheet.title, layout_of(sheet, lambda words: names.find(words) is not None, meanings)
        if layout is None:
            unread += [title] if any(line.filled for line in sheet.lines) else []
            continue
        del sheet
        columns[title] = dict(layout.headings.columns)
        noise += [(title, number, kind) for number, kind in layout.noise]
        reader = _RowReader(layout, names, on, home or _sender(layout, names))
        strays = _strays(layout.entries, names)
        layout.entries.reverse()
        while layout.entries:
            row = reader.read(layout.entries.pop())
            if row.number in strays:
                row = replace(row, flags=remarks(row.flags | {Flag.UNIT_CONFLICT}))
            rows.append(row)
            if progress and len(rows) % 500 == 0:
                progress(len(rows))
    return ReadList(_with_what_the_list_tells(rows), noise, columns, unread)


def _with_what_the_list_tells(rows: list[ReadRow]) -> list[ReadRow]:
    """The flags that one row alone cannot tell: which domain is the office's own, how a name is written elsewhere."""
    for _sheet, positions in groupby(range(len(rows)), key=lambda index: rows[index].sheet):
        _read_alike(rows, list(positions))
    census = MarkCensus(row.name.text for row in rows if row.name.text)
    domains = Domains(row.email for row in rows if row.email)
    for index, row in enumerate(rows):
        more = set()
        if census.lacks_marks(row.name.text):
            more.add(Flag.NO_DIACRITICS)
        if row.email and domains.is_private(row.email):
            more.add(Flag.EMAIL_PRIVATE)
        if more:
            rows[index] = replace(row, flags=remarks(row.flags | more))
    return rows


def _read_alike(rows: list[ReadRow], positions: list[int]) -> None:
    before = [rows[index].name for index in positions]
    for index, old, name in zip(positions, before, as_typed_beside(before), strict=True):
        if name is not old:
            rows[index] = replace(rows[index], name=name, flags=remarks(rows[index].flags - old.flags | name.flags))


def _sender(layout: Layout, names: UnitNames) -> KnownUnit | None:
    """The office that a letterhead names, where nothing else says whose people these are.

    Not one above others: the list of a district is sent by an office of it, whose people are only a few of them.
    """
    if headings.UNIT in layout.headings.columns or any(entry.section for entry in layout.entries):
        return None
    units = [unit for words in layout.senders if (unit := names.find(words)) and unit.kind not in _ABOVE_OTHERS]
    return units[-1] if units else None


def _names_in(sheets: Collection[Sheet]) -> Iterator[str]:
    """Every text that may name a unit, titles also without their numbers."""
    for sheet in sheets:
        yield from titles_of(sheet)
    # once each: most cells of a long list say what others say
    for value in {value for sheet in sheets for line in sheet.lines for value in line.values if isinstance(value, str)}:
        # no unit has such a name
        if value.strip() and "@" not in value and not value[-4:].isdigit():
            yield value
            if (bare := bare_title(value)) != value:
                yield bare


def _strays(entries: list[Entry], names: UnitNames) -> set[int]:
    """Rows that name another unit than the people around them, where no title says whose section it is.

    A single row after at least three of one unit, and before one of the same unit or the end of its group.
    """
    untitled = [entry for entry in entries if not entry.section and not entry.is_vacant]
    strays = set()
    for _group, members in groupby(untitled, key=lambda entry: entry.group):
        found = [(entry.line.number, unit.code) for entry in members if (unit := names.find(entry.unit_cell))]
        for index in range(3, len(found)):
            number, code = found[index]
            before = {earlier for _number, earlier in found[index - 3 : index]}
            after = found[index + 1][1] if index + 1 < len(found) else next(iter(before))
            if len(before) == 1 and code not in before and after in before:
                strays.add(number)
    return strays


class _RowReader:
    def __init__(self, layout: Layout, names: UnitNames, on: date, home: KnownUnit | None):
        self.columns, self.names, self.on, self.home = layout.headings.columns, names, on, home

    def read(self, entry: Entry) -> ReadRow:
        line = entry.line
        if entry.is_vacant:
            return ReadRow(entry.sheet, line.number, is_vacant=True, flags=frozenset({Flag.VACANT}))
        name = read_name(self._name(line))
        number = read_personal_number(self._value(line, headings.NATIONAL_ID))
        born = self._born(line)
        gender, gender_flags = self._gender(line, number)
        email, email_flags = read_email(self._text(line, headings.EMAIL))
        phone, phone_flags = read_phone(self._value(line, headings.PHONE))
        evidence = read_evidence(self._words(line, headings.ICT), self._value(line, headings.ICT_YEAR))
        unit, unit_flags = self._unit(entry)
        note = self._words(line, headings.NOTE)
        post = self._words(line, headings.POSITION)
        position = "" if (is_vacant := is_nobodys(post)) else read_position(post)
        flags = (
            name.flags
            | number.flags
            | born.flags
            | gender_flags
            | email_flags
            | phone_flags
            | evidence.flags
            | unit_flags
        )
        if born.day and number.birth_year and born.day.year != number.birth_year:
            flags |= {Flag.BORN_CONFLICT}
        if is_vacant:
            flags |= {Flag.POST_VACANT}
        if line.is_hidden:
            flags |= {Flag.HIDDEN}
        if self._is_struck(line):
            flags |= {Flag.STRUCK}
        return ReadRow(
            sheet=entry.sheet,
            number=line.number,
            name=name,
            unit=unit,
            unit_words=modern(entry.unit_cell or entry.section),
            gender=gender,
            born=born,
            number_of_person=number,
            position=position,
            category=read_category(
                raw=self._words(line, headings.CATEGORY),
                title=entry.category,
                position=position,
                note=note,
                unit_name=unit.name if unit else "",
                unit_kind=unit.kind if unit else None,
            ),
            status=read_status(note),
            roles=tuple(read_roles(note)),
            evidence=evidence,
            email=email,
            phone=phone,
            note=note,
            flags=remarks(frozenset(flags)),
        )

    def _value(self, line, key):
        column = self.columns.get(key)
        return line.values[column] if column is not None and column < len(line.values) else None

    def _text(self, line, key) -> str:
        column = self.columns.get(key)
        return line.text(column) if column is not None else ""

    def _words(self, line, key) -> str:
        return modern(self._text(line, key))

    def _name(self, line) -> str:
        """The name as typed; the spaces between family and given name in two columns are nobody's fault."""
        whole = self._text(line, headings.NAME)
        if whole.strip():
            return whole
        parts = (self._text(line, key).strip(" ") for key in headings.PARTS_OF_A_NAME)
        return " ".join(part for part in parts if part)

    def _born(self, line) -> BirthDay:
        if headings.BORN_YEAR in self.columns:
            keys = (headings.BORN_DAY, headings.BORN_MONTH, headings.BORN_YEAR)
            parts = [part for key in keys if (part := self._text(line, key).strip(" '"))]
            return read_birth_day("/".join(parts), on=self.on)
        values = [self._value(line, key) for key in (headings.BORN, headings.BORN_MALE, headings.BORN_FEMALE)]
        return read_birth_day(next((value for value in values if value not in (None, "")), None), on=self.on)

    def _gender(self, line, number: PersonalNumber) -> tuple[str, frozenset[str]]:
        """The cell counts; without one the column in which the birth day stands, or the number."""
        said = fold(self._words(line, headings.GENDER)).strip(" .")
        for male, female in ((headings.BORN_MALE, headings.BORN_FEMALE), (headings.MALE_MARK, headings.FEMALE_MARK)):
            if not said and (self._text(line, male).strip() or self._text(line, female).strip()):
                said = "nam" if self._text(line, male).strip() else "nu"
        gender = Gender.FEMALE if said in _FEMALE else Gender.MALE if said in _MALE else Gender.UNKNOWN
        if gender == Gender.UNKNOWN and number.gender:
            return number.gender, frozenset({Flag.GENDER_FROM_ID})
        if gender and number.gender and gender != number.gender:
            return gender, frozenset({Flag.GENDER_CONFLICT})
        return gender, frozenset()

    def _unit(self, entry: Entry) -> tuple[KnownUnit | None, frozenset[str]]:
        """The cell counts, then the title above."""
        section = self.names.find(entry.section) if entry.section else None
        if self.home is not None and not entry.unit_cell and not entry.section:
            return self.home, frozenset()
        if not entry.unit_cell:
            return section, frozenset() if section else frozenset({Flag.UNIT_UNKNOWN})
        unit = self.names.find(entry.unit_cell)
        if unit is None:
            return None, frozenset({Flag.UNIT_UNKNOWN})
        if entry.is_unit_above:
            return unit, frozenset({Flag.UNIT_ABOVE})
        if section is not None and section.code not in (unit.code, *unit.above):
            return unit, frozenset({Flag.UNIT_CONFLICT})
        return unit, frozenset()

    def _is_struck(self, line) -> bool:
        columns = {self.columns[key] for key in (headings.NAME, headings.GIVEN_NAME) if key in self.columns}
        return bool(columns & line.struck)
