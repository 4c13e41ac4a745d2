"""What people say they hold, and the decisions that accept it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from certificates.enums import Basis, ClaimState
from certificates.models.evidence import EvidenceKind
from staff import clock
from staff.enums import Capability
from staff.models import StaffMember
from staff.models.fields import NfcCharField


class ClaimQuerySet(models.QuerySet):
    def visible_to(self, user):
        """One's own, and those of people in the user's scope as HR officer: heads and monitors read figures."""
        return self.filter(staff_member__in=StaffMember.objects.visible_to(user, Capability.HR))

    def decidable_by(self, user):
        """Those that ``user`` may decide: of people in the HR scope, never one's own."""
        found = self.visible_to(user).filter(staff_member__merged_into=None)
        return found.exclude(staff_member=user.staff_member_id) if user.staff_member_id else found

    def open(self):
        """Neither decided nor withdrawn; a decision that a second person sent back is none."""
        return self.filter(~_decided(), withdrawn_at=None)

    def in_state(self, state: str):
        """Claims in one of ``ClaimState``; any other word leaves all that were not withdrawn."""
        ended = Q(qualification__revoked_from__lte=clock.today())
        granted = Q(qualification__isnull=False)
        match state:
            case ClaimState.NEEDS_EVIDENCE:
                return self.open().filter(submitted_at=None)
            case ClaimState.WAITING:
                return self.open().filter(submitted_at__isnull=False)
            case ClaimState.SECOND:
                return self.filter(_decided(awaits_since__isnull=False))
            case ClaimState.RECOGNISED:
                return self.filter(_decided(granted & ~ended, basis=Basis.EVIDENCE))
            case ClaimState.DECLARED:
                return self.filter(_decided(granted & ~ended, basis=Basis.DECLARED))
            case ClaimState.REVOKED:
                return self.filter(_decided(granted & ended))
            case ClaimState.HELD:
                return self.filter(_decided(covered_by__isnull=False))
            case ClaimState.REFUSED:
                return self.filter(_decided(is_accepted=False, covered_by=None))
            case ClaimState.WITHDRAWN:
                return self.exclude(withdrawn_at=None)
        return self.filter(withdrawn_at=None)

    def for_list(self):
        """What a list of claims prints, with the scans and the decision of each."""
        decided = Recognition.objects.select_related(
            "decision",
            "qualification",
            "recorded_by",
            "confirmed_by",
            "covered_by__recognition__decision",
            "covered_by__recognition__claim__kind",
        )
        return self.select_related("staff_member", "kind").prefetch_related(
            "files", models.Prefetch("recognitions", decided.order_by("-pk"))
        )


def _decided(*conditions, **values) -> Exists:
    """Whether a decision on the claim stands for which all of this holds."""
    return Exists(Recognition.objects.filter(*conditions, claim=OuterRef("pk"), declined_at=None, **values))


