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


_SESSION_ACTIONS = [
    ("accept_late", _("Accept late answers"), _("Answers that came too late were accepted")),
    ("add_seats", _("Add candidates"), _("Candidates were added to an exam session")),
    ("admit", _("Admit a candidate"), _("A candidate was admitted")),
    ("answer_review", _("Answer a request for re-marking"), _("A request for re-marking was answered")),
    ("ask_for_review", _("Ask for re-marking"), _("Re-marking was asked for")),
    ("finish_marks", _("Mark an answer"), _("An answer was marked")),
    ("give_script_back", _("Give an answer back"), _("An answer was given back to be marked by somebody else")),
    ("mark_script_again", _("Have an answer marked again"), _("An answer is marked again")),
    ("take_script", _("Take an answer"), _("An answer was taken to be marked")),
    ("change_session", _("Change an exam session"), _("An exam session was changed")),
    ("end_session", _("End an exam session"), _("An exam session was ended")),
    ("extra_time", _("Give extra time"), _("Extra time was given to a candidate")),
    ("hand_over", _("Go on at another computer"), _("A test went on at another computer")),
    ("open_session", _("Plan an exam session"), _("An exam session was planned")),
    ("pause_attempt", _("Pause a test"), _("The clock of a test was stopped")),
    ("print_paper", _("Print a paper of an exam session"), _("A paper of an exam session was printed")),
    ("record_decision", _("Record the decision of the board"), _("The decision of the board was recorded")),
    ("record_further_decision", _("Record a further decision"), _("A further decision of the board was recorded")),
    ("refuse_late", _("Refuse late answers"), _("Answers that came too late were refused")),
    ("remove_seat", _("Remove a candidate"), _("A candidate was taken off the list of an exam session")),
    ("renew_code", _("Renew the code of the day"), _("An exam session got another code of the day")),
    ("response_file", _("Hand in a file of answers"), _("A sealed file of answers was handed in")),
    ("resume_attempt", _("Go on after a pause"), _("The clock of a test runs again")),
]


@hooks.register("register_log_actions")
def register_log_actions(actions):
    actions.register_action("quizzes.export", _("Export"), _("Statistics or questions were exported"))
    actions.register_action("quizzes.import", _("Import questions"), _("Questions were taken from a file"))
    actions.register_action("quizzes.send_back", _("Send back"), _("A question was sent back to its author"))
    actions.register_action("quizzes.regrade", _("Mark again"), _("Papers were marked again"))
    actions.register_action(
        "quizzes.accommodate", _("Grant an individual arrangement"), _("An individual arrangement was granted")
    )
    actions.register_action(
        "quizzes.end_accommodation", _("Take an arrangement back"), _("An individual arrangement was taken back")
    )
    actions.register_action("quizzes.move_deadline", _("Move the end"), _("The end of an attempt was moved"))
    for name, label, message in _SESSION_ACTIONS:
        actions.register_action(f"quizzes.{name}", label, message)


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
