"""What a new version of an indicator's rule would do to its figures, before it is written."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from staff import clock
from staff.models import Unit
from unit_coverage.enums import Place
from unit_coverage.indicators.evaluation import Result, evaluate
from unit_coverage.indicators.facts import load_facts
from unit_coverage.indicators.services import refuse_senseless, rule_values
from unit_coverage.models import Indicator, IndicatorRule
from unit_coverage.periods import Period


@dataclass(frozen=True, slots=True)
class IndicatorShift:
    """One unit's figure by the version of today and by the new one; ``before`` is None for a new indicator."""

    unit: Unit
    before: Result | None
    after: Result

    @property
    def moved(self) -> tuple[int, int, int, int]:
        """How many enter b, leave b, enter a, leave a."""
        b_before, a_before = _members(self.before)
        b_after, a_after = _members(self.after)
        return len(b_after - b_before), len(b_before - b_after), len(a_after - a_before), len(a_before - a_after)


@dataclass(frozen=True, slots=True)
class IndicatorEffect:
    """Both versions counted over one period: the calendar year so far. ``digest`` is of the words and the figures."""

    since: date
    period: Period
    shifts: tuple[IndicatorShift, ...]
    digest: str


def effect_of_rule(payload: dict, units: list[Unit]) -> IndicatorEffect:
    """The figures of ``units`` by the newest version and by the one that ``payload`` would write; nothing is stored.

    Raises IndicatorRefused for a rule that says nothing.
    """
    stored = Indicator.objects.filter(code=payload["code"]).first()
    indicator = stored or Indicator(code=payload["code"], name=payload["name"], subject=payload["subject"])
    refuse_senseless(indicator.subject, payload)
    new = IndicatorRule(indicator=indicator, **rule_values(payload))
    last = stored and IndicatorRule.objects.filter(indicator=stored).order_by("-version").first()
    if last:
        last.indicator = indicator
    today = clock.today()
    period = Period("", date(today.year, 1, 1), today)
    shifts = []
    for unit in units:
        facts = load_facts(unit=unit, period=period)
        before = evaluate(last, facts, period) if last else None
        shifts.append(IndicatorShift(unit, before, evaluate(new, facts, period)))
    return IndicatorEffect(date.fromisoformat(payload["valid_from"]), period, tuple(shifts), _digest(payload, shifts))


def _digest(payload: dict, shifts: list[IndicatorShift]) -> str:
    said = [payload, [[shift.unit.pk, _places(shift.before), _places(shift.after)] for shift in shifts]]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _places(result: Result | None) -> list:
    return [[line.subject_id, Place(line.place).value] for line in result.lines] if result else []


def _members(result: Result | None) -> tuple[set[int], set[int]]:
    lines = result.lines if result else ()
    in_b = {line.subject_id for line in lines if line.place != Place.UNCLASSIFIED}
    return in_b, {line.subject_id for line in lines if line.place == Place.A}
