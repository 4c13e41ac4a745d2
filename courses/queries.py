"""What other rooms and My learning read: frozen records in a fixed number of queries."""

from dataclasses import dataclass, replace
from datetime import date

from django.utils import timezone

from courses import obligations
from courses.facts import load_people, load_track_facts
from courses.models import Course, CoursePage, Enrolment, LessonCompletion, LessonPage, Qualification
from courses.obligations import Obligation, PersonFacts, TrackFacts, assess, due_of, is_held
from courses.pages import Outline, OutlineItem
from courses.renewal import ends_soon, may_renew
from courses.sittings import sittings_of


@dataclass(frozen=True, slots=True)
class ToLearn:
    """A course, or a whole track, somebody must hold: why, by when, and how far it has come.

    ``code`` is that of the requirement, where one asks for it. ``may_begin_again`` says that an earlier cycle is over;
    ``expires_on`` is the last day of what is still held, and ``expired_on`` of what no longer is. Of a track ``parts``
    are its courses, of which ``needed`` will do (None: all) and ``held_parts`` are held.
    """

    course: Course | None
    title: str
    code: str = ""
    reason: str = ""
    due_on: date | None = None
    outline: Outline | None = None
    parts: tuple["ToLearn", ...] = ()
    needed: int | None = None
    is_held: bool = False
    may_begin_again: bool = False
    expires_on: date | None = None
    expired_on: date | None = None

    @property
    def can_be_taken(self) -> bool:
        return bool(self.course and self.course.is_ready and self.outline)

    @property
    def held_parts(self) -> int:
        return sum(part.is_held for part in self.parts)

    @property
    def waits_for_courses(self) -> bool:
        """Whether too few of the courses are open for the track to be fulfilled by anybody today."""
        reachable = sum(part.is_held or part.can_be_taken for part in self.parts)
        return bool(self.parts) and reachable < (self.needed or len(self.parts))


@dataclass(frozen=True, slots=True)
class Held:
    """A qualification as its holder sees it: still in force or not, and whether the course can be taken again now."""

    qualification: Qualification
    is_expired: bool
    ends_soon: bool


@dataclass(frozen=True, slots=True)
class Learning:
    to_do: tuple[ToLearn, ...]
    held: tuple[Held, ...]
    others: tuple[ToLearn, ...]


@dataclass(frozen=True, slots=True)
class Begun:
    """A course that somebody takes just now: how many lessons are finished, and how many there are."""

    course: Course
    since: date
    done: int
    total: int


def courses_begun(staff_member) -> list[Begun]:
    """The courses that were begun and not passed yet, the newest first. Six queries."""
    begun = [outline for outline in _outlines(staff_member).values() if outline.enrolment is not None]
    running = [outline for outline in begun if outline.enrolment.passed_at is None]
    running.sort(key=lambda outline: (outline.enrolment.enrolled_at, outline.enrolment.pk), reverse=True)
    courses = Course.objects.in_bulk([outline.enrolment.course_id for outline in running])
    return [
        Begun(
            courses[outline.enrolment.course_id],
            timezone.localdate(outline.enrolment.enrolled_at),
            outline.done,
            outline.total,
        )
        for outline in running
    ]


def learning_of(staff_member, on: date) -> Learning:
    """What must be learnt and why, what is held, and the other courses, in a fixed number of queries."""
    [person] = load_people([staff_member.pk])
    courses = {course.pk: course for course in Course.objects.order_by("position", "code")}
    shelf = _Shelf(person, courses, _outlines(staff_member), on)
    to_do: dict[tuple, ToLearn] = {}
    for track in load_track_facts(parts=False):
        for obligation in assess(person, track, on).obligations:
            item = shelf.asked(track, obligation)
            key = (obligation.requirement.course_id, obligation.requirement.track_id)
            if item is not None and (key not in to_do or _urgency(item) < _urgency(to_do[key])):
                to_do[key] = item
    held = shelf.held()
    named = {part.course.pk for item in to_do.values() for part in (item, *item.parts) if part.course}
    named |= {h.qualification.course_id for h in held if not (h.is_expired or h.ends_soon)}
    others = tuple(
        shelf.course(course)
        for course in courses.values()
        if course.is_ready and course.pk not in named and course.pk in shelf.outlines
    )
    return Learning(tuple(sorted(to_do.values(), key=_urgency)), held, others)


