"""What a change would do, found by doing it and undoing it: the verb itself runs in a transaction that is rolled back,
and the difference is computed with the very functions that count the figures."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count, Q

from courses.enums import Binding
from courses.facts import load_people, load_track_facts
from courses.models import Track
from courses.obligations import PersonFacts, TrackFacts, assess, due_of, primary_posting
from staff import clock, feed
from staff.enums import HEADCOUNT_CATEGORIES
from staff.models import Change, Posting, Unit
from unit_coverage.enums import Turn
from unit_coverage.models import Standing
from unit_coverage.queries import FIGURES
from unit_coverage.shown import Shown
from unit_coverage.standings import Row, standing_rows

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class PersonEffect:
    """What the change turns for one person and one requirement, on the day ``Effect.on``."""

    staff_member_id: int
    unit_id: int
    code: str
    turn: str
    due_before: date | None = None
    due_after: date | None = None


@dataclass(frozen=True, slots=True)
class FigureEffect:
    """A unit's figure, whole subtree, on the first day on which it differs: a = trained, b = bound."""

    unit_id: int
    figure: str
    day: date
    trained_before: int
    bound_before: int
    trained_after: int
    bound_after: int


@dataclass(frozen=True, slots=True)
class HeldPaper:
    """A paper that gives nothing beside what is held: by the paper ``by_claim_id``, or earned here as ``title``."""

    claim_id: int
    by_claim_id: int | None
    title: str


@dataclass(frozen=True, slots=True)
class Effect(Shown):
    """All that a change does from ``since`` on; people are compared on ``on``: that day, or today if later.

    ``held`` are the papers that a decision about them leaves without effect.
    """

    since: date
    on: date
    people: tuple[PersonEffect, ...]
    figures: tuple[FigureEffect, ...]
    held: tuple[HeldPaper, ...] = ()

    def of(self, turn: str) -> list[PersonEffect]:
        return [person for person in self.people if person.turn == turn]


def rehearse(
    verb: Callable[[], object],
    *,
    staff_member_ids: Collection[int] | None = None,
    held_in: Callable[[object], tuple[HeldPaper, ...]] = lambda _made: (),
) -> Effect:
    """The effect of ``verb``, which writes nothing that stays. What it refuses, it refuses here as well.

    With ``staff_member_ids`` the change concerns these people; without, rules change and everybody is looked at.
    ``held_in`` reads what the verb made, before that is undone.
    """
    tracks = load_track_facts()
    people = load_people(staff_member_ids) if staff_member_ids else None
    with transaction.atomic():
        mark = Change.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        held = held_in(verb())
        touched = list(feed.written_here(after=mark).values_list("since", flat=True))
        tracks_after = load_track_facts()
        people_after = load_people(staff_member_ids) if staff_member_ids else None
        transaction.set_rollback(True)
    since = min(touched, default=clock.today())
    if people is None:
        people = people_after = load_people(_posted_since(since)) if touched else []
        pairs = [(b, a) for b, a in zip(tracks, tracks_after, strict=True) if _versions(b) != _versions(a)]
    else:
        pairs = list(zip(tracks, tracks_after, strict=True))
    compared = _compare(list(zip(people, people_after, strict=True)), pairs, since, only=staff_member_ids)
    return replace(compared, held=held)


def _posted_since(day: date) -> set[int]:
    posted = Posting.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), is_primary=True)
    return set(posted.values_list("staff_member_id", flat=True))


def _versions(track: TrackFacts) -> tuple:
    """What tells two states of a track's rules apart: stored versions never change but for their last day."""
    rules = [rule for rules in track.audience_rules.values() for rule in rules]
    return tuple((row.pk, row.valid_until) for row in (*track.requirements, *rules, *(r for r, _ in track.track_rules)))


def _compare(people, tracks, since: date, *, only: Collection[int] | None) -> Effect:
    on = max(since, clock.today())
    codes = dict(Track.objects.values_list("pk", "code"))
    keys = {where: key for key, where in FIGURES.items()}
    turned: list[PersonEffect] = []
    counted = _Counts(only)
    for person_before, person_after in people:
        posting = primary_posting(person_after, on) or primary_posting(person_before, on)
        for before, after in tracks:
            if not before.part and posting is not None:
                turned += _turns(person_before, before, person_after, after, posting.unit_id, on)
            if key := keys.get((codes[before.track_id], before.part)):
                counted.add(str(key), standing_rows(person_before, before), standing_rows(person_after, after))
    return Effect(since, on, tuple(turned), tuple(counted.differences()))


