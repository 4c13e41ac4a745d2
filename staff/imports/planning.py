"""What each row of a staff list would do, before anything is done: shown as it stands, carried out as it was shown."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from staff import clock, feed
from staff.enums import COMMUNE_KINDS, DutyKind, UnitKind
from staff.imports.people import ELSEWHERE, KEY_TWICE, Doubt, People, Taken, in_batches, store
from staff.imports.reading import Row
from staff.inserting import insert
from staff.models import Duty, ImportRow, Posting, StaffMember, Unit
from staff.models.imports import RowAction
from staff.models.lists import RowChoice, RowGroup
from staff.services.errors import StaffError
from staff.services.postings import begin_posting, transfer
from staff.vietnamese import fold

NEW, CHANGED, MOVED, DIFFERS, RETURNS = "new", "changed", "moved", "differs", "returns"
_POSTING_WORDS = {
    "position": gettext_lazy("position"),
    "category": gettext_lazy("staff category"),
    "status": gettext_lazy("status"),
}
EVIDENCE = ("ict_level", "ict_cert_year", "basic_standard_met")
# Of the postings on record no row is compared with these.
_UNREAD = ("recorded_at", "recorded_by", "end_reason", "end_recorded_at", "end_recorded_by")
GONE = {"retired", "transferred_out"}
ROLES = {
    "chuyen trach cntt": (DutyKind.ICT_OFFICER, True),
    "kiem nhiem cntt": (DutyKind.ICT_OFFICER, False),
    "chuyen trach attt": (DutyKind.SECURITY_OFFICER, True),
    "phu trach attt": (DutyKind.SECURITY_OFFICER, False),
}
_HEADS = {"chu tich ubnd": COMMUNE_KINDS} | dict.fromkeys(
    ("truong phong", "chanh van phong", "giam doc"),
    {UnitKind.OFFICE, UnitKind.DEPARTMENT, UnitKind.PARTY_BODY, UnitKind.SERVICE_UNIT},
)


@dataclass(frozen=True, slots=True)
class Decision:
    """An officer's word about a row: the person whom she named, the unit that she chose."""

    choice: str
    person_id: int | None = None
    unit: Unit | None = None
    is_remembered: bool = False


@dataclass(slots=True)
class Outcome:
    """What becomes of one row. ``content`` is what a decision about it is found by."""

    row: Row
    group: str
    question: str = ""
    content: tuple = ()
    decision: Decision | None = None
    reason: str = ""
    taken: Taken | None = None
    candidates: tuple[StaffMember, ...] = ()
    standing: Posting | None = None
    unit: Unit | None = None
    begins: bool = False
    moves: bool = False
    differing: Mapping[str, tuple] = field(default_factory=dict)

    @property
    def person(self) -> StaffMember | None:
        return self.taken.person if self.taken else None

    @property
    def choice(self) -> str:
        return self.decision.choice if self.decision else ""

    @property
    def settled_group(self) -> str:
        """Where the row stands once its question was answered in an earlier list."""
        if self.choice == RowChoice.LEAVE:
            return RowGroup.SKIPPED
        if self.group != RowGroup.DECIDE:
            return self.group
        if self.taken.action == RowAction.CREATED:
            return RowGroup.NEW
        return RowGroup.CHANGED if self.taken.changes or self.begins else RowGroup.SAME


Decide = Callable[[str, tuple], Decision | None]


def nobody_decided(question: str, content: tuple) -> None:
    return None


