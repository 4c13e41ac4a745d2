"""Scenes of reorganisations that several rooms' tests look at."""

from datetime import timedelta

from staff import clock
from staff.enums import ReformKind
from staff.reforms import Successor, plan_for, with_proposals
from staff.services import confirm_reorganisation, plan_reorganisation


def planned_renaming(unit, user, *, confirm: bool = True):
    """``unit`` gets another name in ten days."""
    day = clock.today() + timedelta(days=10)
    plan = plan_for(
        kind=ReformKind.RENAME, units=[unit], on=day, successors=[Successor("Văn phòng Đảng ủy", unit.kind)]
    )
    return _planned(ReformKind.RENAME, day, plan, user, confirm)


def planned_merger(units, user, *, confirm: bool = False):
    """``units`` become one in ten days."""
    day = clock.today() + timedelta(days=10)
    new = Successor("Xã Đơn Dương mới", units[0].kind)
    plan = plan_for(kind=ReformKind.MERGE, units=units, on=day, successors=[new])
    return _planned(ReformKind.MERGE, day, plan, user, confirm)


def _planned(kind, day, plan, user, confirm):
    found = plan_reorganisation(
        kind=kind,
        effective_on=day,
        decision_number="12/NQ-HĐND",
        decided_on=clock.today(),
        plan=with_proposals(kind, plan),
        by=user,
    )
    if confirm:
        confirm_reorganisation(reorganisation=found, shown="x", by=user)
    return found
