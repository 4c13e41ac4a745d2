"""Official reports: numbered copies that never change, the lines that heads confirm, and who is told when."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models import Unit
from staff.models.fields import NfcCharField
from unit_coverage.enums import FileRole, ReportKind


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Reports about units whose figures ``user`` may see."""
        return self if user.is_superuser else self.filter(unit__in=Unit.objects.visible_to(user))

    def waiting(self):
        """Asked for and not frozen yet."""
        return self.filter(frozen_at=None)

    def replaced(self):
        """Those in whose place a correction stands."""
        return self.filter(corrected_by__frozen_at__isnull=False)


class Report(models.Model):
    """A numbered, frozen copy of the figures of a unit and period.

    Asked for first (``requested_at``); a worker counts, writes the files and freezes it (``frozen_at``), after which
    nothing of it changes. ``units_of`` is the later day by whose units it counts; empty, those of its last day.
    ``paper`` are the words of the form that its pages print. ``sha256`` is of the canonical content, which lies among
    the files with people, reasons and rule versions. ``corrects`` names the report that this one replaces. ``token``
    marks the form it was asked with: one that arrives twice makes one report.
    """

    kind = models.CharField(max_length=10, choices=ReportKind)
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField(null=True, blank=True)
    number = models.PositiveIntegerField(null=True, blank=True)
    period_label = NfcCharField(max_length=200)
    first = models.DateField()
    last = models.DateField()
    period_basis = NfcCharField(max_length=300, blank=True)
    units_of = models.DateField(null=True, blank=True)
    paper = models.JSONField(default=dict)
    corrects = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by")
    reason = NfcCharField(max_length=300, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    token = models.UUIDField()
    requested_at = models.DateTimeField(default=timezone.now)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    frozen_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_report_per_number"),
            models.UniqueConstraint(fields=["requested_by", "token"], name="one_report_per_form"),
            models.CheckConstraint(
                name="frozen_report_has_number_and_hash",
                condition=Q(frozen_at=None, number=None, year=None, sha256="")
                | (Q(frozen_at__isnull=False, number__isnull=False, year__isnull=False) & ~Q(sha256="")),
            ),
            models.CheckConstraint(name="report_ends_after_it_begins", condition=Q(last__gte=F("first"))),
            models.CheckConstraint(
                name="report_by_units_of_a_later_day", condition=Q(units_of=None) | Q(units_of__gte=F("last"))
            ),
            models.CheckConstraint(name="correction_has_a_reason", condition=Q(corrects=None) | ~Q(reason="")),
        ]

    def __str__(self):
        return self.code or f"{self.get_kind_display()} · {self.period_label}"

    @property
    def code(self) -> str:
        """The number as it is printed: BC-2026-0012. Empty until it is frozen."""
        return f"BC-{self.year}-{self.number:04d}" if self.number else ""

    @property
    def replaced_by(self) -> "Report | None":
        """The newest frozen correction that stands in its place."""
        return max((later for later in self.corrected_by.all() if later.frozen_at), key=lambda r: r.pk, default=None)


class Frozen(models.Model):
    """A row that is written once and neither edited nor deleted."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValidationError(_("What was reported never changes."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(_("What was reported is never deleted."))


class ReportFile(Frozen):
    """One file of a report in private storage, named by its hash. ``names_people``: lists staff by name."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="files")
    role = models.CharField(max_length=20)
    name = models.CharField(max_length=200)
    file_name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=100)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    names_people = models.BooleanField()

    class Meta:
        verbose_name = _("file of a report")
        constraints = [models.UniqueConstraint(fields=["report", "role"], name="one_file_per_report_and_role")]

    def __str__(self):
        return self.file_name

    @property
    def label(self) -> str:
        return str(FileRole(self.role).label)


class ReportLineQuerySet(models.QuerySet):
    def to_confirm_by(self, user, units):
        """Lines of ``units``, which the user heads, that nobody has confirmed; none of a replaced report."""
        return self.filter(unit__in=units, confirmed_at=None).asked_or_said()

    def asked_or_said(self):
        """Lines of frozen reports that wait for a word or have one."""
        replaced = Report.objects.replaced().values("pk")
        return self.filter(report__frozen_at__isnull=False).exclude(confirmed_at=None, report__in=replaced)


class ReportLine(models.Model):
    """The figures of one unit in a frozen report; its head confirms them once, with or without a remark."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="lines")
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    figures = models.JSONField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    agrees = models.BooleanField(null=True, blank=True)
    remark = NfcCharField(max_length=300, blank=True)

    objects = ReportLineQuerySet.as_manager()

    class Meta:
        verbose_name = _("line of a report")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["report", "unit"], name="one_line_per_report_and_unit"),
            models.CheckConstraint(
                name="line_is_confirmed_by_somebody",
                condition=Q(confirmed_at=None, confirmed_by=None, agrees=None)
                | Q(confirmed_at__isnull=False, confirmed_by__isnull=False, agrees__isnull=False),
            ),
            models.CheckConstraint(name="disagreement_has_a_remark", condition=~Q(agrees=False) | ~Q(remark="")),
        ]

    def __str__(self):
        return f"{self.report} · {self.unit}"


class ReportSchedule(models.Model):
    """Somebody is told, some days after a period ended, that a report can be made; with a link, never with figures.

    ``told_until`` is the last day of the latest period that was told of. Ended rows stay.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="report_schedules")
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ReportKind)
    scheme = models.ForeignKey("unit_coverage.PeriodScheme", on_delete=models.PROTECT, related_name="+")
    days_after = models.PositiveSmallIntegerField(default=1)
    told_until = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("scheduled report")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit", "kind", "scheme"],
                name="one_running_schedule_of_a_kind",
                condition=Q(ended_at=None),
            )
        ]

    def __str__(self):
        return f"{self.user} · {self.unit} · {self.scheme}"
