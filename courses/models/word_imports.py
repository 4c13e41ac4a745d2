"""Lessons that began as a Word file."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.fields import NfcCharField


class WordImport(models.Model):
    """One file taken over into one lesson, and what of it was not: (what, where, how often), for the author to look at.

    The same file under the same course leads to the lesson it made, however often it is sent.
    """

    course_page = models.ForeignKey("courses.CoursePage", on_delete=models.CASCADE, related_name="+")
    lesson = models.ForeignKey("courses.LessonPage", on_delete=models.CASCADE, related_name="word_imports")
    file_name = NfcCharField(_("file"), max_length=200)
    sha256 = models.CharField(max_length=64)
    not_taken = models.JSONField(default=list)
    fonts = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("lesson from a Word file")
        constraints = [
            models.UniqueConstraint(fields=["course_page", "sha256"], name="one_lesson_per_word_file_and_course"),
        ]

    def __str__(self):
        return self.file_name
