"""The kept figures of today and of the ends of past months: as true as the standings, in the same transaction."""

from calendar import monthrange
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Min, Sum

from staff import clock
from staff.models import Unit
from unit_coverage import counting
from unit_coverage.models import CountedDay, Standing, UnitFigure
from unit_coverage.standings import Row, state_of

MONTHS = 25
# A change that touches more units than these is quicker counted wholly.
MANY_UNITS = 300
ONE_DAY = timedelta(days=1)


def kept_days(today: date) -> list[date]:
    """``today`` and the last ``MONTHS`` ends of months before it, the newest first."""
    return [today, *month_ends(today - ONE_DAY, MONTHS)]


def month_ends(until: date, months: int) -> list[date]:
    """The last ``months`` ends of months that are not after ``until``, the newest first."""
    first = until.replace(day=1)
    found = [] if until.day != monthrange(until.year, until.month)[1] else [until]
    while len(found) < months:
        found.append(first - ONE_DAY)
        first = found[-1].replace(day=1)
    return found


class Touched:
    """Of each kept day, the units whose figures a rewriting of standings may have changed."""

    def __init__(self):
        days = CountedDay.objects.values_list("day", flat=True)
        self.units: dict[date, set[int]] = {day: set() for day in days}
        self.everything = False

    def note(self, stored: Iterable[Row], wanted: Iterable[Row], since: date | None = None) -> None:
        """The rows of one person before and after; whatever she is from ``since`` on may count otherwise.

        Rows do not tell of every duty, which is why a change of the feed touches all days from its own.
        """
        stored, wanted = _by_track(stored), _by_track(wanted)
        for day, units in self.units.items():
            before, after = _on(stored, day), _on(wanted, day)
            if before != after or (since is not None and since <= day):
                units.update(row[0] for row in (*before.values(), *after.values()))

    def write(self) -> None:
        """Count what was touched anew. A fixed number of queries a day."""
        for day, units in self.units.items():
            if self.everything or len(units) > MANY_UNITS:
                counting.write_day(day)
            elif units:
                _write_units(day, units)


def keep_days(today: date | None = None) -> int:
    """Count the kept days that are missing, and forget those that are no longer kept. Answers how many were counted.

    The caller is the only writer of standings.
    """
    wanted = set(kept_days(today or clock.today()))
    counted = set(CountedDay.objects.values_list("day", flat=True))
    if stale := counted - wanted:
        UnitFigure.objects.filter(day__in=stale).delete()
        CountedDay.objects.filter(day__in=stale).delete()
    missing = sorted(wanted - counted)
    first = Standing.objects.aggregate(first=Min("valid_from"))["first"] if missing else None
    for day in missing:
        if first is not None and first <= day:
            counting.write_day(day)
    CountedDay.objects.bulk_create([CountedDay(day=day) for day in missing])
    return len(missing)


def is_counted(day: date) -> bool:
    return CountedDay.objects.filter(day=day).exists()


def counted_among(days: Iterable[date]) -> set[date]:
    return set(CountedDay.objects.filter(day__in=days).values_list("day", flat=True))


def _by_track(rows: Iterable[Row]) -> dict[tuple, list[Row]]:
    found = defaultdict(list)
    for row in rows:
        found[row.track_id, row.part].append(row)
    return found


def _on(by_track: dict[tuple, list[Row]], day: date) -> dict[tuple, tuple]:
    """What the rows say of ``day``."""
    found = {}
    for key, rows in by_track.items():
        for row in rows:
            if row.valid_from <= day and (row.valid_until is None or day <= row.valid_until):
                found[key] = state_of(row)
    return found


def _write_units(day: date, units: set[int]) -> None:
    """The figures of these units and of all above them: the people of each, and the kept figures of what is below."""
    above = {pk for unit in Unit.objects.filter(pk__in=units) for pk in (unit.pk, *unit.ancestor_ids)}
    chain = sorted(Unit.objects.filter(pk__in=above), key=lambda unit: -unit.path.count("/"))
    sums: dict[int, dict[tuple, list[int]]] = defaultdict(dict)
    for unit_id, *rest in counting.own_groups(day, above):
        _add(sums[unit_id], rest)
    for unit_id, *rest in _below(day, above):
        _add(sums[unit_id], rest)
    for unit in chain:
        if unit.parent_id is not None:
            for key, counts in sums[unit.pk].items():
                _add(sums[unit.parent_id], [*key, *counts])
    stored = UnitFigure.objects.filter(day=day, unit__in=above)
    wrong, right = [], set()
    for pk, unit_id, *rest in stored.values_list("pk", "unit_id", *counting.KEYS, *counting.COUNTS):
        key, counts = tuple(rest[:3]), rest[3:]
        if sums[unit_id].get(key) == counts:
            right.add((unit_id, key))
        else:
            wrong.append(pk)
    UnitFigure.objects.filter(pk__in=wrong).delete()
    UnitFigure.objects.bulk_create(
        _figure(day, unit.pk, key, counts)
        for unit in chain
        for key, counts in sums[unit.pk].items()
        if (unit.pk, key) not in right
    )


def _below(day: date, above: set[int]):
    """(parent, key …, counts …) of the children of these units that are not among them."""
    rows = UnitFigure.objects.filter(day=day, unit__parent__in=above).exclude(unit__in=above)
    keys = ("unit__parent_id", *counting.KEYS)
    return rows.values_list(*keys).annotate(**{f"sum_{n}": Sum(n) for n in counting.COUNTS}).order_by()


def _add(groups: dict[tuple, list[int]], row) -> None:
    key, counts = tuple(row[:3]), list(row[3:])
    groups[key] = [a + b for a, b in zip(groups[key], counts, strict=True)] if key in groups else counts


def _figure(day: date, unit_id: int, key: tuple, counts: list[int]) -> UnitFigure:
    names = (*counting.KEYS, *counting.COUNTS)
    return UnitFigure(day=day, unit_id=unit_id, **dict(zip(names, [*key, *counts], strict=True)))
