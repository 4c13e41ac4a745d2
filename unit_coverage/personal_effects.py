"""What a change of one person would do: her rows, what she must learn, and each figure on each day that is printed.

As in ``unit_coverage.effects`` the verb itself runs in a transaction that is rolled back.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import Q, Sum

from courses.enums import Binding
from courses.facts import load_people, load_track_facts
from courses.models import Track
from courses.obligations import PersonFacts, assess
from staff import clock
from staff.enums import HEADCOUNT_CATEGORIES
from staff.models import Duty, Posting, Scope, StaffMember, Unit, User
from unit_coverage import counting
from unit_coverage.effects import Effect, rehearse
from unit_coverage.enums import FigureKey
from unit_coverage.keeping import counted_among, kept_days
from unit_coverage.models import UnitFigure
from unit_coverage.queries import FIGURES
from unit_coverage.services import stored_rows
from unit_coverage.shown import Shown
from unit_coverage.standings import Row, standing_rows

HEADCOUNT = "headcount"
_SEEN = (HEADCOUNT, *FigureKey)
_COUNTS = {name: counting.PEOPLE[name] for name in counting.HEADCOUNT}


@dataclass(frozen=True, slots=True)
class Fact:
    """A posting, duty or right. ``label``: the position of a posting, the kind of a duty, the capability of a right."""

    what: str  # "posting", "post" (a further one), "duty", "right"
    unit_id: int
    label: str
    first: date
    last: date | None
    category: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class FactMove:
    """One row of hers before and after; None where there is none. Both equal: it is named because it goes on."""

    before: Fact | None
    after: Fact | None


@dataclass(frozen=True, slots=True)
class DayFigure:
    """A unit's figure on a day, whole subtree; of the headcount, ``a`` is empty."""

    unit_id: int
    figure: str
    day: date
    a_before: int | None
    b_before: int
    a_after: int | None
    b_after: int

    @property
    def share_before(self) -> Fraction | None:
        return self._share(self.a_before, self.b_before)

    @property
    def share_after(self) -> Fraction | None:
        return self._share(self.a_after, self.b_after)

    @staticmethod
    def _share(a: int | None, b: int) -> Fraction | None:
        return None if a is None or not b else Fraction(a, b)


@dataclass(frozen=True, slots=True)
class PersonalEffect(Shown):
    """All that a change of a person does. ``open_before``: how many requirements wait for her on the day ``on``."""

    effect: Effect
    facts: tuple[FactMove, ...]
    figures: tuple[DayFigure, ...]
    days: tuple[date, ...]
    status: str
    open_before: int
    open_after: int
    has_account: bool
    closes_account: bool
    opens_account: bool


def rehearse_personal(verb: Callable[[], object], person: StaffMember) -> PersonalEffect:
    """The effect of ``verb`` on ``person``, which writes nothing that stays; what it refuses, it refuses here."""
    ids = {person.pk}
    before, [facts_before] = _rows_of(person), load_people(ids)
    seen = {}

    def run():
        verb()
        seen["rows"] = _rows_of(person)
        [seen["facts"]] = load_people(ids)

    effect = rehearse(run, staff_member_ids=ids)
    rows, facts_after = seen["rows"], seen["facts"]
    days = days_shown(effect.since)
    tracks = load_track_facts()
    posting = next((p for p in facts_after.postings if p.holds_on(effect.on)), None)
    return PersonalEffect(
        effect=effect,
        facts=_moves(before.facts, rows.facts),
        figures=figures_moved([facts_before], [facts_after], tracks, days),
        days=days,
        status=posting.status if posting else "",
        open_before=_open(facts_before, tracks, effect.on),
        open_after=_open(facts_after, tracks, effect.on),
        has_account=before.has_account,
        closes_account=before.is_active and not rows.is_active,
        opens_account=rows.is_active and not before.is_active,
    )


def days_shown(since: date) -> tuple[date, ...]:
    """The day on which it begins where that lies ahead; else today and each kept month's end from then on, oldest
    first."""
    today = clock.today()
    if since > today:
        return (since,)
    return tuple(sorted(day for day in kept_days(today) if day >= since))


