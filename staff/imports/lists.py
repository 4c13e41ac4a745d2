"""Staff lists as they arrive (``staff.lists``), carried out: who is new is added, who is known is completed.

A row that needs a decision is reported and not taken; somebody missing from the list stays as he is.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from staff import clock
from staff.enums import StaffCategory, UnitKind
from staff.garbage import seldom_searched
from staff.imports.people import in_batches
from staff.imports.planning import CarryingOut, Decide, Decision, Outcome, Planner, heads_among, nobody_decided
from staff.imports.reading import FileRefused, Row, Table
from staff.imports.runs import Report
from staff.imports.staff_list import finished
from staff.lists import apart, matching
from staff.lists.contacts import PersonalNumber
from staff.lists.evidence import Evidence
from staff.lists.flags import Flag
from staff.lists.matching import JudgedList, Verdict
from staff.lists.names import Name
from staff.lists.opening import Source, judged_of
from staff.lists.parts import Parts
from staff.lists.reading import ReadRow
from staff.lists.unit_names import KnownUnit, key
from staff.models import Posting, StaffMember, Unit
from staff.models.imports import ImportKind, RowAction
from staff.models.lists import RowChoice, RowGroup

_CASES = {
    matching.VACANT: gettext_lazy("a post without a person"),
    matching.STRUCK: gettext_lazy("the row is struck through: does this person still work there?"),
    matching.NO_NAME: gettext_lazy("what stands for the name has signs that no name has: is it a name?"),
    matching.POST_VACANT: gettext_lazy("the post is said to be vacant: does this person work there?"),
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
    """A list that was read and judged, before anything is done about it; ``noise`` are the rows that are nobody."""

    name: str
    sha256: str
    judged: JudgedList
    noise: list[tuple[str, int, str]]
    unread_sheets: list[str]


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


class ListPlan:
    """What each row of a list would do, part by part; ``units`` by their code, and how many rows hold each head.

    ``codes`` are those of the units that rows speak of, or where the people of rows are posted.
    """

    def __init__(self, units: dict[str, Unit]):
        self.units = units
        self.rows: Parts[PlannedRow] = Parts()
        self.heads: Counter = Counter()
        self.codes: set[str] = set()

    def put_away(self, part: list[PlannedRow], *, held: bool) -> None:
        outcomes = [row.outcome for row in part if row.outcome]
        self.heads += heads_among(outcomes)
        self.codes.update(row.row.unit.code for row in part if row.row.unit)
        self.codes.update(outcome.standing.unit.code for outcome in outcomes if outcome.standing)
        self.rows.put_away(part, held=held)

    def people_of(self, part: int) -> Iterator[StaffMember]:
        """Those whom a part adds or is about; they are held from then on."""
        return (row.outcome.person for row in self.rows.hold(part) if row.outcome and row.outcome.person)


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
    return read_source(Source(content, name), sha256, units=units_on(on), on=on, progress=progress)


def read_source(source: Source, sha256: str, **said) -> ReadFile:
    """The same of what was kept of a file, too; ``said`` is what ``judged_of`` takes besides."""
    found = apart.run(judged_of, source, **said)
    if found is None:
        raise FileRefused(no_list_in(source.name))
    return ReadFile(source.name, sha256, found.judged, found.noise, found.unread_sheets)


def no_list_in(name: str) -> str:
    return _("%(file)s has no sheet with the heading of a staff list (at least a name, and two columns more).") % {
        "file": name
    }


@seldom_searched()
def plan_list(file: ReadFile, *, on: date, mine=None, decide: Decide = nobody_decided) -> ListPlan:
    """What each row would do, as ``take_plan`` does it; nothing is changed.

    ``mine`` narrows StaffMember rows to those whom the sender looks after, ``decide`` knows what was decided.
    """
    plan = ListPlan({unit.code: unit for unit in Unit.objects.all()})
    planner = Planner(units=plan.units, on=on, mine=mine, decide=decide, recall=plan.people_of)
    for verdicts in file.judged.verdicts.parts():
        part = [_judged(verdict, decide) for verdict in verdicts]
        asked = [(row, _row_of(row)) for row in part if row.group == ""]
        planner.turn_to(row for _planned, row in asked)
        for planned, row in asked:
            _plan(planner, planned, row)
        plan.put_away(part, held=planner.people.has_recalled)
    return plan


@transaction.atomic
def take_list(file: ReadFile, *, on: date, by=None) -> Report:
    """Carry out what the list says: people, their postings from ``on``, second posts, what it says of certificates.

    The same list again changes nothing.
    """
    one_at_a_time()
    return take_plan(plan_list(file, on=on), file=file, on=on, by=by)


@seldom_searched()
def take_plan(
    plan: ListPlan, *, file: ReadFile, on: date, by=None, took: Callable[[list[PlannedRow]], None] = lambda part: None
) -> Report:
    """Carry out a plan, in the transaction in which it was made. ``took`` is given each part when it is done."""
    report = Report(ImportKind.STAFF, Table(file.name, file.sha256, []), on=on, by=by)
    carrying_out = CarryingOut(on=on, heads=plan.heads, report=report, by=by)
    for part in plan.rows.parts():
        carrying_out.take([row.outcome for row in part if row.outcome])
        carrying_out.begun += _post_beside(part, plan.units, on, by)
        for row in part:
            if row.outcome is None:
                line = row.verdict.row
                report.add(Row(line.number, {}, line.sheet), RowAction.SKIPPED, row.reason)
        took(part)
    carrying_out.finish()
    return finished(report)


def one_at_a_time() -> None:
    """Wait until nobody else takes a list in; until the end of this transaction. SQLite's writers queue anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])