def _turns(person_before, before, person_after, after, unit_id: int, on: date) -> Iterable[PersonEffect]:
    asked, will_be_asked = _open(person_before, before, on), _open(person_after, after, on)
    who = (person_before.staff_member_id, unit_id)
    for code in sorted(asked.keys() | will_be_asked.keys()):
        if code not in asked:
            yield PersonEffect(*who, code, Turn.BOUND, due_after=will_be_asked[code][1])
        elif code not in will_be_asked:
            yield PersonEffect(*who, code, Turn.RELEASED, due_before=asked[code][1])
        elif asked[code] != will_be_asked[code]:
            (was_met, due_before), (is_met, due_after) = asked[code], will_be_asked[code]
            turn = Turn.DUE if was_met == is_met else Turn.MET if is_met else Turn.UNMET
            yield PersonEffect(*who, code, turn, due_before, due_after)


def _open(person: PersonFacts, track: TrackFacts, on: date) -> dict[str, tuple[bool, date | None]]:
    """By code, each requirement that binds on the day: whether it is met, and if not, by when it must be."""
    found = {}
    for obligation in assess(person, track, on).obligations:
        if obligation.lifted_by is None:
            due = None if obligation.is_met else due_of(person, track, obligation.requirement, on)
            found[obligation.requirement.code] = (obligation.is_met, due and due.day)
    return found


class _Counts:
    """Counts a and b of every unit before and after, and finds the first day on which they differ.

    Where some people are looked at ``only``, everybody else stands where the figures say.
    """

    def __init__(self, only: Collection[int] | None):
        self.only = only
        self.before: dict[str, list[Row]] = defaultdict(list)
        # by (unit, figure): how much more is trained and bound from a day on
        self.steps: dict[tuple[int, str], dict[date, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
        self.paths = dict(Unit.objects.values_list("pk", "path"))

    def add(self, figure: str, before: list[Row], after: list[Row]) -> None:
        before, after = _counted(before), _counted(after)
        self.before[figure] += before
        if before != after:
            self._step(figure, before, -1)
            self._step(figure, after, 1)

    def _step(self, figure: str, rows: list[Row], sign: int) -> None:
        for row in rows:
            for unit_id in self._units(row):
                days = self.steps[unit_id, figure]
                for day, more in ((row.valid_from, sign), (row.valid_until and row.valid_until + ONE_DAY, -sign)):
                    if day is not None:
                        days[day][0] += more * row.is_trained
                        days[day][1] += more

    def _units(self, row: Row) -> list[int]:
        return [int(part) for part in self.paths[row.unit_id].split("/") if part]

    def differences(self) -> Iterable[FigureEffect]:
        first: dict[str, dict[int, tuple[date, int, int]]] = defaultdict(dict)
        for (unit_id, figure), days in self.steps.items():
            trained = bound = 0
            for day in sorted(days):
                trained, bound = trained + days[day][0], bound + days[day][1]
                if trained or bound:
                    first[figure][unit_id] = (day, trained, bound)
                    break
        for figure, units in sorted(first.items()):
            counted = {unit_id: [0, 0] for unit_id in units}
            for row in self.before[figure]:
                for unit_id in self._units(row):
                    if unit_id in units and _holds(row, units[unit_id][0]):
                        counted[unit_id][0] += row.is_trained
                        counted[unit_id][1] += 1
            for unit_id in sorted(units, key=self.paths.__getitem__):
                (a, b), (day, trained, bound) = counted[unit_id], units[unit_id]
                if self.only:
                    others = self._others(figure, unit_id, day)
                    a, b = a + others["trained"], b + others["bound"]
                yield FigureEffect(unit_id, figure, day, a, b, a + trained, b + bound)

    def _others(self, figure: str, unit_id: int, day: date) -> dict[str, int]:
        track, part = FIGURES[figure]
        below = Q(unit__path__startswith=self.paths[unit_id])
        others = Standing.objects.on(day).filter(
            below, track__code=track, part=part, binding=Binding.BOUND, category__in=HEADCOUNT_CATEGORIES
        )
        return others.exclude(staff_member__in=self.only).aggregate(
            bound=Count("pk"), trained=Count("pk", filter=Q(is_trained=True))
        )


def _counted(rows: list[Row]) -> list[Row]:
    return [row for row in rows if row.binding == Binding.BOUND and row.category in HEADCOUNT_CATEGORIES]


def _holds(row: Row, day: date) -> bool:
    return row.valid_from <= day and (row.valid_until is None or day <= row.valid_until)
