"""What was read from a file, row by row."""

from django.conf import settings
from django.db import models
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportKind(TextChoices):
    UNITS = "units", _("units")
    STAFF = "staff", _("staff list")
    TRANSFERS = "transfers", _("transfers")


class RowAction(TextChoices):
    CREATED = "created", _("created")
    CHANGED = "changed", _("changed")
    UNCHANGED = "unchanged", _("unchanged")
    SKIPPED = "skipped", _("not taken")


class ImportRun(models.Model):
    """One reading of one file. The same file may be read again: it then changes nothing."""

    kind = models.CharField(max_length=10, choices=ImportKind)
    file_name = models.CharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    on = models.DateField(null=True, blank=True)
    started_at = models.DateTimeField(default=timezone.now)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import")

    def __str__(self):
        return f"{self.get_kind_display()} · {self.file_name}"


class ImportRow(models.Model):
    """What became of one row, and why where it was not taken. ``sheet`` names the sheet of a workbook.

    ``evidence`` keeps what a staff list says about informatics certificates, as sent; the
    certificates room makes claims of it. Columns on ethnicity, religion or Party membership are
    dropped before anything is stored.
    """

    run = models.ForeignKey(ImportRun, on_delete=models.PROTECT, related_name="rows")
    sheet = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()
    action = models.CharField(max_length=10, choices=RowAction)
    reason = models.CharField(max_length=300, blank=True)
    staff_member = models.ForeignKey(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="import_rows"
    )
    evidence = models.JSONField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "sheet", "number"], name="one_result_per_row")]

    def __str__(self):
        return f"{self.run} {self.sheet} #{self.number}"
