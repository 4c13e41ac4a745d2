"""Names the events of this room in Wagtail's audit log, and registers its pages in the CMS."""

from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from quizzes.access import can_review

CLAIM_ACTIONS = {
    "certificates.claim.enter": _("Evidence entered"),
    "certificates.claim.complete": _("Evidence completed"),
    "certificates.claim.withdraw": _("Evidence withdrawn"),
    "certificates.claim.again": _("A paper waits for a decision again"),
    "certificates.ask": _("Better evidence asked for"),
    "certificates.refuse": _("Claim refused"),
    "certificates.confirm": _("Recognition confirmed by a second person"),
    "certificates.decline": _("Recognition sent back by the second person"),
    "certificates.evidence_rule": _("Rule of a kind of evidence written"),
    "certificates.export": _("Claims exported"),
    "certificates.record": _("Training record signed"),
    "certificates.webhook.add": _("Another system is told of certificates"),
    "certificates.webhook.off": _("Messages to another system switched off"),
    "certificates.webhook.on": _("Messages to another system switched on"),
    "certificates.webhook.end": _("Another system is no longer told"),
    "certificates.webhook.trial": _("Trial message to another system"),
    "certificates.webhook.again": _("Message to another system sent again"),
}


@hooks.register("register_log_actions")
def register_actions(actions):
    actions.register_action("certificates.issue", _("Issue certificate"), _("Certificate issued"))
    actions.register_action("certificates.revoke", _("Revoke certificate"), _("Certificate revoked"))
    actions.register_action("certificates.supersede", _("Replace certificate"), _("Certificate replaced"))
    actions.register_action("certificates.run", _("Confirm a run of the issuing desk"), _("Run of the desk confirmed"))
    actions.register_action("certificates.by_run", _("Issue by the desk"), _("Issued by a run of the desk"))
    actions.register_action("certificates.issuer", _("Record issuing body"), _("Issuing body recorded"))
    actions.register_action("certificates.authorise", _("Authorise to issue"), _("Authorised to issue"))
    actions.register_action("certificates.publish_template", _("Publish template"), _("Template published"))
    actions.register_action("certificates.end_template", _("End template"), _("Template ended"))
    actions.register_action("certificates.export", _("Export register"), _("Register exported"))
    actions.register_action("certificates.decide", _("Decide claims"), _("Claims decided"))
    for action, label in CLAIM_ACTIONS.items():
        actions.register_action(action, label, label)
    actions.register_action(
        "certificates.decide_impact", _("Decide on a changed mark"), _("A changed mark was decided")
    )
    actions.register_action("certificates.retry", _("Try certificate again"), _("Certificate tried again"))
    actions.register_action("certificates.batch", _("Send out to be signed"), _("Batch sent out to be signed"))
    actions.register_action("certificates.export", _("Download a signing batch"), _("Signing batch downloaded"))
    actions.register_action("certificates.take_out", _("Take out of a batch"), _("Taken out of a signing batch"))
    actions.register_action("certificates.upload", _("Hand in signed files"), _("Signed files handed in"))
    actions.register_action("certificates.receive", _("Receive a signature"), _("First signature received"))
    actions.register_action("certificates.import_register", _("Take over register"), _("Register taken over"))
    actions.register_action("certificates.allow_checks", _("Allow checks"), _("A body may check many certificates"))
    actions.register_action("certificates.upgrade", _("Upgrade signature"), _("Signature upgraded"))


class ImpactsItem(MenuItem):
    def is_shown(self, request):
        return can_review(request.user)


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [path("diem-thay-doi/", include("certificates.cms_urls"))]


@hooks.register("register_admin_menu_item")
def register_menu():
    return ImpactsItem(_("Changed marks"), reverse_lazy("certificates_cms:impacts"), icon_name="warning", order=260)
