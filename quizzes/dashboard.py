"""What the first page of the CMS says of this room: the questions that wait for a reviewer."""

from wagtail.admin.ui.components import Component

from quizzes.access import can_review
from quizzes.models import Question


class WaitingQuestionsPanel(Component):
    """Shown to those who let through."""

    name = "waiting-questions"
    order = 105
    template_name = "quizzes/cms/waiting.html"

    def get_context_data(self, parent_context):
        is_shown = can_review(parent_context["request"].user)
        return {"shown": is_shown, "count": Question.objects.waiting().count() if is_shown else 0}
