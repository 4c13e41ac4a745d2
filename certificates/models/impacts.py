"""Qualifications, and with them certificates, whose mark was changed afterwards: somebody decides what follows."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.enums import ImpactDecision


class RegradeImpactQuerySet(models.QuerySet):
    def open(self):
        """Those that nobody has decided."""
        return self.filter(decided_at=None)

    def for_list(self):
        return self.select_related(
            "qualification__staff_member", "grading__attempt__quiz", "grading__regrade", "decided_by"
        )


class RegradeImpact(models.Model):
    """A new marking touches a qualification that rests on an earlier one. Nothing follows by itself.

    ``mark_before`` is the mark that the qualification, and its certificate, say; the new one is the grading's.
    Decided once; the decision is never edited.
    """

    qualification = models.ForeignKey("courses.Qualification", on_delete=models.PROTECT, related_name="impacts")
    grading = models.ForeignKey("quizzes.Grading", on_delete=models.PROTECT, related_name="impacts")
    mark_before = models.DecimalField(max_digits=6, decimal_places=2)
    found_at = models.DateTimeField(default=timezone.now)
    decision = models.CharField(max_length=10, choices=ImpactDecision, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = RegradeImpactQuerySet.as_manager()

    class Meta:
        verbose_name = _("impact of a regrade")
        constraints = [
            models.UniqueConstraint(
                fields=["qualification", "grading"], name="one_impact_per_qualification_and_marking"
            ),
            models.CheckConstraint(
                name="decided_impact_says_what_by_whom_and_why",
                condition=Q(decided_at=None, decided_by=None, decision="")
                | (Q(decided_at__isnull=False, decided_by__isnull=False) & ~Q(decision="") & ~Q(reason="")),
            ),
        ]

    def __str__(self):
        return f"{self.qualification} · {self.mark_before} → {self.grading.mark}"
