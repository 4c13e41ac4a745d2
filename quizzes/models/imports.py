"""Files of questions that were read, and the pictures that questions show."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.enums import Purpose


class QuestionPicture(models.Model):
    """A picture of a question: written by us from a file that was verified, served only by a view that asks access.

    ``sha256`` is of the file it came from, and its address; ``name`` is the path in private storage. What shows a
    picture is text (see ``quizzes.pictures``), so that a frozen paper keeps what it showed; no row is ever deleted.
    """

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=20)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("picture of a question")

    def __str__(self):
        return self.name


class QuestionImportQuerySet(models.QuerySet):
    def waiting(self):
        """Files that were read and not accepted yet."""
        return self.filter(accepted_at=None)

    def for_list(self):
        """What the list of imports prints, without the rows of their reports."""
        return self.select_related("read_by", "category").defer("report").order_by("-read_at", "-pk")


class QuestionImport(models.Model):
    """One file of questions: read first, taken when somebody accepts what was found. Accepted once.

    ``report`` is what was found, as the page shows it (see ``quizzes.importing.reports``): after the reading what
    would be done, after the acceptance what was done. ``stored_name`` is the file in private storage. Questions go
    below ``category``; without one, where the file says.
    """

    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    # What was asked: file, branch, pool and person in one, because an empty branch is equal to nothing in SQL.
    request_key = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=120)
    format = models.CharField(max_length=20, blank=True)
    category = models.ForeignKey(
        "quizzes.Category", null=True, blank=True, on_delete=models.PROTECT, related_name="imports"
    )
    purpose = models.CharField(max_length=10, choices=Purpose, default=Purpose.EXAM)
    counts = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    read_at = models.DateTimeField(default=timezone.now)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = QuestionImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("question import")
        constraints = [
            # The same file asked for twice by one person in one way is one row until it is accepted.
            models.UniqueConstraint(
                fields=["request_key"], condition=models.Q(accepted_at=None), name="one_waiting_question_import"
            )
        ]

    def __str__(self):
        return self.file_name
