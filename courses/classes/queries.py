"""What the pages and papers of classes read: frozen records, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from wagtail.models import ModelLogEntry

from courses.classes import access
from courses.enums import ClassState, NominationState, ReportedResult
from courses.models import Attendance, ClassSession, Meeting, Nomination, Qualification
from courses.services.classes import REOPENED, is_enough
from staff import clock
from staff.models import StaffMember

PAGE_SIZE = 50
STATE_KINDS = {ClassState.PLANNED: "now", ClassState.HELD: "ok", ClassState.CANCELLED: "bad"}
NOMINATION_KINDS = {
    NominationState.NOMINATED: "warn",
    NominationState.CONFIRMED: "ok",
    NominationState.WITHDRAWN: "bad",
}


@dataclass(frozen=True, slots=True)
class ClassLine:
    """``people`` are all that stand on the list of the class, whoever reads it."""

    found: ClassSession
    people: int
    kind: str


def classes_page(user, *, state: str = "", number=1) -> Page:
    """The classes of ``user``, those without days and the latest first; of one state, where one is named."""
    rows = access.classes_of(user).for_list().newest_first()
    if state:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE_SIZE).get_page(number)
    counted = _counted([found.pk for found in page.object_list])
    page.object_list = [ClassLine(found, counted.get(found.pk, 0), kind_of(found)) for found in page.object_list]
    return page


def _counted(pks: list[int]) -> dict[int, int]:
    rows = Nomination.objects.standing().filter(class_session__in=pks).order_by()
    return dict(rows.values_list("class_session").annotate(n=Count("pk")))


def kind_of(found: ClassSession) -> str:
    return STATE_KINDS[ClassState(found.state)]


def reopenings_of(found: ClassSession) -> list[dict]:
    """When a closed class was opened again, by whom and why, newest first."""
    entries = ModelLogEntry.objects.for_instance(found).filter(action=REOPENED).select_related("user")
    return [
        {"at": entry.timestamp, "by": entry.user, "reason": entry.data["reason"]}
        for entry in entries.order_by("-timestamp", "-pk")
    ]


@dataclass(frozen=True, slots=True)
class NomineeRow:
    """One nominee. ``hours`` attended of ``total``; ``has_attended`` is None while the class runs, or where a list is
    silent. ``passed`` is what she holds of the course today: it never follows from being there."""

    nomination: Nomination
    number: int
    marks: dict[int, Attendance]
    hours: int | None
    total: int
    has_attended: bool | None
    passed: Qualification | None

    @property
    def unit_name(self) -> str:
        return self.nomination.unit.name_in_place if self.nomination.unit else ""

    @property
    def kind(self) -> str:
        return NOMINATION_KINDS[NominationState(self.nomination.state)]


def nominee_rows(found: ClassSession, nominations, meetings: list[Meeting]) -> list[NomineeRow]:
    """``nominations`` of the class by name, numbered; three queries."""
    rows = list(nominations.select_related("staff_member__user", "unit__parent").in_name_order())
    marks: dict[int, dict[int, Attendance]] = {}
    for mark in Attendance.objects.filter(nomination__in=rows):
        marks.setdefault(mark.nomination_id, {})[mark.meeting_id] = mark
    held = _held(found, rows)
    lengths = {meeting.pk: meeting.hours for meeting in meetings}
    return [
        _row(found, row, number, marks.get(row.pk, {}), lengths, held.get(row.staff_member_id))
        for number, row in enumerate(rows, 1)
    ]


def _row(found, row, number, marks, lengths, passed) -> NomineeRow:
    if found.is_past:
        hours, total = row.reported_hours, found.hours
        attended = None if hours is None else is_enough(found, hours, total)
    else:
        hours, total = sum(lengths.get(pk, 0) for pk, mark in marks.items() if mark.is_present), sum(lengths.values())
        is_over = found.state == ClassState.HELD and row.state == NominationState.CONFIRMED
        attended = is_enough(found, hours, total) if is_over else None
    return NomineeRow(row, number, marks, hours, total, attended, passed)


def _held(found: ClassSession, rows) -> dict[int, Qualification]:
    people = [row.staff_member_id for row in rows]
    held = Qualification.objects.filter(course=found.course_id, staff_member__in=people).held_on(clock.today())
    return {q.staff_member_id: q for q in held.order_by("valid_from", "pk")}


@dataclass(frozen=True, slots=True)
class Summary:
    """What stands above the list of a class."""

    people: int
    waiting: int
    attended: int
    passed: int


def summary_of(rows: list[NomineeRow]) -> Summary:
    standing = [row for row in rows if row.nomination.state != NominationState.WITHDRAWN]
    return Summary(
        people=len(standing),
        waiting=sum(row.nomination.state == NominationState.NOMINATED for row in standing),
        attended=sum(bool(row.has_attended) for row in standing),
        passed=sum(row.passed is not None for row in standing),
    )


@dataclass(frozen=True, slots=True)
class MeetingLine:
    meeting: Meeting
    present: int
    absent: int
    may_mark: bool


def meeting_lines(found: ClassSession) -> list[MeetingLine]:
    """The sessions of a class with how many were there. One query."""
    counted = found.meetings.annotate(
        present=Count("attendances", filter=Q(attendances__is_present=True)),
        absent=Count("attendances", filter=Q(attendances__is_present=False)),
    ).order_by("day", "begins", "pk")
    now = clock.now()
    return [
        MeetingLine(meeting, meeting.present, meeting.absent, found.is_planned and meeting.has_begun(now))
        for meeting in counted
    ]


# --- One's own ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class as who was sent sees it: hours attended stand apart from what was passed."""

    nomination: Nomination
    hours: int | None
    total: int
    has_attended: bool | None

    @property
    def found(self) -> ClassSession:
        return self.nomination.class_session

    @property
    def is_ahead(self) -> bool:
        return self.found.is_planned and self.nomination.state != NominationState.WITHDRAWN

    @property
    def year(self) -> int | None:
        return self.found.last_day.year if self.found.last_day else None


