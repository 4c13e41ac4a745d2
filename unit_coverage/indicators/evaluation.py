"""Who counts in an indicator, and why: pure computation over facts, without database or clock.

``indicators.facts`` reads what it works on; pages, dry runs and reports all call the same ``evaluate``.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

from courses.obligations import TrackFacts, held_for_track, is_accepted, is_held
from staff.enums import StaffCategory, duty_code
from unit_coverage.enums import Asks, Place, Subject, Window
from unit_coverage.periods import Period

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Held:
    """A qualification as far as an indicator asks; the names are those of ``courses.Qualification``."""

    pk: int
    track: str
    course_id: int | None
    code: str
    tags: tuple[str, ...]
    origin: str
    is_supervised: bool | None
    valid_from: date
    valid_until: date | None
    revoked_from: date | None


@dataclass(frozen=True, slots=True)
class HeldDuty:
    kind: str
    is_full_time: bool
    decision: str


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A recognised paper: its kind, and the decision that recognised it."""

    kind: str
    name: str
    decision: str


@dataclass(frozen=True, slots=True)
class PersonFact:
    """One person on the cut-off day, or in the cohort on the first day of the period: unit, category, position and
    ``asked_duties`` are of that day, what follows them of the cut-off day. ``kinds_above``: the kinds of the unit of
    the main post and of all above it."""

    staff_member_id: int
    unit_id: int
    unit_kind: str
    kinds_above: frozenset[str]
    category: str
    position: str
    asked_duties: tuple[HeldDuty, ...] = ()
    duties: tuple[HeldDuty, ...] = ()
    held: tuple[Held, ...] = ()
    papers: tuple[HeldPaper, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitFact:
    """A unit that exists on the cut-off day."""

    unit_id: int
    kind: str
    kinds_above: frozenset[str]


@dataclass(frozen=True, slots=True)
class EventFact:
    """A class that was held, or an exam session that somebody sat; ``people`` were there."""

    kind: str
    event_id: int
    unit_id: int
    kinds_above: frozenset[str]
    day: date
    words: str
    people: int


@dataclass(frozen=True, slots=True)
class Facts:
    """``ancestors``: of each unit the ids from itself up. ``tracks``: the rules of each track by its code.
    ``cohort``: who was at work on the first day of the period, those who left since among them."""

    people: tuple[PersonFact, ...] = ()
    units: tuple[UnitFact, ...] = ()
    events: tuple[EventFact, ...] = ()
    ancestors: dict[int, tuple[int, ...]] = field(default_factory=dict)
    tracks: dict[str, TrackFacts] = field(default_factory=dict)
    cohort: tuple[PersonFact, ...] = ()

    @property
    def by_person(self) -> dict[int, PersonFact]:
        """Everybody whom an indicator can name; who is at work on the cut-off day stands where she is then."""
        return {fact.staff_member_id: fact for fact in (*self.cohort, *self.people)}


@dataclass(frozen=True, slots=True)
class Line:
    """One person, unit or event. ``by`` are the facts that put it into a, ``would_count`` what an unclassified one
    would be; ``people`` of a unit are those who make it count; ``turns`` is what an event adds to a and
    ``kind`` which event it is."""

    subject_id: int
    unit_id: int
    place: Place
    by: tuple = ()
    would_count: bool = False
    people: tuple[int, ...] = ()
    turns: int = 1
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """``lines`` of everybody in b, and of the unclassified beside it."""

    lines: tuple[Line, ...]
    has_denominator: bool = True

    def of(self, place: str) -> list[Line]:
        return [line for line in self.lines if line.place == place]

    @property
    def a(self) -> int:
        return sum(line.turns for line in self.lines if line.place == Place.A)

    @property
    def b(self) -> int:
        return sum(line.place != Place.UNCLASSIFIED for line in self.lines) if self.has_denominator else 0

    @property
    def unclassified(self) -> int:
        return sum(line.place == Place.UNCLASSIFIED for line in self.lines)

    @property
    def share(self) -> Fraction | None:
        return Fraction(self.a, self.b) if self.b else None


def evaluate(rule, facts: Facts, period: Period) -> Result:
    """The indicator by one version of its rule. One person, unit or event is one line."""
    match rule.indicator.subject:
        case Subject.PEOPLE:
            return Result(tuple(_people(rule, facts, period)))
        case Subject.UNITS:
            return Result(tuple(_units(rule, facts, period)))
    return Result(tuple(_events(rule, facts, period)), has_denominator=False)


def _people(rule, facts: Facts, period: Period) -> Iterable[Line]:
    # A cohort is fixed when it begins: who came later is not in it, who left meanwhile still is.
    for person in facts.cohort if rule.only_without_at_start else facts.people:
        is_unclassified = person.category == StaffCategory.UNCLASSIFIED and not _has_category(rule, person)
        if not (_has_category(rule, person) or is_unclassified) or not _is_asked(rule, person, facts, period):
            continue
        by = _numerator(rule, person, facts, period)
        if is_unclassified:
            yield Line(person.staff_member_id, person.unit_id, Place.UNCLASSIFIED, by or (), by is not None)
        else:
            place = Place.B_ONLY if by is None else Place.A
            yield Line(person.staff_member_id, person.unit_id, place, by or ())


def _units(rule, facts: Facts, period: Period) -> Iterable[Line]:
    fulfilling: dict[int, list[tuple[int, tuple]]] = defaultdict(list)
    for person in facts.people:
        if not _has_category(rule, person):
            continue
        by = _numerator(rule, person, facts, period)
        if by is not None:
            for unit_id in facts.ancestors[person.unit_id]:
                fulfilling[unit_id].append((person.staff_member_id, by))
    for unit in facts.units:
        if (rule.unit_kinds and unit.kind not in rule.unit_kinds) or _is_left_out(rule, unit.kinds_above):
            continue
        found = fulfilling.get(unit.unit_id, [])
        by = tuple(dict.fromkeys(fact for _person, facts_of_one in found for fact in facts_of_one))
        place = Place.A if found else Place.B_ONLY
        yield Line(unit.unit_id, unit.unit_id, place, by, people=tuple(person for person, _by in found))


def _events(rule, facts: Facts, period: Period) -> Iterable[Line]:
    for event in facts.events:
        if event.kind not in rule.event_kinds:
            continue
        if period.first <= event.day <= period.last and not _is_left_out(rule, event.kinds_above):
            turns = event.people if rule.counts_turns else 1
            yield Line(event.event_id, event.unit_id, Place.A, turns=turns, kind=event.kind)


def _has_category(rule, person: PersonFact) -> bool:
    return not rule.categories or person.category in rule.categories


def _is_left_out(rule, kinds_above: frozenset[str]) -> bool:
    return not kinds_above.isdisjoint(rule.left_out_kinds)


def _is_asked(rule, person: PersonFact, facts: Facts, period: Period) -> bool:
    """Whether the denominator takes the person in, whatever the category."""
    if _is_left_out(rule, person.kinds_above) or (rule.unit_kinds and person.unit_kind not in rule.unit_kinds):
        return False
    if (rule.duties or rule.positions) and not (
        _duties(person.asked_duties, rule.duties) or _begins_so(person.position, rule.folded_positions)
    ):
        return False
    return not (rule.only_without_at_start and _holds_track(rule, person, facts, period.first - ONE_DAY))


def _numerator(rule, person: PersonFact, facts: Facts, period: Period) -> tuple | None:
    """The facts that fulfil everything that the numerator names; None where one of them is missing."""
    found: list = []
    if rule.a_duties:
        duties = _duties(person.duties, rule.a_duties)
        if not duties:
            return None
        found += duties
    if rule.a_papers:
        papers = [paper for paper in person.papers if paper.kind in rule.a_papers]
        if not papers:
            return None
        found += papers
    if rule.asks:
        trained = _training(rule, person, facts, period)
        if not trained:
            return None
        found += trained
    return tuple(found)


def _training(rule, person: PersonFact, facts: Facts, period: Period) -> tuple:
    if rule.asks == Asks.TRACK:
        return _whole_track(rule, person, facts, period)
    return tuple(
        q for q in person.held if _is_of(rule, q) and is_accepted(q, rule.counts) and _in_window(rule, q, period)
    )


def _whole_track(rule, person, facts, period) -> tuple:
    now = _holds_track(rule, person, facts, period.last)
    if rule.window == Window.PERIOD:
        return () if _holds_track(rule, person, facts, period.first - ONE_DAY) else now
    if rule.window == Window.EVER and not now:
        # the first day on which any of what was held began to make it whole
        for day in sorted({q.valid_from for q in person.held if q.track == rule.track and q.valid_from <= period.last}):
            if once := _holds_track(rule, person, facts, day):
                return once
    return now


def _holds_track(rule, person: PersonFact, facts: Facts, day: date) -> tuple:
    held = [q for q in person.held if q.track == rule.track]
    return held_for_track(held, facts.tracks[rule.track], day, rule.counts) if held else ()


def _is_of(rule, held: Held) -> bool:
    return (not rule.track or held.track == rule.track) and (not rule.tag or rule.tag in held.tags)


def _in_window(rule, held: Held, period: Period) -> bool:
    if rule.window == Window.CUT_OFF:
        return is_held(held, period.last)
    taken_back = held.revoked_from is not None and held.revoked_from <= period.last
    begun = held.valid_from <= period.last and not taken_back
    return begun and (rule.window == Window.EVER or held.valid_from >= period.first)


def _duties(duties: Iterable[HeldDuty], wanted: Iterable[str]) -> list[HeldDuty]:
    return [duty for duty in duties if duty_code(duty.kind, is_full_time=duty.is_full_time) in wanted]


def _begins_so(position: str, wanted: Iterable[str]) -> bool:
    return any(position == word or position.startswith(f"{word} ") for word in wanted)
