"""Units close, and are named in English."""

from datetime import date

from django.db import transaction
from django.db.models import Q
from wagtail.log_actions import log

from staff.models import Duty, Posting, Scope, Unit
from staff.services.duties import end_duty
from staff.services.errors import AlreadyEnded, UnitHasStaff, UnitHasUnits
from staff.services.scopes import end_scope
from staff.vietnamese import nfc


@transaction.atomic
def close_unit(*, unit: Unit, last_day: date, reason: str = "", by=None) -> Unit:
    """Record the unit's last day. Its scopes end with it.

    Raises UnitHasStaff while postings there go on, UnitHasUnits while a unit below goes on.
    """
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    if unit.valid_until is not None:
        raise AlreadyEnded(unit)
    goes_on = Q(valid_until=None) | Q(valid_until__gt=last_day)
    if count := Posting.objects.filter(goes_on, unit=unit).count():
        raise UnitHasStaff(unit, count)
    if child := unit.children.filter(goes_on).first():
        raise UnitHasUnits(unit, child)
    unit.valid_until = last_day
    unit.save(update_fields=["valid_until"])
    for duty in Duty.objects.open().filter(unit=unit):
        end_duty(duty=duty, last_day=max(last_day, duty.valid_from), reason=reason, by=by, back_dated_because="closed")
    end_scopes_of(unit=unit, last_day=last_day, reason=reason, by=by)
    log(instance=unit, action="staff.unit.close", user=by, data={"last_day": str(last_day), "reason": reason})
    return unit


@transaction.atomic
def name_unit_in_english(*, unit: Unit, name_en: str, by=None) -> Unit:
    """Record what certificates in English call the unit from now on; empty: its Vietnamese name. Issued ones stay."""
    unit = Unit.objects.select_for_update().get(pk=unit.pk)
    name_en = nfc(name_en).strip()
    if unit.name_en != name_en:
        said = {"before": unit.name_en, "after": name_en}
        unit.name_en = name_en
        unit.save(update_fields=["name_en"])
        log(instance=unit, action="staff.unit.english_name", user=by, data=said)
    return unit


def end_scopes_of(*, unit: Unit, last_day: date, reason: str, by=None) -> None:
    """A scope ends with its unit. One that had not begun ends on its first day: the unit is gone by then anyway."""
    for scope in Scope.objects.filter(Q(valid_until=None) | Q(valid_until__gt=last_day), unit=unit):
        end = max(last_day, scope.valid_from)
        if scope.valid_until != end:
            end_scope(scope=scope, last_day=end, reason=reason, by=by)
