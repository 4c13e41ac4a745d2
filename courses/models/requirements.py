"""Who must hold what, and who is let off."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.enums import Counts, ExemptionKind
from staff.models.dated import Dated
from staff.models.fields import NfcCharField


class Requirement(Dated):
    """One version of a rule: an audience must hold a course, or a track by its rule, on a legal basis.

    ``code`` names the rule through its versions. ``due_on`` is the last day to comply, or
    ``due_days`` counts days from the day somebody becomes bound; neither means no date. Whoever is
    bound counts from the first day, not from the due date.
    """

    code = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    audience = models.ForeignKey("staff.Audience", on_delete=models.PROTECT, related_name="requirements")
    track = models.ForeignKey("courses.Track", on_delete=models.PROTECT, related_name="requirements")
    course = models.ForeignKey(
        "courses.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="requirements"
    )
    counts = models.CharField(max_length=10, choices=Counts, default=Counts.PASSED)
    due_on = models.DateField(null=True, blank=True)
    due_days = models.PositiveIntegerField(null=True, blank=True)
    legal_basis = NfcCharField(max_length=300)

    class Meta:
        verbose_name = _("requirement")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_requirement_per_version"),
            models.CheckConstraint(name="one_kind_of_due_date", condition=Q(due_on=None) | Q(due_days=None)),
            Dated.ends_after_it_begins("requirement_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.code} v{self.version}"


class Exemption(Dated):
    """A person is not bound (exempt), or not yet (deferred), for a track or a course, by a decision."""

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="exemptions")
    track = models.ForeignKey("courses.Track", on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey("courses.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=ExemptionKind)
    reason = NfcCharField(max_length=300)
    decision_number = NfcCharField(max_length=60)

    class Meta:
        verbose_name = _("exemption")
        constraints = [Dated.ends_after_it_begins("exemption_ends_after_it_begins")]

    def __str__(self):
        return f"{self.staff_member} · {self.track}"
