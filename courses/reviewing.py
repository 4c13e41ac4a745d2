"""What the CMS answers a reviewer: what became of the lesson, and who is told. Wagtail says that a page was saved."""

from wagtail.admin import messages
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.views.pages.workflow import WorkflowActionView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import TaskState

from courses import moderation
from courses.models import LessonPage, TestPage


class ReviewedEditView(EditView):
    """The form of a page, whose buttons may also let it through or send it back."""

    def add_save_confirmation_message(self):
        if self.action_name == "perform_workflow_action":
            messages.success(self.request, moderation.outcome_of_review(self.page, by=self.request.user))
        else:
            super().add_save_confirmation_message()


class ReviewingView(WorkflowActionView):
    """The same two decisions outside the form, where Wagtail says nothing at all."""

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        self.task_state.refresh_from_db()
        if self.task_state.status in {TaskState.STATUS_APPROVED, TaskState.STATUS_REJECTED}:
            messages.success(request, moderation.outcome_of_review(self.object, by=request.user))
        return response


class ReviewedPageViewSet(PageViewSet):
    edit_view_class = ReviewedEditView
    workflow_action_view_class = ReviewingView


VIEWSETS = [ReviewedPageViewSet(model=model) for model in (LessonPage, TestPage)]