class Claim(models.Model):
    """What a person, or a staff list, says that the person holds. Nothing counts until it is decided.

    ``submitted_at`` is empty while evidence is missing: on what a staff list says until somebody brings the paper, and
    again while an officer asks for better evidence (``asked_for``). ``submission`` marks the form it was entered with:
    one that arrives twice makes one claim. ``meets_rule`` is what the list itself says of the basic standard: yes, no,
    needs_evidence, unknown. Lists give a ``year``; a paper gives the day of issue. ``nomination`` is that of a
    past class whose list says that somebody passed.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="claims")
    kind = models.ForeignKey(
        EvidenceKind, to_field="code", db_column="kind", on_delete=models.PROTECT, related_name="claims"
    )
    year = models.PositiveIntegerField(null=True, blank=True)
    number = NfcCharField(_("number"), max_length=60, blank=True)
    issued_by = NfcCharField(_("issued by"), max_length=200, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    hours = models.PositiveIntegerField(null=True, blank=True)
    meets_rule = models.CharField(max_length=20, blank=True)
    import_row = models.ForeignKey(
        "staff.ImportRow", null=True, blank=True, on_delete=models.PROTECT, related_name="claims"
    )
    nomination = models.OneToOneField(
        "courses.Nomination", null=True, blank=True, on_delete=models.PROTECT, related_name="claim"
    )
    submission = models.UUIDField(null=True, blank=True, unique=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    asked_for = NfcCharField(max_length=300, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim")
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "kind", "year"],
                name="one_listed_claim_per_kind_and_year",
                condition=Q(year__isnull=False, import_row__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["staff_member", "kind"],
                name="one_listed_claim_per_kind_without_year",
                condition=Q(year=None, import_row__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.kind}"

    @property
    def decided(self) -> "Recognition | None":
        """The decision on it that stands, waiting for a second person or not."""
        return next((r for r in self.recognitions.all() if r.declined_at is None), None)

    @property
    def state(self) -> ClaimState:
        decided = self.decided
        if decided is None:
            if self.withdrawn_at is not None:
                return ClaimState.WITHDRAWN
            return ClaimState.NEEDS_EVIDENCE if self.submitted_at is None else ClaimState.WAITING
        if decided.covered_by_id is not None:
            return ClaimState.HELD
        if not decided.is_accepted:
            return ClaimState.REFUSED
        if decided.qualification is None:
            return ClaimState.SECOND
        ended = decided.qualification.revoked_from
        if ended is not None and ended <= clock.today():
            return ClaimState.REVOKED
        return ClaimState.DECLARED if decided.basis == Basis.DECLARED else ClaimState.RECOGNISED

    @property
    def is_open(self) -> bool:
        return self.decided is None and self.withdrawn_at is None


class EvidenceFile(models.Model):
    """A scan of a paper as we stored it: pictures without what the camera wrote beside them. Never changed or deleted.

    ``name`` is the path in private storage, made of the hash of what is stored.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("scan")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["claim", "sha256"], name="one_file_per_claim_and_content")]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValidationError(_("A stored scan never changes."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(_("A stored scan is never deleted."))

    @property
    def is_picture(self) -> bool:
        return self.content_type != "application/pdf"


class Decision(models.Model):
    """A signed document that accepts claims, from a day on. Bodies number their documents each for itself."""

    number = NfcCharField(_("decision number"), max_length=60)
    signed_on = models.DateField()
    effective_from = models.DateField()
    authority = NfcCharField(_("deciding body"), max_length=200)
    rule = NfcCharField(_("rule"), max_length=300, blank=True)
    back_dated_because = NfcCharField(max_length=200, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("decision")
        constraints = [
            models.UniqueConstraint(
                fields=["number", "authority", "signed_on"], name="one_decision_per_number_and_body"
            )
        ]

    def __str__(self):
        return self.number


class Recognition(models.Model):
    """The decision on one claim. Accepted, it grants a qualification with its own label; refused, it says why.

    Neither where the person held already all that the paper would give, by the qualification ``covered_by``: it counts
    for nothing beside that one, and once that one is revoked it stands no longer (``declined_at``), so that the claim
    is open again.

    Where the rule asks for a second person it grants nothing while ``awaits_since`` is set. Who confirms is never who
    decided; sent back (``declined_at``) it stays on record and the claim is open again. ``rule`` is the version that
    the claim was judged by.
    """

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="recognitions")
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="recognitions")
    rule = models.ForeignKey(
        "certificates.EvidenceRule", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    basis = models.CharField(max_length=10, choices=Basis)
    is_accepted = models.BooleanField()
    reason = NfcCharField(max_length=300, blank=True)
    qualification = models.OneToOneField(
        "courses.Qualification", null=True, blank=True, on_delete=models.PROTECT, related_name="recognition"
    )
    covered_by = models.ForeignKey(
        "courses.Qualification", null=True, blank=True, on_delete=models.PROTECT, related_name="covers"
    )
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    awaits_since = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    declined_at = models.DateTimeField(null=True, blank=True)
    declined_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("recognition")
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], name="one_standing_decision_per_claim", condition=Q(declined_at=None)
            ),
            models.CheckConstraint(
                name="accepted_claim_grants_unless_it_waits",
                condition=Q(is_accepted=True, qualification__isnull=False, awaits_since=None, declined_at=None)
                | Q(is_accepted=True, qualification=None, awaits_since__isnull=False, declined_at=None)
                | Q(is_accepted=True, qualification=None, awaits_since=None, declined_at__isnull=False)
                | Q(is_accepted=False, qualification=None, awaits_since=None, declined_at=None)
                | Q(is_accepted=False, qualification=None, awaits_since=None, covered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="what_is_covered_grants_nothing", condition=Q(covered_by=None) | Q(is_accepted=False)
            ),
            models.CheckConstraint(
                name="accepted_claim_names_its_decision", condition=Q(is_accepted=False) | Q(decision__isnull=False)
            ),
            models.CheckConstraint(
                name="nobody_confirms_their_own_decision",
                condition=Q(confirmed_by=None) | Q(recorded_by=None) | ~Q(confirmed_by=models.F("recorded_by")),
            ),
        ]

    def __str__(self):
        return f"{self.claim} · {self.decision}"

    @property
    def held_by(self) -> str:
        """What gives already all that the paper would give, in the reader's language; empty where nothing does."""
        if self.covered_by is None:
            return ""
        other = getattr(self.covered_by, "recognition", None)
        if other is None:
            return self.covered_by.title
        return gettext("%(kind)s, decision %(number)s") % {"kind": other.claim.kind, "number": other.decision.number}
