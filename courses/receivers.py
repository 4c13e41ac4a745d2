"""News from the quizzes, and from the CMS: a lesson was published."""

from django.dispatch import receiver
from wagtail.signals import page_published

from courses.models import LessonPage
from courses.services import prepare_pictures
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
