"""The first page of the CMS: what waits for a reviewer, and where a trainer's lessons stand."""

from wagtail.admin.ui.components import Component

from courses import moderation
from quizzes.access import can_review


class WaitingPanel(Component):
    """Shown to those who let through."""

    name = "waiting"
    order = 100
    template_name = "courses/cms/waiting.html"

    def get_context_data(self, parent_context):
        request = parent_context["request"]
        return {"shown": can_review(request.user), "rows": moderation.waiting_for(request.user)}


class OwnPagesPanel(Component):
    """Shown to authors; a trainer without a course reads how she gets one."""

    name = "own-pages"
    order = 110
    template_name = "courses/cms/own_pages.html"

    def get_context_data(self, parent_context):
        user = parent_context["request"].user
        courses = moderation.courses_of_author(user)
        rows = moderation.pages_of_author(user)
        return {"shown": bool(courses) or not can_review(user), "courses": courses, "rows": rows}
