"""Postings begin, end and follow one another."""

from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Q
from wagtail.log_actions import log

from staff import clock
from staff.enums import PersonalChangeKind, PostingStatus, StaffCategory, SuccessionKind
from staff.models import Duty, Posting, StaffMember, Succession
from staff.services.changes import record_change
from staff.services.duties import end_duties_at
from staff.services.errors import (
    AlreadyEnded,
    EndsBeforeItBegins,
    NotPosted,
    PostingOverlaps,
    UnitNotThere,
    refuse_back_dating,
)
from staff.services.personal_changes import change_person

ONE_DAY = timedelta(days=1)


@transaction.atomic
def begin_posting(
    *,
    staff_member,
    unit,
    valid_from: date,
    position: str = "",
    category: str = StaffCategory.UNCLASSIFIED,
    status: str = PostingStatus.ACTIVE,
    is_primary: bool = True,
    by=None,
    back_dated_because: str = "",
) -> Posting:
    """Post a person in a unit from a day on.

    Raises BackDated for a past day without a reason, UnitNotThere, and PostingOverlaps when a main
    posting of the person holds on that day or later. Two clerks at once: the constraint lets one win.
    """
    refuse_back_dating(valid_from, back_dated_because)
    if not unit.existed_on(valid_from):
        raise UnitNotThere(unit, valid_from)
    if is_primary:
        _lock(staff_member)
        _refuse_overlap(staff_member, valid_from)
    posting = Posting(
        staff_member=staff_member,
        unit=unit,
        valid_from=valid_from,
        position=position,
        category=category,
        status=status,
        is_primary=is_primary,
        recorded_by=by,
    )
    try:
        with transaction.atomic():
            posting.save()
    except IntegrityError:
        _refuse_overlap(staff_member, valid_from)
        raise
    _record(posting, "begin", valid_from, by, back_dated_because)
    return posting


@transaction.atomic
def end_posting(
    *, posting: Posting, last_day: date, reason: str = "", by=None, back_dated_because: str = "", goes_to=None
) -> Posting:
    """Record the last day of a posting; duties held in that unit end with it, and in units above unless these keep her.

    ``goes_to`` is the unit of the next posting, where there is one.
    """
    refuse_back_dating(last_day, back_dated_because)
    posting = Posting.objects.select_for_update().get(pk=posting.pk)
    if posting.valid_until is not None:
        raise AlreadyEnded(posting)
    if last_day < posting.valid_from:
        raise EndsBeforeItBegins(posting)
    posting.valid_until = last_day
    posting.end_reason = reason
    posting.end_recorded_at = clock.now()
    posting.end_recorded_by = by
    posting.save(update_fields=["valid_until", "end_reason", "end_recorded_at", "end_recorded_by"])
    end_duties_at(
        staff_member=posting.staff_member, unit=posting.unit, last_day=last_day, reason=reason, by=by, goes_to=goes_to
    )
    _record(posting, "end", last_day + ONE_DAY, by, back_dated_because or reason)
    return posting


@transaction.atomic
def transfer(
    *,
    staff_member,
    to_unit,
    on: date,
    position: str | None = None,
    category: str | None = None,
    status: str | None = None,
    reason: str = "",
    by=None,
    back_dated_because: str = "",
) -> Posting:
    """Move a person: the open main posting ends the day before ``on``, a new one begins on ``on``.

    Position, category and status stay unless given. Duties end with the old posting, except where the old
    unit goes on unchanged as ``to_unit``: then they are carried over. During a leave whose end is on record the leave
    goes on in the new unit.
    """
    refuse_back_dating(on, back_dated_because)
    _lock(staff_member)
    current = Posting.objects.open().filter(staff_member=staff_member, is_primary=True).select_related("unit").first()
    if current is None or current.valid_from >= on:
        standing = Posting.objects.on(on).filter(staff_member=staff_member, is_primary=True).first()
        if current is None or standing is None or standing == current:
            raise NotPosted(staff_member, on)
        change_person(
            staff_member=staff_member,
            kind=_kind_while_away(standing, to_unit, status),
            unit=None if standing.unit_id == to_unit.pk else to_unit,
            first_day=on,
            position=position or "",
            category=category or "",
            reason=reason[:200],
            by=by,
            back_dated_because=back_dated_because,
        )
        return Posting.objects.on(on).get(staff_member=staff_member, is_primary=True)
    carried = _duties_carried(current, to_unit)
    end_posting(
        posting=current,
        last_day=on - ONE_DAY,
        reason=reason,
        by=by,
        # A transfer of today ends the old posting yesterday, and changes no history by it.
        back_dated_because=back_dated_because or f"→ {to_unit.code}",
        goes_to=to_unit,
    )
    for duty in carried:
        Duty.objects.create(
            staff_member=staff_member,
            unit=to_unit,
            kind=duty.kind,
            is_full_time=duty.is_full_time,
            valid_from=on,
            recorded_by=by,
        )
    return begin_posting(
        staff_member=staff_member,
        unit=to_unit,
        valid_from=on,
        position=current.position if position is None else position,
        category=current.category if category is None else category,
        status=current.status if status is None else status,
        by=by,
        back_dated_because=back_dated_because,
    )


@transaction.atomic
def carry_over(*, succession: Succession, by=None) -> int:
    """What "unchanged" promises: whoever is posted in the predecessor goes on in the successor, duties too.

    Returns how many people were carried; a second call carries nobody, nor does it touch those
    whom a transfer already moved.
    """
    if succession.kind != SuccessionKind.UNCHANGED:
        return 0
    waiting = Posting.objects.open().filter(
        unit=succession.predecessor, is_primary=True, valid_from__lt=succession.effective_on
    )
    reason = f"{succession.predecessor.code} → {succession.successor.code}"
    postings = list(waiting.select_related("staff_member"))
    for posting in postings:
        transfer(
            staff_member=posting.staff_member,
            to_unit=succession.successor,
            on=succession.effective_on,
            reason=reason,
            by=by,
            back_dated_because=reason,
        )
    return len(postings)


def _kind_while_away(standing: Posting, to_unit, status: str | None) -> PersonalChangeKind:
    """What a move means for somebody whose return is on record already."""
    if standing.unit_id != to_unit.pk:
        return PersonalChangeKind.TRANSFER
    if status == PostingStatus.ACTIVE and standing.status != PostingStatus.ACTIVE:
        return PersonalChangeKind.RETURN
    return PersonalChangeKind.POSITION


def _duties_carried(posting: Posting, to_unit) -> list[Duty]:
    unchanged = Succession.objects.filter(predecessor=posting.unit, successor=to_unit, kind=SuccessionKind.UNCHANGED)
    if not unchanged.exists():
        return []
    return list(Duty.objects.open().filter(staff_member=posting.staff_member, unit=posting.unit))


def _lock(staff_member) -> None:
    """Two clerks who move the same person take turns."""
    StaffMember.objects.select_for_update().get(pk=staff_member.pk)


def _refuse_overlap(staff_member, day: date) -> None:
    later = Q(valid_until=None) | Q(valid_until__gte=day)
    standing = Posting.objects.filter(later, staff_member=staff_member, is_primary=True)
    if overlapping := standing.select_related("unit", "staff_member").first():
        raise PostingOverlaps(overlapping)


def _record(posting: Posting, verb: str, since: date, by, reason: str) -> None:
    record_change(staff_member=posting.staff_member, since=since, cause=f"posting.{verb}")
    log(instance=posting, action=f"staff.posting.{verb}", user=by, data={"reason": reason, "since": str(since)})
