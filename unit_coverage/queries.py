"""The figures: frozen records, in a fixed number of queries whatever the size of the unit."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Count, Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, StrIndex, Substr

from courses.enums import Binding, Part, TrackCode
from courses.models import Requirement
from courses.obligations import latest_versions
from staff.enums import HEADCOUNT_CATEGORIES, DutyKind, StaffCategory
from staff.models import Duty, Posting, Succession, Unit
from unit_coverage.enums import FigureKey
from unit_coverage.models import Standing
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
class UnitCoverage:
    """The figures of one unit. Without ``has_figures`` no staff list had arrived by that day: print that, never 0.

    ``full_time`` and ``part_time`` tell the holders of ICT and security duties apart, where the table asks for it.
    """

    unit: Unit
    headcount: int
    has_figures: bool
    figures: dict[str, Figure]
    full_time: DutySplit = DutySplit()
    part_time: DutySplit = DutySplit()


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
    def full_time(self) -> DutySplit:
        return self.whole.full_time

    @property
    def part_time(self) -> DutySplit:
        return self.whole.part_time


def coverage(*, unit: Unit, on: date, categories: Sequence[str] = HEADCOUNT_CATEGORIES) -> CoverageTable:
    """The figures of ``unit`` and of each child, in the structure of ``on``. Four queries.

    People of a child that does not exist that day count in the unit's own line: nobody is lost.
    """
    children = list(Unit.objects.filter(parent=unit).existing_on(on).in_name_order())
    known = {f"{child.pk}" for child in children}
    tally: dict[str, _Tally] = defaultdict(_Tally)
    others: dict[str, _Tally] = defaultdict(_Tally)
    for key, category, *group in _groups(unit, on):
        if category in categories:
            tally[key if key in known else ""].add(*group)
        else:
            others[category].add(*group)
    listed = _children_with_list(unit, on)
    own_tally = tally[""]
    whole_tally = _Tally.sum([own_tally, *(tally[key] for key in known)])
    splits = _duty_splits(unit, on, categories, known)
    whole_split = {kind: sum((splits[key][kind] for key in list(splits)), DutySplit()) for kind in (True, False)}
    return CoverageTable(
        on=on,
        whole=whole_tally.of(unit, bool(listed), splits=whole_split),
        own=own_tally.of(unit, bool(listed - known), splits=splits[""]),
        children=tuple(tally[str(c.pk)].of(c, str(c.pk) in listed, splits=splits[str(c.pk)]) for c in children),
        other_categories=tuple(
            OtherCategory(category, others[category].headcount, others[category].figures(FIGURES))
            for category in StaffCategory.values
            if category in others
        ),
    )


def coverage_of_groups(*, unit: Unit, on: date, categories, children, listed: set[str], groups) -> CoverageTable:
    """The same table from groups of people that were put together elsewhere, each with the key of its child.

    A group is (child id as text, "" for the unit's own, None outside; category, track, part, binding, trained, origin,
    people). Holders of duties are not told apart.
    """
    tally: dict[str, _Tally] = defaultdict(_Tally)
    others: dict[str, _Tally] = defaultdict(_Tally)
    for key, category, *group in groups:
        if key is not None:
            (tally[key] if category in categories else others[category]).add(*group)
    keys = [str(child.pk) for child in children]
    whole = _Tally.sum([tally[""], *(tally[key] for key in keys)])
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
    """``unit`` and every unit below it that existed on ``on`` (None: all units), parents first. Three queries."""
    units = Unit.objects.existing_on(on).order_by("path")
    standings = Standing.objects.on(on).filter(part=Part.WHOLE, category__in=categories)
    postings = Posting.objects.filter(is_primary=True, valid_from__lte=on)
    if unit is not None:
        units = units.within(unit)
        inside = {"unit__path__gte": unit.path, "unit__path__lt": unit.path_end}
        standings, postings = standings.filter(**inside), postings.filter(**inside)
    tallies: dict[int, _Tally] = defaultdict(_Tally)
    grouped = standings.values_list("unit__path", "track__code", "part", "binding", "is_trained", "origin")
    for path, *group in grouped.annotate(people=Count("pk")):
        for pk in _ids(path):
            tallies[pk].add(*group)
    listed = {pk for path in postings.values_list("unit__path", flat=True).distinct() for pk in _ids(path)}
    return [tallies[u.pk].of(u, u.pk in listed, WHOLE_TRACKS) for u in units]


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


class _Tally:
    """Adds up groups of people into figures."""

    def __init__(self):
        self.counts: dict[tuple, int] = defaultdict(int)

    def add(self, track, part, binding, is_trained, origin, people) -> None:
        self.counts[track, part, binding, bool(is_trained), origin] += people

    @classmethod
    def sum(cls, tallies: Iterable["_Tally"]) -> "_Tally":
        total = cls()
        for tally in tallies:
            for key, people in tally.counts.items():
                total.counts[key] += people
        return total

    @property
    def headcount(self) -> int:
        """Everybody has one row a track and day, so any track counts them all."""
        by_track: dict[str, int] = defaultdict(int)
        for (track, part, *_), people in self.counts.items():
            if part == Part.WHOLE:
                by_track[track] += people
        return max(by_track.values(), default=0)

    def figures(self, wanted) -> dict[str, Figure]:
        return {str(key): self._figure(*where) for key, where in wanted.items()}

    def of(self, unit: Unit, has_figures: bool, wanted=FIGURES, splits=None) -> UnitCoverage:
        full_time, part_time = (splits[True], splits[False]) if splits else (DutySplit(), DutySplit())
        return UnitCoverage(unit, self.headcount, has_figures, self.figures(wanted), full_time, part_time)

    def _figure(self, wanted_track, wanted_part) -> Figure:
        count: dict[str, int] = defaultdict(int)
        for (track, part, binding, is_trained, origin), people in self.counts.items():
            if (track, part) != (wanted_track, wanted_part):
                continue
            count[binding] += people
            if is_trained:
                count[origin if binding == Binding.BOUND else "trained_outside"] += people
        return Figure(**{name: count[name] for name in Figure.__slots__})


def _groups(unit: Unit, on: date):
    """(child id or "", category, track, part, binding, trained, origin, people) of a unit's subtree, grouped in SQL."""
    return (
        Standing.objects.on(on)
        .filter(unit__path__gte=unit.path, unit__path__lt=unit.path_end)
        .annotate(child=_child_key(unit))
        .values_list("child", "category", "track__code", "part", "binding", "is_trained", "origin")
        .annotate(people=Count("pk"))
        .order_by()
    )


