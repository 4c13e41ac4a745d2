"""The fact "trained"."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.enums import Origin
from staff.models.fields import NfcCharField


class QualificationQuerySet(models.QuerySet):
    def held_on(self, day: date):
        """Qualifications in force on ``day``: begun, not expired, not revoked by then. The last day is included."""
        return self.filter(
            Q(valid_until=None) | Q(valid_until__gte=day),
            Q(revoked_from=None) | Q(revoked_from__gt=day),
            valid_from__lte=day,
        )

    def live(self):
        """Qualifications nobody has revoked, expired ones included."""
        return self.filter(revoked_from=None)


class Qualification(models.Model):
    """The fact that a person is trained in a course, or a track, from a day until a day.

    Granted in the transaction that completes the enrolment, or by a recognition; each has cycles of its own. Code,
    title and hours are frozen: renaming a course changes no past fact. ``revoked_from`` is the first day on
    which it no longer holds; the row stays. ``mark`` is the frozen result of the test, where one was passed,
    ``is_supervised`` whether an invigilator was there; both are empty where there was no test.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="qualifications")
    track = models.ForeignKey("courses.Track", on_delete=models.PROTECT, related_name="qualifications")
    course = models.ForeignKey(
        "courses.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="qualifications"
    )
    cycle = models.PositiveIntegerField(default=1)
    origin = models.CharField(max_length=20, choices=Origin)
    enrolment = models.ForeignKey(
        "courses.Enrolment", null=True, blank=True, on_delete=models.PROTECT, related_name="qualifications"
    )
    code = models.CharField(max_length=20)
    title = NfcCharField(max_length=200)
    hours = models.PositiveIntegerField(null=True, blank=True)
    mark = models.DecimalField(max_digits=6, decimal_places=2, null=True, blank=True)
    is_supervised = models.BooleanField(null=True, blank=True)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    granted_at = models.DateTimeField(default=timezone.now)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_from = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_reason = models.CharField(max_length=300, blank=True)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification")
        indexes = [models.Index(fields=["staff_member", "track"], name="qualification_by_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "course", "cycle"],
                name="one_live_qualification_per_course_and_cycle",
                condition=Q(course__isnull=False, enrolment__isnull=False, revoked_from=None),
            ),
            models.UniqueConstraint(
                fields=["staff_member", "course", "cycle"],
                name="one_live_recognition_per_course_and_cycle",
                condition=Q(course__isnull=False, enrolment=None, revoked_from=None),
            ),
            models.UniqueConstraint(
                fields=["staff_member", "track", "cycle"],
                name="one_live_qualification_per_track_and_cycle",
                condition=Q(course=None, revoked_from=None),
            ),
            models.CheckConstraint(
                name="qualification_ends_after_it_begins",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.code}"

    @property
    def how_held(self) -> str:
        """Passed, supervised; completed; recognised; as declared."""
        words = self.get_origin_display()
        if self.is_supervised is None:
            return words
        how = _("supervised") if self.is_supervised else _("not supervised")
        return f"{words}, {how}"
