"""Why a figure is another one than it was: everybody who moved its numerator or denominator between two days."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from courses.enums import Binding, Origin
from staff.enums import HEADCOUNT_CATEGORIES
from staff.models import StaffMember, Unit
from unit_coverage.enums import Cause, Group
from unit_coverage.models import Standing
from unit_coverage.queries import FIGURES
from unit_coverage.todays_units import PeopleByUnits

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Stood:
    """Where somebody stood in a figure on a day."""

    unit_id: int
    binding: str
    is_trained: bool
    origin: str

    @property
    def pair(self) -> Pair:
        """What she adds to a and to b."""
        bound = self.binding == Binding.BOUND
        return int(bound and self.is_trained), int(bound)

    @property
    def words(self) -> str:
        if self.binding != Binding.BOUND:
            return str(Binding(self.binding).label)
        return str(Origin(self.origin).label if self.is_trained else Group.NOT_TRAINED.label)


@dataclass(frozen=True, slots=True)
class Moved:
    """Somebody whose part in the figure is another one; ``before`` or ``after`` is None where she was not counted."""

    staff_member_id: int
    before: Stood | None
    after: Stood | None

    @property
    def cause(self) -> Cause:
        was, now = self.before, self.after
        if was is None:
            return Cause.CAME
        if now is None:
            return Cause.LEFT
        if was.pair[1] != now.pair[1]:
            return Cause.BOUND if now.pair[1] else Cause.FREED
        return Cause.TRAINED if now.is_trained else Cause.LAPSED

    @property
    def difference(self) -> Pair:
        """By how much it moves a and b."""
        was, now = (one.pair if one else (0, 0) for one in (self.before, self.after))
        return now[0] - was[0], now[1] - was[1]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure of a unit on two days, and everybody who makes the difference: it is the sum of theirs."""

    first: Pair
    last: Pair
    moved: tuple[Moved, ...]

    def by_cause(self) -> list[tuple[Cause, int, Pair]]:
        """(cause, people, by how much they move a and b), in the order of the causes."""
        people, a, b = Counter(), Counter(), Counter()
        for one in self.moved:
            people[one.cause] += 1
            a[one.cause] += one.difference[0]
            b[one.cause] += one.difference[1]
        return [(cause, people[cause], (a[cause], b[cause])) for cause in Cause if people[cause]]


@dataclass(frozen=True, slots=True)
class NamedMove:
    moved: Moved
    staff_member: StaffMember
    units: tuple[Unit | None, Unit | None]

    @property
    def before(self) -> str:
        return self.moved.before.words if self.moved.before else _("not counted here")

    @property
    def after(self) -> str:
        return self.moved.after.words if self.moved.after else _("not counted here")


def compare(*, unit: Unit, figure: str, first: date, last: date) -> Comparison:
    """The figure of ``unit`` on both days, person by person.

    If the unit was no unit yet on ``first``, the people of that day stand for it whom the units of ``last`` lead here.
    Two queries a day; five more by the units of a later day. Who stood alike all the time is counted by the database
    and not read: of a country that is nearly everybody.
    """
    existed = unit.existed_on(first)
    before = _standings(unit, figure, first, by=None if existed else last)
    after = _standings(unit, figure, last, by=None)
    # Before it was a unit all stood in others: who is still posted in one of these is no longer counted here.
    was = _stood(before.filter(valid_until__lt=last) if existed else before)
    now = _stood(after.filter(valid_from__gt=first))
    moved = (Moved(pk, was.get(pk), now.get(pk)) for pk in sorted(was.keys() | now.keys()))
    return Comparison(_pair_of(before), _pair_of(after), tuple(one for one in moved if one.difference != (0, 0)))


def _standings(unit: Unit, figure: str, on: date, *, by: date | None) -> QuerySet:
    track, part = FIGURES[figure]
    inside = Q(unit__path__gte=unit.path, unit__path__lt=unit.path_end)
    if by is not None:
        inside = PeopleByUnits(unit=unit, on=on, by=by).within()
    rows = Standing.objects.on(on).filter(track__code=track, part=part, category__in=HEADCOUNT_CATEGORIES)
    return rows.filter(inside)


def _stood(rows: QuerySet) -> dict[int, Stood]:
    found = rows.values_list("staff_member_id", "unit_id", "binding", "is_trained", "origin")
    return {pk: Stood(*rest) for pk, *rest in found}


def _pair_of(rows: QuerySet) -> Pair:
    bound = rows.filter(binding=Binding.BOUND)
    return tuple(bound.aggregate(a=Count("pk", filter=Q(is_trained=True)), b=Count("pk")).values())


def in_sight(moved: Iterable[Moved], viewer) -> list[Moved]:
    """Those whom ``viewer`` may see today, by given name. One query."""
    by_person = {one.staff_member_id: one for one in moved}
    visible = StaffMember.objects.visible_to(viewer).in_name_order().values_list("pk", flat=True)
    return [by_person[pk] for pk in visible if pk in by_person]


def named(moved: Sequence[Moved]) -> list[NamedMove]:
    """With the people and the units, in the same order. Two queries."""
    people = StaffMember.objects.in_bulk([one.staff_member_id for one in moved])
    stood = {one.unit_id for each in moved for one in (each.before, each.after) if one}
    units = Unit.objects.select_related("parent").in_bulk(stood)
    return [
        NamedMove(
            one,
            people[one.staff_member_id],
            tuple(units[where.unit_id] if where else None for where in (one.before, one.after)),
        )
        for one in moved
    ]
