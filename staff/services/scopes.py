"""Who may act for which units."""

from datetime import date

from django.db import transaction
from wagtail.log_actions import log

from staff import clock
from staff.models import Scope, User
from staff.services.errors import AlreadyEnded, EndsBeforeItBegins, ScopeAlreadyGranted, UnitNotThere


@transaction.atomic
def grant_scope(
    *, user, unit, capability: str, valid_from: date | None = None, valid_until: date | None = None, by=None
) -> Scope:
    """Let an account act for a unit and all below it, from today unless said otherwise; logged."""
    valid_from = valid_from or clock.today()
    if not unit.existed_on(valid_from):
        raise UnitNotThere(unit, valid_from)
    User.objects.select_for_update().get(pk=user.pk)
    if scope := Scope.objects.open().filter(user=user, unit=unit, capability=capability).first():
        raise ScopeAlreadyGranted(scope)
    scope = Scope(
        user=user,
        unit=unit,
        capability=capability,
        valid_from=valid_from,
        valid_until=valid_until,
        recorded_by=by,
    )
    if valid_until is not None and valid_until < valid_from:
        raise EndsBeforeItBegins(scope)
    scope.save()
    log(instance=scope, action="staff.scope.grant", user=by, data={"capability": capability, "unit": unit.code})
    return scope


@transaction.atomic
def end_scope(*, scope: Scope, last_day: date, reason: str = "", by=None) -> Scope:
    """Record the last day of a scope; logged."""
    scope = Scope.objects.select_for_update().get(pk=scope.pk)
    if scope.valid_until is not None and scope.valid_until <= last_day:
        raise AlreadyEnded(scope)
    if last_day < scope.valid_from:
        raise EndsBeforeItBegins(scope)
    scope.valid_until = last_day
    scope.end_reason = reason
    scope.end_recorded_at = clock.now()
    scope.end_recorded_by = by
    scope.save(update_fields=["valid_until", "end_reason", "end_recorded_at", "end_recorded_by"])
    log(instance=scope, action="staff.scope.end", user=by, data={"reason": reason})
    return scope
