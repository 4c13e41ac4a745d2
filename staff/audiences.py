"""Whether an audience's rule matches a person, and how it reads; pure, so that every floor decides alike."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from staff.enums import DutyKind, StaffCategory, UnitKind
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


def rule_in_words(rule: AudienceRule) -> str:
    """Whom ``rule`` takes in, as a phrase for people."""
    said = [_listed(StaffCategory, rule.categories) if rule.categories else _("Everybody on the staff lists")]
    if rule.unit_kinds:
        said.append(_("in bodies of the kind: %s") % _listed(UnitKind, rule.unit_kinds))
    if rule.positions:
        said.append(_("position: %s") % ", ".join(rule.positions))
    if rule.duties:
        said.append(_("holds the duty: %s") % _listed(DutyKind, rule.duties))
    words = "; ".join(said)
    return words[:1].upper() + words[1:]


def words_beside(name: str, rule: AudienceRule) -> str:
    """What the rule says that the audience's name does not say already: nothing, where both are the same words."""
    words = rule_in_words(rule)
    return "" if fold(words) == fold(name) else words


def _listed(choices, codes: Iterable[str]) -> str:
    labels = dict(choices.choices)
    return ", ".join(str(labels.get(code, code)) for code in codes)
