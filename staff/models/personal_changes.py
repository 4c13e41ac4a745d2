"""What HR decided about one person: a transfer, a leave, a return, a leaving; with all that it rewrote."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import ChangeCause, ChangeState, PersonalChangeKind, StaffCategory
from staff.models.fields import NfcCharField


class PersonalChange(models.Model):
    """One change of one person from ``first_day`` on, by a decision.

    Its rows (postings, duties, rights) are written at once, with their own days; ``journal`` keeps each value that it
    changed, before and after, so that taking it back leaves equal rows. ``corrects`` is the change that it replaced.
    Of a secondment, ``unit`` or ``place`` is the host; of a transfer, ``unit`` is where she goes.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="personal_changes")
    kind = models.CharField(max_length=12, choices=PersonalChangeKind)
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    unit = models.ForeignKey("staff.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    place = NfcCharField(max_length=200, blank=True)
    position = NfcCharField(max_length=200, blank=True)
    category = models.CharField(max_length=20, choices=StaffCategory, blank=True)
    cause = models.CharField(max_length=12, choices=ChangeCause, blank=True)
    ends_duties = models.BooleanField(default=False)
    decision_number = NfcCharField(max_length=60, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    back_dated_because = models.CharField(max_length=200, blank=True)
    journal = models.JSONField(default=list)
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_at = models.DateTimeField(null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    taken_back_because = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("change of a person")
        constraints = [
            models.CheckConstraint(
                name="personal_change_ends_after_it_begins",
                condition=Q(last_day=None) | Q(last_day__gte=F("first_day")),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.first_day:%d/%m/%Y}"

    @property
    def state(self) -> ChangeState:
        if self.taken_back_at:
            return ChangeState.TAKEN_BACK
        return ChangeState.AHEAD if self.first_day > clock.today() else ChangeState.IN_FORCE
