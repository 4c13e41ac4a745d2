"""Derived tables: they can be rebuilt from the facts and come out identical."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.enums import Binding, Origin, Part
from staff.enums import PostingStatus, StaffCategory


class StandingQuerySet(models.QuerySet):
    def on(self, day: date):
        return self.filter(valid_from__lte=day).filter(Q(valid_until=None) | Q(valid_until__gte=day))


class Standing(models.Model):
    """Where a person stands in a track, in one unit, over a stretch of days in which nothing changes.

    Derived from postings, duties, audiences, requirements, exemptions and qualifications; one
    person's rows of a track and part never overlap and cover exactly the days of the primary postings.
    ``part`` is empty for the track itself; the track of open source and security also has rows
    for either part alone.
    ``origin`` is how somebody trained came to it (empty when not trained), the weakest where
    several qualifications are needed; for people not bound it says what they hold all the same.
    """

    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="standings")
    track = models.ForeignKey("courses.Track", on_delete=models.PROTECT, related_name="+")
    part = models.CharField(max_length=10, choices=Part, blank=True, default=Part.WHOLE)
    category = models.CharField(max_length=20, choices=StaffCategory)
    status = models.CharField(max_length=10, choices=PostingStatus)
    binding = models.CharField(max_length=10, choices=Binding)
    is_trained = models.BooleanField()
    origin = models.CharField(max_length=20, choices=Origin, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)

    objects = StandingQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")
        indexes = [
            models.Index(fields=["unit", "track", "valid_from"], name="standing_by_unit"),
            models.Index(fields=["staff_member"], name="standing_by_person"),
        ]

    def __str__(self):
        return f"{self.staff_member_id} · {self.track_id} · {self.valid_from}"


class FeedCursor(models.Model):
    """How far a reader has come in ``staff.Change``."""

    reader = models.CharField(max_length=40, unique=True)
    transaction = models.BigIntegerField(default=0)
    change_id = models.BigIntegerField(default=0)

    def __str__(self):
        return self.reader
