"""What a reorganisation would do, found by doing it and undoing it: who moves where, and every figure that moves.

As in ``unit_coverage.effects`` the verb itself runs in a transaction that is rolled back. Units that open have no row
afterwards, so that everything here names units by their codes.
"""

import hashlib
import json
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db import transaction
from django.db.models import Count, Q

from courses.enums import Binding
from courses.facts import load_people, load_track_facts
from courses.models import Track
from courses.obligations import PersonFacts, TrackFacts, assess, primary_posting
from staff import feed
from staff import services as staff
from staff.enums import HEADCOUNT_CATEGORIES
from staff.models import Change, Reorganisation, StaffMember, Unit
from unit_coverage.models import Standing
from unit_coverage.proposals import FactsMoved
from unit_coverage.queries import FIGURES
from unit_coverage.services import only_writer
from unit_coverage.shown import Shown

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Move:
    """A person whose main posting goes from one unit to another; ``to`` is empty for somebody who leaves."""

    staff_member_id: int
    name: str
    came_from: str
    to: str


@dataclass(frozen=True, slots=True)
class FigureMove:
    """A unit's figure on the day: as it would be without the change, and with it. None: there is no such unit then."""

    code: str
    name: str
    figure: str
    before: Pair | None
    after: Pair | None

    @property
    def share_before(self) -> Fraction | None:
        return Fraction(*self.before) if self.before and self.before[1] else None

    @property
    def share_after(self) -> Fraction | None:
        return Fraction(*self.after) if self.after and self.after[1] else None


@dataclass(frozen=True, slots=True)
class ReformEffect(Shown):
    on: date
    plan_hash: str
    moves: tuple[Move, ...]
    figures: tuple[FigureMove, ...]

    def by_way(self) -> list[tuple[str, str, int]]:
        """(from, to, people), in the order of the units' codes."""
        counted = Counter((move.came_from, move.to) for move in self.moves)
        return [(came_from, to, people) for (came_from, to), people in sorted(counted.items())]


@dataclass(frozen=True, slots=True)
class _State:
    """Where these people stand on the day, and the units of that moment."""

    posted: dict[int, int | None]
    counted: dict[tuple[int, str], Pair]
    units: dict[int, Unit]

    def code(self, staff_member_id: int) -> str:
        unit_id = self.posted.get(staff_member_id)
        return self.units[unit_id].code if unit_id else ""


def rehearse_reorganisation(reorganisation: Reorganisation) -> ReformEffect:
    """The effect of carrying the plan out now; writes nothing that stays. What the verb refuses is refused here too."""
    tracks = load_track_facts()
    on = reorganisation.effective_on
    with transaction.atomic():
        mark = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        staff.write_plan(reorganisation=reorganisation, by=reorganisation.made_by)
        touched = set(feed.written_here(after=mark).values_list("staff_member_id", flat=True))
        after = _state(load_people(touched), tracks, on)
        transaction.set_rollback(True)
    before = _state(load_people(touched), tracks, on)
    plan_hash = hashlib.sha256(json.dumps(reorganisation.plan, sort_keys=True).encode()).hexdigest()
    return ReformEffect(on, plan_hash, _moves(before, after), _figures(reorganisation, before, after, touched))


def _state(people: list[PersonFacts], tracks: list[TrackFacts], on: date) -> _State:
    units = Unit.objects.in_bulk()
    codes = dict(Track.objects.values_list("pk", "code"))
    keys = {where: str(key) for key, where in FIGURES.items()}
    posted: dict[int, int | None] = {}
    counted: dict[tuple[int, str], list[int]] = defaultdict(lambda: [0, 0])
    for person in people:
        posting = primary_posting(person, on)
        posted[person.staff_member_id] = posting and posting.unit_id
        if posting is None or posting.category not in HEADCOUNT_CATEGORIES:
            continue
        for track in tracks:
            key = keys.get((codes[track.track_id], track.part))
            state = assess(person, track, on) if key else None
            if state is None or state.binding != Binding.BOUND:
                continue
            for unit_id in _ids(units[posting.unit_id].path):
                counted[unit_id, key][0] += state.is_trained
                counted[unit_id, key][1] += 1
    return _State(posted, {where: tuple(pair) for where, pair in counted.items()}, units)


