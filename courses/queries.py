"""What other rooms and My learning read: frozen records in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q

from courses.enums import Counts, Origin
from courses.models import (
    Course,
    CoursePage,
    Enrolment,
    Exemption,
    LessonCompletion,
    LessonPage,
    Qualification,
    Requirement,
    TrackRule,
)
from courses.pages import Outline, OutlineItem
from courses.sittings import sittings_of
from staff.audiences import rule_matches
from staff.models import AudienceRule, Duty, Posting

ACCEPTED = {
    Counts.PASSED: {Origin.PASSED, Origin.RECOGNISED, Origin.DECLARED},
    Counts.COMPLETED: set(Origin),
}


def requirements_in_force(track, day: date):
    """The versions of requirements of ``track`` that bind on ``day``."""
    return Requirement.objects.on(day).filter(track=track).select_related("audience", "course").order_by("code")


@dataclass(frozen=True, slots=True)
class Obligation:
    requirement: Requirement
    due_on: date | None
    exemption: Exemption | None
    is_met: bool


@dataclass(frozen=True, slots=True)
class ToLearn:
    """A course, or a whole track, somebody must hold: why, by when, and how far it has come."""

    course: Course | None
    title: str
    reason: str
    due_on: date | None
    outline: Outline | None
    parts: tuple["ToLearn", ...] = ()
    needed: int | None = None

    @property
    def can_be_taken(self) -> bool:
        return bool(self.course and self.course.is_ready and self.outline)


@dataclass(frozen=True, slots=True)
class Learning:
    to_do: tuple[ToLearn, ...]
    held: tuple[Qualification, ...]
    others: tuple[ToLearn, ...]


def requirements_of(staff_member, day: date) -> list[Obligation]:
    """What binds this person on ``day``, exempted and satisfied ones included: six queries."""
    posting = Posting.objects.on(day).filter(staff_member=staff_member, is_primary=True).select_related("unit").first()
    if posting is None:
        return []
    duties = list(Duty.objects.on(day).filter(staff_member=staff_member).values_list("kind", flat=True))
    rules = {rule.audience_id: rule for rule in AudienceRule.objects.on(day)}
    exemptions = list(Exemption.objects.on(day).filter(staff_member=staff_member))
    held = list(Qualification.objects.filter(staff_member=staff_member).held_on(day))
    found = []
    in_force = Requirement.objects.on(day).select_related("track", "course", "audience")
    for requirement in in_force.order_by("due_on", "code"):
        rule = rules.get(requirement.audience_id)
        if rule is None or not rule_matches(
            rule,
            category=posting.category,
            unit_kind=posting.unit.kind,
            position=posting.position,
            duty_kinds=duties,
        ):
            continue
        found.append(
            Obligation(
                requirement,
                _due(requirement, posting, rule),
                next((e for e in exemptions if _lets_off(e, requirement)), None),
                any(_satisfies(q, requirement) for q in held),
            )
        )
    return found


def _due(requirement: Requirement, posting: Posting, rule: AudienceRule) -> date | None:
    if requirement.due_days is None:
        return requirement.due_on
    since = max(requirement.valid_from, posting.valid_from, rule.valid_from)
    return since + timedelta(days=requirement.due_days)


def _lets_off(exemption: Exemption, requirement: Requirement) -> bool:
    return exemption.track_id == requirement.track_id and exemption.course_id in (None, requirement.course_id)


def _satisfies(qualification: Qualification, requirement: Requirement) -> bool:
    """A qualification of the whole track also stands for each of its courses."""
    if qualification.origin not in ACCEPTED[requirement.counts]:
        return False
    if qualification.track_id != requirement.track_id:
        return False
    return qualification.course_id is None or qualification.course_id == requirement.course_id


def learning_of(staff_member, on: date) -> Learning:
    """What must be learnt and why, what is held, and the other courses, in a fixed number of queries."""
    outlines = _outlines(staff_member)
    rules = {rule.track_id: rule for rule in TrackRule.objects.on(on).prefetch_related("courses")}
    to_do, bound = [], set()
    for duty in requirements_of(staff_member, on):
        requirement = duty.requirement
        if duty.exemption is not None or duty.is_met or (requirement.course_id or requirement.track_id) in bound:
            continue
        bound.add(requirement.course_id or requirement.track_id)
        title = requirement.course.title if requirement.course else requirement.track.name
        outline = outlines.get(requirement.course_id)
        rule = None if requirement.course_id else rules.get(requirement.track_id)
        parts = [ToLearn(c, c.title, "", None, outlines.get(c.pk)) for c in rule.courses.all()] if rule else []
        needed = rule.needed if rule else None
        legal_basis = requirement.legal_basis
        to_do.append(ToLearn(requirement.course, title, legal_basis, duty.due_on, outline, tuple(parts), needed))
    # What can be started now stands first; among these the earliest date (the order of the requirements).
    to_do.sort(key=lambda item: not (item.can_be_taken or any(part.can_be_taken for part in item.parts)))
    held = tuple(
        Qualification.objects.filter(staff_member=staff_member)
        .filter(Q(revoked_from=None) | Q(revoked_from__gt=on))
        .select_related("track")
        .order_by("-valid_from", "-pk")
    )
    named = {part.course.pk for item in to_do for part in (item, *item.parts) if part.course}
    named |= {q.course_id for q in held if q.course_id}
    others = tuple(
        ToLearn(course, course.title, "", None, outlines.get(course.pk))
        for course in Course.objects.filter(is_ready=True).order_by("position", "code")
        if course.pk not in named and course.pk in outlines
    )
    return Learning(tuple(to_do), held, others)


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
