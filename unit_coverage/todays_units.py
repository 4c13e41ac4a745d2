"""The figures of a past day by the units that exist today: a regrouping of the same people, nobody lost, nobody twice.

A unit that closed stands for what followed it. Where several units followed, or none, each person stands where his next
main posting was; somebody without one stands where the unit above leads. Instead of today any later day may be asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from staff import clock
from staff.enums import HEADCOUNT_CATEGORIES
from staff.models import Posting, Succession, Unit
from staff.services.errors import StaffError
from unit_coverage import counting, keeping
from unit_coverage.models import Standing
from unit_coverage.queries import CoverageTable, Month, coverage_of_groups, months_of_groups

# A person and the unit where she stood: what is asked where the unit alone does not tell.
Stood = tuple[int, int]


def coverage_by_todays_units(
    *, unit: Unit, on: date, categories: Sequence[str] = HEADCOUNT_CATEGORIES, by: date | None = None
) -> CoverageTable:
    """The table of ``unit``, which exists on the day ``by`` (today), with the people of ``on``. Eight queries, whatever
    the size."""
    tree = _Tree(by or clock.today())
    children = list(Unit.objects.filter(parent=unit).existing_on(tree.day).in_name_order())
    known = {str(child.pk) for child in children}
    settled, scattered = tree.leading_into(unit)
    below = {pk: tree.child_of(unit, tree.stands_for(pk), known) for pk in settled}
    own = counting.groups_by_place(on, {pk: int(child or 0) for pk, child in below.items()})
    groups = [(str(place or ""), *rest) for place, *rest in own]
    one_by_one = counting.groups_of_people([on], scattered)
    places = tree.places({(on, person, unit_id) for _day, unit_id, person, *_rest in one_by_one})
    for day, unit_id, person, *rest in one_by_one:
        groups.append((tree.child_of(unit, places[day, person, unit_id], known), *rest))
    posted = Posting.objects.filter(is_primary=True, valid_from__lte=on, unit__in=settled)
    begun = posted.values_list("unit", flat=True).distinct()
    listed = {below[pk] for pk in begun}
    listed |= {child for child, *_rest in groups}
    return coverage_of_groups(
        unit=unit, on=on, categories=categories, children=children, listed=listed - {None}, groups=groups
    )


def series_by_todays_units(
    *, unit: Unit, until: date, months: int = 12, categories: Sequence[str] = HEADCOUNT_CATEGORIES
) -> list[Month]:
    """The figures at the ends of months as ``queries.series`` has them, of the people who stand in ``unit`` by the
    units of today. Six queries, however many months."""
    tree = _Tree(clock.today())
    days = sorted({until, *keeping.month_ends(until, months)})
    settled, scattered = tree.leading_into(unit)
    groups = list(counting.groups_of_days(days, settled))
    one_by_one = counting.groups_of_people(days, scattered)
    places = tree.places({(day, person, unit_id) for day, unit_id, person, *_rest in one_by_one})
    for day, unit_id, person, *rest in one_by_one:
        if tree.child_of(unit, places[day, person, unit_id], ()) is not None:
            groups.append((day, *rest))
    return months_of_groups(days, groups, categories)


class NotTheseUnits(StaffError):
    """People of a day cannot be counted by the units of the day that was named; the sentence says why."""


def refuse_units_of(day: date, *, last: date) -> None:
    """Raises NotTheseUnits where people of ``last`` cannot be counted by the units of ``day``."""
    if not last <= day <= clock.today():
        words = {"last": f"{last:%d/%m/%Y}", "today": f"{clock.today():%d/%m/%Y}"}
        raise NotTheseUnits(_("Choose a day from the cut-off day %(last)s until today, %(today)s.") % words)


class PeopleByUnits:
    """Who of the day ``on`` stands in ``unit`` by the units of the day ``by``, person by person. Four queries.

    ``among`` are the rows that say who stood where that day: the standings, or main posts.
    """

    def __init__(self, *, unit: Unit, on: date, by: date, among: QuerySet | None = None):
        self._tree, self._unit = _Tree(by), unit
        self._settled, scattered = self._tree.leading_into(unit)
        among = Standing.objects.on(on) if among is None else among
        stood = among.filter(unit__in=scattered).order_by().values_list("staff_member", "unit").distinct()
        places = self._tree.places({(on, *where) for where in stood})
        self._places: dict[Stood, int] = {
            (person, unit_id): place
            for (_day, person, unit_id), place in places.items()
            if self._tree.child_of(unit, place, ()) is not None
        }

    def within(self) -> Q:
        """Their rows among those asked."""
        return self._of(self._settled, self._places)

    def direct(self) -> Q:
        """The standings of those who stand in none of the units directly below."""
        below = Unit.objects.filter(parent=self._unit).existing_on(self._tree.day).values_list("pk", flat=True)
        known = {str(pk) for pk in below}
        tree, unit = self._tree, self._unit
        settled = [pk for pk in self._settled if tree.child_of(unit, tree.stands_for(pk), known) == ""]
        return self._of(settled, {s: at for s, at in self._places.items() if tree.child_of(unit, at, known) == ""})

    def unit_of(self, staff_member_id: int, unit_id: int) -> int:
        """The unit of the later day that somebody stands in who stood in ``unit_id``."""
        return self._places.get((staff_member_id, unit_id)) or self._tree.stands_for(unit_id)

    def leading_here(self) -> dict[int, int]:
        """Of each unit of any day that leads here: the later day's that stands for it, or for the nearest above.

        For what is a unit's and nobody's own, such as a class that it held.
        """
        found = {pk: self._tree.nearest(pk) for pk in self._tree.paths}
        return {pk: place for pk, place in found.items() if self._tree.child_of(self._unit, place, ()) is not None}

    def _of(self, settled: list[int], places: Iterable[Stood]) -> Q:
        people = {person for person, _unit in places}
        # Nobody has two standings of a track and day, so a person who is not among the settled units is scattered.
        return Q(unit__in=settled) | Q(staff_member__in=people)


class _Tree:
    """All units and successions until ``day``. Two queries."""

    def __init__(self, day: date):
        self.day = day
        self.paths, self.parents, self.exists = {}, {}, set()
        for unit in Unit.objects.only("pk", "path", "parent_id", "valid_from", "valid_until"):
            self.paths[unit.pk], self.parents[unit.pk] = unit.path, unit.parent_id
            if unit.existed_on(day):
                self.exists.add(unit.pk)
        self.successors = defaultdict(list)
        rows = Succession.objects.filter(effective_on__lte=day).order_by("effective_on", "pk")
        for predecessor, successor in rows.values_list("predecessor", "successor"):
            self.successors[predecessor].append(successor)

    def stands_for(self, unit_id: int) -> int | None:
        """The unit of the day that stands for this one; None where several do, or none."""
        met = set()
        while unit_id not in self.exists:
            if unit_id in met or len(self.successors[unit_id]) != 1:
                return None
            met.add(unit_id)
            unit_id = self.successors[unit_id][0]
        return unit_id

    def places(self, stood: set[tuple[date, int, int]]) -> dict[tuple[date, int, int], int | None]:
        """Of each (day, person, unit) the unit that she stands in, where hers leads to several or none. One query."""
        followed = defaultdict(list)
        later = Posting.objects.filter(
            staff_member__in={person for _day, person, _unit in stood}, is_primary=True, valid_from__lte=self.day
        )
        rows = later.order_by("valid_from", "pk").values_list("staff_member", "unit", "valid_from")
        for person, unit_id, since in rows:
            followed[person].append((since, unit_id))
        return {key: self._where(*key, followed) for key in stood}

    def _where(self, on: date, person: int, unit_id: int, followed: dict) -> int | None:
        for since, following in followed.get(person, ()):
            if since > on and (found := self.stands_for(following)) is not None:
                return found
        return self.nearest(unit_id)

    def nearest(self, unit_id: int | None) -> int | None:
        """The unit of the day that stands for this one, or for the nearest above of which one does."""
        while unit_id is not None:
            if (found := self.stands_for(unit_id)) is not None:
                return found
            unit_id = self.parents[unit_id]
        return None

    def leading_into(self, unit: Unit) -> tuple[list[int], list[int]]:
        """Units of any day whose people stand within ``unit``, and those whose people are asked one by one."""
        settled, scattered = [], []
        for pk in self.paths:
            found = self.stands_for(pk)
            if found is None:
                scattered.append(pk)
            elif self.paths[found].startswith(unit.path):
                settled.append(pk)
        return settled, scattered

    def child_of(self, unit: Unit, place: int | None, known) -> str | None:
        """The key of the child among ``known`` that ``place`` lies in, "" for ``unit`` itself, None outside of it."""
        if place is None or not self.paths[place].startswith(unit.path):
            return None
        first = self.paths[place][len(unit.path) :].partition("/")[0]
        return first if first in known else ""
