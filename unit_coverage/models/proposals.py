"""Changes that somebody prepared and looks at before they are made."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from unit_coverage.enums import ProposalKind


class Proposal(models.Model):
    """A change of a rule, a duty, an exemption or a recognition, as its form was filled in: nothing has happened yet.

    It is shown with its effect (``unit_coverage.effects``) and carried out once, when its author confirms what was
    shown. ``payload`` holds the words of the form by name; ``payload_hash``, of the words and of whom they are about,
    finds the same proposal again, so that a form sent twice makes one. ``applied_at`` is empty until then.
    """

    kind = models.CharField(max_length=20, choices=ProposalKind)
    payload = models.JSONField()
    payload_hash = models.CharField(max_length=64)
    staff_member = models.ForeignKey(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    applied_at = models.DateTimeField(null=True, blank=True)
    shown = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("proposal")
        constraints = [
            models.UniqueConstraint(
                fields=["made_by", "kind", "payload_hash"],
                name="one_open_proposal_of_a_kind",
                condition=Q(applied_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.made_at:%d/%m/%Y}"
