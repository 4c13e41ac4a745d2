"""News from the quizzes, and from the CMS: a lesson was published, or went between trainer and reviewer."""

from django.dispatch import receiver
from wagtail.models import TaskState, WorkflowState
from wagtail.signals import page_published, task_rejected, task_submitted, workflow_approved

from courses.models import LessonPage
from courses.services import prepare_pictures, tell_published, tell_reviewers, tell_sent_back
from courses.tasks import settle
from quizzes.signals import attempt_graded


@receiver(attempt_graded, dispatch_uid="courses.settle_on_grading")
def settle_on_grading(sender, *, attempt_id, **kwargs):
    """Settles at once, so that the result page already knows the qualification; the sweeper finds what fails here."""
    settle(attempt_id=attempt_id)


@receiver(page_published, sender=LessonPage, dispatch_uid="courses.prepare_pictures_on_publishing")
def prepare_pictures_on_publishing(sender, *, instance, **kwargs):
    """Sized pictures are made when the trainer publishes, not while a learner reads."""
    prepare_pictures(lesson=instance)


@receiver(task_submitted, sender=TaskState, dispatch_uid="courses.tell_reviewers")
def tell_who_may_review(sender, *, instance, user, **kwargs):
    tell_reviewers(task_state=instance, by=user)


@receiver(task_rejected, sender=TaskState, dispatch_uid="courses.tell_sent_back")
def tell_that_it_was_sent_back(sender, *, instance, user, **kwargs):
    tell_sent_back(task_state=instance, by=user)


@receiver(workflow_approved, sender=WorkflowState, dispatch_uid="courses.tell_published")
def tell_that_it_was_published(sender, *, instance, user, **kwargs):
    tell_published(workflow_state=instance, by=user)
