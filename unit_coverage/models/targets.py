"""What share of trained staff a plan asks for."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.models import Scope, Unit
from staff.models.dated import Dated, DatedQuerySet
from staff.models.fields import NfcCharField

# Before the code of an indicator, where a target is of one.
OF_INDICATOR = "indicator:"


class TargetQuerySet(DatedQuerySet):
    def visible_to(self, user):
        """The targets for everybody, of units whose figures ``user`` sees, and those that bind these from above."""
        if user.is_superuser:
            return self
        above = {pk for unit in Scope.objects.units_of(user) for pk in unit.ancestor_ids}
        return self.filter(Q(unit=None) | Q(unit__in=Unit.objects.visible_to(user)) | Q(unit__in=above))


class Target(Dated):
    """The share, in percent, that a figure or an indicator has to reach in a period, by a plan or decision.

    ``figure`` is a FigureKey, or OF_INDICATOR and the code of an indicator, which never changes. It binds ``unit`` and
    all below it, everybody where there is none; a nearer unit's goes before one from above.
    """

    unit = models.ForeignKey("staff.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="targets")
    figure = models.CharField(_("figure"), max_length=60)
    percent = models.DecimalField(
        _("target in percent"),
        max_digits=5,
        decimal_places=2,
        validators=[MinValueValidator(0), MaxValueValidator(100)],
    )
    legal_basis = NfcCharField(_("legal basis"), max_length=300)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = _("target")
        constraints = [
            Dated.ends_after_it_begins("target_ends_after_it_begins"),
            models.CheckConstraint(name="target_is_a_share", condition=Q(percent__gte=0, percent__lte=100)),
            # A form that comes twice adds one target.
            models.UniqueConstraint(
                fields=["figure", "valid_from"], name="one_target_of_a_figure_from_a_day", condition=Q(unit=None)
            ),
            models.UniqueConstraint(
                fields=["unit", "figure", "valid_from"],
                name="one_target_of_a_unit_and_figure_from_a_day",
                condition=Q(unit__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.figure} · {self.percent} · {self.valid_from}"
