"""Names the events of this room in Wagtail's audit log."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks


@hooks.register("register_log_actions")
def register_actions(actions):
    actions.register_action("certificates.issue", _("Issue certificate"), _("Certificate issued"))
    actions.register_action("certificates.revoke", _("Revoke certificate"), _("Certificate revoked"))
    actions.register_action("certificates.supersede", _("Replace certificate"), _("Certificate replaced"))
    actions.register_action("certificates.decide", _("Decide claims"), _("Claims decided"))
    actions.register_action("certificates.retry", _("Try certificate again"), _("Certificate tried again"))