def words_of(verdict) -> str:
    """Why a row makes nobody, in a sentence."""
    if verdict.case in {matching.OLD_FONT, matching.OLD_FONT_VNI}:
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
    codes, named = set(), set()
    for verdict in file.judged.verdicts:
        named.add(verdict.row.key[0])
        if verdict.action == matching.CREATE:
            codes.add(verdict.row.unit.code)
    posted = Posting.objects.on(on).filter(unit__code__in=codes, is_primary=True).select_related("staff_member")
    return sorted(
        (posting.staff_member for posting in posted if posting.staff_member.search_key not in named),
        key=lambda member: member.sort_key,
    )


def summary_of(file: ReadFile) -> str:
    """How many rows of which kind, in a line."""
    actions = Counter(verdict.action for verdict in file.judged.verdicts)
    rows, people = actions.total(), actions[matching.CREATE]
    return ", ".join(
        (
            ngettext("%(count)d row", "%(count)d rows", rows) % {"count": rows},
            ngettext("%(count)d person", "%(count)d people", people) % {"count": people},
            _("%(count)d of the same people again") % {"count": actions[matching.MERGE]},
            _("%(count)d to be decided") % {"count": actions[matching.REVIEW]},
            _("%(count)d left out") % {"count": actions[matching.SKIP]},
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
    if verdict.case in {matching.OLD_FONT, matching.OLD_FONT_VNI}:
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
    return Row(row.number, _values(row, evidence), row.sheet)


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


def _values(row: ReadRow, evidence: Evidence) -> dict[str, str]:
    """What a row of a list says, by the columns of a table of ours."""
    said = ((name, says(row, evidence)) for name, says in _SAID.items())
    return {name: str(value) for name, value in said if value}


def _post_beside(part: list[PlannedRow], units: dict[str, Unit], on: date, by) -> set[int]:
    """Second posts: they are kept and count nowhere, because one person counts once. Whose they are."""
    posts = [
        (row.outcome.person, units[post.unit.code], post)
        for row in part
        if row.outcome and row.outcome.person and row.verdict.action == matching.CREATE
        for post in row.verdict.person.also_in
    ]
    held: set[tuple[int, int]] = set()
    for batch in in_batches(sorted({person.pk for person, _unit, _post in posts})):
        found = Posting.objects.on(on).filter(staff_member__in=batch, is_primary=False)
        held.update(found.values_list("staff_member_id", "unit_id"))
    new = [
        Posting(
            staff_member=person,
            unit=unit,
            position=post.position[:200],
            category=post.category,
            is_primary=False,
            valid_from=on,
            recorded_at=clock.now(),
            recorded_by=by,
        )
        for person, unit, post in posts
        if (person.pk, unit.pk) not in held
    ]
    Posting.objects.bulk_create(new, batch_size=200)
    return {posting.staff_member_id for posting in new}
