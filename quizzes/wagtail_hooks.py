"""Registers the bank and the quizzes in the CMS."""

from django.urls import include, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from quizzes.access import can_write_bank
from quizzes.dashboard import WaitingQuestionsPanel


class _ForBank:
    def is_shown(self, request):
        return can_write_bank(request.user)


class BankItem(_ForBank, MenuItem):
    pass


class BankMenu(_ForBank, SubmenuMenuItem):
    pass


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("quizzes.export", _("Export statistics"), _("Statistics were exported"))
    actions.register_action("quizzes.import", _("Import questions"), _("Questions were taken from a file"))
    actions.register_action("quizzes.move_deadline", _("Move the end"), _("The end of an attempt was moved"))


@hooks.register("register_admin_urls")
def register_admin_urls():
    return [path("ngan-hang/", include("quizzes.cms_urls"))]


@hooks.register("construct_homepage_panels")
def dashboard(request, panels):
    panels.append(WaitingQuestionsPanel())


@hooks.register("register_admin_menu_item")
def register_menu():
    items = [
        BankItem(_("Questions"), reverse_lazy("quizzes_cms:questions"), icon_name="help", order=100),
        BankItem(_("Categories"), reverse_lazy("quizzes_cms:categories"), icon_name="folder-open-1", order=200),
        BankItem(_("Import from a file"), reverse_lazy("quizzes_cms:imports"), icon_name="upload", order=250),
        BankItem(_("Tests"), reverse_lazy("quizzes_cms:quizzes"), icon_name="form", order=300),
    ]
    return BankMenu(_("Question bank"), Menu(items=items), icon_name="help", order=250)
