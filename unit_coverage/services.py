"""Keeps the derived rows equal to the facts. One writer at a time; rows that are right stay untouched."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import transaction

from courses.facts import load_people, load_track_facts
from staff import clock, feed
from staff.models import AudienceRule, StaffMember
from unit_coverage.keeping import Touched, keep_days, kept_days
from unit_coverage.models import CountedDay, FeedCursor, Standing
from unit_coverage.standings import Row, standing_rows

READER = "standings"
BATCH = 500
# Raised when standings say something new or otherwise: then everybody is counted again.
FORMULA = 3
# The audience whose positions make somebody a leader.
LEADERS = "lanh-dao"
_NAMES = Row.__slots__


def rebuild_person(*, staff_member_id: int) -> int:
    """Make one person's rows and the figures she counts in what the facts say. Answers how many rows were wrong."""
    with transaction.atomic():
        only_writer()
        touched = Touched()
        wrong = _rewrite([staff_member_id], Rules(), touched)
        touched.write()
        return wrong


def rebuild_all() -> int:
    """Make everybody's rows and all kept figures what the facts say. Answers how many rows were wrong.

    A second run finds none.
    """
    with transaction.atomic():
        return _rebuild_all(only_writer())


def drain_changes(*, at_most: int | None = None) -> int:
    """Read the change feed on from where it was left and rewrite whoever it names. Answers how many changes were read.

    The cursor moves in the transaction that rewrites: after a crash the same changes are read again. Figures of the
    units concerned and of all above them are right when it ends. Whoever cannot wait for a long feed says with
    ``at_most`` how many changes are read, in whole batches; the worker reads the rest.
    """
    read = 0
    while (at_most is None or read < at_most) and (changes := _drain_once()):
        read += changes
        if changes < BATCH:
            break
    return read


def count_days() -> int:
    """After midnight count the new day, and everybody after a new version of the formula. Cheap when nothing is due."""
    cursor = FeedCursor.objects.filter(reader=READER).first() or FeedCursor()
    counted = set(CountedDay.objects.values_list("day", flat=True))
    if cursor.formula == FORMULA and counted == set(kept_days(clock.today())):
        return 0
    with transaction.atomic():
        cursor = only_writer()
        if cursor.formula != FORMULA:
            _rebuild_all(cursor)
        return keep_days()


class Rules:
    """What is the same for everybody, read once a batch of people."""

    def __init__(self):
        self.tracks = load_track_facts()
        self.leaders = tuple(AudienceRule.objects.filter(audience__code=LEADERS).order_by("version"))

    def rows_of(self, person) -> list[Row]:
        return [row for track in self.tracks for row in standing_rows(person, track, self.leaders)]


def stored_rows(ids: Iterable[int]) -> list[tuple[int, Row]]:
    """(key, row) of the standings of these people."""
    return [
        (pk, Row(*values)) for pk, *values in Standing.objects.filter(staff_member__in=ids).values_list("pk", *_NAMES)
    ]


def _drain_once() -> int:
    cursor = FeedCursor.objects.filter(reader=READER).first() or FeedCursor()
    if not feed.read_after(cursor.transaction, cursor.change_id, 1):
        return 0
    with transaction.atomic():
        cursor = only_writer()
        changes = feed.read_after(cursor.transaction, cursor.change_id, BATCH)
        if not changes:
            return 0
        since: dict[int | None, date] = {}
        for change in changes:
            since[change.staff_member_id] = min(since.get(change.staff_member_id, date.max), change.since)
        touched = Touched()
        if None in since:
            _rewrite_everybody(touched)
            touched.everything = True
        else:
            _rewrite(since.keys(), Rules(), touched, since)
        touched.write()
        cursor.transaction, cursor.change_id = changes[-1].transaction, changes[-1].pk
        cursor.save(update_fields=["transaction", "change_id"])
    return len(changes)


def only_writer() -> FeedCursor:
    """Wait for the lock all writers of standings take, so that two never rewrite one person at once."""
    FeedCursor.objects.get_or_create(reader=READER)
    return FeedCursor.objects.select_for_update().get(reader=READER)


def _rebuild_all(cursor: FeedCursor) -> int:
    touched = Touched()
    wrong = _rewrite_everybody(touched)
    touched.everything = True
    touched.write()
    keep_days()
    if cursor.formula != FORMULA:
        cursor.formula = FORMULA
        cursor.save(update_fields=["formula"])
    return wrong


def _rewrite_everybody(touched: Touched) -> int:
    ids = list(StaffMember.objects.order_by("pk").values_list("pk", flat=True))
    rules = Rules()
    return sum(_rewrite(ids[start : start + BATCH], rules, touched) for start in range(0, len(ids), BATCH))


def _rewrite(ids: Iterable[int], rules: Rules, touched: Touched, since: Mapping[int | None, date] | None = None) -> int:
    """Delete the stored rows the facts do not give, add those that are missing. Nine queries a batch or so."""
    people = load_people(ids)
    wanted = {person.staff_member_id: rules.rows_of(person) for person in people}
    concerned = set(ids) | wanted.keys()
    expected = {row for rows in wanted.values() for row in rows}
    before: dict[int, list[Row]] = {}
    stored = {}
    wrong = []
    for pk, row in stored_rows(concerned):
        before.setdefault(row.staff_member_id, []).append(row)
        if row in expected and row not in stored:
            stored[row] = pk
        else:
            wrong.append(pk)
    missing = sorted(expected - stored.keys(), key=_order)
    if wrong:
        Standing.objects.filter(pk__in=wrong).delete()
    if missing:
        Standing.objects.bulk_create(
            [Standing(**{name: getattr(row, name) for name in _NAMES}) for row in missing], batch_size=BATCH
        )
    # A change of somebody entered twice moves the figures of the row that stays.
    earliest = min(since.values()) if since else None
    for pk in concerned:
        first = (since or {}).get(pk, earliest)
        touched.note(before.get(pk, ()), wanted.get(pk, ()), first)
    return len(wrong) + len(missing)


def _order(row: Row):
    return (row.staff_member_id, row.track_id, row.part, row.valid_from)
