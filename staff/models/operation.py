"""What the background of the installation remembers about itself, for every host and process to see."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class BackgroundFunctionQuerySet(models.QuerySet):
    def failing(self):
        return self.filter(failures__gt=0)


class BackgroundFunction(models.Model):
    """How a function of the rooms' lists fared: written when its state changes, and once a minute at most.

    ``failures`` counts those in a row; while there are some, ``failing_since`` and ``next_try_at`` say since when and
    when it is tried again. ``last_error`` is the kind of the fault: what it says of people stands in the log only.
    """

    name = models.CharField(max_length=150, unique=True)
    last_started_at = models.DateTimeField(null=True, blank=True)
    last_ok_at = models.DateTimeField(null=True, blank=True)
    last_failed_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True, blank=True)
    next_try_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = BackgroundFunctionQuerySet.as_manager()

    class Meta:
        verbose_name = _("background function")

    def __str__(self):
        return self.name


class Alarm(models.Model):
    """Something an administrator has to look at, from ``raised_at`` until it no longer holds.

    ``key`` names the matter; one alarm of a key is open at a time. ``told_at`` is when the administrators were told.
    """

    key = models.CharField(max_length=150)
    text = models.CharField(max_length=300)
    raised_at = models.DateTimeField(default=timezone.now)
    told_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("alarm")
        constraints = [
            models.UniqueConstraint(fields=["key"], name="one_open_alarm_of_a_matter", condition=Q(ended_at=None))
        ]

    def __str__(self):
        return self.key
