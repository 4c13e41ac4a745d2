"""Asking another officer for somebody who belongs to her unit, and her answer."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from staff import clock
from staff.enums import Capability, PostingStatus, StaffCategory
from staff.models import Posting, Scope, StaffList, StaffListRow, StaffMember, TransferRequest, Unit, User
from staff.models.lists import RowGroup
from staff.services.errors import ReasonMissing, shown
from staff.services.notices import notify
from staff.services.postings import begin_posting, transfer

KIND = "transfer_request"


def ask_for_people(*, staff_list: StaffList, rows: Iterable[StaffListRow], by) -> int:
    """Ask for the people of rows ELSEWHERE; how many requests are new. One open request for a person and a unit."""
    asked = 0
    for row in rows:
        if row.group == RowGroup.ELSEWHERE and row.foreigner_id:
            unit = Unit.objects.filter(code=row.facts.get("unit_code", "")).first() or staff_list.unit
            asked += _ask(row, unit, staff_list.on, by)
    return asked


def _ask(row: StaffListRow, unit: Unit, on: date, by) -> bool:
    open_one = TransferRequest.objects.open().filter(staff_member=row.foreigner_id, to_unit=unit)
    if open_one.exists():
        return False
    category, status = row.facts.get("category", ""), row.facts.get("status", "")
    try:
        with transaction.atomic():
            made = TransferRequest.objects.create(
                staff_member_id=row.foreigner_id,
                stated_name=row.name,
                to_unit=unit,
                position=row.facts.get("position", ""),
                category=category if category in StaffCategory.values else StaffCategory.UNCLASSIFIED,
                status=status if status in PostingStatus.values else PostingStatus.ACTIVE,
                since=on,
                asked_by=by,
            )
            log(instance=made, action="staff.transfer.ask", user=by, data={"to": unit.code, "since": str(on)})
            for officer in officers_of(made.staff_member):
                _tell_officer(officer, made)
    except IntegrityError:  # somebody else asked at the same moment
        return False
    return True


def officers_of(person: StaffMember) -> list[User]:
    """The HR officers nearest to somebody's unit, going up; administrators where there is none."""
    posting = Posting.objects.filter(staff_member=person, is_primary=True).select_related("unit")
    last = posting.order_by("-valid_from", "-pk").first()
    today = clock.today()
    if last is not None:
        # from the unit itself up to the root
        for unit_id in [last.unit_id, *reversed(last.unit.ancestor_ids)]:
            scopes = Scope.objects.filter(unit=unit_id, capability=Capability.HR, user__is_active=True).on(today)
            if officers := [scope.user for scope in scopes.select_related("user").order_by("user_id")]:
                return list(dict.fromkeys(officers))
    return list(User.objects.filter(is_superuser=True, is_active=True).order_by("pk"))


def _tell_officer(officer: User, made: TransferRequest) -> None:
    def words():
        facts = {"name": made.staff_member, "unit": made.to_unit.name_in_place, "day": shown(made.since)}
        return _("Transfer request: %(name)s") % facts, _(
            "The staff list of %(unit)s of %(day)s names %(name)s, who belongs to your units. Please accept or refuse."
        ) % facts

    path = reverse("staff:transfer_request", args=[made.pk])
    notify(to=officer, kind=KIND, key=f"transfer-request:{made.pk}", words=words, path=path)


@transaction.atomic
def accept_request(*, request: TransferRequest, on: date, by, back_dated_because: str = "") -> TransferRequest:
    """Move the person from ``on``, by the verb that every move takes; a second call changes nothing."""
    found = TransferRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if found.answered_at is not None:
        return found
    person = found.staff_member
    words = {"position": found.position, "category": found.category, "status": found.status}
    current = Posting.objects.open().filter(staff_member=person, is_primary=True).first()
    reason = _("transfer request of %(unit)s") % {"unit": found.to_unit}
    # A move from today on ends the old posting yesterday, which is no change of history.
    because = back_dated_because or (reason if on >= clock.today() else "")
    shared = {"staff_member": person, "by": by, "back_dated_because": because}
    if current is None:
        found.posting = begin_posting(unit=found.to_unit, valid_from=on, **shared, **words)
    elif current.unit_id != found.to_unit_id:
        found.posting = transfer(to_unit=found.to_unit, on=on, reason=reason[:200], **shared, **words)
    return _answered(found, by, "staff.transfer.accept", {"on": str(on)})


@transaction.atomic
def refuse_request(*, request: TransferRequest, reason: str, by) -> TransferRequest:
    """The person stays; the asking officer reads why. A second call changes nothing."""
    found = TransferRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if found.answered_at is not None:
        return found
    if not reason.strip():
        raise ReasonMissing
    found.refused_because = reason.strip()[:300]
    return _answered(found, by, "staff.transfer.refuse", {"reason": found.refused_because})


def _answered(found: TransferRequest, by, action: str, data: dict) -> TransferRequest:
    found.answered_at, found.answered_by = clock.now(), by
    found.save()
    log(instance=found, action=action, user=by, data=data)

    def words():
        facts = {"name": found.stated_name, "reason": found.refused_because}
        if found.refused_because:
            return _("Transfer refused: %(name)s") % facts, _("%(name)s stays where he or she is: %(reason)s") % facts
        return _("Transfer accepted: %(name)s") % facts, _("%(name)s belongs to your units now or soon.") % facts

    path = reverse("staff:transfer_requests")
    notify(to=found.asked_by, kind=KIND, key=f"transfer-answer:{found.pk}", words=words, path=path)
    return found