def _child_key(unit: Unit):
    """The id of the child of ``unit`` that a path leads through, as text; empty for the unit itself.

    A slash is added before the search, because PostgreSQL refuses the negative length of a text not found.
    """
    rest = Substr("unit__path", len(unit.path) + 1)
    return Substr(rest, 1, StrIndex(Concat(rest, Value("/")), Value("/")) - 1)


def _children_with_list(unit: Unit, on: date) -> set[str]:
    """Keys of the children (and "" for the unit itself) for which a posting had begun by ``on``."""
    return set(
        Posting.objects.filter(
            is_primary=True, valid_from__lte=on, unit__path__gte=unit.path, unit__path__lt=unit.path_end
        )
        .annotate(child=_child_key(unit))
        .values_list("child", flat=True)
        .order_by()
        .distinct()
    )


def _duty_splits(unit: Unit, on: date, categories, known: set[str]) -> dict[str, dict[bool, DutySplit]]:
    """Who is bound in the specialist track by a duty, by child and by whether one such duty is full-time."""
    duties = Duty.objects.on(on).filter(
        staff_member=OuterRef("staff_member"), kind__in=(DutyKind.ICT_OFFICER, DutyKind.SECURITY_OFFICER)
    )
    rows = (
        Standing.objects.on(on)
        .filter(
            Exists(duties),
            unit__path__gte=unit.path,
            unit__path__lt=unit.path_end,
            category__in=categories,
            track__code=TrackCode.SPECIALIST,
            part=Part.WHOLE,
            binding=Binding.BOUND,
        )
        .annotate(is_full_time=Exists(duties.filter(is_full_time=True)), child=_child_key(unit))
        .values_list("child", "is_full_time")
        .annotate(bound=Count("pk"), trained=Count("pk", filter=Q(is_trained=True)))
        .order_by()
    )
    found: dict[str, dict[bool, DutySplit]] = defaultdict(lambda: {True: DutySplit(), False: DutySplit()})
    for child, full_time, bound, trained in rows:
        found[child if child in known else ""][bool(full_time)] += DutySplit(bound, trained)
    return found


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]
