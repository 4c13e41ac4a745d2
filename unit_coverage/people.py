"""The people behind a number, and why each of them counts or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from certificates.models import Recognition
from courses.enums import Binding, Origin
from courses.facts import load_people, load_track_facts
from staff.enums import HEADCOUNT_CATEGORIES
from staff.models import StaffMember, Unit
from unit_coverage import counting
from unit_coverage.enums import FigureKey, Group
from unit_coverage.models import Standing
from unit_coverage.queries import FIGURES
from unit_coverage.reasons import Explanation, explain
from unit_coverage.todays_units import PeopleByUnits

_BOUND = Q(binding=Binding.BOUND)
_GROUPS = {
    Group.ALL: Q(),
    Group.BOUND: _BOUND,
    Group.TRAINED: _BOUND & Q(is_trained=True),
    Group.PASSED: _BOUND & Q(origin=Origin.PASSED),
    Group.COMPLETED: _BOUND & Q(origin=Origin.COMPLETED),
    Group.RECOGNISED: _BOUND & Q(origin=Origin.RECOGNISED),
    Group.DECLARED: _BOUND & Q(origin=Origin.DECLARED),
    Group.NOT_TRAINED: _BOUND & Q(is_trained=False),
    Group.EXEMPT: Q(binding=Binding.EXEMPT),
    Group.DEFERRED: Q(binding=Binding.DEFERRED),
    Group.NOT_BOUND: Q(binding=Binding.NOT_BOUND),
    Group.TRAINED_OUTSIDE: ~_BOUND & Q(is_trained=True),
}


def _in_group(group: Group, on: date):
    """Who of the standings of ``on`` is in the group: as ``counting`` counts them."""
    if group == Group.OVERDUE:
        return _BOUND & Q(is_trained=False, due_on__lt=on)
    if group == Group.UPDATED:
        return _BOUND & Q(is_trained=True, updated_on__gte=on.replace(month=1, day=1))
    if group == Group.LEADERS:
        return _BOUND & Q(is_leader=True)
    if group == Group.LAPSING:
        return _BOUND & Q(is_trained=True, lapses_from__lte=counting.ahead_of(on))
    return _GROUPS[group]


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person on the list: where he counted that day, how, and why."""

    staff_member: StaffMember
    unit: Unit
    standing: Standing
    reason: Explanation

    @property
    def staff_code(self) -> str:
        """The code of the person's account, empty where there is none: it tells namesakes apart."""
        account = getattr(self.staff_member, "user", None)
        return account.staff_code if account else ""

    @property
    def outcome(self) -> str:
        """The word that stands beside the name."""
        if self.standing.binding != Binding.BOUND:
            return self.standing.get_binding_display()
        return self.standing.get_origin_display() if self.standing.is_trained else Group.NOT_TRAINED.label


@dataclass(frozen=True, slots=True)
class PeopleList:
    """``total`` people are in the group; ``elsewhere`` of them now belong to other units and are not named."""

    lines: tuple[PersonLine, ...]
    total: int
    elsewhere: int

    @property
    def named(self) -> int:
        return self.total - self.elsewhere


def people(
    *,
    unit: Unit,
    on: date,
    figure: str = FigureKey.BASIC,
    group: str = Group.ALL,
    viewer,
    categories: Sequence[str] = HEADCOUNT_CATEGORIES,
    is_direct: bool = False,
    by: date | None = None,
    start: int = 0,
    limit: int | None = None,
) -> PeopleList:
    """The people of a group by given name, with reasons, from ``start`` on. A fixed number of queries.

    Only those ``viewer`` may see today are named; the others are counted. ``track`` is given by the figure.
    ``is_direct`` leaves out the people of the units below that exist on that day, as the unit's own line does.
    ``by`` asks for those who stand in the unit by the units of that later day; each line names the unit of ``on``.
    """
    everybody = _everybody(on, figure, group, categories).filter(_standing_in(unit, on, is_direct, by))
    visible = everybody.filter(staff_member__in=StaffMember.objects.visible_to(viewer))
    total, named = everybody.count(), visible.count()
    page = visible.order_by("staff_member__sort_key", "staff_member_id")
    page = page[start : None if limit is None else start + limit]
    return PeopleList(_lines(page, on), total, total - named)


def people_after(
    after: int,
    *,
    unit: Unit,
    on: date,
    figure: str,
    group: str,
    seen,
    categories: Sequence[str],
    limit: int,
    by: date | None = None,
) -> tuple[PeopleList, int | None]:
    """The same people for programs: by id, behind the person ``after``, and the id that the next page begins after.

    Only those among ``seen`` are named. A fixed number of queries.
    """
    everybody = _everybody(on, figure, group, categories).filter(_standing_in(unit, on, False, by))
    visible = everybody.filter(staff_member__in=seen)
    total, named = everybody.count(), visible.count()
    lines = _lines(visible.filter(staff_member__gt=after).order_by("staff_member_id")[: limit + 1], on)
    following = lines[limit - 1].staff_member.pk if len(lines) > limit else None
    return PeopleList(lines[:limit], total, total - named), following


def _standing_in(unit: Unit, on: date, is_direct: bool, by: date | None) -> Q:
    if by is not None:
        regrouped = PeopleByUnits(unit=unit, on=on, by=by)
        return regrouped.direct() if is_direct else regrouped.within()
    below = Unit.objects.filter(parent=unit).existing_on(on)
    inside = Q(unit__path__gte=unit.path, unit__path__lt=unit.path_end)
    return inside & ~Q(unit__in=Unit.objects.within_any(below)) if is_direct else inside


def _everybody(on: date, figure: str, group: str, categories: Sequence[str]):
    track, part = FIGURES[FigureKey(figure)]
    return Standing.objects.on(on).filter(
        _in_group(Group(group), on), category__in=categories, track__code=track, part=part
    )


def _lines(standings, on: date) -> tuple[PersonLine, ...]:
    page = list(standings.select_related("staff_member__user", "unit__parent"))
    if not page:
        return ()
    reasons = _explanations([s.staff_member_id for s in page], page[0].track_id, page[0].part, on)
    return tuple(PersonLine(s.staff_member, s.unit, s, reasons[s.staff_member_id]) for s in page)


def _explanations(ids: list[int], track_id: int, part: str, on: date) -> dict[int, Explanation]:
    track = next(t for t in load_track_facts() if (t.track_id, t.part) == (track_id, part))
    persons = load_people(ids, track_id=track_id)
    held = [q.pk for person in persons for q in person.qualifications.get(track_id, ())]
    recognitions = {
        r.qualification_id: r for r in Recognition.objects.filter(qualification__in=held).select_related("decision")
    }
    return {p.staff_member_id: explain(p, track, on, recognitions) for p in persons}
