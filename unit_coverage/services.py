"""Keeps the derived rows equal to the facts. One writer at a time; rows that are right stay untouched."""

import logging
from collections.abc import Iterable

from django.db import transaction

from courses.facts import load_people, load_track_facts
from staff import clock, feed
from staff.models import StaffMember
from unit_coverage.models import FeedCursor, Standing
from unit_coverage.standings import Row, standing_rows

logger = logging.getLogger(__name__)

READER = "standings"
BATCH = 500
_NAMES = Row.__slots__


def rebuild_person(*, staff_member_id: int) -> int:
    """Make one person's rows what the facts say. Answers how many rows were wrong."""
    with transaction.atomic():
        only_writer()
        return _rewrite([staff_member_id], load_track_facts())


def rebuild_all() -> int:
    """Make everybody's rows what the facts say. Answers how many rows were wrong; a second run finds none."""
    with transaction.atomic():
        only_writer()
        return _rewrite_everybody()


def drain_changes() -> int:
    """Read the change feed on from where it was left and rewrite whoever it names. Answers how many changes were read.

    The cursor moves in the transaction that rewrites: after a crash the same changes are read again.
    """
    read = 0
    while changes := _drain_once():
        read += changes
        if changes < BATCH:
            break
    return read


def check_some(*, share: int = 60) -> int:
    """Compare every ``share``-th person's rows with the facts and put right what differs.

    Called each minute it comes round to everybody within the hour. A difference means that a
    verb forgot to record its change, so it is logged.
    """
    minute = clock.now().minute
    ids = [pk for pk in StaffMember.objects.values_list("pk", flat=True) if pk % share == minute % share]
    wrong = 0
    if ids:
        with transaction.atomic():
            only_writer()
            wrong = _rewrite_in_batches(ids)
    if wrong:
        logger.warning("%s standing rows differed from the facts and were rewritten", wrong)
    return wrong


def _drain_once() -> int:
    cursor = FeedCursor.objects.filter(reader=READER).first() or FeedCursor()
    if not feed.read_after(cursor.transaction, cursor.change_id, 1):
        return 0
    with transaction.atomic():
        cursor = only_writer()
        changes = feed.read_after(cursor.transaction, cursor.change_id, BATCH)
        if not changes:
            return 0
        people = {change.staff_member_id for change in changes}
        if None in people:
            _rewrite_everybody()
        else:
            _rewrite(people, load_track_facts())
        cursor.transaction, cursor.change_id = changes[-1].transaction, changes[-1].pk
        cursor.save(update_fields=["transaction", "change_id"])
    return len(changes)


def only_writer() -> FeedCursor:
    """Wait for the lock all writers of standings take, so that two never rewrite one person at once."""
    FeedCursor.objects.get_or_create(reader=READER)
    return FeedCursor.objects.select_for_update().get(reader=READER)


def _rewrite_everybody() -> int:
    return _rewrite_in_batches(list(StaffMember.objects.order_by("pk").values_list("pk", flat=True)))


def _rewrite_in_batches(ids: list[int]) -> int:
    tracks = load_track_facts()
    return sum(_rewrite(ids[start : start + BATCH], tracks) for start in range(0, len(ids), BATCH))


def _rewrite(ids: Iterable[int], tracks) -> int:
    """Delete the stored rows the facts do not give, add those that are missing. Seven queries a batch or so."""
    people = load_people(ids)
    wanted = {row for person in people for track in tracks for row in standing_rows(person, track)}
    concerned = set(ids) | {person.staff_member_id for person in people}
    stored = {}
    wrong = []
    for pk, *values in Standing.objects.filter(staff_member__in=concerned).values_list("pk", *_NAMES):
        row = Row(*values)
        if row in wanted and row not in stored:
            stored[row] = pk
        else:
            wrong.append(pk)
    missing = sorted(wanted - stored.keys(), key=_order)
    if wrong:
        Standing.objects.filter(pk__in=wrong).delete()
    if missing:
        Standing.objects.bulk_create(
            [Standing(**{name: getattr(row, name) for name in _NAMES}) for row in missing], batch_size=BATCH
        )
    return len(wrong) + len(missing)


def _order(row: Row):
    return (row.staff_member_id, row.track_id, row.part, row.valid_from)
