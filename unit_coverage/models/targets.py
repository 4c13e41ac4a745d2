"""What share of trained staff a plan asks for."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.models.dated import Dated, DatedQuerySet
from staff.models.fields import NfcCharField
from unit_coverage.enums import FigureKey


class TargetQuerySet(DatedQuerySet):
    def latest_on(self, day):
        """The targets in force on ``day``, by figure: of two that overlap the one that began later."""
        return {target.figure: target for target in self.on(day).order_by("valid_from", "pk")}


class Target(Dated):
    """The share, in percent, that a figure has to reach in a period, by a plan or decision."""

    figure = models.CharField(_("figure"), max_length=20, choices=FigureKey)
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
            models.UniqueConstraint(fields=["figure", "valid_from"], name="one_target_of_a_figure_from_a_day"),
        ]

    def __str__(self):
        return f"{self.figure} · {self.percent} · {self.valid_from}"
