"""Staff lists as they arrive (``staff.lists``), carried out: who is new is added, who is known is completed.

A row that needs a decision is reported and not taken; somebody missing from the list stays as he is.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from staff import clock, feed
from staff.enums import StaffCategory, UnitKind
from staff.imports.people import in_batches
from staff.imports.planning import Decide, Decision, Outcome, Planner, carry_out, nobody_decided
from staff.imports.reading import FileRefused, Row, Table
from staff.imports.runs import Report
from staff.imports.staff_list import finished
from staff.lists import headings, matching
from staff.lists.contacts import PersonalNumber
from staff.lists.evidence import Evidence
from staff.lists.flags import Flag
from staff.lists.matching import JudgedList, Verdict, judge
from staff.lists.names import Name
from staff.lists.reading import ReadList, ReadRow, read_list
from staff.lists.unit_names import KnownUnit, key
from staff.lists.workbook import Sheet, sheets_of
from staff.models import Posting, StaffMember, Unit
from staff.models.imports import ImportKind, RowAction
from staff.models.lists import RowChoice, RowGroup

_CASES = {
    matching.VACANT: gettext_lazy("a post without a person"),
    matching.STRUCK: gettext_lazy("the row is struck through: does this person still work there?"),
    matching.NO_NAME: gettext_lazy("what stands for the name has signs that no name has: is it a name?"),
    matching.UNKNOWN_UNIT: gettext_lazy("the unit is not in the tree on that day"),
    matching.ID_CONFLICT: gettext_lazy("the personal number belongs to somebody else in the list"),
    matching.POSSIBLE_DUPLICATE: gettext_lazy(
        "somebody of the same name and birth day stands in the list with another personal number"
    ),
    matching.EXACT: gettext_lazy("the same person once more"),
    matching.CONCURRENT: gettext_lazy("a second post of the same person"),
    matching.UPDATE: gettext_lazy("renews what an earlier row says of this person"),
}


# One list is taken in at a time: two officers with the same people would else make them twice.
_ONE_AT_A_TIME = 7_102_026


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A list that was read and judged, before anything is done about it."""

    name: str
    sha256: str
    read: ReadList
    judged: JudgedList


@dataclass(slots=True)
class PlannedRow:
    """What would become of a row of a list. ``row`` is the row as it would be taken, decisions included."""

    verdict: Verdict
    group: str
    row: ReadRow
    question: str = ""
    content: tuple = ()
    decision: Decision | None = None
    reason: str = ""
    outcome: Outcome | None = None

    @property
    def choice(self) -> str:
        return self.decision.choice if self.decision else ""

    @property
    def is_undecided(self) -> bool:
        return self.group == RowGroup.DECIDE and self.decision is None


@dataclass(slots=True)
class ListPlan:
    planner: Planner
    rows: list[PlannedRow]
    beside: list[tuple[PlannedRow, list[ReadRow]]] = field(default_factory=list)

    @property
    def people(self) -> set[int]:
        """Those known whom some row is about."""
        outcomes = [row.outcome for row in self.rows if row.outcome]
        found = {outcome.person.pk for outcome in outcomes if outcome.person}
        return found | {person.pk for outcome in outcomes for person in outcome.candidates}


def units_on(day: date, within: Iterable[Unit] | None = None) -> list[KnownUnit]:
    """The units of a day as lists may name them; only those in ``within`` and below them, where that is given."""
    units = Unit.objects.existing_on(day)
    if within is not None:
        units = units.within_any(within)
    codes = dict(Unit.objects.values_list("pk", "code"))
    return [
        KnownUnit(unit.code, unit.name, unit.kind, tuple(unit.aliases), tuple(codes[pk] for pk in unit.ancestor_ids))
        for unit in units
    ]


def read_file(content: bytes, name: str, *, on: date, progress: Callable[[int], None] | None = None) -> ReadFile:
    """Read and judge a list, changing nothing. Raises FileRefused for a file without any row of a staff list."""
    sha256 = hashlib.sha256(content).hexdigest()
    return read_sheets(sheets_of(content, name), name, sha256, units=units_on(on), on=on, progress=progress)


def read_sheets(
    sheets: Iterable[Sheet],
    name: str,
    sha256: str,
    *,
    units: list[KnownUnit],
    on: date,
    meanings: Mapping[str, str] = headings.NOTHING_SAID,
    home: KnownUnit | None = None,
    progress: Callable[[int], None] | None = None,
) -> ReadFile:
    """The same of sheets that were opened already."""
    read = read_list(sheets, units=units, on=on, progress=progress, meanings=meanings, home=home)
    if not read.rows:
        raise FileRefused(no_list_in(name))
    return ReadFile(name, sha256, read, judge(read))


