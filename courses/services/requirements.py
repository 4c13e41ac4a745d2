"""Who must hold what, and who is let off. Versions are dated; an older one is closed the day before the next begins."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from courses.enums import Counts
from courses.errors import RuleConflict
from courses.models import Exemption, Requirement
from staff import clock
from staff.services import record_change


@transaction.atomic
def add_requirement(
    *,
    code: str,
    audience,
    track,
    valid_from: date,
    legal_basis: str,
    course=None,
    counts=Counts.PASSED,
    due_on: date | None = None,
    due_days: int | None = None,
    valid_until: date | None = None,
    by=None,
) -> Requirement:
    """A new version of the requirement ``code``; the version before it ends on the day before ``valid_from``."""
    if due_on is not None and due_days is not None:
        raise RuleConflict(_("Give either a date or a number of days to comply, not both."))
    if course is not None and course.track_id != track.pk:
        raise RuleConflict(_("The course does not belong to this track."))
    last = Requirement.objects.select_for_update(of=("self",)).filter(code=code).order_by("-version").first()
    if last is not None:
        if valid_from <= last.valid_from:
            raise RuleConflict(_("The new version must begin after the one before it."))
        _close(last, valid_from - timedelta(days=1), by)
    requirement = Requirement.objects.create(
        code=code,
        version=last.version + 1 if last else 1,
        audience=audience,
        track=track,
        course=course,
        counts=counts,
        due_on=due_on,
        due_days=due_days,
        legal_basis=legal_basis,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_by=by,
    )
    record_change(since=valid_from, cause="requirement.added")
    return requirement


def _close(requirement: Requirement, last_day: date, by) -> None:
    if requirement.valid_until is not None and requirement.valid_until <= last_day:
        return
    requirement.valid_until = last_day
    requirement.end_recorded_at = clock.now()
    requirement.end_recorded_by = by
    requirement.save(update_fields=["valid_until", "end_recorded_at", "end_recorded_by"])


@transaction.atomic
def exempt(
    *,
    staff_member,
    track,
    kind,
    reason: str,
    decision_number: str,
    valid_from: date,
    valid_until: date | None = None,
    course=None,
    by=None,
) -> Exemption:
    """Lets somebody off a track, or one course of it, by a decision; the same decision twice is one exemption."""
    if course is not None and course.track_id != track.pk:
        raise RuleConflict(_("The course does not belong to this track."))
    exemption, created = Exemption.objects.get_or_create(
        staff_member=staff_member,
        track=track,
        course=course,
        kind=kind,
        decision_number=decision_number,
        valid_from=valid_from,
        defaults={"reason": reason, "valid_until": valid_until, "recorded_by": by},
    )
    if created:
        record_change(staff_member=staff_member, since=valid_from, cause="exemption.added")
    return exemption
