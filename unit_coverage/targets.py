"""The verb about targets."""

from datetime import date
from decimal import Decimal

from django.db import IntegrityError, transaction
from wagtail.log_actions import log

from unit_coverage.models import Target


class TargetExists(Exception):
    """There is a target of this figure from this day already, and it says something else."""


def add_target(
    *, figure: str, percent: Decimal, valid_from: date, legal_basis: str, user, valid_until: date | None = None
) -> Target:
    """Write a target down; the same one sent twice is one. An earlier target gives way from ``valid_from`` on."""
    values = {"percent": percent, "valid_until": valid_until, "legal_basis": legal_basis}
    try:
        with transaction.atomic():
            target = Target.objects.create(figure=figure, valid_from=valid_from, recorded_by=user, **values)
            log(instance=target, action="unit_coverage.target", user=user, data={"percent": str(percent)})
    except IntegrityError:
        target = Target.objects.get(figure=figure, valid_from=valid_from)
        if (target.percent, target.valid_until, target.legal_basis) != tuple(values.values()):
            raise TargetExists from None
    return target
