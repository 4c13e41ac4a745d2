"""The figures: frozen records, in a fixed number of queries whatever the size of the unit."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from operator import itemgetter

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Length, Substr

from courses.enums import Part, TrackCode, Validity
from courses.models import Course, Requirement, Track
from courses.obligations import latest_versions
from staff.enums import HEADCOUNT_CATEGORIES, StaffCategory
from staff.models import Posting, Succession, Unit
from unit_coverage import counting, keeping
from unit_coverage.enums import FigureKey
from unit_coverage.models import UnitFigure
from unit_coverage.shares import NONE

# Each printed figure: which track, and which part of it.
FIGURES = {
    FigureKey.BASIC: (TrackCode.BASIC, Part.WHOLE),
    FigureKey.APPLICATION: (TrackCode.APPLICATION, Part.WHOLE),
    FigureKey.SPECIALIST: (TrackCode.SPECIALIST, Part.WHOLE),
    FigureKey.OSS: (TrackCode.OSS_SECURITY, Part.OSS),
    FigureKey.SECURITY: (TrackCode.OSS_SECURITY, Part.SECURITY),
}
# What the machine-readable report gives instead of the two pairs.
WHOLE_TRACKS = {code: (code, Part.WHOLE) for code in TrackCode}


@dataclass(frozen=True, slots=True)
class Figure:
    """How the people of a unit stand in one track: a = ``trained``, b = ``bound``; the rest stands beside it."""

    bound: int = 0
    passed: int = 0
    completed: int = 0
    recognised: int = 0
    declared: int = 0
    exempt: int = 0
    deferred: int = 0
    not_bound: int = 0
    trained_outside: int = 0

    @property
    def trained(self) -> int:
        return self.passed + self.completed + self.recognised + self.declared

    @property
    def not_trained(self) -> int:
        return self.bound - self.trained

    @property
    def share(self) -> Fraction | None:
        """trained / bound, exact; None when nobody is bound. Rounding belongs to ``shares``."""
        return Fraction(self.trained, self.bound) if self.bound else None


@dataclass(frozen=True, slots=True)
class DutySplit:
    """Holders of an ICT or security duty who are bound in the specialist track, full-time or part-time."""

    bound: int = 0
    trained: int = 0

    @property
    def pair(self) -> str:
        """trained/bound; a dash where nobody holds such a duty."""
        return f"{self.trained}/{self.bound}" if self.bound else NONE

    def __add__(self, other: "DutySplit") -> "DutySplit":
        return DutySplit(self.bound + other.bound, self.trained + other.trained)


@dataclass(frozen=True, slots=True)
class Watch:
    """What of a figure asks for attention.

    ``overdue`` of the bound should have complied before the day; ``lapsing`` are trained and will not be on some day
    of the next ninety; ``updated`` are trained and got a qualification of the track in the year of the day, until it.
    """

    overdue: int = 0
    lapsing: int = 0
    updated: int = 0
    leaders_bound: int = 0
    leaders_trained: int = 0

    @property
    def leaders_share(self) -> Fraction | None:
        return Fraction(self.leaders_trained, self.leaders_bound) if self.leaders_bound else None


@dataclass(frozen=True, slots=True)
class UnitCoverage:
    """The figures of one unit. Without ``has_figures`` no staff list had arrived by that day: print that, never 0.

    ``full_time`` and ``part_time`` tell the holders of ICT and security duties apart; like ``watches`` they are empty
    in the report of a whole tree.
    """

    unit: Unit
    headcount: int
    has_figures: bool
    figures: dict[str, Figure]
    full_time: DutySplit = DutySplit()
    part_time: DutySplit = DutySplit()
    watches: dict[str, Watch] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class OtherCategory:
    """People outside the chosen categories, on a line of their own."""

    category: str
    headcount: int
    figures: dict[str, Figure]

    @property
    def label(self) -> str:
        return StaffCategory(self.category).label


@dataclass(frozen=True, slots=True)
class CoverageTable:
    """A unit with all below it (``whole``), its direct people (``own``), and each child that existed that day."""

    on: date
    whole: UnitCoverage
    own: UnitCoverage
    children: tuple[UnitCoverage, ...]
    other_categories: tuple[OtherCategory, ...]

    @property
    def units(self) -> list[Unit]:
        """The unit and its children."""
        return [self.whole.unit, *(child.unit for child in self.children)]

    @property
    def full_time(self) -> DutySplit:
        return self.whole.full_time

    @property
    def part_time(self) -> DutySplit:
        return self.whole.part_time


def coverage(*, unit: Unit, on: date, categories: Sequence[str] = HEADCOUNT_CATEGORIES) -> CoverageTable:
    """The figures of ``unit`` and of each child, in the structure of ``on``. Five queries at most.

    A kept day is read from its figures; any other is counted from the standings. Both say the same.
    People of a child that does not exist that day count in the unit's own line: nobody is lost.
    """
    units = list(_with_own(Unit.objects.filter(Q(parent=unit) | Q(pk=unit.pk)), on).in_name_order())
    children = [u for u in units if u.pk != unit.pk and u.existed_on(on)]
    known = {child.pk for child in children}
    tracks = dict(Track.objects.values_list("pk", "code"))
    rows = _kept_rows(unit, on) if keeping.is_counted(on) else _counted_rows(unit, on)
    tally: dict[int, _Tally] = defaultdict(lambda: _Tally(tracks))
    others: dict[str, _Tally] = defaultdict(lambda: _Tally(tracks))
    counted = set()
    for key, track, part, category, *counts in rows:
        counted.add(key)
        if category in categories:
            tally[key].add(track, part, counts)
        elif key == unit.pk:
            others[category].add(track, part, counts)
    own = _Tally(tracks)
    own.take(tally[unit.pk])
    for child in known & tally.keys():
        own.give(tally[child])
    with_list = _with_list(units, on, counted)
    has_own = any(u.has_own if u.pk == unit.pk else u.pk in with_list for u in units if u.pk not in known)
    return CoverageTable(
        on=on,
        whole=tally[unit.pk].of(unit, unit.pk in with_list),
        own=own.of(unit, has_own),
        children=tuple(tally[child.pk].of(child, child.pk in with_list) for child in children),
        other_categories=tuple(
            OtherCategory(category, others[category].headcount, others[category].figures(FIGURES))
            for category in StaffCategory.values
            if category in others
        ),
    )


def coverage_of_groups(*, unit: Unit, on: date, categories, children, listed: set[str], groups) -> CoverageTable:
    """The same table from groups of people that were put together elsewhere, each with the key of its child.

    A group is (child id as text, "" for the unit's own, None outside; track, part, category, counts …). One query.
    """
    tracks = dict(Track.objects.values_list("pk", "code"))
    tally: dict[str, _Tally] = defaultdict(lambda: _Tally(tracks))
    others: dict[str, _Tally] = defaultdict(lambda: _Tally(tracks))
    for key, track, part, category, *counts in groups:
        if key is not None:
            (tally[key] if category in categories else others[category]).add(track, part, counts)
    keys = [str(child.pk) for child in children]
    whole = _Tally(tracks)
    for key in ("", *keys):
        whole.take(tally[key])
    return CoverageTable(
        on=on,
        whole=whole.of(unit, bool(listed)),
        own=tally[""].of(unit, "" in listed),
        children=tuple(tally[key].of(c, key in listed) for key, c in zip(keys, children, strict=True)),
        other_categories=tuple(
            OtherCategory(category, others[category].headcount, others[category].figures(FIGURES))
            for category in StaffCategory.values
            if category in others
        ),
    )


def coverage_tree(unit: Unit | None, on: date, categories: Sequence[str] = HEADCOUNT_CATEGORIES) -> list[UnitCoverage]:
    """``unit`` and every unit below it that existed on ``on`` (None: all units), parents first. Four queries."""
    everything = Unit.objects.order_by("path") if unit is None else Unit.objects.within(unit).order_by("path")
    units = list(_with_own(everything, on))
    with_list = {pk for found in units if found.has_own for pk in (found.pk, *found.ancestor_ids)}
    tracks = dict(Track.objects.values_list("pk", "code"))
    tallies: dict[int, _Tally] = defaultdict(lambda: _Tally(tracks, counting.PEOPLE))
    if keeping.is_counted(on):
        rows = UnitFigure.objects.filter(day=on, part=Part.WHOLE, category__in=categories)
        if unit is not None:
            rows = rows.filter(unit__path__gte=unit.path, unit__path__lt=unit.path_end)
        for pk, track, *counts in rows.values_list("unit_id", "track_id", *counting.PEOPLE):
            tallies[pk].add(track, Part.WHOLE, counts)
    else:
        for pk, track, *counts in counting.tracks_by_unit(on, unit, counting.PEOPLE, categories):
            tallies[pk].add(track, Part.WHOLE, counts)
        # From the lowest level up, so that each unit is added once.
        for lower in sorted(units, key=lambda u: u.path.count("/"), reverse=True):
            if lower.parent_id is not None and lower.pk in tallies:
                tallies[lower.parent_id].take(tallies[lower.pk])
    return [tallies[u.pk].of(u, u.pk in with_list, WHOLE_TRACKS) for u in units if u.existed_on(on)]


@dataclass(frozen=True, slots=True)
class Month:
    """The figures of a unit at the end of a month, or on the last day of a series."""

    day: date
    headcount: int
    figures: dict[str, Figure]


def series(
    *, unit: Unit, until: date, months: int = 12, categories: Sequence[str] = HEADCOUNT_CATEGORIES
) -> list[Month]:
    """The figures at the end of each of the last ``months`` months and on ``until`` itself, the oldest first.

    Three queries where all these days are kept; each day that is not costs one more.
    """
    days = sorted({until, *keeping.month_ends(until, months)})
    tracks = dict(Track.objects.values_list("pk", "code"))
    tallies = {day: _Tally(tracks) for day in days}
    kept = keeping.counted_among(days)
    names = ("day", *counting.KEYS, *counting.COUNTS)
    stored = UnitFigure.objects.filter(unit=unit, day__in=kept, category__in=categories).values_list(*names)
    for day, track, part, _category, *counts in stored:
        tallies[day].add(track, part, counts)
    for day in days:
        if day not in kept:
            for _key, track, part, category, *counts in counting.groups_by_child(day, unit, counting.PEOPLE):
                if category in categories:
                    tallies[day].add(track, part, [*counts, *[0] * (len(counting.COUNTS) - len(counts))])
    return [Month(day, tallies[day].headcount, tallies[day].figures(FIGURES)) for day in days]


def months_of_groups(days: Sequence[date], groups, categories: Sequence[str]) -> list[Month]:
    """The same from groups (day; track, part, category, counts of ``counting.PEOPLE`` …). One query."""
    tracks = dict(Track.objects.values_list("pk", "code"))
    tallies = {day: _Tally(tracks, counting.PEOPLE) for day in days}
    for day, track, part, category, *counts in groups:
        if category in categories:
            tallies[day].add(track, part, counts[: len(counting.PEOPLE)])
    return [Month(day, tallies[day].headcount, tallies[day].figures(FIGURES)) for day in days]


def yearly_figures() -> set[str]:
    """The figures with a course that has to be taken anew every year or more often."""
    yearly = Q(validity=Validity.END_OF_YEAR) | Q(validity=Validity.MONTHS, validity_months__lte=12)
    courses = list(Course.objects.filter(yearly).values_list("track__code", "tags"))
    return {
        str(key)
        for key, (track, part) in FIGURES.items()
        if any(code == track and (not part or part in tags) for code, tags in courses)
    }


def requirements_of(on: date) -> dict[str, list[Requirement]]:
    """The rule versions in force on ``on``, by figure: what stands beside every percentage."""
    rows = Requirement.objects.on(on).select_related("track", "course", "audience").order_by("code")
    found: dict[str, list[Requirement]] = {key: [] for key in FIGURES}
    for requirement in latest_versions(rows, on, key=lambda r: r.code):
        for key, (track, part) in FIGURES.items():
            tags = requirement.course.tags if requirement.course else [part]
            if requirement.track.code == track and (not part or part in tags):
                found[key].append(requirement)
    return found


def successions_of(unit: Unit) -> tuple[list[Succession], list[Succession]]:
    """Where the unit came from, and what became of it. Two queries."""
    came = Succession.objects.filter(successor=unit).select_related("predecessor")
    became = Succession.objects.filter(predecessor=unit).select_related("successor")
    return (
        list(came.order_by("effective_on", "predecessor__sort_key")),
        list(became.order_by("effective_on", "successor__sort_key")),
    )


# Where numbers stand among those of a group: counting.PEOPLE are the first of counting.COUNTS, so in either.
def _places(names: Iterable[str]) -> itemgetter:
    return itemgetter(*map(list(counting.COUNTS).index, names))


_BOUND, _HEADCOUNT = _places(counting.BOUND), _places(counting.HEADCOUNT)
_BESIDE_BOUND = _places(name for name in Figure.__slots__ if name != "bound")
_WATCHED, _DUTIES = _places(Watch.__slots__), _places(counting.DUTIES)


class _Tally:
    """Adds up groups of people into figures. A whole country makes thousands: numbers are found by their place."""

    def __init__(self, tracks: Mapping[int | str, str], names: Iterable[str] = counting.COUNTS):
        self.tracks, self.length = tracks, len(tuple(names))
        self.counts: dict[tuple[str, str], list[int]] = {}

    def add(self, track_id: int, part: str, counts: Sequence[int]) -> None:
        self._add((self.tracks[track_id], part), counts)

    def take(self, other: "_Tally") -> None:
        for key, counts in other.counts.items():
            self._add(key, counts)

    def give(self, other: "_Tally") -> None:
        """What ``other`` counts is among these, and counts no longer."""
        for key, counts in other.counts.items():
            self.counts[key] = [a - b for a, b in zip(self.counts[key], counts, strict=True)]

    def _add(self, key, counts) -> None:
        held = self.counts.get(key)
        self.counts[key] = counts if held is None else [a + b for a, b in zip(held, counts, strict=True)]

    @property
    def headcount(self) -> int:
        """Everybody has one row a track and day, so any track counts them all."""
        return max((sum(_HEADCOUNT(counts)) for key, counts in self.counts.items() if key[1] == Part.WHOLE), default=0)

    def figures(self, wanted) -> dict[str, Figure]:
        found = ((key, self.counts.get(where)) for key, where in wanted.items())
        return {str(key): _figure(counts) if counts else Figure() for key, counts in found}

    def of(self, unit: Unit, has_figures: bool, wanted=FIGURES) -> UnitCoverage:
        covered = (unit, self.headcount, has_figures, self.figures(wanted))
        if self.length < len(counting.COUNTS):
            return UnitCoverage(*covered)
        nobody = [0] * self.length
        full_time, full_time_trained, part_time, part_time_trained = _DUTIES(
            self.counts.get((TrackCode.SPECIALIST, Part.WHOLE), nobody)
        )
        return UnitCoverage(
            *covered,
            full_time=DutySplit(full_time, full_time_trained),
            part_time=DutySplit(part_time, part_time_trained),
            watches={str(key): Watch(*_WATCHED(self.counts.get(where, nobody))) for key, where in wanted.items()},
        )


def _figure(counts: Sequence[int]) -> Figure:
    return Figure(sum(_BOUND(counts)), *_BESIDE_BOUND(counts))


def _kept_rows(unit: Unit, on: date) -> list[tuple]:
    """(unit, track, part, category, counts …) of a kept day: of ``unit`` with all below it, and of each child."""
    # Units first: "of this unit or of a child" said across a join would read the whole country's day.
    units = Unit.objects.filter(Q(parent=unit) | Q(pk=unit.pk))
    rows = UnitFigure.objects.filter(day=on, unit__in=units.values("pk"))
    return rows.values_list("unit_id", *counting.KEYS, *counting.COUNTS)


def _counted_rows(unit: Unit, on: date) -> list[tuple]:
    """The same of any day, from the standings."""
    found, whole = [], {}
    for child, *rest in counting.groups_by_child(on, unit, counting.COUNTS):
        if child:
            found.append((child, *rest))
        key, counts = tuple(rest[:3]), rest[3:]
        held = whole.get(key)
        whole[key] = counts if held is None else [a + b for a, b in zip(held, counts, strict=True)]
    return found + [(unit.pk, *key, *counts) for key, counts in whole.items()]


def _begun(on: date):
    """The postings of the staff lists that had arrived by ``on``."""
    return Posting.objects.filter(is_primary=True, valid_from__lte=on)


def _with_own(units, on: date):
    """``units`` with ``has_own``: whether somebody was posted in the unit itself by ``on``."""
    return units.annotate(has_own=Exists(_begun(on).filter(unit=OuterRef("pk"))))


def _with_list(units: Iterable[Unit], on: date, counted: set) -> set[int]:
    """Those of ``units`` in or below which somebody was posted by ``on``; who is ``counted`` was. One query or none.

    Only what has no figures is looked up: at the size of a country that lookup costs more than the figures.
    """
    unknown = [unit.pk for unit in units if unit.pk not in counted and not unit.has_own]
    found = {unit.pk for unit in units} - set(unknown)
    if unknown:
        end = Concat(Substr(OuterRef("path"), 1, Length(OuterRef("path")) - 1), Value("0"))
        below = _begun(on).filter(unit__path__gte=OuterRef("path"), unit__path__lt=end)
        found.update(Unit.objects.filter(Exists(below), pk__in=unknown).values_list("pk", flat=True))
    return found
