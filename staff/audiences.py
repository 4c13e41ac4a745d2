"""Whether an audience's rule matches a person; pure, so that every floor decides alike."""

from collections.abc import Iterable

from staff.models import AudienceRule
from staff.vietnamese import fold


def rule_matches(
    rule: AudienceRule, *, category: str, unit_kind: str, position: str, duty_kinds: Iterable[str]
) -> bool:
    """True when every list of ``rule`` that asks something is met; an empty list asks nothing.

    Positions compare folded and whole. Of the duties that a rule names, one is enough.
    """
    return (
        (not rule.categories or category in rule.categories)
        and (not rule.unit_kinds or unit_kind in rule.unit_kinds)
        and (not rule.positions or fold(position) in {fold(wanted) for wanted in rule.positions})
        and (not rule.duties or not set(rule.duties).isdisjoint(duty_kinds))
    )
