"""Derived tables: they can be rebuilt from the facts and come out identical."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils import timezone
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
    ``due_on`` is the first day by which somebody bound and not trained has to comply; ``updated_on`` the first day of
    the newest qualification of the track that holds. ``is_leader``: holds a duty as head, or a position that the
    audience of leaders names. ``lapses_from``: of somebody bound and trained, the first day on which she will be bound
    and no longer trained; of all she is told already, so that nobody's future has to be looked up to count her.
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
    is_leader = models.BooleanField(default=False)
    due_on = models.DateField(null=True, blank=True)
    updated_on = models.DateField(null=True, blank=True)
    lapses_from = models.DateField(null=True, blank=True)
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


class CountedDay(models.Model):
    """A day whose figures are kept: today, and the ends of past months. Without its row a day is counted when asked."""

    day = models.DateField(unique=True)
    counted_at = models.DateTimeField(default=timezone.now)

    def __str__(self):
        return f"{self.day}"


class UnitFigure(models.Model):
    """The people of a unit and of all below it on a counted day, by track, part and category.

    Derived from standings in the transaction that rewrites these; nobody without people has a row. The people of the
    unit alone are this less its children. Every person counts in exactly one of the first eight numbers;
    ``counting`` says what each number counts.
    """

    day = models.DateField()
    # Derived rows: the database need not look up again what the standings already refer to.
    unit = models.ForeignKey(
        "staff.Unit", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    track = models.ForeignKey(
        "courses.Track", on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    part = models.CharField(max_length=10, choices=Part, blank=True, default=Part.WHOLE)
    category = models.CharField(max_length=20, choices=StaffCategory)
    passed = models.IntegerField(default=0)
    completed = models.IntegerField(default=0)
    recognised = models.IntegerField(default=0)
    declared = models.IntegerField(default=0)
    not_trained = models.IntegerField(default=0)
    exempt = models.IntegerField(default=0)
    deferred = models.IntegerField(default=0)
    not_bound = models.IntegerField(default=0)
    trained_outside = models.IntegerField(default=0)
    overdue = models.IntegerField(default=0)
    lapsing = models.IntegerField(default=0)
    updated = models.IntegerField(default=0)
    leaders_bound = models.IntegerField(default=0)
    leaders_trained = models.IntegerField(default=0)
    full_time_bound = models.IntegerField(default=0)
    full_time_trained = models.IntegerField(default=0)
    part_time_bound = models.IntegerField(default=0)
    part_time_trained = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "unit", "track", "part", "category"], name="one_unit_figure_of_a_kind"
            ),
        ]

    def __str__(self):
        return f"{self.unit_id} · {self.track_id} · {self.day}"


class FeedCursor(models.Model):
    """How far a reader has come in ``staff.Change``, and by which version of the formula it counted."""

    reader = models.CharField(max_length=40, unique=True)
    transaction = models.BigIntegerField(default=0)
    change_id = models.BigIntegerField(default=0)
    formula = models.PositiveIntegerField(default=0)

    def __str__(self):
        return self.reader