def _moves(before: _State, after: _State) -> tuple[Move, ...]:
    moved = [pk for pk in before.posted if before.code(pk) != after.code(pk)]
    people = StaffMember.objects.filter(pk__in=moved).in_name_order().values_list("pk", "full_name")
    return tuple(Move(pk, name, before.code(pk), after.code(pk)) for pk, name in people)


def _figures(reorganisation: Reorganisation, before: _State, after: _State, people: set[int]) -> tuple[FigureMove, ...]:
    """Units that close or open, and each other unit one of whose figures differs; parents first, then by name."""
    named = {*reorganisation.plan["closes"], *(unit["code"] for unit in reorganisation.plan["new"])}
    pairs = {
        where: (before.counted.get(where, (0, 0)), after.counted.get(where, (0, 0)))
        for where in before.counted.keys() | after.counted.keys()
    }
    shown = {unit.pk for unit in after.units.values() if unit.code in named}
    shown |= {unit_id for (unit_id, _key), (was, will_be) in pairs.items() if was != will_be}
    others = _others({pk: after.units[pk] for pk in shown}, reorganisation.effective_on, people)
    found = []
    for unit in sorted((after.units[pk] for pk in shown), key=lambda u: (len(u.ancestor_ids), u.sort_key, u.code)):
        closes, opens = unit.code in reorganisation.plan["closes"], unit.pk not in before.units
        for key in FIGURES:
            was, will_be = pairs.get((unit.pk, str(key)), ((0, 0), (0, 0)))
            rest = others[unit.pk, str(key)]
            first = None if opens else (was[0] + rest[0], was[1] + rest[1])
            then = None if closes else (will_be[0] + rest[0], will_be[1] + rest[1])
            if first != then and (any(first or ()) or any(then or ())):
                found.append(FigureMove(unit.code, unit.name, str(key), first, then))
    return tuple(found)


def _others(units: dict[int, Unit], on: date, people: set[int]) -> dict[tuple[int, str], Pair]:
    """How everybody else in these units stands on the day: these figures do not move. One query."""
    inside = Q(pk__in=[])
    roots = {unit.path.partition("/")[0] for unit in units.values()}
    for root in roots:
        inside |= Q(unit__path__gte=f"{root}/", unit__path__lt=f"{root}0")
    rows = (
        Standing.objects.on(on)
        .filter(inside, binding=Binding.BOUND, category__in=HEADCOUNT_CATEGORIES)
        .exclude(staff_member__in=people)
        .values_list("unit__path", "track__code", "part")
        .annotate(trained=Count("pk", filter=Q(is_trained=True)), bound=Count("pk"))
        .order_by()
    )
    keys = {where: str(key) for key, where in FIGURES.items()}
    found: dict[tuple[int, str], Pair] = defaultdict(lambda: (0, 0))
    for path, track, part, trained, bound in rows:
        if key := keys.get((track, part)):
            for unit_id in units.keys() & set(_ids(path)):
                a, b = found[unit_id, key]
                found[unit_id, key] = (a + trained, b + bound)
    return found


def _ids(path: str) -> list[int]:
    return [int(part) for part in path.split("/") if part]


@transaction.atomic
def confirm(*, reorganisation: Reorganisation, shown: str, by) -> Reorganisation:
    """Confirm the plan if its effect is still the one with the digest ``shown``; a second call changes nothing.

    Raises FactsMoved where it differs. Proposals and reorganisations are confirmed one at a time.
    """
    only_writer()
    found = Reorganisation.objects.select_for_update(of=("self",)).get(pk=reorganisation.pk)
    if found.confirmed_at is None and rehearse_reorganisation(found).digest != shown:
        raise FactsMoved
    return staff.confirm_reorganisation(reorganisation=found, shown=shown, by=by)
