"""Two entries of one person: merged by pointing one at the other, taken apart again exactly."""

from datetime import date, datetime, timedelta

from django.apps import apps
from django.db import transaction
from django.db.models import Q
from wagtail.log_actions import log

from staff import clock
from staff.models import Duplicate, Posting, StaffMember, User
from staff.services.changes import record_change
from staff.services.errors import AlreadyMerged, ChangedSince, KeepTheOtherEntry, ReasonMissing

ONE_DAY = timedelta(days=1)
_ENDS = ("valid_until", "end_reason", "end_recorded_at", "end_recorded_by_id")


@transaction.atomic
def merge_people(*, kept: StaffMember, other: StaffMember, reason: str, by) -> Duplicate:
    """From now on everything recorded under ``other`` counts for ``kept``: qualifications, enrolments, past postings.

    Postings that are open under ``other`` end yesterday; those that begin today or later never count as main ones.
    If only ``other`` has an account, it becomes that of ``kept``; of two accounts the one of ``kept`` stays open.
    Raises KeepTheOtherEntry where only ``other`` is posted today, and AlreadyMerged where one of them is merged
    already.
    """
    if not reason.strip():
        raise ReasonMissing
    kept, other = _locked(kept, other)
    if kept.merged_into_id or other.merged_into_id or other.duplicates.exists():
        raise AlreadyMerged(other)
    posted = Posting.objects.on(clock.today()).filter(is_primary=True)
    if posted.filter(staff_member=other).exists() and not posted.filter(staff_member=kept).exists():
        raise KeepTheOtherEntry(other)
    journal = [_changed(other, merged_into_id=kept.pk)]
    journal += [_ended(posting, by) for posting in _open_postings(other)]
    journal += _joined_accounts(kept, other)
    made = Duplicate.objects.create(
        kept=kept, other=other, is_one_person=True, reason=reason, before=journal, decided_by=by
    )
    _tell(kept, other, by, "staff.person.merge", reason)
    return made


@transaction.atomic
def unmerge_people(*, duplicate: Duplicate, by) -> Duplicate:
    """Take a merger back: every value that it changed is as it was before. A second call changes nothing.

    Raises ChangedSince where somebody changed one of these values meanwhile.
    """
    found = Duplicate.objects.select_for_update(of=("self",)).select_related("kept", "other").get(pk=duplicate.pk)
    if found.undone_at is not None or not found.is_one_person:
        return found
    kept, other = _locked(found.kept, found.other)
    for row in found.before:
        rows = apps.get_model(row["model"]).objects.filter(pk=row["pk"])
        now = rows.values(*row["after"]).get()
        if {name: _plain(value) for name, value in now.items()} != row["after"]:
            raise ChangedSince(other)
        rows.update(**row["before"])
    found.undone_at, found.undone_by = clock.now(), by
    found.save(update_fields=["undone_at", "undone_by"])
    _tell(kept, other, by, "staff.person.unmerge", found.reason)
    return found


@transaction.atomic
def note_two_people(*, one: StaffMember, other: StaffMember, by) -> Duplicate:
    """Remember that two entries are two people, so that they are not proposed again."""
    one, other = sorted(_locked(one, other), key=lambda person: person.pk)
    found, is_new = Duplicate.objects.get_or_create(
        kept=one, other=other, is_one_person=False, undone_at=None, defaults={"decided_by": by}
    )
    if is_new:
        log(instance=one, action="staff.person.two", user=by, data={"other": other.pk})
    return found


def _locked(*people: StaffMember) -> list[StaffMember]:
    """The rows themselves, locked in one order, so that two clerks cannot merge them into each other."""
    ids = [person.pk for person in people]
    rows = {
        row.pk: row for row in StaffMember.objects.select_for_update(of=("self",)).filter(pk__in=ids).order_by("pk")
    }
    return [rows[pk] for pk in ids]


def _open_postings(person: StaffMember) -> list[Posting]:
    lasting = Q(valid_until=None) | Q(valid_until__gte=clock.today())
    return list(person.postings.filter(lasting).order_by("pk"))


def _ended(posting: Posting, by) -> dict:
    yesterday = clock.today() - ONE_DAY
    values = (max(yesterday, posting.valid_from), "merged", clock.now(), by.pk)
    # No posting ends before it begins: for the day that is left it must not stand in the place of the kept one.
    never_held = {"is_primary": False} if posting.valid_from > yesterday else {}
    return _changed(posting, **dict(zip(_ENDS, values, strict=True)), **never_held)


def _joined_accounts(kept: StaffMember, other: StaffMember) -> list[dict]:
    theirs = User.objects.filter(staff_member=other).first()
    if theirs is None:
        return []
    if User.objects.filter(staff_member=kept).exists():
        return [_changed(theirs, is_active=False)]
    return [_changed(theirs, staff_member_id=kept.pk)]


def _changed(row, **values) -> dict:
    """Write the values, and answer what they were and are."""
    before = {name: _plain(getattr(row, name)) for name in values}
    type(row).objects.filter(pk=row.pk).update(**values)
    after = {name: _plain(value) for name, value in values.items()}
    return {"model": row._meta.label, "pk": row.pk, "before": before, "after": after}


def _plain(value):
    return value.isoformat() if isinstance(value, date | datetime) else value


def _tell(kept: StaffMember, other: StaffMember, by, action: str, reason: str) -> None:
    first = Posting.objects.filter(staff_member__in=(kept, other)).order_by("valid_from").first()
    since = first.valid_from if first else clock.today()
    for person in (kept, other):
        record_change(staff_member=person, since=since, cause=action.removeprefix("staff."))
    log(instance=kept, action=action, user=by, data={"other": other.pk, "reason": reason})
