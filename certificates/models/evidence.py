"""Kinds of papers people bring, and what each is worth by which rule."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from certificates.enums import Begins, Lasts
from courses.enums import TrackCode
from staff.models.dated import Dated
from staff.models.fields import NfcCharField


class EvidenceKind(models.Model):
    """A kind of paper. ``code`` is that of staff lists. A kind without a rule in force says nothing yet."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name = NfcCharField(_("name"), max_length=200)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("kind of evidence")
        ordering = ["position", "name", "pk"]

    def __str__(self):
        return self.name


class EvidenceRule(Dated):
    """What papers of a kind are worth, by version and date: an edited rule is a new version.

    It gives a whole track, or one course of it, or nothing at all (``gives_track`` empty): then ``remark`` says why.
    Only papers issued from ``issued_from`` to ``issued_until``, both included, count. What is given begins and lasts as
    ``begins`` and ``lasts`` say; a paper that itself ends earlier ends it earlier.
    """

    kind = models.ForeignKey(EvidenceKind, on_delete=models.PROTECT, related_name="rules")
    version = models.PositiveIntegerField()
    gives_track = models.CharField(max_length=20, choices=TrackCode, blank=True)
    gives_course = models.ForeignKey(
        "courses.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    issued_from = models.DateField(null=True, blank=True)
    issued_until = models.DateField(null=True, blank=True)
    begins = models.CharField(max_length=10, choices=Begins, default=Begins.DECISION)
    lasts = models.CharField(max_length=10, choices=Lasts, default=Lasts.NONE)
    lasts_number = models.PositiveIntegerField(null=True, blank=True)
    lasts_until = models.DateField(null=True, blank=True)
    needs_scan = models.BooleanField(default=True)
    needs_second = models.BooleanField(default=False)
    legal_basis = NfcCharField(max_length=300)
    remark = NfcCharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("rule of a kind of evidence")
        constraints = [
            models.UniqueConstraint(fields=["kind", "version"], name="one_evidence_rule_per_version"),
            models.CheckConstraint(
                name="evidence_rule_says_how_long",
                condition=Q(lasts__in=[Lasts.MONTHS, Lasts.YEARS], lasts_number__gte=1, lasts_until=None)
                | Q(lasts=Lasts.FIXED, lasts_number=None, lasts_until__isnull=False)
                | Q(lasts=Lasts.NONE, lasts_number=None, lasts_until=None),
            ),
            models.CheckConstraint(
                name="evidence_rule_gives_a_course_of_a_track",
                condition=Q(gives_course=None) | ~Q(gives_track=""),
            ),
            Dated.ends_after_it_begins("evidence_rule_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.kind_id} v{self.version}"
