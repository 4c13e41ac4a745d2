"""What trainers and reviewers are told in the product; Wagtail itself only sends mails, and many have no mailbox."""

from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import TaskState, WorkflowState

from staff.models import User
from staff.services import notify


def tell_reviewers(*, task_state: TaskState, by: User | None) -> None:
    """Everybody who may let the page through learns that it waits, but for the one who sent it."""
    page = task_state.workflow_state.content_object
    for reviewer in User.objects.filter(groups__in=task_state.task.specific.groups.all(), is_active=True).distinct():
        if reviewer != by:
            _tell(reviewer, "review", task_state, page, partial(_waits, page, by))


def tell_sent_back(*, task_state: TaskState, by: User | None) -> None:
    """Who sent the page to review learns what the reviewer wants changed."""
    author = task_state.workflow_state.requested_by
    if author and author != by:
        page = task_state.workflow_state.content_object
        _tell(author, "sent_back", task_state, page, partial(_sent_back, page, task_state.comment))


def tell_published(*, workflow_state: WorkflowState, by: User | None) -> None:
    """Who sent the page to review learns that the learners read it now."""
    author = workflow_state.requested_by
    if author and author != by:
        page = workflow_state.content_object
        _tell(author, "published", workflow_state, page, partial(_published, page))


def _tell(reader, event, state, page, words) -> None:
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    notify(to=reader, kind=f"lesson.{event}", key=f"{event}:{state.pk}", words=words, path=address, by_mail=False)


def _title(page) -> str:
    return page.get_latest_revision_as_object().title


def _waits(page, by) -> tuple[str, str]:
    text = _("Sent by %(who)s.") % {"who": by.full_name} if by else ""
    return _("A lesson waits for your review: %(title)s") % {"title": _title(page)}, text


def _sent_back(page, words) -> tuple[str, str]:
    return _("Sent back to be changed: %(title)s") % {"title": _title(page)}, words


def _published(page) -> tuple[str, str]:
    return _("Let through and published: %(title)s") % {"title": _title(page)}, _("Learners read it from now on.")
