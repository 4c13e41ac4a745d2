"""How indicators are counted: written in versions, never edited. Periods are added, never changed."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from staff.services.errors import StaffError, refuse_back_dating
from staff.services.versions import make_room
from unit_coverage.enums import Asks, Subject, Window
from unit_coverage.models import Indicator, IndicatorRule, PeriodScheme

# What a version of a rule says, in the order of the form.
RULE_FIELDS = (
    "categories",
    "left_out_kinds",
    "unit_kinds",
    "duties",
    "positions",
    "a_duties",
    "a_papers",
    "asks",
    "track",
    "tag",
    "window",
    "counts",
    "only_without_at_start",
    "event_kinds",
    "counts_turns",
    "max_points",
    "legal_basis",
    "remark",
)


class IndicatorRefused(StaffError):
    """The rule cannot be written so; the sentence says why."""


def refuse_senseless(subject: str, values: dict) -> None:
    """A rule must say whom it counts and what puts somebody into the numerator."""
    if subject == Subject.EVENTS:
        if not values.get("event_kinds"):
            raise IndicatorRefused(_("Choose which events are counted: classes, exam sessions, or both."))
        return
    if values.get("event_kinds") or values.get("counts_turns"):
        raise IndicatorRefused(_("Only an indicator of events counts classes and exam sessions."))
    if not values["categories"]:
        raise IndicatorRefused(_("Choose at least one staff category."))
    if not (values["a_duties"] or values["a_papers"] or values["asks"]):
        raise IndicatorRefused(_("Say what puts somebody into the numerator: a duty, a paper or a training."))
    if values["asks"] and not (values["track"] or values["tag"]):
        raise IndicatorRefused(_("Say which track, or which group of courses, the training belongs to."))
    if values["asks"] == Asks.TRACK and (values["tag"] or not values["track"]):
        raise IndicatorRefused(_("“The whole track” asks for a track and no group of courses."))
    if values["only_without_at_start"] and (values["asks"] != Asks.TRACK or values["window"] == Window.EVER):
        raise IndicatorRefused(_("Only for a whole track one can leave out who held it when the period began."))


@transaction.atomic
def add_indicator_rule(
    *,
    code: str,
    name: str,
    framework: str,
    subject: str,
    valid_from: date,
    values: dict,
    by=None,
    back_dated_because: str = "",
) -> IndicatorRule:
    """A new version of the rule of the indicator ``code``, which is made where it is not there.

    ``values`` are the fields of ``RULE_FIELDS``. What an indicator counts (people, units, events) never changes.
    """
    refuse_back_dating(valid_from, back_dated_because)
    indicator, _created = Indicator.objects.get_or_create(
        code=code, defaults={"name": name, "framework": framework, "subject": subject}
    )
    indicator = Indicator.objects.select_for_update().get(pk=indicator.pk)
    refuse_senseless(indicator.subject, values)
    if (indicator.name, indicator.framework) != (name, framework):
        indicator.name, indicator.framework = name, framework
        indicator.save(update_fields=["name", "framework"])
    last = IndicatorRule.objects.filter(indicator=indicator).order_by("-version").first()
    rule = IndicatorRule.objects.create(
        indicator=indicator,
        version=make_room(last, valid_from=valid_from, by=by, back_dated_because=back_dated_because),
        valid_from=valid_from,
        recorded_by=by,
        **rule_values(values),
    )
    said = {"day": str(valid_from), "version": rule.version, "reason": back_dated_because}
    log(instance=rule, action="unit_coverage.indicator_rule", user=by, data=said)
    return rule


def rule_values(values: dict) -> dict:
    """The fields of a rule from words that went through JSON."""
    # A proposal from before a field was there says nothing of it.
    found = {name: values[name] for name in RULE_FIELDS if name in values}
    if found.get("max_points") is not None:
        found["max_points"] = Decimal(found["max_points"])
    return found


@transaction.atomic
def add_period(*, by, **values) -> PeriodScheme:
    """A way to cut time into periods; the same code again gives the one that is there."""
    scheme, created = PeriodScheme.objects.get_or_create(code=values.pop("code"), defaults=values)
    if created:
        log(instance=scheme, action="unit_coverage.period", user=by, data={"code": scheme.code})
    return scheme
