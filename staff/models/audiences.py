"""Whom a requirement may bind."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.dated import Dated
from staff.models.fields import NfcCharField


class Audience(models.Model):
    """A named group of staff, given by rules that change over time."""

    code = models.CharField(max_length=40, unique=True)
    name = NfcCharField(max_length=200)

    class Meta:
        verbose_name = _("audience")

    def __str__(self):
        return self.name


class AudienceRule(Dated):
    """One version of an audience's rule.

    Each list holds codes; an empty list asks nothing. A person is in the audience on a day when
    the primary posting of that day matches ``categories``, ``unit_kinds`` and ``positions`` (folded
    text, matched as a whole), and, where ``duties`` names kinds, a duty of one of them is held that day.
    """

    audience = models.ForeignKey(Audience, on_delete=models.PROTECT, related_name="rules")
    version = models.PositiveIntegerField()
    categories = models.JSONField(default=list, blank=True)
    unit_kinds = models.JSONField(default=list, blank=True)
    positions = models.JSONField(default=list, blank=True)
    duties = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = _("audience rule")
        constraints = [
            models.UniqueConstraint(fields=["audience", "version"], name="one_audience_rule_per_version"),
            Dated.ends_after_it_begins("audience_rule_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.audience} v{self.version}"
