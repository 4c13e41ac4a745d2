"""Every night what is derived is compared with the facts. What differs is named, and repaired when somebody says so."""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from wagtail.log_actions import log

from courses.facts import load_people
from staff import clock
from staff.models import Change, StaffMember
from unit_coverage import counting
from unit_coverage.models import Check, CountedDay, Discrepancy, FeedCursor
from unit_coverage.services import Rules, only_writer, rebuild_person, stored_rows

logger = logging.getLogger(__name__)

# Not before this hour: the day's work is done, and the new day is counted.
FIRST_HOUR = 1
SLICE = 1000


def check_slice() -> int:
    """Go on with the round of this night, a slice of people a minute; the last one looks at the kept figures.

    Answers how many differences were found. The sweeper calls it each minute.
    """
    today = clock.today()
    if clock.local_hour() < FIRST_HOUR or Check.objects.filter(day=today).exclude(finished_at=None).exists():
        return 0
    with transaction.atomic():
        only_writer()
        check, _created = Check.objects.get_or_create(day=today)
        people = StaffMember.objects.filter(pk__gt=check.last_person).order_by("pk")
        ids = list(people.values_list("pk", flat=True)[:SLICE])
        wrong = check_people(ids) if ids else check_figures()
        if ids:
            check.last_person = ids[-1]
            check.people += len(ids)
        else:
            check.figures = CountedDay.objects.count()
            check.finished_at = clock.now()
        check.save()
    return wrong


def check_people(ids: Iterable[int]) -> int:
    """Name whoever's standings are not what the facts say, unless a change of hers still waits to be counted."""
    rules = Rules()
    people = load_people(ids)
    wanted = {person.staff_member_id: set(rules.rows_of(person)) for person in people}
    stored: dict[int, set] = {pk: set() for pk in {*ids, *wanted}}
    for _pk, row in stored_rows(stored):
        stored[row.staff_member_id].add(row)
    wrong = {pk for pk, rows in stored.items() if rows != wanted.get(pk, set())}
    # Asked last: whatever was read above has its change in the feed by now.
    waiting = set(unread_changes().values_list("staff_member", flat=True))
    wrong = set() if None in waiting else wrong - waiting
    return _name([Discrepancy(staff_member_id=pk) for pk in sorted(wrong)])


def check_figures() -> int:
    """Name the units and kept days whose figures are not what the standings say, counted in another way."""
    days = CountedDay.objects.order_by("-day").values_list("day", flat=True)
    return _name([Discrepancy(unit_id=pk, day=day) for day in days for pk in counting.units_that_differ(day)])


def unread_changes():
    """What the feed holds behind the cursor of the standings."""
    cursor = FeedCursor.objects.filter(reader="standings").first() or FeedCursor()
    behind = Q(transaction__gt=cursor.transaction) | Q(transaction=cursor.transaction, id__gt=cursor.change_id)
    return Change.objects.filter(behind)


def repair(*, discrepancy_id: int, user) -> bool:
    """Count anew what this row names. Answers whether there was anything to do; asked twice, nothing happens."""
    with transaction.atomic():
        only_writer()
        found = Discrepancy.objects.filter(pk=discrepancy_id, repaired_at=None).first()
        if found is None:
            return False
        if found.staff_member_id is not None:
            rebuild_person(staff_member_id=found.staff_member_id)
            same = Discrepancy.objects.filter(pk=found.pk)
        else:
            if CountedDay.objects.filter(day=found.day).exists():
                counting.write_day(found.day)
            same = Discrepancy.objects.filter(day=found.day, repaired_at=None)
        same.update(repaired_at=clock.now(), repaired_by=user)
        subject = found.staff_member or found.unit
        log(instance=subject, action="unit_coverage.repair", user=user, data={"day": str(found.day or "")})
    return True


def _name(found: list[Discrepancy]) -> int:
    if not found:
        return 0
    logger.warning("%s derived records differ from the facts", len(found))
    Discrepancy.objects.bulk_create(found, ignore_conflicts=True)
    return len(found)


def open_discrepancies():
    return Discrepancy.objects.filter(repaired_at=None).select_related("staff_member", "unit")
