"""A rule of an indicator in words: label and value, for pages, proposals and reports."""

from collections.abc import Iterable

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from certificates.models import EvidenceKind
from courses.enums import Counts, CourseTag, TrackCode
from staff.enums import DUTY_CHOICES, StaffCategory, UnitKind
from unit_coverage.enums import Asks, EventKind, Subject, Window
from unit_coverage.models import IndicatorRule


def rule_said(rule: IndicatorRule) -> list[tuple[str, str]]:
    """(label, value) of everything that the rule says, legal basis and days left out."""
    said = [(_("Counts"), rule.indicator.get_subject_display())]
    if rule.indicator.subject != Subject.EVENTS:
        said.append((_("Staff categories"), _listed(StaffCategory.choices, rule.categories)))
    else:
        said.append((_("Which events"), _listed(EventKind.choices, rule.event_kinds)))
        said.append((_("Number"), _("people who were there, each time anew") if rule.counts_turns else _("events")))
    said += [
        (_("Bodies left out"), _listed(UnitKind.choices, rule.left_out_kinds)),
        (_("Kinds of unit"), _listed(UnitKind.choices, rule.unit_kinds)),
        (_("Among holders of a duty"), _listed(DUTY_CHOICES, rule.duties)),
        (_("or of a position that begins with"), ", ".join(rule.positions)),
        (_("In the numerator: duty"), _listed(DUTY_CHOICES, rule.a_duties)),
        (_("In the numerator: recognised paper"), _papers(rule.a_papers)),
        (_("In the numerator: training"), training_words(rule)),
    ]
    if rule.only_without_at_start:
        said.append((_("Denominator"), _("only who did not hold the track when the period began")))
    if rule.max_points is not None:
        said.append((_("Most points"), number_format(rule.max_points)))
    return [(label, value) for label, value in said if value]


def training_words(rule: IndicatorRule) -> str:
    if not rule.asks:
        return ""
    what = [TrackCode(rule.track).label] if rule.track else []
    what += [_("courses of the group “%s”") % CourseTag(rule.tag).label] if rule.tag else []
    said = [Asks(rule.asks).label, ", ".join(str(word) for word in what)]
    said += [Window(rule.window).label, Counts(rule.counts).label]
    return "; ".join(str(word) for word in said)


def _listed(choices: Iterable, codes: list[str]) -> str:
    names = dict(choices)
    return ", ".join(str(names.get(code, code)) for code in codes)


def _papers(codes: list[str]) -> str:
    if not codes:
        return ""
    return _listed(EvidenceKind.objects.values_list("code", "name"), codes)
