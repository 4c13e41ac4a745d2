"""Classes held in a room: the class, its sessions (buổi), who is sent to it, who was there.

Attended never means passed: nothing here grants a qualification.
"""

from datetime import date, datetime, time

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from courses.enums import ClassState, NominationState, PastListState, ReportedResult
from staff.models.fields import NfcCharField


class ClassSessionQuerySet(models.QuerySet):
    def newest_first(self):
        return self.order_by(F("last_day").desc(nulls_first=True), "-pk")

    def for_list(self):
        return self.select_related("course", "unit__parent")


class ClassSession(models.Model):
    """A course held for a group at a time (lớp), in a room, by a unit that hosts it.

    ``first_day``, ``last_day`` and ``hours`` are those of its sessions; of a class from an old list (``past_list``)
    they are what the list says. Who attended at least ``attendance_percent`` of the hours has attended.
    Officers of ``invites`` and of all below it may send their people too, while it is planned.
    ``trainers`` are accounts that may note attendance; ``trainer_names`` is printed. Held or cancelled, it stays
    as it is (``ended_at``); cancelling needs a reason.
    """

    course = models.ForeignKey(
        "courses.Course", on_delete=models.PROTECT, related_name="classes", verbose_name=_("course")
    )
    name = NfcCharField(_("name or number of the class"), max_length=200)
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("host unit"))
    place = NfcCharField(pgettext_lazy("class", "place"), max_length=200, blank=True)
    trainer_names = NfcCharField(_("trainers"), max_length=300, blank=True)
    trainers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="taught_classes", blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True, validators=[MinValueValidator(1)])
    decision_number = NfcCharField(_("number of the decision to hold the class"), max_length=60, blank=True)
    decision_on = models.DateField(_("date of the decision"), null=True, blank=True)
    attendance_percent = models.PositiveSmallIntegerField(
        _("share of the hours to be attended (%)"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    invites = models.ForeignKey(
        "staff.Unit",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("officers who may send people too"),
    )
    first_day = models.DateField(null=True, blank=True, editable=False)
    last_day = models.DateField(null=True, blank=True, editable=False)
    hours = models.PositiveIntegerField(default=0, editable=False)
    past_list = models.ForeignKey(
        "courses.PastClassList",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="classes",
        editable=False,
    )
    state = models.CharField(max_length=10, choices=ClassState, default=ClassState.PLANNED, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    end_note = NfcCharField(max_length=300, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ClassSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("class")
        verbose_name_plural = _("classes")
        indexes = [models.Index(fields=["unit", "last_day"], name="classes_of_unit_by_day")]
        constraints = [
            models.CheckConstraint(
                name="class_share_is_a_share", condition=Q(attendance_percent__gte=1, attendance_percent__lte=100)
            ),
            models.CheckConstraint(
                name="class_ends_after_it_begins",
                condition=Q(first_day=None, last_day=None) | Q(last_day__gte=F("first_day")),
            ),
            models.CheckConstraint(
                name="class_that_is_over_says_when",
                condition=Q(state=ClassState.PLANNED, ended_at=None)
                | (~Q(state=ClassState.PLANNED) & Q(ended_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="cancelled_class_has_a_reason", condition=~Q(state=ClassState.CANCELLED) | ~Q(end_note="")
            ),
            models.UniqueConstraint(
                fields=["unit", "course", "name", "first_day"],
                name="one_past_class_of_name_and_day",
                condition=Q(past_list__isnull=False),
            ),
        ]

    def __str__(self):
        return self.name

    @property
    def is_planned(self) -> bool:
        return self.state == ClassState.PLANNED

    @property
    def is_past(self) -> bool:
        """Whether it was taken from an old list, and has no sessions of ours."""
        return self.past_list_id is not None


class Meeting(models.Model):
    """One session (buổi) of a class. ``hours`` are class hours of 45 minutes."""

    class_session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="meetings")
    day = models.DateField(_("day"))
    begins = models.TimeField(_("begins"))
    ends = models.TimeField(_("ends"))
    hours = models.PositiveSmallIntegerField(_("class hours"), validators=[MinValueValidator(1)])

    class Meta:
        verbose_name = _("session of a class")
        ordering = ["day", "begins", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["class_session", "day", "begins"], name="one_meeting_at_a_time"),
            models.CheckConstraint(
                name="meeting_ends_after_it_begins", condition=Q(ends__gt=F("begins"), hours__gte=1)
            ),
        ]

    def __str__(self):
        return self.words

    @property
    def words(self) -> str:
        """30/11/2026, 07:30–11:00."""
        return f"{self.day:%d/%m/%Y}, {self.begins:%H:%M}–{self.ends:%H:%M}"

    def has_begun(self, now: datetime) -> bool:
        return timezone.make_aware(datetime.combine(self.day, self.begins)) <= now


class NominationQuerySet(models.QuerySet):
    def standing(self):
        """Those who did not withdraw."""
        return self.exclude(state=NominationState.WITHDRAWN)

    def confirmed(self):
        return self.filter(state=NominationState.CONFIRMED)

    def in_name_order(self):
        return self.order_by("staff_member__sort_key", "pk")


class Nomination(models.Model):
    """A person is sent to a class (cử đi học), by a decision, from the unit where she worked then.

    Of an old list ``reported_hours`` and ``reported_result`` are what it says: a result there is no qualification; it
    becomes a claim that the recognition desk decides on.
    """

    class_session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="nominations")
    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="nominations")
    unit = models.ForeignKey("staff.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=NominationState, default=NominationState.NOMINATED)
    decision_number = NfcCharField(_("number of the decision to send"), max_length=60, blank=True)
    decision_on = models.DateField(_("date of the decision"), null=True, blank=True)
    withdrawn_because = NfcCharField(max_length=200, blank=True)
    reported_hours = models.PositiveIntegerField(null=True, blank=True)
    reported_result = models.CharField(max_length=10, choices=ReportedResult, blank=True, default=ReportedResult.NONE)
    nominated_at = models.DateTimeField(default=timezone.now)
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    objects = NominationQuerySet.as_manager()

    class Meta:
        verbose_name = _("nomination")
        constraints = [
            models.UniqueConstraint(fields=["class_session", "staff_member"], name="one_nomination_per_class"),
            models.CheckConstraint(
                name="withdrawn_nomination_has_a_reason",
                condition=~Q(state=NominationState.WITHDRAWN) | ~Q(withdrawn_because=""),
            ),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.class_session}"


class Attendance(models.Model):
    """Whether a nominee was there in one session (điểm danh), and why not."""

    nomination = models.ForeignKey(Nomination, on_delete=models.PROTECT, related_name="attendances")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="attendances")
    is_present = models.BooleanField()
    reason = NfcCharField(_("reason of the absence"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("attendance")
        constraints = [
            models.UniqueConstraint(fields=["nomination", "meeting"], name="one_mark_per_nominee_and_meeting"),
            models.CheckConstraint(name="only_the_absent_have_reasons", condition=Q(is_present=False) | Q(reason="")),
        ]

    def __str__(self):
        return f"{self.nomination_id} · {self.meeting_id}"


class PastClassList(models.Model):
    """A list of classes of before, as it was read. Nothing is taken in before somebody confirms what was shown.

    ``rows`` are dicts of what each row says (see ``courses.classes.past_reading``); they hold names and birth days and
    are emptied (``forgotten_at``) when the list is put aside, and a month after it was handed in.
    """

    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("host unit"))
    file_name = NfcCharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    rows = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=PastListState, default=PastListState.SHOWN)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)
    new_classes = models.PositiveIntegerField(default=0)
    new_people = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("list of past classes")

    def __str__(self):
        return self.file_name


def class_hours(begins: time, ends: time) -> int:
    """Whole class hours of 45 minutes between two moments of a day, one at least."""
    on = date.min
    return max(1, int((datetime.combine(on, ends) - datetime.combine(on, begins)).total_seconds() // 2700))
