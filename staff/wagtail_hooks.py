"""Names the events of this room in the audit log."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

ACTIONS = {
    "staff.posting.begin": _("Posting begun"),
    "staff.posting.end": _("Posting ended"),
    "staff.duty.begin": _("Duty given"),
    "staff.duty.end": _("Duty ended"),
    "staff.audience.rule": _("Rule of an audience changed"),
    "staff.scope.grant": _("Right granted"),
    "staff.scope.end": _("Right ended"),
    "staff.account.create": _("Account made"),
    "staff.account.activate": _("Account activated"),
    "staff.account.address": _("E-mail address changed"),
    "staff.account.sessions": _("Signed out everywhere else"),
    "staff.slip.print": _("Slip printed"),
    "staff.code.issue": _("One-time code issued"),
    "staff.password.set_by_code": _("Password set by one-time code"),
    "staff.unit.close": _("Unit closed"),
    "staff.unit.english_name": _("Unit named in English"),
    "staff.unit.open": _("Unit opened"),
    "staff.reorganisation.confirm": _("Reorganisation confirmed"),
    "staff.reorganisation.scopes": _("Rights after a reorganisation confirmed"),
    "staff.reorganisation.withdraw": _("Reorganisation withdrawn"),
    "staff.reorganisation.apply": _("Reorganisation carried out"),
    "staff.person.merge": _("Two entries of a person merged"),
    "staff.person.unmerge": _("Merged entries taken apart"),
    "staff.person.two": _("Two entries are two people"),
    "staff.person.correct": _("Details of a person corrected"),
    "staff.person.change": _("Change of a person recorded"),
    "staff.person.take_back": _("Change of a person taken back"),
    "staff.export": _("People or duties exported"),
    "staff.import": _("File read"),
    "staff.list.upload": _("Staff list handed in"),
    "staff.list.take": _("Staff list taken in"),
    "staff.list.withdraw": _("Staff list put aside"),
    "staff.transfer.ask": _("Transfer requested"),
    "staff.transfer.accept": _("Transfer accepted"),
    "staff.transfer.refuse": _("Transfer refused"),
    "staff.token.give": _("Token given to another system"),
    "staff.token.end": _("Token of another system ended"),
    "staff.job.retry": _("Work tried again"),
}


@hooks.register("register_log_actions")
def name_our_actions(actions):
    for action, label in ACTIONS.items():
        actions.register_action(action, label, label)
