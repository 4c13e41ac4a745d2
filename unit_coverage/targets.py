"""Which targets bind which unit, and the verb that writes one down."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from staff.models import Unit
from unit_coverage.enums import FigureKey, Subject
from unit_coverage.models import Indicator, Target
from unit_coverage.models.targets import OF_INDICATOR


class TargetExists(Exception):
    """There is a target of this unit and figure from this day already, and it says something else."""


def targets_of(units: Iterable[Unit], day: date) -> dict[int, dict[str, Decimal]]:
    """Of each unit the percentage to be reached on ``day``, by figure. One query.

    The nearest unit's target counts: its own, one of a unit above, then the one for everybody; of two that overlap the
    one that began later.
    """
    return _nearest(units, Target.objects.on(day).exclude(figure__startswith=OF_INDICATOR))


def indicator_targets(unit: Unit, day: date) -> dict[str, Decimal]:
    """The percentage that each indicator of ``unit`` has to reach on ``day``, by code, as ``targets_of`` chooses it."""
    found = _nearest([unit], Target.objects.on(day).filter(figure__startswith=OF_INDICATOR))[unit.pk]
    return {figure.removeprefix(OF_INDICATOR): percent for figure, percent in found.items()}


def shares_with_targets() -> list[tuple[str, list[tuple[str, str]]]]:
    """What a target can be of, by kind: the figures, and the indicators that have a denominator. One query."""
    indicators = Indicator.objects.exclude(subject=Subject.EVENTS).values_list("code", "name")
    return [
        (_("Training rates"), [(key, str(label)) for key, label in FigureKey.choices]),
        (_("Indicators"), [(f"{OF_INDICATOR}{code}", name) for code, name in indicators]),
    ]


def name_of(figure: str) -> str:
    """What a target is of, in the reader's language."""
    if figure.startswith(OF_INDICATOR):
        return Indicator.objects.get(code=figure.removeprefix(OF_INDICATOR)).name
    return str(FigureKey(figure).label)


def _nearest(units: Iterable[Unit], rows) -> dict[int, dict[str, Decimal]]:
    chains = {unit.pk: {unit.pk, *unit.ancestor_ids} for unit in units}
    rows = rows.filter(Q(unit=None) | Q(unit__in=set().union(*chains.values())))
    ordered = rows.order_by(F("unit__path").asc(nulls_first=True), "valid_from", "pk")
    found: dict[int, dict[str, Decimal]] = {pk: {} for pk in chains}
    # A path is longer than, and begins with, the paths of the units above: of one chain the nearest comes last.
    for unit_id, figure, percent in ordered.values_list("unit", "figure", "percent"):
        for pk, chain in chains.items():
            if unit_id is None or unit_id in chain:
                found[pk][figure] = percent
    return found


def add_target(
    *,
    figure: str,
    percent: Decimal,
    valid_from: date,
    legal_basis: str,
    user,
    valid_until: date | None = None,
    unit: Unit | None = None,
) -> Target:
    """Write a target down for ``unit`` and all below it, or for everybody; the same one sent twice is one.

    An earlier target of the same unit gives way from ``valid_from`` on.
    """
    values = {"percent": percent, "valid_until": valid_until, "legal_basis": legal_basis}
    try:
        with transaction.atomic():
            target = Target.objects.create(unit=unit, figure=figure, valid_from=valid_from, recorded_by=user, **values)
            said = {"percent": str(percent), "unit": unit.code if unit else ""}
            log(instance=target, action="unit_coverage.target", user=user, data=said)
    except IntegrityError:
        target = Target.objects.get(unit=unit, figure=figure, valid_from=valid_from)
        if (target.percent, target.valid_until, target.legal_basis) != tuple(values.values()):
            raise TargetExists from None
    return target
