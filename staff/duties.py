"""Who holds which duty, by unit, and which units have nobody."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from staff.enums import DUTY_CHOICES, DutyKind, UnitKind
from staff.models import Duty, Posting, StaffMember, Unit

LOCALITIES = {
    UnitKind.DISTRICT,
    UnitKind.DISTRICT_CITY,
    UnitKind.COMMUNE,
    UnitKind.WARD,
    UnitKind.TOWNSHIP,
    UnitKind.SPECIAL_ZONE,
}


@dataclass(frozen=True, slots=True)
class Holder:
    """Somebody who holds a duty on the day, and where; without a name for those who may not see it."""

    duty: Duty
    staff_member: StaffMember | None


@dataclass(frozen=True, slots=True)
class UnitDuties:
    """A unit, with all below it, and who holds its duties. ``lacks_officer``: it should have an ICT officer.

    Before its first staff list nothing can be said of a unit: ``headcount`` is 0 and it lacks nobody.
    """

    unit: Unit
    headcount: int
    holders: dict[str, tuple[Holder, ...]]
    lacks_officer: bool

    @property
    def columns(self) -> list[tuple[str, tuple[Holder, ...]]]:
        return [(label, self.holders[column]) for column, label in DUTY_CHOICES]

    @property
    def has_officer(self) -> bool:
        return bool(self.holders["ict_full"] or self.holders["ict_part"])


def duties_by_unit(*, unit: Unit, on: date, viewer) -> list[UnitDuties]:
    """``unit`` itself with its direct duties, then each unit directly below with all below it. Four queries.

    A locality, and every body directly below a province, is expected to have an ICT officer, full- or part-time.
    """
    children = list(Unit.objects.filter(parent=unit).existing_on(on).in_name_order())
    key_of = {child.pk: child.pk for child in children}
    holders: dict[int, dict[str, list[Holder]]] = defaultdict(lambda: defaultdict(list))
    inside = {"unit__path__gte": unit.path, "unit__path__lt": unit.path_end}
    visible = set(StaffMember.objects.visible_to(viewer).values_list("pk", flat=True))
    duties = Duty.objects.on(on).filter(**inside).select_related("staff_member", "unit")
    for duty in duties.order_by("staff_member__sort_key", "pk"):
        seen = duty.staff_member if duty.staff_member_id in visible else None
        holders[_key(unit, duty.unit.path, key_of)][duty.code].append(Holder(duty, seen))
    posted: dict[int, int] = defaultdict(int)
    people = Posting.objects.on(on).filter(is_primary=True, **inside)
    for path in people.values_list("unit__path", flat=True):
        posted[_key(unit, path, key_of)] += 1
    lines = [_line(unit, unit.pk, holders, posted, expected=False)]
    expects = unit.kind == UnitKind.PROVINCE
    return lines + [
        _line(child, child.pk, holders, posted, expected=expects or child.kind in LOCALITIES) for child in children
    ]


def _line(unit: Unit, key: int, holders, posted, *, expected: bool) -> UnitDuties:
    held = {column: tuple(holders[key][column]) for column, _label in DUTY_CHOICES}
    has_officer = bool(held["ict_full"] or held["ict_part"])
    lacks_officer = expected and not has_officer and posted[key] > 0
    return UnitDuties(unit, posted[key], held, lacks_officer)


def _key(unit: Unit, path: str, key_of) -> int:
    """The child that ``path`` leads through, or the unit itself."""
    rest = path[len(unit.path) :].split("/")[0]
    return key_of.get(int(rest), unit.pk) if rest else unit.pk


def duty_rows(lines: list[UnitDuties]) -> Iterable[list]:
    """The page as lines of a spreadsheet: one a holder, one for a unit that has nobody."""
    yield [_("Unit code"), _("Unit"), _("Headcount"), _("Duty"), _("Full name"), _("Where"), _("From"), _("Decision")]
    for line in lines:
        head = [line.unit.code, line.unit.name, line.headcount]
        if line.lacks_officer:
            yield [*head, DutyKind.ICT_OFFICER.label, _("nobody yet")]
        for column, label in DUTY_CHOICES:
            for holder in line.holders[column]:
                name = holder.staff_member.full_name if holder.staff_member else _("not named here")
                duty = holder.duty
                yield [*head, label, name, duty.unit.name, duty.valid_from.strftime("%d/%m/%Y"), duty.decision_number]
