"""Who must hold what, and who is let off. Versions are dated; an older one is closed the day before the next begins."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from courses.enums import Counts, Validity
from courses.errors import RuleConflict
from courses.models import Course, Exemption, Requirement, Track, TrackRule
from staff.models import StaffMember
from staff.services import AlreadyEnded, EndsBeforeItBegins, record_change
from staff.services.errors import refuse_back_dating
from staff.services.versions import close, make_room

ONE_DAY = timedelta(days=1)


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
    back_dated_because: str = "",
) -> Requirement:
    """A new version of the requirement ``code``; the version before it ends on the day before ``valid_from``."""
    refuse_back_dating(valid_from, back_dated_because)
    if due_on is not None and due_days is not None:
        raise RuleConflict(_("Give either a date or a number of days to comply, not both."))
    if course is not None and course.track_id != track.pk:
        raise RuleConflict(_("The course does not belong to this track."))
    if valid_until is not None and valid_until < valid_from:
        raise RuleConflict(_("The last day of the requirement lies before its first day."))
    if due_on is not None and due_on < valid_from:
        raise RuleConflict(_("The day to comply lies before the first day of the requirement."))
    Track.objects.select_for_update(no_key=True).get(pk=track.pk)
    last = Requirement.objects.select_for_update(of=("self",)).filter(code=code).order_by("-version").first()
    requirement = Requirement.objects.create(
        code=code,
        version=make_room(last, valid_from=valid_from, by=by, back_dated_because=back_dated_because),
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
    log(instance=requirement, action="courses.requirement.add", user=by, data=_said(valid_from, back_dated_because))
    return requirement


@transaction.atomic
def end_requirement(
    *, requirement: Requirement, last_day: date, reason: str = "", by=None, back_dated_because: str = ""
) -> Requirement:
    """The requirement binds nobody after ``last_day``; one that ends already may end earlier."""
    refuse_back_dating(last_day + ONE_DAY, back_dated_because)
    requirement = Requirement.objects.select_for_update(of=("self",)).get(pk=requirement.pk)
    if last_day < requirement.valid_from:
        raise EndsBeforeItBegins(requirement)
    if requirement.valid_until is not None and requirement.valid_until <= last_day:
        raise AlreadyEnded(requirement)
    close(requirement, last_day=last_day, reason=back_dated_because or reason, by=by)
    record_change(since=last_day + ONE_DAY, cause="requirement.ended")
    log(instance=requirement, action="courses.requirement.end", user=by, data=_said(last_day, requirement.end_reason))
    return requirement


@transaction.atomic
def add_track_rule(
    *,
    track,
    courses: Iterable[Course],
    valid_from: date,
    needed: int | None = None,
    by=None,
    back_dated_because: str = "",
) -> TrackRule:
    """A new version of what it takes to hold ``track``: all of ``courses``, or any ``needed`` of them."""
    refuse_back_dating(valid_from, back_dated_because)
    courses = list(courses)
    if not courses or any(course.track_id != track.pk for course in courses):
        raise RuleConflict(_("Choose courses of this track."))
    if needed is not None and not 1 <= needed <= len(courses):
        raise RuleConflict(_("The number of courses needed must lie between 1 and the number of courses chosen."))
    Track.objects.select_for_update(no_key=True).get(pk=track.pk)
    last = TrackRule.objects.filter(track=track).order_by("-version").first()
    rule = TrackRule.objects.create(
        track=track,
        version=make_room(last, valid_from=valid_from, by=by, back_dated_because=back_dated_because),
        needed=needed,
        valid_from=valid_from,
        recorded_by=by,
    )
    rule.courses.set(courses)
    record_change(since=valid_from, cause="track_rule.added")
    log(instance=rule, action="courses.track_rule.add", user=by, data=_said(valid_from, back_dated_because))
    return rule


@transaction.atomic
def set_validity(*, course: Course, validity: str, months: int | None, renewal_window_days: int, by=None) -> Course:
    """How long qualifications granted from now on hold. Those granted before keep the last day they were given."""
    course = Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    if (validity == Validity.MONTHS) != (months is not None and months >= 1):
        raise RuleConflict(_("Give a number of months where the course is valid for months, and only there."))
    before = [course.validity, course.validity_months, course.renewal_window_days]
    course.validity, course.validity_months, course.renewal_window_days = validity, months, renewal_window_days
    course.save(update_fields=["validity", "validity_months", "renewal_window_days"])
    after = [validity, months, renewal_window_days]
    log(instance=course, action="courses.validity", user=by, data={"before": before, "after": after})
    return course


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
    back_dated_because: str = "",
) -> Exemption:
    """Lets somebody off a track, or one course of it, by a decision; the same decision twice is one exemption."""
    refuse_back_dating(valid_from, back_dated_because)
    if course is not None and course.track_id != track.pk:
        raise RuleConflict(_("The course does not belong to this track."))
    if valid_until is not None and valid_until < valid_from:
        raise RuleConflict(_("The last day of the exemption lies before its first day."))
    StaffMember.objects.select_for_update(no_key=True).get(pk=staff_member.pk)
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
        said = {"decision": decision_number, **_said(valid_from, back_dated_because)}
        log(instance=exemption, action="courses.exemption.add", user=by, data=said)
    return exemption


@transaction.atomic
def end_exemption(
    *, exemption: Exemption, last_day: date, reason: str = "", by=None, back_dated_because: str = ""
) -> Exemption:
    """The exemption holds until ``last_day`` only; one that ends already may end earlier."""
    refuse_back_dating(last_day + ONE_DAY, back_dated_because)
    exemption = Exemption.objects.select_for_update(of=("self",)).get(pk=exemption.pk)
    if last_day < exemption.valid_from:
        raise EndsBeforeItBegins(exemption)
    if exemption.valid_until is not None and exemption.valid_until <= last_day:
        raise AlreadyEnded(exemption)
    close(exemption, last_day=last_day, reason=back_dated_because or reason, by=by)
    record_change(staff_member=exemption.staff_member, since=last_day + ONE_DAY, cause="exemption.ended")
    log(instance=exemption, action="courses.exemption.end", user=by, data=_said(last_day, exemption.end_reason))
    return exemption


def _said(day: date, reason: str) -> dict:
    return {"day": str(day), "reason": reason}
