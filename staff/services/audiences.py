"""Whom requirements may bind: audiences and the versions of their rules."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from wagtail.log_actions import log

from staff.models import Audience, AudienceRule
from staff.services.changes import record_change
from staff.services.errors import refuse_back_dating
from staff.services.versions import make_room
from staff.vietnamese import nfc


@transaction.atomic
def add_audience_rule(
    *,
    code: str,
    name: str,
    valid_from: date,
    categories: Sequence[str] = (),
    unit_kinds: Sequence[str] = (),
    positions: Sequence[str] = (),
    duties: Sequence[str] = (),
    by=None,
    back_dated_because: str = "",
) -> AudienceRule:
    """A new version of the rule of the audience ``code``, which is made and named where there is none yet.

    An empty list asks nothing. The version before ends on the day before ``valid_from``.
    """
    refuse_back_dating(valid_from, back_dated_because)
    Audience.objects.get_or_create(code=code, defaults={"name": name})
    audience = Audience.objects.select_for_update(no_key=True).get(code=code)
    last = audience.rules.order_by("-version").first()
    version = make_room(last, valid_from=valid_from, by=by, back_dated_because=back_dated_because)
    rule = AudienceRule.objects.create(
        audience=audience,
        version=version,
        categories=list(categories),
        unit_kinds=list(unit_kinds),
        positions=[nfc(position) for position in positions],
        duties=list(duties),
        valid_from=valid_from,
        recorded_by=by,
    )
    record_change(since=valid_from, cause="audience.rule")
    log(instance=audience, action="staff.audience.rule", user=by, data=_said(rule, back_dated_because))
    return rule


def _said(rule: AudienceRule, reason: str) -> dict:
    return {"version": rule.version, "from": str(rule.valid_from), "reason": reason}
