"""The figures of a past day by the units that exist today: a regrouping of the same people, nobody lost, nobody twice.

A unit that closed stands for what followed it. Where several units followed, or none, each person stands where his next
main posting was; somebody without one stands where the unit above leads.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.db.models import Count

from staff import clock
from staff.enums import HEADCOUNT_CATEGORIES
from staff.models import Posting, Succession, Unit
from unit_coverage.models import Standing
from unit_coverage.queries import CoverageTable, coverage_of_groups


def coverage_by_todays_units(
    *, unit: Unit, on: date, categories: Sequence[str] = HEADCOUNT_CATEGORIES
) -> CoverageTable:
    """The table of ``unit``, which exists today, with the people of ``on``. Six queries, whatever the size."""
    tree = _Tree()
    children = list(Unit.objects.filter(parent=unit).existing_on(clock.today()).in_name_order())
    known = {str(child.pk) for child in children}
    settled, scattered = tree.leading_into(unit)

    def child_of(unit_id: int | None) -> str | None:
        """The key of the child that ``unit_id`` lies in, "" for the unit itself, None outside of it."""
        if unit_id is None or not tree.paths[unit_id].startswith(unit.path):
            return None
        first = tree.paths[unit_id][len(unit.path) :].partition("/")[0]
        return first if first in known else ""

    names = ("category", "track__code", "part", "binding", "is_trained", "origin")
    grouped = Standing.objects.on(on).filter(unit__in=settled).values_list("unit", *names)
    groups = [(child_of(tree.today(pk)), *rest) for pk, *rest in grouped.annotate(people=Count("pk")).order_by()]
    one_by_one = list(Standing.objects.on(on).filter(unit__in=scattered).values_list("staff_member", "unit", *names))
    followed = _next_units({pk for pk, *_rest in one_by_one}, on)
    for person, unit_id, *rest in one_by_one:
        groups.append((child_of(tree.where(person, unit_id, followed)), *rest, 1))
    posted = Posting.objects.filter(is_primary=True, valid_from__lte=on, unit__in=settled)
    listed = {child_of(tree.today(pk)) for pk in posted.values_list("unit", flat=True).distinct()}
    listed |= {child for child, *_rest in groups}
    return coverage_of_groups(
        unit=unit, on=on, categories=categories, children=children, listed=listed - {None}, groups=groups
    )


def _next_units(people: set[int], on: date) -> dict[int, list[int]]:
    """By person, the units of the main postings that began after ``on``, in their order."""
    found = defaultdict(list)
    rows = Posting.objects.filter(staff_member__in=people, is_primary=True, valid_from__gt=on)
    for person, unit in rows.order_by("valid_from", "pk").values_list("staff_member", "unit"):
        found[person].append(unit)
    return found


class _Tree:
    """All units and successions. Two queries."""

    def __init__(self):
        today = clock.today()
        self.paths, self.parents, self.exists = {}, {}, set()
        for unit in Unit.objects.only("pk", "path", "parent_id", "valid_from", "valid_until"):
            self.paths[unit.pk], self.parents[unit.pk] = unit.path, unit.parent_id
            if unit.existed_on(today):
                self.exists.add(unit.pk)
        self.successors = defaultdict(list)
        rows = Succession.objects.filter(effective_on__lte=today).order_by("effective_on", "pk")
        for predecessor, successor in rows.values_list("predecessor", "successor"):
            self.successors[predecessor].append(successor)

    def today(self, unit_id: int) -> int | None:
        """The unit of today that stands for this one; None where several do, or none."""
        met = set()
        while unit_id not in self.exists:
            if unit_id in met or len(self.successors[unit_id]) != 1:
                return None
            met.add(unit_id)
            unit_id = self.successors[unit_id][0]
        return unit_id

    def where(self, person: int, unit_id: int, followed: dict[int, list[int]]) -> int | None:
        """Today's unit for somebody whose unit leads to several, or to none."""
        for following in followed.get(person, ()):
            if (found := self.today(following)) is not None:
                return found
        while unit_id is not None:
            if (found := self.today(unit_id)) is not None:
                return found
            unit_id = self.parents[unit_id]
        return None

    def leading_into(self, unit: Unit) -> tuple[list[int], list[int]]:
        """Units of any day whose people stand within ``unit`` today, and those whose people are asked one by one."""
        settled, scattered = [], []
        for pk in self.paths:
            found = self.today(pk)
            if found is None:
                scattered.append(pk)
            elif self.paths[found].startswith(unit.path):
                settled.append(pk)
        return settled, scattered
