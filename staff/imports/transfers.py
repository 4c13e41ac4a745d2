"""Moves of people between units, and departures."""

from collections import defaultdict
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from staff import clock, feed
from staff.enums import SuccessionKind
from staff.imports.reading import Row, read_table
from staff.imports.runs import Report
from staff.imports.units import unit_named
from staff.models import Duty, Posting, StaffMember, Succession, Unit
from staff.models.imports import ImportKind, RowAction
from staff.services import carry_over

COLUMNS = {"person_key", "from_unit_code", "to_unit_code", "effective"}
ONE_DAY = timedelta(days=1)


@transaction.atomic
def import_transfers(path, *, by=None) -> Report:
    """Take the moves in the order of their days. Without a new unit the person leaves.

    A second reading changes nothing. A move that does not fit the posting on record is reported and
    not taken. People of units that go on unchanged, whom no row moves, are carried over.
    """
    table = read_table(path, COLUMNS)
    moves = _Moves(by)
    report = Report(ImportKind.TRANSFERS, table, by=by)
    for day, waiting in sorted(_by_day(table.rows).items()):
        for row in waiting:
            report.add(row, *moves.take(row, day))
        moves.store(day)
    for succession in Succession.objects.filter(kind=SuccessionKind.UNCHANGED).select_related():
        carry_over(succession=succession, by=by)
    return report.store()


def _by_day(rows: list[Row]) -> dict[date, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        row.required("effective")
        found[row.day("effective")].append(row)
    return found


class _Moves:
    """All moves of one day at a time, written in a few statements: ends first, since only one posting may be open."""

    def __init__(self, by):
        self.by = by
        self.units = {unit.code: unit for unit in Unit.objects.all()}
        self.people = {person.list_key: person for person in StaffMember.objects.exclude(list_key=None)}
        self.postings = defaultdict(list)
        for posting in Posting.objects.filter(is_primary=True).order_by("valid_from"):
            self.postings[posting.staff_member_id].append(posting)
        self.duties = defaultdict(list)
        for duty in Duty.objects.open():
            self.duties[duty.staff_member_id, duty.unit_id].append(duty)
        unchanged = Succession.objects.filter(kind=SuccessionKind.UNCHANGED)
        self.unchanged = set(unchanged.values_list("predecessor_id", "successor_id"))
        self._empty()

    def _empty(self) -> None:
        self.ended, self.begun, self.ended_duties, self.begun_duties = [], [], [], []

    def take(self, row: Row, day: date) -> tuple:
        """(action, reason, person) of one row."""
        origin = unit_named(row, "from_unit_code", self.units)
        target = unit_named(row, "to_unit_code", self.units) if row.text("to_unit_code") else None
        if target and not target.existed_on(day):
            raise row.refusal("to_unit_code", _("“%(value)s” does not exist on that day") % {"value": target.code})
        person = self.people.get(row.required("person_key"))
        if person is None:
            return RowAction.SKIPPED, _("there is no person with the key %(key)s") % {"key": row.text("person_key")}
        spells = self.postings[person.pk]
        if _is_done(spells, origin, target, day):
            return RowAction.UNCHANGED, "", person
        current = next((p for p in spells if p.valid_until is None and p.valid_from < day), None)
        if current is None:
            return RowAction.SKIPPED, _("has no open posting before that day"), person
        if current.unit_id != origin.pk:
            return RowAction.SKIPPED, _("is not posted in %(unit)s on that day") % {"unit": origin.code}, person
        self._move(current, target, day, row.text("reason"))
        return RowAction.CHANGED, "", person

    def _move(self, current: Posting, target: Unit | None, day: date, reason: str) -> None:
        self._end(current, day, reason)
        self.ended.append(current)
        duties = self.duties.pop((current.staff_member_id, current.unit_id), [])
        for duty in duties:
            self._end(duty, max(day, duty.valid_from + ONE_DAY), reason)
        self.ended_duties += duties
        if target is None:
            return
        shared = {"staff_member_id": current.staff_member_id, "unit": target, "valid_from": day, "recorded_by": self.by}
        kept = {name: getattr(current, name) for name in ("position", "category", "status")}
        posting = Posting(**shared, **kept)
        self.begun.append(posting)
        self.postings[current.staff_member_id].append(posting)
        if (current.unit_id, target.pk) in self.unchanged:
            carried = [Duty(**shared, kind=duty.kind, is_full_time=duty.is_full_time) for duty in duties]
            self.begun_duties += carried
            self.duties[current.staff_member_id, target.pk] += carried

    def _end(self, fact, day: date, reason: str) -> None:
        fact.valid_until = day - ONE_DAY
        fact.end_reason = reason[:200]
        fact.end_recorded_at = clock.now()
        fact.end_recorded_by = self.by

    def store(self, day: date) -> None:
        """Write the day's moves and tell the feed, once for a person."""
        ends = ["valid_until", "end_reason", "end_recorded_at", "end_recorded_by"]
        Posting.objects.bulk_update(self.ended, ends, batch_size=100)
        Duty.objects.bulk_update(self.ended_duties, ends, batch_size=100)
        Posting.objects.bulk_create(self.begun, batch_size=100)
        Duty.objects.bulk_create(self.begun_duties, batch_size=100)
        feed.write(staff_members=[p.staff_member_id for p in self.ended], since=day, cause="posting.transfer")
        self._empty()


def _is_done(spells: list[Posting], origin: Unit, target: Unit | None, day: date) -> bool:
    """Whether the move is on record already."""
    if target is not None:
        return any(posting.unit_id == target.pk and posting.valid_from == day for posting in spells)
    left = any(posting.unit_id == origin.pk and posting.valid_until == day - ONE_DAY for posting in spells)
    return left and not any(posting.valid_from >= day for posting in spells)