@dataclass(frozen=True, slots=True)
class _Rows:
    facts: tuple[Fact, ...]
    has_account: bool
    is_active: bool


def _rows_of(person: StaffMember) -> _Rows:
    theirs = Q(staff_member=person) | Q(staff_member__merged_into=person)
    facts = [_posting(p) for p in Posting.objects.filter(staff_member=person)]
    facts += [Fact("duty", d.unit_id, str(d.kind), d.valid_from, d.valid_until) for d in Duty.objects.filter(theirs)]
    facts += [
        Fact("right", s.unit_id, str(s.capability), s.valid_from, s.valid_until)
        for s in Scope.objects.filter(user__staff_member=person)
    ]
    users = list(User.objects.filter(staff_member=person))
    return _Rows(tuple(facts), bool(users), any(user.is_active for user in users))


def _posting(posting: Posting) -> Fact:
    what = "posting" if posting.is_primary else "post"
    days = (posting.valid_from, posting.valid_until)
    return Fact(what, posting.unit_id, posting.position, *days, posting.category, posting.status)


def _moves(before: Collection[Fact], after: Collection[Fact]) -> tuple[FactMove, ...]:
    """What differs, paired by the first day or else by unit; then the duties that go on from today."""
    gone, made = [f for f in before if f not in after], [f for f in after if f not in before]
    found = []
    for fact in sorted(gone, key=_order):
        same = [f for f in made if (f.what, f.unit_id, f.first) == (fact.what, fact.unit_id, fact.first)]
        other = next(iter(same), None)
        if other is not None:
            made.remove(other)
        found.append(FactMove(fact, other))
    found += [FactMove(None, fact) for fact in made]
    today = clock.today()
    stays = [f for f in before if f in after and f.what == "duty" and (f.last is None or f.last >= today)]
    found.sort(key=lambda move: _order(move.before or move.after))
    return (*found, *(FactMove(fact, fact) for fact in sorted(stays, key=_order)))


def _order(fact: Fact):
    return (("posting", "post", "duty", "right").index(fact.what), fact.first, fact.unit_id, fact.label)


def _open(person, tracks, on: date) -> int:
    """How many requirements bind on the day and are not met; whole tracks only, as reminders count."""
    whole = [track for track in tracks if not track.part]
    return sum(o.lifted_by is None and not o.is_met for track in whole for o in assess(person, track, on).obligations)


def figures_moved(before: list[PersonFacts], after: list[PersonFacts], tracks, days) -> tuple[DayFigure, ...]:
    """Each figure that differs on one of the days when some people stand as ``after`` says instead of ``before``."""
    return tuple(_figures(before, after, tracks, days))


def _figures(before: list[PersonFacts], after: list[PersonFacts], tracks, days) -> Iterable[DayFigure]:
    paths = dict(Unit.objects.values_list("pk", "path"))
    was, will_be = (_together(people, tracks, days, paths) for people in (before, after))
    differing = [where for where in was.keys() | will_be.keys() if was.get(where) != will_be.get(where)]
    concerned = [person.staff_member_id for person in before]
    others = _others(concerned, {(unit, day) for unit, _figure, day in differing}, paths)
    for unit, figure, day in sorted(differing, key=lambda w: (paths[w[0]], _SEEN.index(w[1]), w[2])):
        a, b = others[unit, figure, day]
        (a0, b0), (a1, b1) = (known.get((unit, figure, day), (0, 0)) for known in (was, will_be))
        if figure == HEADCOUNT:
            yield DayFigure(unit, figure, day, None, b + b0, None, b + b1)
        else:
            yield DayFigure(unit, str(figure), day, a + a0, b + b0, a + a1, b + b1)


def _together(people, tracks, days, paths) -> dict[tuple[int, str, date], tuple[int, int]]:
    """What these people count for together."""
    found: dict[tuple[int, str, date], tuple[int, int]] = {}
    for person in people:
        for where, (a, b) in _own(person, tracks, days, paths).items():
            a0, b0 = found.get(where, (0, 0))
            found[where] = (a0 + a, b0 + b)
    return found


