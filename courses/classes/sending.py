"""Whom an officer may send to a class, and why each of them should go."""

from dataclasses import dataclass

from courses.enums import NominationState, Whom
from courses.facts import load_people, load_track_facts
from courses.models import ClassSession, Course, Qualification
from courses.obligations import assess
from quizzes.candidates import people_to_seat
from staff import clock
from staff.models import Posting, StaffMember

MOST_SHOWN = 500


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who may be sent: where she works, what she holds of the course, whether she is on the list already."""

    person: StaffMember
    unit_name: str
    holds: Qualification | None
    is_sent: bool


@dataclass(frozen=True, slots=True)
class Candidates:
    """``total`` were found, of whom the first ``MOST_SHOWN`` are listed; ``unknown`` are codes that name nobody."""

    lines: tuple[Candidate, ...]
    total: int
    unknown: tuple[str, ...]


def candidates(user, found: ClassSession, *, unit=None, audience=None, codes=(), whom: str = Whom.MUST) -> Candidates:
    """People of a unit, narrowed by a group and by ``whom``, and those whom codes name; by given name.

    Only people with a main posting today within the HR scopes of ``user``, never herself. Codes name people whatever
    they hold.
    """
    people, _none = people_to_seat(user, unit=unit, audience=audience)
    named, unknown = people_to_seat(user, codes=codes)
    asked = {person.pk for person in named}
    holding = _holding(found.course, [person.pk for person in (*people, *named)])
    wanted = _wanted(found.course, people, whom, holding)
    chosen = {person.pk: person for person in people if person.pk in wanted} | {person.pk: person for person in named}
    chosen.pop(user.staff_member_id, None)
    ordered = sorted(chosen.values(), key=lambda person: (person.sort_key, person.pk))
    shown = ordered[:MOST_SHOWN]
    sent = set(
        found.nominations.exclude(state=NominationState.WITHDRAWN)
        .filter(staff_member__in=chosen)
        .values_list("staff_member", flat=True)
    )
    units = _units([person.pk for person in shown])
    lines = tuple(Candidate(p, units.get(p.pk, ""), holding.get(p.pk), p.pk in sent) for p in shown)
    own_code = () if user.staff_member_id not in asked else (user.staff_code,)
    return Candidates(lines, len(ordered), (*unknown, *own_code))


def _holding(course: Course, people: list[int]) -> dict[int, Qualification]:
    held = Qualification.objects.filter(course=course, staff_member__in=people).held_on(clock.today())
    return {q.staff_member_id: q for q in held.order_by("valid_from", "pk")}


def _wanted(course: Course, people, whom: str, holding) -> set[int]:
    ids = {person.pk for person in people}
    if whom == Whom.ALL:
        return ids
    lacking = ids - holding.keys()
    return lacking if whom == Whom.NOT_HELD else _who_must(course, lacking)


def _who_must(course: Course, people: set[int]) -> set[int]:
    """Whom a requirement binds today that this course would help to meet, and who does not meet it."""
    if not people:
        return set()
    today = clock.today()
    tracks = [track for track in load_track_facts(parts=False) if track.track_id == course.track_id]
    return {
        person.staff_member_id
        for person in load_people(people)
        for track in tracks
        for obligation in assess(person, track, today).obligations
        if obligation.lifted_by is None and not obligation.is_met and course.pk in obligation.need.courses
    }


def _units(people: list[int]) -> dict[int, str]:
    rows = Posting.objects.on(clock.today()).filter(staff_member__in=people, is_primary=True)
    found = rows.select_related("unit__parent").order_by("valid_from")
    return {posting.staff_member_id: posting.unit.name_in_place for posting in found}
