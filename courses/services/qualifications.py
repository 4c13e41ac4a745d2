"""The fact "trained": granted once, revoked with its own date, never deleted."""

import calendar
from datetime import date, timedelta
from functools import partial

from django.db import IntegrityError, transaction

from courses.enums import Validity
from courses.errors import AlreadyRevoked
from courses.models import Course, Qualification
from courses.signals import qualification_granted, qualification_revoked
from staff import clock
from staff.services import record_change


def last_valid_day(course: Course, valid_from: date) -> date | None:
    """The last day, included, on which a qualification that begins on ``valid_from`` holds; None without end.

    Twelve months from 1 March end on the last day of February; from 29 February 2024 on 28 February 2025.
    """
    if course.validity == Validity.MONTHS:
        return _months_later(valid_from, course.validity_months) - timedelta(days=1)
    if course.validity == Validity.END_OF_YEAR:
        return date(valid_from.year, 12, 31)
    return None


def _months_later(day: date, months: int) -> date:
    """The same day ``months`` later; where that month is shorter, the first day of the next one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    month += 1
    last = calendar.monthrange(year, month)[1]
    if day.day <= last:
        return date(year, month, day.day)
    return date(year, month, last) + timedelta(days=1)


@transaction.atomic
def grant_qualification(
    *,
    staff_member,
    track,
    course=None,
    origin,
    valid_from,
    valid_until=None,
    enrolment=None,
    mark=None,
    is_supervised=None,
    cycle=1,
    granted_by=None,
) -> Qualification:
    """The live qualification of this person, course (or track) and cycle: a new one, or the one that is there.

    What was earned in an enrolment and what was recognised never stand in for one another. Freezes code, title and
    hours. Announced after commit; the standing's change is recorded with it.
    """
    wanted = {"staff_member": staff_member, "track": track, "course": course, "cycle": cycle}
    alike = Qualification.objects.live().filter(**wanted, enrolment__isnull=enrolment is None)
    if (existing := alike.first()) is not None:
        return existing
    named = course or track
    try:
        with transaction.atomic():
            qualification = Qualification.objects.create(
                **wanted,
                origin=origin,
                enrolment=enrolment,
                code=named.code,
                title=course.title if course else track.name,
                hours=course.hours if course else None,
                mark=mark,
                is_supervised=is_supervised,
                valid_from=valid_from,
                valid_until=valid_until,
                granted_at=clock.now(),
                granted_by=granted_by,
            )
    except IntegrityError:
        # Another worker was first: the constraint on live qualifications held.
        existing = alike.first()
        if existing is None:
            raise
        return existing
    record_change(staff_member=staff_member, since=valid_from, cause="qualification.granted")
    transaction.on_commit(
        partial(qualification_granted.send_robust, sender=Qualification, qualification_id=qualification.pk)
    )
    return qualification


@transaction.atomic
def revoke_qualification(*, qualification, from_day, reason, by) -> Qualification:
    """From ``from_day`` on it no longer holds; the row and what it certified before that day stay.

    The one way to take back the fact. Its certificate follows, by the news that is sent after commit.
    """
    locked = Qualification.objects.select_for_update(of=("self",)).get(pk=qualification.pk)
    if locked.revoked_from is not None:
        raise AlreadyRevoked
    locked.revoked_from = from_day
    locked.revoked_at = clock.now()
    locked.revoked_by = by
    locked.revoked_reason = reason
    locked.save(update_fields=["revoked_from", "revoked_at", "revoked_by", "revoked_reason"])
    record_change(staff_member=locked.staff_member, since=from_day, cause="qualification.revoked")
    transaction.on_commit(partial(qualification_revoked.send_robust, sender=Qualification, qualification_id=locked.pk))
    return locked