def _own(person, tracks, days, paths) -> dict[tuple[int, str, date], tuple[int, int]]:
    """What she alone counts for, by unit (her own and all above), figure and day."""
    codes = dict(Track.objects.values_list("pk", "code"))
    keys = {where: key for key, where in FIGURES.items()}
    found = {}
    for track in tracks:
        if figure := keys.get((codes[track.track_id], track.part)):
            for row in standing_rows(person, track):
                for day in days:
                    if _counts(row, day):
                        for unit in _ids(paths[row.unit_id]):
                            found[unit, HEADCOUNT, day] = (0, 1)
                            if row.binding == Binding.BOUND:
                                found[unit, figure, day] = (int(row.is_trained), 1)
    return found


def _counts(row: Row, day: date) -> bool:
    held = row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
    return held and row.category in HEADCOUNT_CATEGORIES


def _others(concerned: list[int], places: set[tuple[int, date]], paths) -> dict[tuple, tuple[int, int]]:
    """How everybody else counts there. Kept days are read from the kept figures, less what they count for in these."""
    found: dict[tuple, list[int]] = defaultdict(lambda: [0, 0])
    keys = {where: key for key, where in FIGURES.items()}
    kept = counted_among({day for _unit, day in places})
    for unit, track, part, day, numbers in (*_kept_rows(places, kept), *_counted_rows(places, kept)):
        if figure := keys.get((track, part)):
            bound = sum(numbers[name] for name in counting.BOUND)
            found[unit, figure, day][0] += bound - numbers["not_trained"]
            found[unit, figure, day][1] += bound
            if figure == FigureKey.BASIC:
                found[unit, HEADCOUNT, day][1] += sum(numbers[name] for name in counting.HEADCOUNT)
    codes = dict(Track.objects.values_list("pk", "code"))
    for _pk, row in stored_rows(concerned):
        figure = keys.get((codes[row.track_id], row.part))
        for unit, day in places:
            if figure and _counts(row, day) and unit in _ids(paths[row.unit_id]):
                if row.binding == Binding.BOUND:
                    found[unit, figure, day][0] -= row.is_trained
                    found[unit, figure, day][1] -= 1
                if figure == FigureKey.BASIC:
                    found[unit, HEADCOUNT, day][1] -= 1
    return {where: tuple(pair) for where, pair in found.items()} | {
        (unit, figure, day): (0, 0) for unit, day in places for figure in _SEEN if (unit, figure, day) not in found
    }


def _kept_rows(places, kept) -> Iterable[tuple]:
    """One query for all kept days."""
    wanted = {(unit, day) for unit, day in places if day in kept}
    rows = (
        UnitFigure.objects.filter(
            day__in={day for _unit, day in wanted},
            unit__in={unit for unit, _day in wanted},
            category__in=HEADCOUNT_CATEGORIES,
        )
        .values_list("unit_id", "track__code", "part", "day")
        .annotate(**{f"sum_{name}": Sum(name) for name in counting.HEADCOUNT})
        .order_by()
    )
    for unit, track, part, day, *numbers in rows if wanted else ():
        if (unit, day) in wanted:
            yield unit, track, part, day, dict(zip(counting.HEADCOUNT, numbers, strict=True))


def _counted_rows(places, kept) -> Iterable[tuple]:
    """Days that are not kept, counted from the standings: a query a unit."""
    codes = dict(Track.objects.values_list("pk", "code"))
    units = Unit.objects.in_bulk({unit for unit, day in places if day not in kept})
    for unit, day in sorted(places):
        if day not in kept:
            for _child, track, part, category, *numbers in counting.groups_by_child(day, units[unit], _COUNTS):
                if category in HEADCOUNT_CATEGORIES:
                    yield unit, codes[track], part, day, dict(zip(counting.HEADCOUNT, numbers, strict=True))


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]
