"""Changes of the organisation that are planned, looked at, and carried out on their day."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import ReformKind, ReformState
from staff.models.fields import NfcCharField
from staff.models.scopes import Scope
from staff.models.units import Unit


class ReorganisationQuerySet(models.QuerySet):
    def due(self):
        """Confirmed ones whose day has come and that nobody has carried out yet."""
        return self.filter(
            confirmed_at__isnull=False, applied_at=None, withdrawn_at=None, effective_on__lte=clock.today()
        )

    def newest_first(self):
        return self.order_by("-effective_on", "-pk")


class Reorganisation(models.Model):
    """A change of the organisation from a day on: units that close, those that open, who goes where.

    Until its day it is a plan and changes nothing, so that withdrawing it leaves everything exactly as it was, and
    whoever is posted or moved meanwhile is taken along. ``plan`` is what ``staff.reforms`` made of the form or the
    file. ``refusal`` says why the plan could not be carried out on its day; it is tried again.
    """

    kind = models.CharField(max_length=10, choices=ReformKind)
    effective_on = models.DateField()
    decision_number = NfcCharField(_("decision number"), max_length=60)
    decided_on = models.DateField()
    plan = models.JSONField()
    plan_hash = models.CharField(max_length=64)
    back_dated_because = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    shown = models.CharField(max_length=64, blank=True)
    scopes_confirmed_at = models.DateTimeField(null=True, blank=True)
    scopes_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_because = models.CharField(max_length=200, blank=True)
    refusal = models.CharField(max_length=500, blank=True)

    objects = ReorganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reorganisation")
        constraints = [
            models.UniqueConstraint(
                fields=["made_by", "plan_hash"],
                name="one_open_draft_of_a_reorganisation",
                condition=Q(confirmed_at=None, withdrawn_at=None),
            ),
            models.CheckConstraint(
                name="reorganisation_applied_or_withdrawn", condition=Q(applied_at=None) | Q(withdrawn_at=None)
            ),
            models.CheckConstraint(
                name="reorganisation_confirmed_before_applied",
                condition=Q(applied_at=None) | Q(confirmed_at__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} · {self.decision_number}"

    @property
    def state(self) -> ReformState:
        if self.withdrawn_at:
            return ReformState.WITHDRAWN
        if self.applied_at:
            return ReformState.APPLIED
        return ReformState.PLANNED if self.confirmed_at else ReformState.DRAFT

    @property
    def codes(self) -> list[str]:
        """The units that were there before and that the plan closes or lets others join."""
        opened = {unit["code"] for unit in self.plan["new"]}
        linked = {code for link in self.plan["links"] for code in (link["from"], link["to"])}
        return sorted(({*self.plan["closes"]} | linked) - opened)


def reorganisable_by(user, day):
    """Units that ``user`` may close or change: everything below the units of her HR scopes, never these themselves.

    The body above decides about a unit, so HR of the unit alone does not; an administrator does.
    """
    units = Unit.objects.existing_on(day)
    if user.is_superuser:
        return units
    heads = Scope.objects.units_of(user, "hr")
    query = Q(pk__in=[])
    for head in heads:
        query |= Q(path__gt=head.path, path__lt=head.path_end)
    return units.filter(query)