class Planner:
    """Says of each row that it was told to ``turn_to`` what it would do; ``CarryingOut`` then does it.

    A long list comes by parts, as for ``People``, whose ``recall`` this takes.
    """

    def __init__(
        self,
        *,
        units: dict[str, Unit],
        on: date,
        mine=None,
        decide: Decide = nobody_decided,
        recall: Callable[[int], Iterable[StaffMember]] = lambda part: (),
    ):
        self.units, self.on, self.decide = units, on, decide
        self._by_id = {unit.pk: unit for unit in units.values()}
        self.people = People(mine, recall=recall)
        # Those without any posting to whom this list gives one.
        self._begun: set[int] = set()

    def turn_to(self, rows: Iterable[Row]) -> None:
        """Plan these rows from now on."""
        self.people.turn_to(rows)
        self.history: dict[int, list[Posting]] = {}
        for batch in in_batches(sorted(self.people.known)):
            found = (
                Posting.objects.filter(staff_member__in=batch, is_primary=True).defer(*_UNREAD).order_by("valid_from")
            )
            for posting in found:
                posting.unit = self._by_id[posting.unit_id]
                self.history.setdefault(posting.staff_member_id, []).append(posting)

    def plan(self, row: Row) -> Outcome:
        found = self.people.find(row)
        if isinstance(found, Doubt):
            return self._doubtful(row, found)
        if found is None:
            return self._new(row)
        return self._known(row, found)

    def plan_about(self, row: Row, person_id: int) -> Outcome:
        """The row is about this person, whatever else could be said."""
        person = self._person(person_id)
        return self._known(row, person) if person else self.plan(row)

    def _person(self, pk: int) -> StaffMember | None:
        """Somebody whom a decision names and no row would find by itself."""
        if pk in self.people.known:
            return self.people.known[pk]
        person = StaffMember.objects.filter(pk=pk, merged_into=None).first()
        if person is not None and self.people.takes(person):
            found = Posting.objects.filter(staff_member=pk, is_primary=True).select_related("unit")
            self.history[pk] = list(found.order_by("valid_from"))
            return self.people.known[pk]
        return None

    def _doubtful(self, row: Row, doubt: Doubt) -> Outcome:
        if doubt.question in (ELSEWHERE, KEY_TWICE):
            group = RowGroup.ELSEWHERE if doubt.question == ELSEWHERE else RowGroup.SKIPPED
            return Outcome(row, group, reason=doubt.words, candidates=doubt.candidates)
        content = (*_who(row), *sorted(person.pk or 0 for person in doubt.candidates))
        decision = self.decide(doubt.question, content)
        outcome = Outcome(
            row, RowGroup.DECIDE, doubt.question, content, decision, doubt.words, candidates=doubt.candidates
        )
        if decision is None or decision.choice == RowChoice.LEAVE:
            return outcome
        chosen = self._person(decision.person_id) if decision.person_id else None
        if decision.choice == RowChoice.SAME and chosen is not None:
            outcome.reason = ""
            self._about(outcome, chosen)
        elif decision.choice == RowChoice.NEW:
            outcome.reason = ""
            outcome.taken = self.people.add(row)
            self._first_posting(outcome)
        return outcome

    def _new(self, row: Row) -> Outcome:
        content = _who(row)
        if not any(content[1:]):
            # A name alone finds nobody again; where she works helps.
            content = (*content, row.text("unit_code"), fold(row.text("position")))
        outcome = Outcome(row, RowGroup.NEW, NEW, content, self.decide(NEW, content))
        if outcome.choice == RowChoice.SAME and (person := self._person(outcome.decision.person_id)):
            return self._known(row, person)
        if outcome.choice == RowChoice.LEAVE:
            outcome.reason = _("left out by decision")
            return outcome
        outcome.taken = self.people.add(row)
        self._first_posting(outcome)
        return outcome

    def _known(self, row: Row, person: StaffMember) -> Outcome:
        outcome = Outcome(row, RowGroup.SAME)
        self._about(outcome, person)
        return outcome

    def _about(self, outcome: Outcome, person: StaffMember) -> None:
        """What a row about somebody known does: to the person, and to the posting of the day."""
        row, day = outcome.row, self.on
        history = self.history.get(person.pk, [])
        outcome.taken = self.people.change(person, row)
        outcome.unit = self.units[row.text("unit_code")]
        outcome.standing = next((posting for posting in history if posting.holds_on(day)), None)
        changes = outcome.taken.changes
        if row.text("status") in GONE:
            outcome.reason = _gone(row)
        elif person.pk is None or person.pk in self._begun:
            # Rows of one list that only a decision made the same person: one primary posting.
            outcome.reason = _("the same person once more")
        elif not history:
            outcome.begins = True
            self._begun.add(person.pk)
        else:
            self._compare(outcome, history)
        if outcome.group == RowGroup.SAME and (changes or outcome.begins):
            outcome.group = RowGroup.CHANGED

    def _compare(self, outcome: Outcome, history: list[Posting]) -> None:
        row, standing = outcome.row, outcome.standing
        wanted = {name: row.text(name) for name in ("position", "category", "status")}
        if standing is None:
            question, content = RETURNS, (outcome.unit.code,)
            outcome.reason = _("has postings on other days; this list changes no history")
        elif standing.unit_id != outcome.unit.pk:
            question, content = MOVED, (outcome.unit.code,)
            outcome.reason = _("is posted in %(unit)s on that day; a move needs a transfer") % {
                "unit": standing.unit.code
            }
        elif names := [name for name, value in wanted.items() if getattr(standing, name) != value]:
            question, content = DIFFERS, tuple(f"{name}={wanted[name]}" for name in names)
            outcome.differing = {name: (getattr(standing, name), wanted[name]) for name in names}
            outcome.reason = _("differs from the posting on record in: %(names)s") % {
                "names": ", ".join(str(_POSTING_WORDS[name]) for name in names)
            }
        else:
            return
        content = (str(outcome.person.pk), *content)
        decision = self.decide(question, content)
        if outcome.group == RowGroup.SAME:
            outcome.group = RowGroup.DIFFERS if question == DIFFERS else RowGroup.MOVED
            outcome.question, outcome.content, outcome.decision = question, content, decision
        outcome.moves = decision is not None and decision.choice == RowChoice.TAKE

    def _first_posting(self, outcome: Outcome) -> None:
        outcome.unit = self.units[outcome.row.text("unit_code")]
        if outcome.row.text("status") in GONE:
            outcome.reason = _gone(outcome.row)
        else:
            outcome.begins = True


