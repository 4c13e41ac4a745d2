"""Staff lists as they arrive (``staff.lists``), carried out: who is new is added, who is known is completed.

A row that needs a decision is reported and not taken; somebody missing from the list stays as he is.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from staff import clock, feed
from staff.imports.reading import FileRefused, Row, Table
from staff.imports.runs import Report
from staff.imports.staff_list import finished, take_people
from staff.lists import matching
from staff.lists.flags import Flag
from staff.lists.matching import JudgedList, ListPerson, judge
from staff.lists.reading import ReadList, read_list
from staff.lists.unit_names import KnownUnit
from staff.lists.workbook import sheets_of
from staff.models import Posting, StaffMember, Unit
from staff.models.imports import ImportKind, RowAction

_CASES = {
    matching.VACANT: gettext_lazy("a post without a person"),
    matching.STRUCK: gettext_lazy("the row is struck through: does this person still work there?"),
    matching.UNKNOWN_UNIT: gettext_lazy("the unit is not in the tree on that day"),
    matching.ID_CONFLICT: gettext_lazy("the personal number belongs to somebody else in the list"),
    matching.POSSIBLE_DUPLICATE: gettext_lazy(
        "somebody of the same name and birth day stands in the list with another personal number"
    ),
    matching.EXACT: gettext_lazy("the same person once more"),
    matching.CONCURRENT: gettext_lazy("a second post of the same person"),
    matching.UPDATE: gettext_lazy("renews what an earlier row says of this person"),
}


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A list that was read and judged, before anything is done about it."""

    name: str
    sha256: str
    read: ReadList
    judged: JudgedList


def units_on(day: date) -> list[KnownUnit]:
    """The units of a day as lists may name them."""
    units = list(Unit.objects.existing_on(day))
    codes = dict(Unit.objects.values_list("pk", "code"))
    return [
        KnownUnit(unit.code, unit.name, unit.kind, tuple(unit.aliases), tuple(codes[pk] for pk in unit.ancestor_ids))
        for unit in units
    ]


def read_file(content: bytes, name: str, *, on: date, progress: Callable[[int], None] | None = None) -> ReadFile:
    """Read and judge a list, changing nothing. Raises FileRefused for a file without any row of a staff list."""
    read = read_list(sheets_of(content, name), units=units_on(on), on=on, progress=progress)
    if not read.rows:
        raise FileRefused(
            _("%(file)s has no sheet with the heading of a staff list (at least a name, and two columns more).")
            % {"file": name}
        )
    return ReadFile(name, hashlib.sha256(content).hexdigest(), read, judge(read))


@transaction.atomic
def take_list(file: ReadFile, *, on: date, by=None) -> Report:
    """Carry out what the list says: people, their postings from ``on``, second posts, what it says of certificates.

    The same list again changes nothing.
    """
    report = Report(ImportKind.STAFF, Table(file.name, file.sha256, []), on=on, by=by)
    rows = [_row_of(person) for person in file.judged.people]
    found = take_people(rows, report=report, on=on, by=by)
    _post_beside(file.judged.people, found, on, by)
    for verdict in file.judged.verdicts:
        if verdict.action != matching.CREATE:
            report.add(Row(verdict.row.number, {}, verdict.row.sheet), RowAction.SKIPPED, words_of(verdict))
    return finished(report)


def words_of(verdict) -> str:
    """Why a row makes nobody, in a sentence."""
    if verdict.case == matching.OLD_FONT:
        return _("the name is typed in an old font; it may be %(name)s") % {"name": verdict.row.name.suggestion}
    words = str(_CASES[verdict.case])
    if verdict.case == matching.UNKNOWN_UNIT and verdict.row.unit_words:
        words = f"{words}: {verdict.row.unit_words[:80]}"
    other = verdict.person or verdict.conflicts_with
    if other is not None:
        words = f"{words} ({other.row.sheet} #{other.row.number})"
    return words


def remarks_on(verdict) -> list[str]:
    """What is doubtful about a row, in words; beside the verdict, not instead of it."""
    return [str(Flag(flag).label) for flag in sorted(verdict.row.flags)]


def missing_from(file: ReadFile, *, on: date) -> list[StaffMember]:
    """People posted on that day in the units of the list whom it does not name. Nothing follows from it."""
    codes = {person.row.unit.code for person in file.judged.people}
    posted = Posting.objects.on(on).filter(unit__code__in=codes, is_primary=True).select_related("staff_member")
    named = {person.row.key[0] for person in file.judged.people}
    return sorted(
        (posting.staff_member for posting in posted if posting.staff_member.search_key not in named),
        key=lambda member: member.sort_key,
    )


def summary_of(file: ReadFile) -> str:
    """How many rows of which kind, in a line."""
    actions = [verdict.action for verdict in file.judged.verdicts]
    people = actions.count(matching.CREATE)
    return ", ".join(
        (
            ngettext("%(count)d row", "%(count)d rows", len(actions)) % {"count": len(actions)},
            ngettext("%(count)d person", "%(count)d people", people) % {"count": people},
            _("%(count)d of the same people again") % {"count": actions.count(matching.MERGE)},
            _("%(count)d to be decided") % {"count": actions.count(matching.REVIEW)},
            _("%(count)d left out") % {"count": actions.count(matching.SKIP)},
        )
    )


def _row_of(person: ListPerson) -> Row:
    row, evidence = person.row, person.evidence
    number = row.number_of_person
    values = {
        "full_name": row.name.text,
        "gender": row.gender,
        "date_of_birth": row.born.written or "",
        "national_id": number.national_id or "",
        "legacy_id": number.legacy_id or "",
        "unit_code": row.unit.code,
        "position": row.position,
        "category": row.category,
        "status": row.status,
        "roles": "|".join(row.roles),
        "ict_level": evidence.level,
        "ict_cert_year": str(evidence.year or ""),
        "basic_standard_met": evidence.met,
        "email": row.email or "",
        "phone": row.phone or "",
    }
    return Row(row.number, {name: str(value) for name, value in values.items()}, row.sheet)


def _post_beside(people: list[ListPerson], found: dict[int, StaffMember], on: date, by) -> None:
    """Second posts: they are kept and count nowhere, because one person counts once."""
    units = {unit.code: unit for unit in Unit.objects.filter(
        code__in={post.unit.code for person in people for post in person.also_in}
    )}  # fmt: skip
    held = set(
        Posting.objects.on(on)
        .filter(staff_member__in=[person.pk for person in found.values()], is_primary=False)
        .values_list("staff_member_id", "unit_id")
    )
    new = [
        Posting(
            staff_member=found[index],
            unit=units[post.unit.code],
            position=post.position[:200],
            category=post.category,
            is_primary=False,
            valid_from=on,
            recorded_at=clock.now(),
            recorded_by=by,
        )
        for index, person in enumerate(people)
        if index in found
        for post in person.also_in
        if (found[index].pk, units[post.unit.code].pk) not in held
    ]
    Posting.objects.bulk_create(new, batch_size=200)
    feed.write(staff_members={posting.staff_member_id for posting in new}, since=on, cause="posting.begin")
