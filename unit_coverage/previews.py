"""What the page of a proposal prints: the effect with the names of people, units and requirements."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from django.core.paginator import Page, Paginator
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from courses.models import Requirement
from staff.models import StaffMember, Unit
from unit_coverage.effects import Effect, FigureEffect, PersonEffect
from unit_coverage.enums import FigureKey, Turn
from unit_coverage.shares import percent_text

PAGE_SIZE = 50
# On the page: the unit at the top and those directly below. The file has every unit.
LEVELS = 2


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of the list: what turns, in which requirement."""

    staff_member: StaffMember
    unit: Unit
    effect: PersonEffect

    @property
    def turn(self) -> str:
        return Turn(self.effect.turn).label


@dataclass(frozen=True, slots=True)
class FigureLine:
    """One unit's figure before and after."""

    unit: Unit
    label: str
    effect: FigureEffect

    @property
    def share_before(self) -> Fraction | None:
        return Fraction(self.effect.trained_before, self.effect.bound_before) if self.effect.bound_before else None

    @property
    def share_after(self) -> Fraction | None:
        return Fraction(self.effect.trained_after, self.effect.bound_after) if self.effect.bound_after else None


@dataclass(frozen=True, slots=True)
class UnitLine:
    """How many people of a unit each turn concerns."""

    unit: Unit
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    effect: Effect
    turns: tuple[tuple[str, str, int], ...]
    units: tuple[UnitLine, ...]
    figures: tuple[FigureLine, ...]
    page: Page


def preview(effect: Effect, *, viewer, turn: str = "", number=1) -> Preview:
    """The page of an effect; ``turn`` keeps the people it names. A fixed number of queries.

    Figures are those of units that ``viewer`` may see: a person's duty also moves units above the viewer's scope.
    """
    units = Unit.objects.select_related("parent").in_bulk()
    shown = [turn.value for turn in Turn if effect.of(turn)]
    counts = Counter((_upper(units[p.unit_id]), p.turn) for p in effect.people)
    heads = sorted({head for head, _turn in counts}, key=lambda pk: units[pk].path)
    people = effect.of(turn) if turn else list(effect.people)
    page = Paginator(_in_name_order(people), PAGE_SIZE).get_page(number)
    page.object_list = list(person_lines(page.object_list, units))
    return Preview(
        effect=effect,
        turns=tuple((value, Turn(value).label, len(effect.of(value))) for value in shown),
        units=tuple(UnitLine(units[pk], tuple(counts[pk, value] for value in shown)) for pk in heads),
        figures=tuple(
            FigureLine(units[f.unit_id], FigureKey(f.figure).label, f)
            for f in figures_for(effect, viewer)
            if units[f.unit_id].path.count("/") <= LEVELS
        ),
        page=page,
    )


def figures_for(effect: Effect, viewer) -> list[FigureEffect]:
    """Those of units that ``viewer`` may see; all where nobody is named, as for whoever sits at the server."""
    if viewer is None:
        return list(effect.figures)
    concerned = Unit.objects.filter(pk__in={figure.unit_id for figure in effect.figures})
    visible = set(concerned.visible_to(viewer).values_list("pk", flat=True))
    return [figure for figure in effect.figures if figure.unit_id in visible]


def _upper(unit: Unit) -> int:
    """The unit of the second level that ``unit`` lies in: the commune, the department."""
    return [int(part) for part in unit.path.split("/") if part][:LEVELS][-1]


def _in_name_order(people: list[PersonEffect]) -> list[PersonEffect]:
    ids = {person.staff_member_id for person in people}
    keys = dict(StaffMember.objects.filter(pk__in=ids).values_list("pk", "sort_key"))
    return sorted(people, key=lambda p: (keys[p.staff_member_id], p.staff_member_id, p.code))


def person_lines(people: Iterable[PersonEffect], units: dict[int, Unit]) -> Iterable[PersonLine]:
    people = list(people)
    members = StaffMember.objects.in_bulk([person.staff_member_id for person in people])
    return [PersonLine(members[p.staff_member_id], units[p.unit_id], p) for p in people]


def effect_rows(effect: Effect, *, viewer=None) -> Iterable[list]:
    """The whole effect as the lines of a file: people first, then the figures that ``viewer`` may see (None: all)."""
    units = Unit.objects.select_related("parent").in_bulk()
    yield [_("Full name"), _("Unit code"), _("Unit"), _("Requirement"), _("Effect"), _("Due before"), _("Due after")]
    for line in person_lines(_in_name_order(list(effect.people)), units):
        due = [_day(line.effect.due_before), _day(line.effect.due_after)]
        yield [line.staff_member.full_name, line.unit.code, line.unit.name_in_place, line.effect.code, line.turn, *due]
    yield []
    yield [
        _("Unit code"),
        _("Unit"),
        _("Figure"),
        _("From"),
        _("Trained before"),
        _("Bound before"),
        _("Share before"),
        _("Trained after"),
        _("Bound after"),
        _("Share after"),
    ]
    for f in figures_for(effect, viewer):
        before = [f.trained_before, f.bound_before, percent_text(f.trained_before, f.bound_before)]
        after = [f.trained_after, f.bound_after, percent_text(f.trained_after, f.bound_after)]
        unit = units[f.unit_id]
        yield [unit.code, unit.name_in_place, FigureKey(f.figure).label, _day(f.day), *before, *after]


def sentences(effect: Effect, person: StaffMember) -> list[str]:
    """The effect on one person, a sentence a requirement; one sentence that nothing changes where that is so."""
    titles = {}
    for requirement in Requirement.objects.select_related("course", "track").order_by("version"):
        titles[requirement.code] = str(requirement.course or requirement.track)
    said = []
    for turned in effect.people:
        words = {"name": person.full_name, "what": titles.get(turned.code, turned.code), "day": _day(effect.on)}
        words |= {"before": _day(turned.due_before), "after": _day(turned.due_after)}
        said.append(_sentence(turned) % words)
    return said or [
        _("What %(name)s must learn does not change; no rate changes by it.") % {"name": person.full_name}
        if not effect.figures
        else _("What %(name)s must learn does not change.") % {"name": person.full_name}
    ]


def _sentence(turned: PersonEffect) -> str:
    if turned.turn == Turn.BOUND:
        if turned.due_after:
            return _("From %(day)s, %(name)s must hold %(what)s by %(after)s.")
        return _("From %(day)s, %(name)s must hold %(what)s; it is held already, or no date is set.")
    if turned.turn == Turn.RELEASED:
        return _("From %(day)s, %(name)s is no longer bound to hold %(what)s and leaves that figure.")
    if turned.turn == Turn.DUE:
        return _("%(what)s: the last day for %(name)s moves from %(before)s to %(after)s.")
    if turned.turn == Turn.MET:
        return _("From %(day)s, %(name)s meets what is asked for %(what)s.")
    return _("From %(day)s, what %(name)s holds no longer meets what is asked for %(what)s.")


def _day(day) -> str:
    return date_format(day, "d/m/Y") if day else ""