def no_list_in(name: str) -> str:
    return _("%(file)s has no sheet with the heading of a staff list (at least a name, and two columns more).") % {
        "file": name
    }


def plan_list(file: ReadFile, *, on: date, mine=None, decide: Decide = nobody_decided) -> ListPlan:
    """What each row would do, as ``take_plan`` does it; nothing is changed.

    ``mine`` narrows StaffMember rows to those whom the sender looks after, ``decide`` knows what was decided.
    """
    planned = [_judged(verdict, decide) for verdict in file.judged.verdicts]
    rows = {id(row): _row_of(row) for row in planned if row.group == ""}
    units = {unit.code: unit for unit in Unit.objects.all()}
    planner = Planner(list(rows.values()), units=units, on=on, mine=mine, decide=decide)
    plan = ListPlan(planner, planned)
    for row in planned:
        if row.group == "":
            _plan(planner, row, rows[id(row)])
            person = row.verdict.person
            if person is not None and person.also_in and row.verdict.action == matching.CREATE:
                plan.beside.append((row, person.also_in))
    return plan


@transaction.atomic
def take_list(file: ReadFile, *, on: date, by=None) -> Report:
    """Carry out what the list says: people, their postings from ``on``, second posts, what it says of certificates.

    The same list again changes nothing.
    """
    one_at_a_time()
    return take_plan(plan_list(file, on=on), file=file, on=on, by=by)


def take_plan(plan: ListPlan, *, file: ReadFile, on: date, by=None) -> Report:
    """Carry out a plan, in the transaction in which it was made."""
    report = Report(ImportKind.STAFF, Table(file.name, file.sha256, []), on=on, by=by)
    carry_out(plan.planner, [row.outcome for row in plan.rows if row.outcome], report=report, by=by)
    _post_beside(plan, on, by)
    for row in plan.rows:
        if row.outcome is None:
            line = row.verdict.row
            report.add(Row(line.number, {}, line.sheet), RowAction.SKIPPED, row.reason)
    return finished(report)


def one_at_a_time() -> None:
    """Wait until nobody else takes a list in; until the end of this transaction. SQLite's writers queue anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])


def words_of(verdict) -> str:
    """Why a row makes nobody, in a sentence."""
    if verdict.case == matching.OLD_FONT:
        return _("the name is typed in an old font; it may be %(name)s") % {"name": verdict.row.name.suggestion}
    words = str(_CASES[verdict.case])
    if verdict.case == matching.NO_NAME and verdict.row.unit is None:
        words = f"{words} {_CASES[matching.UNKNOWN_UNIT]}"
    if (
        verdict.case in {matching.UNKNOWN_UNIT, matching.NO_NAME}
        and verdict.row.unit is None
        and verdict.row.unit_words
    ):
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
    named = {verdict.row.key[0] for verdict in file.judged.verdicts}
    posted = Posting.objects.on(on).filter(unit__code__in=codes, is_primary=True).select_related("staff_member")
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


def _judged(verdict: Verdict, decide: Decide) -> PlannedRow:
    """A row as the list alone judges it; ``group`` stays empty where the people we know are to be asked."""
    if verdict.action == matching.CREATE:
        return PlannedRow(verdict, "", verdict.row)
    if verdict.action == matching.MERGE:
        return PlannedRow(verdict, RowGroup.TWICE, verdict.row, reason=words_of(verdict))
    if verdict.action == matching.SKIP:
        return PlannedRow(verdict, RowGroup.SKIPPED, verdict.row, reason=words_of(verdict))
    content = _content(verdict)
    decision = decide(verdict.case, content)
    planned = PlannedRow(
        verdict, RowGroup.DECIDE, verdict.row, verdict.case, content, decision, reason=words_of(verdict)
    )
    if decision is None or decision.choice == RowChoice.LEAVE:
        planned.group = _settled_as(planned, RowGroup.SKIPPED)
    elif decision.choice == RowChoice.SAME and decision.person_id is None:
        planned.group = _settled_as(planned, RowGroup.TWICE)
    elif (row := _decided(verdict, decision)) is not None and row.unit is not None:
        planned.row, planned.group = row, ""
    return planned


def _settled_as(planned: PlannedRow, group: str) -> str:
    """Rows decided in an earlier list stand where they belong; those of this one stay where they were decided."""
    return group if planned.decision and planned.decision.is_remembered else planned.group


def _content(verdict: Verdict) -> tuple[str, ...]:
    """What a decision about the row is found by. A unit's name is decided once for all rows that say it."""
    row = verdict.row
    if verdict.case == matching.UNKNOWN_UNIT and row.unit_words.strip():
        return (key(row.unit_words),)
    number = row.number_of_person
    name = row.key[0] or row.name.suggestion
    return (name, row.born.written or "", number.national_id or number.legacy_id or "", row.unit_words)


