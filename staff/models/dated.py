"""What every dated fact shares: a first day, a last day, and who recorded both, when."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class DatedQuerySet(models.QuerySet):
    def on(self, day: date):
        """Facts that hold on ``day``; the first and the last day are both included."""
        return self.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))

    def open(self):
        """Facts without a last day."""
        return self.filter(valid_until=None)

    def as_known_at(self, moment: datetime):
        """Facts that had been recorded by ``moment``. An end recorded later still shows in ``valid_until``."""
        return self.filter(recorded_at__lte=moment)


class Dated(models.Model):
    """A fact that holds from a day until a day, both included, in local time.

    The end is recorded once; the moment and the author of both records stay, so that a report can
    say what was known on the day it was made.
    """

    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    end_recorded_at = models.DateTimeField(null=True, blank=True, editable=False)
    end_recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    end_reason = models.CharField(max_length=200, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def ends_after_it_begins(cls, name: str) -> models.CheckConstraint:
        return models.CheckConstraint(name=name, condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")))

    def holds_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)
