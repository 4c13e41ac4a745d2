"""What the audit log may say about this room."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

ACTIONS = {
    "unit_coverage.export": _("Figures or people exported"),
    "unit_coverage.indicator_rule": _("Rule of an indicator written"),
    "unit_coverage.period": _("Reporting period added"),
    "unit_coverage.report.request": _("Report asked for"),
    "unit_coverage.report.freeze": _("Report frozen"),
    "unit_coverage.report.confirm": _("Figure of a report confirmed or contested"),
    "unit_coverage.schedule.add": _("Scheduled report added"),
    "unit_coverage.schedule.end": _("Scheduled report ended"),
    "unit_coverage.repair": _("Figures counted anew after a check"),
    "unit_coverage.target": _("Target written"),
    "courses.requirement.add": _("Requirement written"),
    "courses.requirement.end": _("Requirement ended"),
    "courses.track_rule.add": _("Rule of a track written"),
    "courses.validity": _("Validity of a course changed"),
    "courses.exemption.add": _("Exemption given"),
    "courses.exemption.end": _("Exemption ended"),
}


@hooks.register("register_log_actions")
def register_log_actions(actions):
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)
