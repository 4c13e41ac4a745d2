"""The nightly comparison of what is derived with the facts."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Check(models.Model):
    """One round through everybody and every kept figure; ``last_person`` is how far it has come."""

    day = models.DateField(unique=True)
    last_person = models.BigIntegerField(default=0)
    people = models.PositiveIntegerField(default=0)
    figures = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    def __str__(self):
        return f"{self.day}"


class Discrepancy(models.Model):
    """Something derived that was not what the facts say: the standings of a person, or a unit's figures of a day.

    It stays until somebody has it repaired: why a verb forgot to tell of its change is worth knowing first.
    """

    staff_member = models.ForeignKey(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    unit = models.ForeignKey("staff.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    day = models.DateField(null=True, blank=True)
    found_at = models.DateTimeField(default=timezone.now)
    repaired_at = models.DateTimeField(null=True, blank=True)
    repaired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("difference between figures and facts")
        constraints = [
            models.CheckConstraint(
                name="discrepancy_is_of_a_person_or_a_figure",
                condition=Q(staff_member__isnull=False, unit=None, day=None)
                | Q(staff_member=None, unit__isnull=False, day__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["staff_member"],
                name="one_open_discrepancy_a_person",
                condition=Q(repaired_at=None, staff_member__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["unit", "day"],
                name="one_open_discrepancy_a_figure",
                condition=Q(repaired_at=None, unit__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.staff_member_id or self.unit_id} · {self.found_at:%Y-%m-%d}"
