"""Holding classes: plan them, send people, note who was there, close or cancel them.

Attended is never passed: closing a class grants nothing. Where a course says so, attendance stands for its lessons.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Min, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.log_actions import log

from courses.enums import ClassState, NominationState
from courses.errors import ClassRefused
from courses.models import Attendance, ClassSession, Enrolment, Meeting, Nomination
from courses.services.learning import complete_by_attendance
from staff import clock
from staff.models import Posting
from staff.services import notify

# What people who were sent have to know again when it changes.
_TOLD = ("name", "place", "trainer_names")
REOPENED = "courses.class.reopen"
LONGEST_MEETING = 16
MOST_MEETINGS = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """What a trainer says of somebody in one session; None takes the mark away."""

    is_present: bool | None
    reason: str = ""


def _locked(found: ClassSession) -> ClassSession:
    """The class under its lock; whatever changes a class stands in line here."""
    return ClassSession.objects.select_for_update(no_key=True, of=("self",)).select_related("course").get(pk=found.pk)


def _locked_planned(found: ClassSession) -> ClassSession:
    locked = _locked(found)
    if not locked.is_planned:
        raise ClassRefused(_("This class is over; nothing of it can be changed."))
    return locked


@transaction.atomic
def open_class(*, by, trainers=(), **fields) -> ClassSession:
    """A new class that is planned. ``fields`` are those of its form."""
    made = ClassSession.objects.create(**fields, created_by=by)
    made.trainers.set(trainers)
    _tell_trainers(made)
    log(instance=made, action="courses.class.open", user=by)
    return made


@transaction.atomic
def change_class(*, class_session: ClassSession, by, trainers=None, **fields) -> ClassSession:
    """Changes what is said of a planned class; who was sent hears of another name, place or trainer.

    Its course stays once somebody was sent. Raises ClassRefused where it is over, or has fewer seats than people.
    """
    locked = _locked_planned(class_session)
    sent = locked.nominations.standing()
    if fields.get("course", locked.course) != locked.course and sent.exists():
        raise ClassRefused(_("People were sent to this class already: its course stays as it is."))
    if (seats := fields.get("seats", locked.seats)) is not None and seats < (taken := sent.count()):
        raise ClassRefused(_("%(taken)d people were sent already; there cannot be fewer seats.") % {"taken": taken})
    is_news = any(name in fields and fields[name] != getattr(locked, name) for name in _TOLD)
    for name, value in fields.items():
        setattr(locked, name, value)
    locked.save()
    if trainers is not None:
        locked.trainers.set(trainers)
        _tell_trainers(locked)
    log(instance=locked, action="courses.class.change", user=by, data={"fields": sorted(fields)})
    if is_news:
        _tell_change(locked)
    return locked


def add_meeting(*, class_session: ClassSession, day: date, begins: time, ends: time, hours: int, by) -> Meeting:
    """One more session; twice the same is one. Raises ClassRefused where it overlaps another of the class."""
    [made] = add_meetings(class_session=class_session, days=[day], begins=begins, ends=ends, hours=hours, by=by)
    return made


@transaction.atomic
def add_meetings(
    *, class_session: ClassSession, days: Iterable[date], begins: time, ends: time, hours: int, by
) -> list[Meeting]:
    """A session at these times on each of the days, all or none; who was sent is told once. See ``add_meeting``."""
    locked = _locked_planned(class_session)
    found, added = [], []
    for day in sorted(set(days)):
        same_day = locked.meetings.filter(day=day)
        if (there := same_day.filter(begins=begins, ends=ends, hours=hours).first()) is None:
            if (other := same_day.filter(begins__lt=ends, ends__gt=begins).first()) is not None:
                raise ClassRefused(_("The class has another session at that time: %(other)s.") % {"other": other.words})
            there = Meeting.objects.create(class_session=locked, day=day, begins=begins, ends=ends, hours=hours)
            added.append(there)
        found.append(there)
    if locked.meetings.count() > MOST_MEETINGS:
        raise ClassRefused(_("A class has at most %(most)d sessions.") % {"most": MOST_MEETINGS})
    if added:
        _count_days(locked)
        for meeting in added:
            log(instance=locked, action="courses.class.meeting", user=by, data={"added": meeting.words})
        _tell_change(locked)
    return found


@transaction.atomic
def remove_meeting(*, meeting: Meeting, by) -> None:
    """Takes a session out of the plan; one for which attendance was noted stays."""
    locked = _locked_planned(meeting.class_session)
    if meeting.attendances.exists():
        raise ClassRefused(_("Attendance was noted for this session: it stays. Take the marks away first."))
    words = meeting.words
    meeting.delete()
    _count_days(locked)
    log(instance=locked, action="courses.class.meeting", user=by, data={"removed": words})
    _tell_change(locked)


def _count_days(locked: ClassSession) -> None:
    found = locked.meetings.aggregate(first=Min("day"), last=Max("day"), hours=Sum("hours"))
    locked.first_day, locked.last_day, locked.hours = found["first"], found["last"], found["hours"] or 0
    locked.save(update_fields=["first_day", "last_day", "hours"])


# --- Who is sent ----------------------------------------------------------------------------------------------------


@transaction.atomic
def nominate(
    *, class_session: ClassSession, people: Iterable, by, is_organiser: bool, decision_number="", decision_on=None
) -> int:
    """Sends ``people`` by a decision; how many are new. Those whom the organiser sends are confirmed at once.

    Who withdrew may be sent again; who was sent already stays. Raises ClassRefused where the seats do not suffice:
    then nobody is sent.
    """
    locked = _locked_planned(class_session)
    before = {n.staff_member_id: n for n in locked.nominations.all()}
    wanted = {person.pk: person for person in people}
    new = [person for pk, person in wanted.items() if pk not in before or before[pk].state == NominationState.WITHDRAWN]
    taken = sum(n.state != NominationState.WITHDRAWN for n in before.values())
    if locked.seats is not None and taken + len(new) > locked.seats:
        raise ClassRefused(
            _("The class has %(seats)d seats and %(taken)d are taken; you chose %(new)d people. Nobody was sent.")
            % {"seats": locked.seats, "taken": taken, "new": len(new)}
        )
    units = _units_today([person.pk for person in new])
    made = []
    for person in sorted(new, key=lambda person: (person.sort_key, person.pk)):
        row = before.get(person.pk) or Nomination(class_session=locked, staff_member=person)
        row.unit_id = units.get(person.pk)
        row.state = NominationState.CONFIRMED if is_organiser else NominationState.NOMINATED
        row.decision_number, row.decision_on = decision_number, decision_on
        row.withdrawn_because = ""
        row.nominated_by, row.nominated_at, row.changed_at = by, clock.now(), clock.now()
        row.save()
        made.append(row)
    for row in made:
        _tell(row, "nominated")
    if made:
        people_said = [row.staff_member_id for row in made]
        log(instance=locked, action="courses.class.nominate", user=by, data={"people": people_said})
    return len(made)


def _units_today(people: list[int]) -> dict[int, int]:
    rows = Posting.objects.on(clock.today()).filter(staff_member__in=people, is_primary=True).order_by("valid_from")
    return dict(rows.values_list("staff_member_id", "unit_id"))


@transaction.atomic
def confirm_nominations(*, class_session: ClassSession, nominations: Iterable[int], by) -> int:
    """The organiser accepts people whom other units sent; how many. Those confirmed already are left out."""
    locked = _locked_planned(class_session)
    waiting = locked.nominations.filter(pk__in=list(nominations), state=NominationState.NOMINATED)
    rows = list(waiting.select_related("staff_member__user"))
    for row in rows:
        row.state, row.changed_at = NominationState.CONFIRMED, clock.now()
        row.save(update_fields=["state", "changed_at"])
        _tell(row, "confirmed")
    if rows:
        people = [row.staff_member_id for row in rows]
        log(instance=locked, action="courses.class.confirm", user=by, data={"people": people})
    return len(rows)


@transaction.atomic
def withdraw_nomination(*, nomination: Nomination, reason: str, by) -> Nomination:
    """Somebody does not come; the row stays with its reason. Refused once attendance was noted for her."""
    locked = _locked_planned(nomination.class_session)
    row = Nomination.objects.select_for_update(of=("self",)).select_related("staff_member").get(pk=nomination.pk)
    if row.state == NominationState.WITHDRAWN:
        return row
    if row.attendances.filter(is_present=True).exists():
        raise ClassRefused(_("%(name)s was there already; note the absence from the other sessions instead.") % {
            "name": row.staff_member.full_name
        })  # fmt: skip
    if not reason.strip():
        raise ClassRefused(_("Please say why somebody who was sent does not take part."))
    row.state, row.withdrawn_because, row.changed_at = NominationState.WITHDRAWN, reason, clock.now()
    row.save(update_fields=["state", "withdrawn_because", "changed_at"])
    row.class_session = locked
    _tell(row, "withdrawn")
    said = {"person": row.staff_member_id, "reason": reason}
    log(instance=locked, action="courses.class.withdraw", user=by, data=said)
    return row


# --- Who was there --------------------------------------------------------------------------------------------------


@transaction.atomic
def record_attendance(*, meeting: Meeting, marks: Mapping[int, Mark], by) -> int:
    """Notes who was there, by id of the nomination; how many marks changed. The same twice changes nothing.

    Only confirmed people are marked, nobody marks herself, and nothing is noted before the session begins.
    """
    locked = _locked_planned(meeting.class_session)
    if not meeting.has_begun(clock.now()):
        raise ClassRefused(_("This session has not begun yet; attendance is noted from its beginning on."))
    rows = {row.pk: row for row in locked.nominations.confirmed().filter(pk__in=list(marks))}
    stored = {a.nomination_id: a for a in Attendance.objects.filter(meeting=meeting, nomination__in=rows)}
    changed = {}
    for pk, row in rows.items():
        mark, before = marks[pk], stored.get(pk)
        reason = "" if mark.is_present else mark.reason
        if (before.is_present, before.reason) == (mark.is_present, reason) if before else mark.is_present is None:
            continue
        if by is not None and row.staff_member_id == by.staff_member_id:
            raise ClassRefused(_("Your own attendance is noted by somebody else. Nothing was changed."))
        if mark.is_present is None:
            before.delete()
        else:
            values = {"is_present": mark.is_present, "reason": reason, "recorded_by": by, "recorded_at": clock.now()}
            try:
                Attendance.objects.update_or_create(nomination=row, meeting=meeting, defaults=values)
            except ValidationError as error:
                raise ClassRefused("; ".join(error.messages)) from error
        changed[str(row.staff_member_id)] = mark.is_present
    if changed:
        said = {"meeting": meeting.words, "marks": changed}
        log(instance=locked, action="courses.class.attendance", user=by, data=said)
    return len(changed)


@dataclass(frozen=True, slots=True)
class Attended:
    """What closing a class would say of one nominee. ``stands_for_lessons``: the course takes it for its lessons."""

    nomination: Nomination
    hours: int
    unmarked: int
    has_attended: bool
    stands_for_lessons: bool


def attended_by(class_session: ClassSession) -> list[Attended]:
    """Of everybody confirmed, by name: the hours attended, and whether they are enough. Three queries."""
    meetings = dict(class_session.meetings.values_list("pk", "hours"))
    total = sum(meetings.values())
    marks: dict[int, dict[int, bool]] = {}
    rows = Attendance.objects.filter(nomination__class_session=class_session)
    for nomination, meeting, is_present in rows.values_list("nomination_id", "meeting_id", "is_present"):
        marks.setdefault(nomination, {})[meeting] = is_present
    confirmed = class_session.nominations.confirmed().select_related("staff_member", "unit__parent").in_name_order()
    found = []
    for row in confirmed:
        own = marks.get(row.pk, {})
        hours = sum(meetings[pk] for pk, is_present in own.items() if is_present)
        enough = is_enough(class_session, hours, total)
        stands = enough and class_session.course.attendance_is_lessons
        found.append(Attended(row, hours, len(meetings) - len(own), enough, stands))
    return found


def is_enough(class_session: ClassSession, hours: int, total: int) -> bool:
    """Whether so many of the hours are the share that the class asks for; of no hours nothing is enough."""
    return total > 0 and hours * 100 >= total * class_session.attendance_percent


def digest_of(lines: Iterable[Attended]) -> str:
    """What was shown before closing, in short: closing takes no other facts than these."""
    said = [(a.nomination.pk, a.hours, a.unmarked, a.has_attended, a.stands_for_lessons) for a in lines]
    return hashlib.sha256(repr(said).encode()).hexdigest()[:24]


@transaction.atomic
def close_class(*, class_session: ClassSession, by, shown: str, note: str = "") -> ClassSession:
    """The class was held; what was noted stays from now on. Missing marks count as absent.

    ``shown`` is the digest of what the officer saw. Attendance then stands for lessons where the course says so; it
    never grants a qualification. Raises ClassRefused before the last session has begun, without sessions or people,
    or where the facts moved.
    """
    locked = _locked_planned(class_session)
    last = locked.meetings.order_by("day", "begins").last()
    if last is None:
        raise ClassRefused(_("A class without sessions was not held. Cancel it instead."))
    if not last.has_begun(clock.now()):
        raise ClassRefused(_("The last session has not begun yet: %(session)s.") % {"session": last.words})
    lines = attended_by(locked)
    if not lines:
        raise ClassRefused(_("Nobody is confirmed for this class. Cancel it instead."))
    if digest_of(lines) != shown:
        raise ClassRefused(_("Something changed after you looked. Please look at the figures once more."))
    waiting = locked.nominations.filter(state=NominationState.NOMINATED)
    waiting.update(
        state=NominationState.WITHDRAWN,
        withdrawn_because=_("not confirmed before the class was closed"),
        changed_at=clock.now(),
    )
    _end(locked, ClassState.HELD, note, by)
    for line in lines:
        if line.stands_for_lessons:
            line.nomination.class_session = locked
            complete_by_attendance(nomination=line.nomination)
    attended = sum(line.has_attended for line in lines)
    log(instance=locked, action="courses.class.close", user=by, data={"people": len(lines), "attended": attended})
    return locked


@transaction.atomic
def reopen_class(*, class_session: ClassSession, by, reason: str) -> ClassSession:
    """A class that was closed is planned again, so that a wrong mark can be put right; the log keeps the reason.

    Who was left out because nobody had confirmed her stays out. Raises ClassRefused for a class of an old list, and
    where attendance stands for somebody's lessons already. A second call changes nothing.
    """
    locked = _locked(class_session)
    if locked.is_planned:
        return locked
    if locked.state != ClassState.HELD or locked.is_past:
        raise ClassRefused(_("Only a class that was held and closed here can be opened again."))
    if not reason.strip():
        raise ClassRefused(_("Please say why the class is opened again."))
    if count := Enrolment.objects.filter(lessons_by__class_session=locked).count():
        text = ngettext(
            "The class stays closed: the attendance of %(count)d person stands for the lessons of the course already.",
            "The class stays closed: the attendance of %(count)d people stands for the lessons of the course already.",
            count,
        )
        raise ClassRefused(text % {"count": count})
    before = {"closed_at": locked.ended_at.isoformat(), "note": locked.end_note, "reason": reason.strip()}
    locked.state, locked.end_note, locked.ended_at, locked.ended_by = ClassState.PLANNED, "", None, None
    locked.save(update_fields=["state", "end_note", "ended_at", "ended_by"])
    log(instance=locked, action=REOPENED, user=by, data=before)
    return locked


@transaction.atomic
def cancel_class(*, class_session: ClassSession, by, reason: str) -> ClassSession:
    """The class is not held; who was sent is told why. Refused once attendance was noted: then it was held."""
    locked = _locked_planned(class_session)
    if Attendance.objects.filter(meeting__class_session=locked, is_present=True).exists():
        raise ClassRefused(_("People were there already. Close the class instead of cancelling it."))
    if not reason.strip():
        raise ClassRefused(_("Please say why the class is cancelled."))
    _end(locked, ClassState.CANCELLED, reason, by)
    log(instance=locked, action="courses.class.cancel", user=by, data={"reason": reason})
    for row in locked.nominations.standing().select_related("staff_member__user"):
        row.class_session = locked
        _tell(row, "cancelled")
    return locked


def _end(locked: ClassSession, state: str, note: str, by) -> None:
    locked.state, locked.end_note = state, note
    locked.ended_at, locked.ended_by = clock.now(), by
    locked.save(update_fields=["state", "end_note", "ended_at", "ended_by"])


# --- Telling those who are sent -------------------------------------------------------------------------------------

_SHOWN_MEETINGS = 4


def plan_words(class_session: ClassSession) -> str:
    """When and where, in one sentence, as far as it is known."""
    meetings = list(class_session.meetings.all())
    said = [meeting.words for meeting in meetings[:_SHOWN_MEETINGS]]
    if more := len(meetings) - len(said):
        said.append(ngettext("and %(count)d more session", "and %(count)d more sessions", more) % {"count": more})
    when = "; ".join(said) or _("the days are not settled yet")
    return f"{when}. {class_session.place}." if class_session.place else f"{when}."


def _tell_trainers(found: ClassSession) -> None:
    def words():
        plan = {"name": found.name, "course": found.course.title, "plan": plan_words(found)}
        return _("You teach a class"), _("“%(name)s”, course %(course)s. %(plan)s") % plan

    path = reverse("classes:class", args=[found.pk])
    for user in found.trainers.all():
        notify(to=user, kind="class", key=f"class.trainer.{found.pk}", words=words, path=path)


def _tell_change(locked: ClassSession) -> None:
    for row in locked.nominations.standing().select_related("staff_member__user"):
        row.class_session = locked
        _tell(row, "changed")


def _tell(row: Nomination, event: str) -> None:
    found = row.class_session

    def words():
        plan = {"name": found.name, "course": found.course.title, "plan": plan_words(found)}
        if event == "nominated" and row.state == NominationState.NOMINATED:
            return _("You are nominated for a class"), _(
                "“%(name)s”, course %(course)s. %(plan)s The organiser still has to confirm it."
            ) % plan
        if event in ("nominated", "confirmed"):
            return _("You are sent to a class"), _("“%(name)s”, course %(course)s. %(plan)s") % plan
        if event == "changed":
            return _("A class of yours has changed"), _("“%(name)s”, course %(course)s. %(plan)s") % plan
        if event == "withdrawn":
            return _("You no longer take part in a class"), _("“%(name)s”. Reason: %(reason)s") % {
                "name": found.name,
                "reason": row.withdrawn_because,
            }
        return _("A class of yours is cancelled"), _("“%(name)s”. Reason: %(reason)s") % {
            "name": found.name,
            "reason": found.end_note,
        }

    notify(
        to=row.staff_member,
        kind="class",
        # each change is an event of its own
        key=f"class.{event}.{row.pk}.{clock.now().timestamp():.6f}",
        words=words,
        path=reverse("classes:mine", args=[row.pk]),
    )
