"""Units: the tree of a day, one unit, and what became of units."""

from datetime import date

from django.db.models import Q
from ninja import Router, Schema

from staff.api.answers import REFUSALS, After, Limit, On, day_of, page_of, unit_of
from staff.api.tokens import Sight, sight_of
from staff.enums import ApiPermission, SuccessionKind, UnitKind
from staff.models import Succession, Unit

router = Router(tags=["units"])


class TokenOut(Schema):
    name: str
    unit: str
    permissions: list[str]
    valid_until: date


class UnitOut(Schema):
    code: str
    name: str
    kind: UnitKind
    parent: str | None
    official_code: str
    valid_from: date | None
    valid_until: date | None


class UnitsOut(Schema):
    on: date
    units: list[UnitOut]
    next: int | None


class SuccessionOut(Schema):
    """A code is missing where that unit lies outside what the token sees."""

    on: date
    kind: SuccessionKind
    from_code: str | None
    from_name: str
    to_code: str | None
    to_name: str


class UnitDetailOut(UnitOut):
    came_from: list[SuccessionOut]
    became: list[SuccessionOut]


class SuccessionsOut(Schema):
    successions: list[SuccessionOut]
    next: int | None


@router.get("token", response={200: TokenOut, **REFUSALS}, summary="What this token may read")
def own_token(request):
    token = request.auth
    return TokenOut(name=token.name, unit=token.unit.code, permissions=token.permissions, valid_until=token.valid_until)


@router.get("units", response={200: UnitsOut, **REFUSALS}, summary="The units of a day, those above first")
def units(request, on: date | None = On, under: str = "", after: int = After, limit: int = Limit):
    """Units that existed on the day. ``under`` leaves one unit and all below it."""
    sight = sight_of(request, ApiPermission.UNITS)
    day = day_of(on)
    rows = sight.units.existing_on(day).filter(pk__gt=after).select_related("parent").order_by("pk")
    if under:
        rows = rows.within(unit_of(sight, under))
    page, following = page_of(rows, limit, lambda unit: unit.pk)
    return UnitsOut(on=day, units=[UnitOut(**_words(unit, sight)) for unit in page], next=following)


@router.get("successions", response={200: SuccessionsOut, **REFUSALS}, summary="What became of units")
def successions(request, after: int = After, limit: int = Limit):
    """Every succession from or to a unit that the token sees, in the order in which they were recorded."""
    sight = sight_of(request, ApiPermission.UNITS)
    seen = sight.units
    rows = Succession.objects.filter(Q(predecessor__in=seen) | Q(successor__in=seen), pk__gt=after)
    page, following = page_of(
        rows.select_related("predecessor", "successor").order_by("pk"), limit, lambda succession: succession.pk
    )
    return SuccessionsOut(successions=[_succession(row, sight) for row in page], next=following)


@router.get("units/{path:code}", response={200: UnitDetailOut, **REFUSALS}, summary="One unit, of any day")
def unit(request, code: str):
    sight = sight_of(request, ApiPermission.UNITS)
    found = unit_of(sight, code)
    rows = Succession.objects.filter(Q(predecessor=found) | Q(successor=found))
    linked = list(rows.select_related("predecessor", "successor").order_by("effective_on", "pk"))
    return UnitDetailOut(
        **_words(found, sight),
        came_from=[_succession(row, sight) for row in linked if row.successor_id == found.pk],
        became=[_succession(row, sight) for row in linked if row.predecessor_id == found.pk],
    )


def _words(unit: Unit, sight: Sight) -> dict:
    return {
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind,
        "parent": unit.parent.code if sight.sees(unit.parent) else None,
        "official_code": unit.gso_code,
        "valid_from": unit.valid_from,
        "valid_until": unit.valid_until,
    }


def _succession(row: Succession, sight: Sight) -> SuccessionOut:
    return SuccessionOut(
        on=row.effective_on,
        kind=row.kind,
        from_code=row.predecessor.code if sight.sees(row.predecessor) else None,
        from_name=row.predecessor.name,
        to_code=row.successor.code if sight.sees(row.successor) else None,
        to_name=row.successor.name,
    )
