"""The one step between a trainer's draft and the learners: a reviewer lets it through, or sends it back with words."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.forms import TaskStateCommentForm
from wagtail.models import AbstractGroupApprovalTask


class SentBackForm(TaskStateCommentForm):
    """Nobody can mend what is not named: sending back needs words."""

    comment = forms.CharField(label=_("What is to be changed"), widget=forms.Textarea({"rows": 4}))


class ReviewTask(AbstractGroupApprovalTask):
    """Given to reviewers; they cannot let through what the checklist refuses."""

    class Meta:
        verbose_name = _("review of lessons")
        verbose_name_plural = _("reviews of lessons")

    def get_actions(self, obj, user):
        from courses.drafts import refusals

        actions = super().get_actions(obj, user)
        if actions and refusals(obj.get_latest_revision_as_object()):
            return [action for action in actions if action[0] != "approve"]
        return actions

    def get_form_for_action(self, action):
        return SentBackForm if action == "reject" else super().get_form_for_action(action)
