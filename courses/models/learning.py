"""What somebody does in a course: the enrolment, the lessons finished, the sittings."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Enrolment(models.Model):
    """A person takes a course, in cycle 1, 2, … Each period of recertification is a new cycle; nothing is wiped.

    ``completed_at`` (all lessons) and ``passed_at`` (test too) are set once and never unset: later
    changes of the course do not take back what was granted. ``lessons_by`` is the class whose attendance stands for
    the lessons, where it does: such an enrolment is closed by a passed test only.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="enrolments")
    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="enrolments")
    cycle = models.PositiveIntegerField(default=1)
    enrolled_at = models.DateTimeField(default=timezone.now)
    enrolled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    completed_at = models.DateTimeField(null=True, blank=True)
    passed_at = models.DateTimeField(null=True, blank=True)
    lessons_by = models.ForeignKey(
        "courses.Nomination", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("enrolment")
        constraints = [
            models.UniqueConstraint(fields=["staff_member", "course", "cycle"], name="one_enrolment_per_cycle"),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.course.code} · {self.cycle}"


class LessonCompletion(models.Model):
    """A lesson was finished, in the revision that was read."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="lesson_completions")
    lesson = models.ForeignKey("courses.LessonPage", on_delete=models.PROTECT, related_name="completions")
    revision = models.ForeignKey("wagtailcore.Revision", null=True, on_delete=models.PROTECT, related_name="+")
    completed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("lesson completion")
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "lesson"], name="one_completion_per_lesson"),
        ]

    def __str__(self):
        return f"{self.enrolment} · {self.lesson_id}"


class SittingQuerySet(models.QuerySet):
    def counting(self):
        """Those whose result is not provisional: sat alone, or in a session on which the board has decided."""
        return self.exclude(attempt__exam_session__isnull=False, attempt__exam_session__decision=None)

    def provisional(self):
        """Those that are over, in a session on which the board has not decided."""
        return self.filter(attempt__exam_session__isnull=False, attempt__exam_session__decision=None).exclude(
            attempt__finished_at=None
        )


class Sitting(models.Model):
    """An attempt that counts for an enrolment. Attempts allowed are counted here."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="sittings")
    test = models.ForeignKey("courses.TestPage", on_delete=models.PROTECT, related_name="sittings")
    attempt = models.OneToOneField("quizzes.Attempt", on_delete=models.PROTECT, related_name="sitting")

    objects = SittingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sitting")

    def __str__(self):
        return f"{self.enrolment} · {self.attempt_id}"
