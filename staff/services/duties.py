"""Duties beside the post."""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from wagtail.log_actions import log

from staff import clock
from staff.models import Duty, StaffMember
from staff.services.changes import record_change
from staff.services.errors import (
    AlreadyEnded,
    DutyAlreadyHeld,
    EndsBeforeItBegins,
    UnitNotThere,
    refuse_back_dating,
)


@transaction.atomic
def begin_duty(
    *,
    staff_member,
    unit,
    kind: str,
    valid_from: date,
    is_full_time: bool = False,
    decision_number: str = "",
    by=None,
    back_dated_because: str = "",
) -> Duty:
    """Give a person a duty in a unit from a day on; one duty of a kind and unit at a time."""
    refuse_back_dating(valid_from, back_dated_because)
    if not unit.existed_on(valid_from):
        raise UnitNotThere(unit, valid_from)
    StaffMember.objects.select_for_update(no_key=True).get(pk=staff_member.pk)
    held = Duty.objects.filter(staff_member=staff_member, unit=unit, kind=kind)
    if duty := held.filter(Q(valid_until=None) | Q(valid_until__gte=valid_from)).first():
        raise DutyAlreadyHeld(duty)
    duty = Duty.objects.create(
        staff_member=staff_member,
        unit=unit,
        kind=kind,
        valid_from=valid_from,
        is_full_time=is_full_time,
        decision_number=decision_number,
        recorded_by=by,
    )
    record_change(staff_member=staff_member, since=valid_from, cause="duty.begin")
    said = {"decision": decision_number, "from": str(valid_from), "reason": back_dated_because}
    log(instance=duty, action="staff.duty.begin", user=by, data=said)
    return duty


@transaction.atomic
def end_duty(*, duty: Duty, last_day: date, reason: str = "", by=None, back_dated_because: str = "") -> Duty:
    """Record the last day of a duty."""
    refuse_back_dating(last_day, back_dated_because)
    duty = Duty.objects.select_for_update().get(pk=duty.pk)
    if duty.valid_until is not None:
        raise AlreadyEnded(duty)
    if last_day < duty.valid_from:
        raise EndsBeforeItBegins(duty)
    _end(duty, last_day, back_dated_because or reason, by)
    return duty


def end_duties_at(*, staff_member, unit, last_day: date, reason: str, by=None, goes_to=None) -> None:
    """The duties that a leaver holds in ``unit`` or in a unit above it end, where ``goes_to`` does not lie within too.

    One that had not begun yet ends on its first day.
    """
    stays = {goes_to.pk, *goes_to.ancestor_ids} if goes_to else set()
    left = {unit.pk, *unit.ancestor_ids} - stays
    theirs = Q(staff_member=staff_member) | Q(staff_member__merged_into=staff_member)
    for duty in Duty.objects.open().filter(theirs, unit__in=left):
        _end(duty, max(last_day, duty.valid_from), reason, by)


def _end(duty: Duty, last_day: date, reason: str, by) -> None:
    duty.valid_until = last_day
    duty.end_reason = reason
    duty.end_recorded_at = clock.now()
    duty.end_recorded_by = by
    duty.save(update_fields=["valid_until", "end_reason", "end_recorded_at", "end_recorded_by"])
    record_change(staff_member=duty.staff_member, since=last_day + timedelta(days=1), cause="duty.end")
    log(instance=duty, action="staff.duty.end", user=by, data={"reason": reason})
