"""Which targets bind which unit, and the verb that writes one down."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from wagtail.log_actions import log

from staff.models import Unit
from unit_coverage.models import Target


class TargetExists(Exception):
    """There is a target of this unit and figure from this day already, and it says something else."""


def targets_of(units: Iterable[Unit], day: date) -> dict[int, dict[str, Decimal]]:
    """Of each unit the percentage to be reached on ``day``, by figure. One query.

    The nearest unit's target counts: its own, one of a unit above, then the one for everybody; of two that overlap the
    one that began later.
    """
    chains = {unit.pk: {unit.pk, *unit.ancestor_ids} for unit in units}
    rows = Target.objects.on(day).filter(Q(unit=None) | Q(unit__in=set().union(*chains.values())))
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
