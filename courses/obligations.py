"""What the rules ask of a person on a day, and whether it is met: pure computation, without database or clock.

My learning, the figures and every explanation come from the same ``assess``. ``courses.facts`` reads what it works on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum

from courses.enums import Binding, Counts, ExemptionKind, Origin, Part
from courses.models import Exemption, Qualification, Requirement, TrackRule
from staff.audiences import rule_matches
from staff.models import AudienceRule, Duty, Posting

# From the weakest to the strongest evidence: somebody trained counts under the weakest he needs.
STRENGTH = {Origin.DECLARED: 1, Origin.RECOGNISED: 2, Origin.COMPLETED: 3, Origin.PASSED: 4}
_ALWAYS_COUNT = frozenset({Origin.PASSED, Origin.RECOGNISED, Origin.DECLARED})
ACCEPTED = {
    Counts.PASSED: _ALWAYS_COUNT,
    Counts.COMPLETED: _ALWAYS_COUNT | {Origin.COMPLETED},
    # A recognition rests on somebody else's examination; what a staff list declares does not.
    Counts.SUPERVISED: frozenset({Origin.PASSED, Origin.RECOGNISED}),
}
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TrackFacts:
    """What is the same for everybody: the rules of one track, or of one part of it.

    ``courses`` are those of the part (None: all). ``track_rules`` pairs a rule with its courses.
    """

    track_id: int
    part: str = Part.WHOLE
    requirements: tuple[Requirement, ...] = ()
    audience_rules: dict[int, tuple[AudienceRule, ...]] = field(default_factory=dict)
    track_rules: tuple[tuple[TrackRule, frozenset[int]], ...] = ()
    courses: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """What is recorded of one person: primary postings (with unit), duties; exemptions, qualifications by track id."""

    staff_member_id: int
    postings: tuple[Posting, ...] = ()
    duties: tuple[Duty, ...] = ()
    exemptions: dict[int, tuple[Exemption, ...]] = field(default_factory=dict)
    qualifications: dict[int, tuple[Qualification, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Need:
    """``count`` of ``courses``, or a qualification for the whole track. Without courses only the latter will do."""

    courses: frozenset[int]
    count: int


@dataclass(frozen=True, slots=True)
class Obligation:
    """One requirement that reaches a person on a day: what it asks, who lifted it, what is held for it."""

    requirement: Requirement
    need: Need
    lifted_by: Exemption | None
    held: tuple[Qualification, ...]

    @property
    def is_met(self) -> bool:
        return bool(self.held)


@dataclass(frozen=True, slots=True)
class Assessment:
    """How a track stands to a person on a day, and why.

    ``held`` are the qualifications that make the person trained, the fewest and strongest that do.
    """

    binding: Binding
    obligations: tuple[Obligation, ...]
    held: tuple[Qualification, ...]

    @property
    def is_trained(self) -> bool:
        return bool(self.held)

    @property
    def origin(self) -> str:
        return min((q.origin for q in self.held), key=STRENGTH.__getitem__, default="")


class DueKind(Enum):
    """Where a due date comes from."""

    FIXED = "fixed"
    COUNTED = "counted"
    RENEWAL = "renewal"


@dataclass(frozen=True, slots=True)
class Due:
    """The last day to comply. ``since`` is the first day of the stretch in which the requirement binds."""

    day: date
    kind: DueKind
    since: date


def primary_posting(person: PersonFacts, day: date) -> Posting | None:
    """The posting the person counts in on ``day``: where records overlap by mistake, the later one alone."""
    held = [p for p in person.postings if p.holds_on(day)]
    return max(held, key=lambda p: (p.valid_from, p.pk or 0), default=None)


def is_held(qualification: Qualification, day: date) -> bool:
    """Valid on ``day``: the last day is included, the day of revocation is not."""
    return (
        qualification.valid_from <= day
        and (qualification.valid_until is None or day <= qualification.valid_until)
        and (qualification.revoked_from is None or day < qualification.revoked_from)
    )


def assess(person: PersonFacts, track: TrackFacts, day: date) -> Assessment:
    """Whether the rules of ``day`` bind the person, and whether he holds what they name."""
    posting = primary_posting(person, day)
    if posting is None:
        return Assessment(Binding.NOT_BOUND, (), ())
    held = [q for q in person.qualifications.get(track.track_id, ()) if is_held(q, day)]
    exemptions = [e for e in person.exemptions.get(track.track_id, ()) if e.holds_on(day)]
    needs = _needs_in_force(track, day)
    obligations = tuple(
        _obligation(requirement, need, exemptions, held)
        for requirement, need in needs
        if _reaches(track, requirement, person, posting, day)
    )
    if not obligations:
        return Assessment(Binding.NOT_BOUND, (), _held_all_the_same(track, needs, held, day))
    binding = _binding(obligations)
    asked = [o for o in obligations if o.lifted_by is None] or obligations
    return Assessment(binding, obligations, _together(asked))


def latest_versions(versioned: Iterable, day: date, key=lambda row: None) -> list:
    """Of each kind, the highest version in force on ``day``: an edit takes effect from its own first day."""
    newest: dict = {}
    for row in versioned:
        if row.holds_on(day) and (key(row) not in newest or newest[key(row)].version < row.version):
            newest[key(row)] = row
    return list(newest.values())


def _needs_in_force(track: TrackFacts, day: date) -> list[tuple[Requirement, Need]]:
    found = []
    for requirement in latest_versions(track.requirements, day, key=lambda r: r.code):
        need = need_of(track, requirement, day)
        if need is not None:
            found.append((requirement, need))
    return found


def need_of(track: TrackFacts, requirement: Requirement, day: date) -> Need | None:
    """What the requirement names; None where nothing of it belongs to this part of the track."""
    if requirement.course_id is not None:
        if track.courses is not None and requirement.course_id not in track.courses:
            return None
        return Need(frozenset({requirement.course_id}), 1)
    need = _need_for_track(track, day)
    if track.part and not need.courses:
        return None
    return need


def _need_for_track(track: TrackFacts, day: date) -> Need:
    """What the track rule of the day asks. Without a rule only a qualification for the whole track will do."""
    rules = latest_versions([rule for rule, _ in track.track_rules], day)
    if not rules:
        return Need(frozenset(), 0)
    courses = next(courses for rule, courses in track.track_rules if rule is rules[0])
    if track.courses is not None:
        courses &= track.courses
    return Need(courses, min(rules[0].needed or len(courses), len(courses)))


def _reaches(track: TrackFacts, requirement: Requirement, person: PersonFacts, posting: Posting, day: date) -> bool:
    return is_of_audience(track.audience_rules.get(requirement.audience_id, ()), person, posting, day)


def is_of_audience(rules: Iterable[AudienceRule], person: PersonFacts, posting: Posting, day: date) -> bool:
    """Whether an audience with these ``rules`` has the person on ``day``, as she is posted then."""
    duties = {duty.kind for duty in person.duties if duty.holds_on(day)}
    return any(
        rule_matches(
            rule,
            category=posting.category,
            unit_kind=posting.unit.kind,
            position=posting.position,
            duty_kinds=duties,
        )
        for rule in latest_versions(rules, day)
    )


def held_for_track(held: Iterable[Qualification], track: TrackFacts, day: date, counts: str) -> tuple:
    """Which of ``held`` fulfil the rule of the track on ``day``, whoever is bound by whatever; nothing if none do."""
    valid = [q for q in held if is_held(q, day)]
    return _holding(_need_for_track(track, day), valid, counts) if valid else ()


def _obligation(requirement, need: Need, exemptions, held) -> Obligation:
    whole = _first_exempt(e for e in exemptions if e.course_id is None)
    by_course = {e.course_id: e for e in sorted(exemptions, key=_exempt_last) if e.course_id is not None}
    rest = need.courses - by_course.keys()
    lifted_by = whole
    if whole is None and need.courses and not rest:
        lifted_by = max((by_course[c] for c in need.courses), key=lambda e: e.kind == ExemptionKind.DEFERRED)
    if lifted_by is None:
        need = Need(rest, min(need.count, len(rest)))
    return Obligation(requirement, need, lifted_by, _holding(need, held, requirement.counts))


def _exempt_last(exemption: Exemption) -> bool:
    return exemption.kind == ExemptionKind.EXEMPT


def _first_exempt(exemptions) -> Exemption | None:
    """Who is both exempt and deferred is exempt."""
    return max(exemptions, key=_exempt_last, default=None)


def _binding(obligations: tuple[Obligation, ...]) -> Binding:
    if any(o.lifted_by is None for o in obligations):
        return Binding.BOUND
    if any(o.lifted_by.kind == ExemptionKind.DEFERRED for o in obligations):
        return Binding.DEFERRED
    return Binding.EXEMPT


def is_accepted(qualification: Qualification, counts: str) -> bool:
    """Whether ``qualification`` is of a kind that satisfies a requirement for which that counts."""
    if counts == Counts.SUPERVISED and qualification.origin == Origin.PASSED:
        return qualification.is_supervised is True
    return qualification.origin in ACCEPTED[counts]


def _holding(need: Need, held, counts: str) -> tuple[Qualification, ...]:
    """The strongest qualifications that satisfy ``need``, or none. One for the whole track satisfies any need."""
    usable = sorted((q for q in held if is_accepted(q, counts)), key=_strength, reverse=True)
    whole = next((q for q in usable if q.course_id is None), None)
    best: dict[int, Qualification] = {}
    for qualification in usable:
        if qualification.course_id in need.courses:
            best.setdefault(qualification.course_id, qualification)
    by_courses = tuple(best.values())[: need.count]
    if not need.count or len(by_courses) < need.count:
        return (whole,) if whole else ()
    if whole and STRENGTH[whole.origin] > STRENGTH[by_courses[-1].origin]:
        return (whole,)
    return by_courses


def _strength(qualification: Qualification) -> tuple:
    return (STRENGTH[qualification.origin], qualification.valid_from, qualification.pk or 0)


def _together(obligations) -> tuple[Qualification, ...]:
    """Everything held for all of ``obligations``; nothing if one of them is not met."""
    if not all(o.is_met for o in obligations):
        return ()
    return tuple({id(q): q for o in obligations for q in o.held}.values())


def _held_all_the_same(track: TrackFacts, needs, held, day) -> tuple[Qualification, ...]:
    """What somebody who is not bound holds: the track itself, or all that one of its requirements asks of others."""
    if not held:
        return ()
    ways = [_holding(need, held, requirement.counts) for requirement, need in needs]
    ways.append(_holding(_need_for_track(track, day), held, Counts.PASSED))
    return max(ways, key=lambda way: min((STRENGTH[q.origin] for q in way), default=0))


def due_of(person: PersonFacts, track: TrackFacts, requirement: Requirement, on: date) -> Due | None:
    """The last day to comply with what is not met on ``on``, and where that day comes from; None without any.

    Fixed, or counted from the day since when the requirement binds without a break. Somebody who had complied and let
    it run out had to renew by its last day, where that is later.
    """
    if requirement.due_on is None and requirement.due_days is None:
        return None
    since, lapsed = _bound_since(person, track, requirement.code, on)
    if requirement.due_days is None:
        due = Due(requirement.due_on, DueKind.FIXED, since)
    else:
        due = Due(since + timedelta(days=requirement.due_days), DueKind.COUNTED, since)
    return Due(lapsed, DueKind.RENEWAL, since) if lapsed and lapsed > due.day else due


def _bound_since(person: PersonFacts, track: TrackFacts, code: str, on: date) -> tuple[date, date | None]:
    """Since when the requirement binds without a break, and the last day on which it was met in that time."""
    since, lapsed, following = on, None, None
    for day in reversed([d for d in days_of_change(person, track) if d <= on]):
        obligation = obligation_of(assess(person, track, day), code)
        if obligation is None or obligation.lifted_by is not None:
            break
        if lapsed is None and obligation.is_met and following is not None:
            lapsed = following - ONE_DAY
        since = following = day
    return since, lapsed


def obligation_of(state: Assessment, code: str) -> Obligation | None:
    """What the requirement ``code`` asks in this state, if it reaches the person at all."""
    return next((o for o in state.obligations if o.requirement.code == code), None)


def lapses_on(person: PersonFacts, track: TrackFacts, obligation: Obligation) -> date | None:
    """The last day on which a met obligation is met by what is held now, if nothing held already goes on after it."""
    ends = min((q.valid_until for q in obligation.held if q.valid_until), default=None)
    if ends is None or ends == date.max:
        return None
    after = obligation_of(assess(person, track, ends + ONE_DAY), obligation.requirement.code)
    return None if after is None or after.lifted_by or after.is_met else ends


def days_of_change(person: PersonFacts, track: TrackFacts) -> list[date]:
    """Every first day on which something may be different, in order."""
    dated = [
        *person.postings,
        *person.duties,
        *person.exemptions.get(track.track_id, ()),
        *track.requirements,
        *(rule for rules in track.audience_rules.values() for rule in rules),
        *(rule for rule, _ in track.track_rules),
    ]
    days = {fact.valid_from for fact in dated}
    days |= {_after(fact.valid_until) for fact in dated if fact.valid_until}
    for qualification in person.qualifications.get(track.track_id, ()):
        days.add(qualification.valid_from)
        if qualification.valid_until:
            days.add(_after(qualification.valid_until))
        if qualification.revoked_from:
            days.add(qualification.revoked_from)
    if not person.postings:
        return []
    first = min(p.valid_from for p in person.postings)
    return sorted(day for day in days if day and day >= first)


def _after(day: date) -> date | None:
    return day + ONE_DAY if day < date.max else None