def own_classes(person: StaffMember) -> list[OwnClass]:
    """Every class to which the person, or a second entry of hers, was ever sent; the newest first. Two queries."""
    mine = Q(staff_member=person) | Q(staff_member__merged_into=person)
    rows = list(Nomination.objects.filter(mine).select_related("class_session__course", "class_session__unit__parent"))
    attended: dict[int, int] = {}
    marks = Attendance.objects.filter(nomination__in=rows, is_present=True) if rows else ()
    for mark in marks.select_related("meeting") if rows else ():
        attended[mark.nomination_id] = attended.get(mark.nomination_id, 0) + mark.meeting.hours
    found = []
    for row in rows:
        held_class = row.class_session
        hours = row.reported_hours if held_class.is_past else attended.get(row.pk, 0)
        counts = held_class.state == ClassState.HELD and row.state == NominationState.CONFIRMED and hours is not None
        found.append(
            OwnClass(row, hours, held_class.hours, is_enough(held_class, hours, held_class.hours) if counts else None)
        )
    found.sort(key=lambda own: (own.found.last_day or date.max, own.nomination.pk), reverse=True)
    return found


def classes_ahead(person: StaffMember) -> list[OwnClass]:
    """Those that are still to come, or run, the next first. Two queries at most."""
    ahead = [own for own in own_classes(person) if own.is_ahead]
    return sorted(ahead, key=lambda own: (own.found.first_day or date.max, own.nomination.pk))


def classes_attended(person: StaffMember) -> list[OwnClass]:
    """Those that were held and of which some hours were attended, the newest first."""
    return [own for own in own_classes(person) if own.found.state == ClassState.HELD and own.hours]


# --- For figures ----------------------------------------------------------------------------------------------------


def classes_held(*, first: date, last: date):
    """Classes that were held, ended from ``first`` to ``last`` and had somebody there, with ``attended``: how many.

    Who was there in at least one session counts; of an old list who has hours in it, or a result where it is silent
    on hours.
    """
    there = Attendance.objects.filter(nomination=OuterRef("pk"), is_present=True)
    said = Q(reported_hours__gt=0) | (Q(reported_hours=None) & ~Q(reported_result=ReportedResult.NONE))
    was_there = Nomination.objects.confirmed().filter(Exists(there) | said).filter(class_session=OuterRef("pk"))
    counted = was_there.order_by().values("class_session").annotate(n=Count("pk")).values("n")
    ended = ClassSession.objects.filter(state=ClassState.HELD, last_day__gte=first, last_day__lte=last)
    return ended.annotate(attended=Coalesce(Subquery(counted), 0)).filter(attended__gt=0)