def _decided(verdict: Verdict, decision: Decision) -> ReadRow | None:
    """The row as the decision makes it."""
    row = verdict.row
    if verdict.case == matching.OLD_FONT:
        return replace(row, name=Name(row.name.suggestion, row.name.flags))
    if verdict.case == matching.UNKNOWN_UNIT:
        unit = decision.unit
        if unit is None:
            return None
        category = row.category
        if unit.kind == UnitKind.SERVICE_UNIT and category == StaffCategory.CIVIL_SERVANT:
            category = StaffCategory.PUBLIC_EMPLOYEE
        return replace(row, unit=KnownUnit(unit.code, unit.name, unit.kind), category=category)
    if verdict.case == matching.ID_CONFLICT:
        return replace(row, number_of_person=PersonalNumber())
    return row


def _plan(planner: Planner, planned: PlannedRow, row: Row) -> None:
    decision = planned.decision
    if decision is not None and decision.person_id:
        outcome = planner.plan_about(row, decision.person_id)
    else:
        outcome = planner.plan(row)
    planned.outcome, planned.reason = outcome, outcome.reason
    # A question that the list itself asked is shown before those that the people we know ask.
    is_asked_again = outcome.group == RowGroup.DECIDE
    if planned.question and not is_asked_again:
        planned.group = _settled_as(PlannedRow(planned.verdict, RowGroup.DECIDE, row, decision=decision), outcome.group)
        return
    planned.question, planned.content, planned.decision = outcome.question, outcome.content, outcome.decision
    planned.group = outcome.group
    if outcome.decision and outcome.decision.is_remembered:
        planned.group = outcome.settled_group


def _row_of(planned: PlannedRow) -> Row:
    row, person = planned.row, planned.verdict.person
    evidence = person.evidence if person and planned.verdict.action == matching.CREATE else row.evidence
    return Row(row.number, _Values(row, evidence), row.sheet)


_SAID: dict[str, Callable[[ReadRow, Evidence], object]] = {
    "full_name": lambda row, _evidence: row.name.text,
    "gender": lambda row, _evidence: row.gender,
    "date_of_birth": lambda row, _evidence: row.born.written,
    "national_id": lambda row, _evidence: row.number_of_person.national_id,
    "legacy_id": lambda row, _evidence: row.number_of_person.legacy_id,
    "unit_code": lambda row, _evidence: row.unit.code,
    "position": lambda row, _evidence: row.position,
    "category": lambda row, _evidence: row.category,
    "status": lambda row, _evidence: row.status,
    "roles": lambda row, _evidence: "|".join(row.roles),
    "ict_level": lambda _row, evidence: evidence.level,
    "ict_cert_year": lambda _row, evidence: evidence.year,
    "basic_standard_met": lambda _row, evidence: evidence.met,
    "email": lambda row, _evidence: row.email,
    "phone": lambda row, _evidence: row.phone,
}


class _Values(Mapping):
    """What a row of a list says, by the columns of a table of ours; told when asked, for a list has many rows."""

    __slots__ = ("evidence", "row")

    def __init__(self, row: ReadRow, evidence: Evidence):
        self.row, self.evidence = row, evidence

    def get(self, name, default=""):
        said = _SAID.get(name)
        return str(said(self.row, self.evidence) or default) if said else default

    def __getitem__(self, name):
        if found := self.get(name):
            return found
        raise KeyError(name)

    def __iter__(self):
        return (name for name in _SAID if self.get(name))

    def __len__(self):
        return sum(1 for _name in self)


def _post_beside(plan: ListPlan, on: date, by) -> None:
    """Second posts: they are kept and count nowhere, because one person counts once."""
    posts = [(row.outcome.person, post) for row, posts in plan.beside if row.outcome.person for post in posts]
    held: set[tuple[int, int]] = set()
    for batch in in_batches(sorted({person.pk for person, _post in posts})):
        found = Posting.objects.on(on).filter(staff_member__in=batch, is_primary=False)
        held.update(found.values_list("staff_member_id", "unit_id"))
    new = [
        Posting(
            staff_member=person,
            unit=plan.planner.units[post.unit.code],
            position=post.position[:200],
            category=post.category,
            is_primary=False,
            valid_from=on,
            recorded_at=clock.now(),
            recorded_by=by,
        )
        for person, post in posts
        if (person.pk, plan.planner.units[post.unit.code].pk) not in held
    ]
    Posting.objects.bulk_create(new, batch_size=200)
    feed.write(staff_members={posting.staff_member_id for posting in new}, since=on, cause="posting.begin")