class CarryingOut:
    """Does what was planned, part by part: people, postings from the day, duties; moves by the verb, each with its own
    savepoint. What becomes of each row goes to ``report``; ``finish`` tells of the postings that began.

    ``heads`` are the ``heads_among`` all rows of the list.
    """

    def __init__(self, *, on: date, heads: Counter, report, by=None):
        self.on, self.report, self.by = on, report, by
        self.heads = {pair for pair, count in heads.items() if count == 1}
        self.begun: list[int] = []

    def take(self, outcomes: Sequence[Outcome]) -> None:
        store(outcome.taken for outcome in outcomes if outcome.taken)
        told = _last_evidence([outcome.person.pk for outcome in outcomes if outcome.person])
        for batch in in_batches(outcomes):
            self._take(batch, told)

    def finish(self) -> None:
        feed.write(staff_members=self.begun, since=self.on, cause="posting.begin")

    def _take(self, outcomes, told) -> None:
        """The postings, duties and moves of some rows, whose people are stored."""
        postings, duties, now = [], [], clock.now()
        for outcome in outcomes:
            if outcome.taken is None:
                self.report.add(outcome.row, RowAction.SKIPPED, outcome.reason)
                continue
            if outcome.begins:
                words = (outcome.row.text(name) for name in _POSTING_WORDS)
                postings.append((outcome.person.pk, outcome.unit.pk, self.on, now, self.by and self.by.pk, *words))
                duties += self._duties(outcome)
            elif outcome.moves:
                _move(outcome, self.on, self.by)
            evidence = {name: outcome.row.text(name) for name in EVIDENCE if outcome.row.text(name)} or None
            person = outcome.person
            news = evidence if told.get(person.pk) != evidence else None
            self.report.add(outcome.row, _action(outcome), outcome.reason, person, news)
        insert(Posting, _POSTED, postings)
        Duty.objects.bulk_create(duties, batch_size=200)
        self.begun += [person for person, *_rest in postings]

    def _duties(self, outcome: Outcome) -> list[Duty]:
        row, unit = outcome.row, outcome.unit
        kinds = [ROLES[role] for part in row.text("roles").split("|") if (role := fold(part)) in ROLES]
        position = fold(row.text("position"))
        if position in _HEADS and (row.text("unit_code"), position) in self.heads and unit.kind in _HEADS[position]:
            kinds.append((DutyKind.HEAD, False))
        return [
            Duty(
                staff_member=outcome.person,
                unit=unit,
                kind=kind,
                is_full_time=is_full_time,
                valid_from=self.on,
                recorded_by=self.by,
            )
            for kind, is_full_time in dict(kinds).items()
        ]


def _action(outcome: Outcome) -> str:
    action = outcome.taken.action
    if outcome.begins or (outcome.moves and not outcome.reason):
        return RowAction.CREATED if action == RowAction.CREATED else RowAction.CHANGED
    if outcome.reason and action == RowAction.UNCHANGED and outcome.row.text("status") not in GONE:
        return RowAction.SKIPPED
    return action


_POSTED = ("staff_member_id", "unit_id", "valid_from", "recorded_at", "recorded_by_id", *_POSTING_WORDS)


def _move(outcome: Outcome, on: date, by) -> None:
    """The move that an officer wants, by the verb; what the verb refuses stands beside the row."""
    row = outcome.row
    words = {name: row.text(name) for name in ("position", "category", "status")}
    because = _("staff list of %(day)s") % {"day": f"{on:%d/%m/%Y}"}
    shared = {"staff_member": outcome.person, "by": by, "back_dated_because": because}
    try:
        if outcome.standing is None:
            begin_posting(unit=outcome.unit, valid_from=on, **shared, **words)
        else:
            transfer(to_unit=outcome.unit, on=on, reason=because, **shared, **words)
    except StaffError as refusal:
        outcome.reason = str(refusal)
    else:
        outcome.reason = ""


def _gone(row: Row) -> str:
    return _("no posting: %(status)s") % {"status": row.text("status")}


def _who(row: Row) -> tuple[str, ...]:
    return (
        fold(row.text("full_name")),
        row.text("date_of_birth"),
        row.text("national_id") or row.text("legacy_id") or row.text("key"),
    )


def heads_among(outcomes: Iterable[Outcome]) -> Counter:
    """How many rows hold each (unit, position of a head). One holder is the head; two would make it ambiguous."""
    rows = (outcome.row for outcome in outcomes if outcome.taken)
    held = ((row.text("unit_code"), fold(row.text("position"))) for row in rows if row.text("status") not in GONE)
    return Counter(pair for pair in held if pair[1] in _HEADS)


def _last_evidence(ids: list[int]) -> dict[int, dict]:
    """What was last said about each person: a list read twice says it once."""
    found = {}
    alike: dict[str, dict] = {}
    for batch in in_batches(ids):
        rows = ImportRow.objects.filter(staff_member__in=batch).exclude(evidence=None).order_by("pk")
        for person, evidence in rows.values_list("staff_member_id", "evidence"):
            found[person] = alike.setdefault(repr(evidence), evidence)
    return found
