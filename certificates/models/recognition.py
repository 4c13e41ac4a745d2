"""What people say they hold, and the decisions that accept it."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.enums import Basis, EvidenceKind
from staff.models.fields import NfcCharField


class Claim(models.Model):
    """What a person, or a staff list, says that the person holds. Nothing counts until it is decided.

    ``meets_rule`` is what the list itself says of the basic standard: yes, no, needs_evidence, unknown.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=30, choices=EvidenceKind)
    year = models.PositiveIntegerField(null=True, blank=True)
    meets_rule = models.CharField(max_length=20, blank=True)
    import_row = models.ForeignKey(
        "staff.ImportRow", null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("claim")
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "kind", "year"],
                name="one_claim_per_kind_and_year",
                condition=models.Q(year__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["staff_member", "kind"],
                name="one_claim_per_kind_without_year",
                condition=models.Q(year=None),
            ),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.get_kind_display()}"


class Decision(models.Model):
    """A signed document that accepts or refuses claims, from a day on."""

    number = NfcCharField(_("decision number"), max_length=60, unique=True)
    signed_on = models.DateField()
    effective_from = models.DateField()
    authority = NfcCharField(_("deciding body"), max_length=200)
    rule = NfcCharField(_("rule"), max_length=300)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("decision")

    def __str__(self):
        return self.number


class Recognition(models.Model):
    """The decision on one claim. Accepted, it grants a qualification with its own label; refused, it says why."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="recognition")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="recognitions")
    basis = models.CharField(max_length=10, choices=Basis)
    is_accepted = models.BooleanField()
    reason = NfcCharField(max_length=300, blank=True)
    qualification = models.OneToOneField(
        "courses.Qualification", null=True, blank=True, on_delete=models.PROTECT, related_name="recognition"
    )
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("recognition")
        constraints = [
            models.CheckConstraint(
                name="accepted_claim_grants_a_qualification",
                condition=models.Q(is_accepted=True, qualification__isnull=False)
                | models.Q(is_accepted=False, qualification=None),
            ),
        ]

    def __str__(self):
        return f"{self.claim} · {self.decision}"