def _urgency(item: ToLearn) -> tuple:
    """What can be started now stands first; among these the earliest date."""
    can_be_taken = item.can_be_taken or any(part.can_be_taken for part in item.parts)
    return (not can_be_taken, item.due_on or date.max, item.code)


class _Shelf:
    """One person's courses on a day: what is asked of them becomes a line of My learning."""

    def __init__(self, person: PersonFacts, courses: dict[int, Course], outlines: dict[int, Outline], on: date):
        self.person, self.courses, self.outlines, self.on = person, courses, outlines, on
        self.qualifications = [q for rows in person.qualifications.values() for q in rows]

    def asked(self, track: TrackFacts, obligation: Obligation) -> ToLearn | None:
        """The line of an obligation; None where it is lifted, or met beyond the renewal window."""
        if obligation.lifted_by is not None:
            return None
        requirement = obligation.requirement
        expires_on = due_on = None
        if obligation.is_met:
            due_on = expires_on = self._renew_by(track, obligation)
            if expires_on is None:
                return None
        elif due := due_of(self.person, track, requirement, self.on):
            due_on = due.day
        words = {"code": requirement.code, "reason": requirement.legal_basis, "due_on": due_on}
        if requirement.course_id is not None:
            return replace(self.course(self.courses[requirement.course_id]), **words, expires_on=expires_on)
        need = obligation.need
        parts = tuple(self.course(course) for course in self.courses.values() if course.pk in need.courses)
        needed = need.count if need.count < len(parts) else None
        return ToLearn(None, requirement.track.name, **words, parts=parts, needed=needed, expires_on=expires_on)

    def _renew_by(self, track: TrackFacts, obligation: Obligation) -> date | None:
        """The last day of what meets the obligation, once its renewal window is open."""
        day = obligations.lapses_on(self.person, track, obligation)
        soon = any(
            ends_soon(q, course=self.courses[q.course_id], on=self.on)
            for q in obligation.held
            if q.course_id and q.valid_until == day
        )
        return day if day and soon else None

    def course(self, course: Course) -> ToLearn:
        outline = self.outlines.get(course.pk)
        own = [q for q in self.qualifications if q.course_id == course.pk]
        is_held_now = any(is_held(q, self.on) for q in own)
        ended = [q.valid_until for q in own if q.valid_until and q.valid_until < self.on and q.revoked_from is None]
        enrolment = outline and outline.enrolment
        again = enrolment and enrolment.passed_at and may_renew(self._of(enrolment), course=course, on=self.on)
        return ToLearn(
            course,
            course.title,
            outline=outline,
            is_held=is_held_now,
            may_begin_again=bool(again),
            expired_on=max(ended, default=None) if not is_held_now else None,
        )

    def held(self) -> tuple[Held, ...]:
        """Everything that was granted and not revoked, newest first."""
        kept = [q for q in self.qualifications if q.revoked_from is None or q.revoked_from > self.on]
        kept.sort(key=lambda q: (q.valid_from, q.pk), reverse=True)
        return tuple(
            Held(
                q,
                q.valid_until is not None and q.valid_until < self.on,
                bool(q.course_id) and ends_soon(q, course=self.courses[q.course_id], on=self.on),
            )
            for q in kept
        )

    def _of(self, enrolment: Enrolment) -> list[Qualification]:
        return [q for q in self.qualifications if q.enrolment_id == enrolment.pk]


def _outlines(staff_member) -> dict[int, Outline]:
    """The outline of every published course, with this person's marks: five queries whatever the number of courses."""
    pages = list(CoursePage.objects.live().values_list("path", "course_id"))
    enrolments = {e.course_id: e for e in Enrolment.objects.filter(staff_member=staff_member).order_by("cycle")}
    newest = [enrolment.pk for enrolment in enrolments.values()]
    done = set(LessonCompletion.objects.filter(enrolment__in=newest).values_list("lesson_id", flat=True))
    lessons: dict[str, list] = {}
    rows = LessonPage.objects.live().order_by("path").values_list("pk", "path", "title", "slug", "minutes")
    for pk, path, title, slug, minutes in rows:
        items = lessons.setdefault(path[: -LessonPage.steplen], [])
        items.append(OutlineItem(pk, len(items) + 1, title, slug, minutes, "", pk in done))
    sat = sittings_of(newest)
    found = {}
    for path, course_id in pages:
        enrolment = enrolments.get(course_id)
        sittings = sat.get(enrolment.pk, ()) if enrolment else ()
        found[course_id] = Outline(tuple(lessons.get(path, ())), enrolment, sittings)
    return found
