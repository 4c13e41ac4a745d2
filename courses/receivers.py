"""News from the quizzes: a marked attempt may have closed an enrolment."""

from django.dispatch import receiver

from courses.tasks import settle
from quizzes.signals import attempt_graded


@receiver(attempt_graded, dispatch_uid="courses.settle_on_grading")
def settle_on_grading(sender, *, attempt_id, **kwargs):
    """Settles at once, so that the result page already knows the qualification; the sweeper finds what fails here."""
    settle(attempt_id=attempt_id)
