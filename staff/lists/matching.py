"""The same person twice within a list: what becomes of each row.

In this order: the personal number, then name and birth day. The same name with another birth day is another person.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date

from staff.lists.flags import Flag
from staff.lists.parts import Parts
from staff.lists.posts import says_concurrent
from staff.lists.reading import ReadList, ReadRow

CREATE, MERGE, REVIEW, SKIP = "create", "merge", "review", "skip"
CASE_CREATE, VACANT, STRUCK, OLD_FONT, UNKNOWN_UNIT = "create", "vacant", "struck", "tcvn3", "unknown_unit"
OLD_FONT_VNI = "vni"
ID_CONFLICT, POSSIBLE_DUPLICATE, NO_NAME = "id_conflict", "possible_dup", "no_name"
POST_VACANT = "post_vacant"
EXACT, CONCURRENT, UPDATE = "dup_exact", "dup_concurrent", "dup_update"

# How a name was typed is not worth a word where an earlier row already has it right.
_BY_NUMBER = {Flag.BORN_CONFLICT, Flag.GENDER_CONFLICT, Flag.GENDER_FROM_ID}
_ABOUT_SPELLING = {Flag.NFD, Flag.CASE, Flag.WHITESPACE}


@dataclass(slots=True)
class ListPerson:
    """Somebody of the list: the row that says it first, further posts, and what later rows renewed."""

    key: str
    row: ReadRow
    also_in: list[ReadRow] = field(default_factory=list)
    evidence_row: ReadRow | None = None

    @property
    def evidence(self):
        return (self.evidence_row or self.row).evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """``person`` is the one the row belongs to; ``conflicts_with`` the one it may be, or may not be."""

    row: ReadRow
    case: str
    action: str
    person: ListPerson | None = None
    conflicts_with: ListPerson | None = None


@dataclass(frozen=True, slots=True)
class JudgedList:
    """A verdict on every row, in the order of the file."""

    verdicts: Collection[Verdict]

    @property
    def people(self) -> list[ListPerson]:
        """Who stands in the list; the first row of each makes him."""
        return [verdict.person for verdict in self.verdicts if verdict.action == CREATE]

    def put_away(self) -> "JudgedList":
        """The same held in little: each look at the verdicts makes them anew."""
        return JudgedList(Parts.of(self.verdicts))


def judge(read: ReadList) -> JudgedList:
    """What becomes of each row that was read."""
    judging = _Judging()
    return JudgedList([judging.judge(row) for row in read.rows])


class _Judging:
    def __init__(self):
        self.people = 0
        self.by_number: dict[str, ListPerson] = {}
        self.by_name: dict[tuple[str, date], ListPerson] = {}

    def judge(self, row: ReadRow) -> Verdict:
        if row.is_vacant:
            return Verdict(row, VACANT, SKIP)
        if Flag.STRUCK in row.flags:
            return Verdict(row, STRUCK, REVIEW)
        if Flag.OLD_FONT in row.flags:
            return Verdict(row, OLD_FONT, REVIEW)
        if Flag.OLD_FONT_VNI in row.flags:
            return Verdict(row, OLD_FONT_VNI, REVIEW)
        if Flag.NO_NAME in row.flags:
            return Verdict(row, NO_NAME, REVIEW)
        if Flag.UNIT_UNKNOWN in row.flags:
            return Verdict(row, UNKNOWN_UNIT, REVIEW)
        if Flag.POST_VACANT in row.flags:
            return Verdict(row, POST_VACANT, REVIEW)
        return self._compared(row)

    def _compared(self, row: ReadRow) -> Verdict:
        number = self._number(row)
        owner = self.by_number.get(number) if number else None
        namesake = self.by_name.get(row.key) if row.key[1] else None
        if owner is not None:
            if owner.row.key[0] != row.key[0]:
                # What the number says of sex and age is said of somebody else.
                row = replace(row, flags=row.flags - _BY_NUMBER)
                return Verdict(_flagged(row, Flag.ID_OF_ANOTHER), ID_CONFLICT, REVIEW, conflicts_with=owner)
            return self._merged(row, owner)
        if namesake is not None:
            if number and self._number(namesake.row):
                return Verdict(_flagged(row, Flag.SAME_NAME), POSSIBLE_DUPLICATE, REVIEW, conflicts_with=namesake)
            return self._merged(row, namesake)
        return self._added(row, number)

    def _added(self, row: ReadRow, number: str | None) -> Verdict:
        self.people += 1
        person = ListPerson(f"P{self.people:04d}", row)
        if number:
            self.by_number[number] = person
        if row.key[1]:
            self.by_name.setdefault(row.key, person)
        return Verdict(row, CASE_CREATE, CREATE, person)

    def _merged(self, row: ReadRow, person: ListPerson) -> Verdict:
        """Another unit makes a second post; a later sheet renews what is known; else the row adds nothing."""
        first = person.row
        spelled_right = _ABOUT_SPELLING - first.flags
        row = replace(row, flags=row.flags - spelled_right)
        if row.unit.code != first.unit.code or says_concurrent(row.note):
            # The category is the person's, not the second post's.
            row = replace(row, category=first.category)
            person.also_in.append(row)
            return Verdict(_flagged(row, Flag.SECOND_UNIT), CONCURRENT, MERGE, person)
        if row.sheet != first.sheet:
            person.evidence_row = row
            return Verdict(_flagged(row, Flag.UPDATE), UPDATE, MERGE, person)
        return Verdict(_flagged(row, Flag.DUPLICATE), EXACT, MERGE, person)

    def _number(self, row: ReadRow) -> str | None:
        return row.number_of_person.national_id or row.number_of_person.legacy_id


def _flagged(row: ReadRow, flag: str) -> ReadRow:
    return replace(row, flags=row.flags | {flag})
