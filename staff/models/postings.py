"""Where people work, and the duties they hold there."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.enums import DUTY_CHOICES, DutyKind, PostingStatus, StaffCategory, duty_code
from staff.models.dated import Dated
from staff.models.fields import NfcCharField


class Posting(Dated):
    """A person in a unit and a position, from a day until a day.

    Never overwritten: a transfer ends one and begins another. Only a ``PersonalChange`` that is back-dated, or that
    takes another one back, rewrites rows; it keeps what they were.
    At most one open posting of a person is the primary one; a person counts only there.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="postings")
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="postings")
    position = NfcCharField(_("position"), max_length=200, blank=True)
    category = models.CharField(_("category"), max_length=20, choices=StaffCategory, default=StaffCategory.UNCLASSIFIED)
    status = models.CharField(max_length=10, choices=PostingStatus, default=PostingStatus.ACTIVE)
    is_primary = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("posting")
        indexes = [models.Index(fields=["staff_member", "valid_from"], name="posting_by_person")]
        constraints = [
            Dated.ends_after_it_begins("posting_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["staff_member"],
                name="one_open_primary_posting",
                condition=Q(is_primary=True, valid_until=None),
            ),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.unit}"


class Duty(Dated):
    """A dated role beside the post: ICT officer, security officer (both full- or part-time), head."""

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="duties")
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="duties")
    kind = models.CharField(max_length=20, choices=DutyKind)
    is_full_time = models.BooleanField(default=False)
    decision_number = NfcCharField(_("decision number"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("duty")
        constraints = [
            Dated.ends_after_it_begins("duty_ends_after_it_begins"),
            models.UniqueConstraint(
                fields=["staff_member", "unit", "kind"], name="one_open_duty_of_a_kind", condition=Q(valid_until=None)
            ),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.get_kind_display()}"

    @property
    def code(self) -> str:
        """As forms, rules of indicators and tables name it, full time and part time apart."""
        return duty_code(self.kind, is_full_time=self.is_full_time)

    @property
    def label(self) -> str:
        return str(dict(DUTY_CHOICES)[self.code])
