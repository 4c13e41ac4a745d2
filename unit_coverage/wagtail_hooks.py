"""What the audit log may say about this room."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("unit_coverage.export", _("Export figures"), _("Figures or people exported"))
