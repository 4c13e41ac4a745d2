"""Tracks and courses: the rows that facts refer to. Pages only show them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from courses.enums import TrackCode, Validity
from courses.errors import FixedByFacts
from staff.models.dated import Dated
from staff.models.fields import NfcCharField


class Track(models.Model):
    """One of the four groups of courses."""

    code = models.CharField(_("code"), max_length=20, unique=True, choices=TrackCode)
    name = NfcCharField(_("name"), max_length=200)
    name_en = NfcCharField(_("English name"), max_length=200, blank=True)
    description = models.TextField(_("description"), blank=True)
    audience = models.TextField(_("for whom"), blank=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("track")
        verbose_name_plural = _("tracks")
        ordering = ["position", "pk"]

    def __str__(self):
        return self.name


class Course(models.Model):
    """A unit of content with a test. ``hours`` are class hours of 45 minutes (tiết).

    Code and track are fixed once facts exist. A new cycle may begin ``renewal_window_days`` before a
    qualification ends; what is held goes on until its own last day. ``is_ready`` is false while the course is in
    preparation: it is named in the catalogue and cannot be taken. ``authors`` are the trainers who
    write it. With ``needs_supervision`` only a test sat before an invigilator, in an exam session, is a pass.
    With ``attendance_is_lessons`` who attended a class of it need not finish the lessons; the test stays.
    """

    code = models.CharField(_("code"), max_length=20, unique=True)
    track = models.ForeignKey(Track, verbose_name=_("track"), on_delete=models.PROTECT, related_name="courses")
    title = NfcCharField(_("title"), max_length=200)
    title_en = NfcCharField(_("English title, for certificates in English"), max_length=200, blank=True)
    summary = models.TextField(_("summary"), blank=True)
    hours = models.PositiveIntegerField(_("class hours"))
    tags = models.JSONField(_("indicators"), default=list, blank=True)
    validity = models.CharField(_("validity"), max_length=20, choices=Validity, default=Validity.NONE)
    validity_months = models.PositiveIntegerField(_("months of validity"), null=True, blank=True)
    renewal_window_days = models.PositiveIntegerField(
        _("days before the end when the course can be taken again"), default=60
    )
    needs_supervision = models.BooleanField(_("passed only in a supervised sitting"), default=False)
    attendance_is_lessons = models.BooleanField(_("attending a class stands for the lessons"), default=False)
    is_ready = models.BooleanField(_("open for learning"), default=False)
    position = models.PositiveIntegerField(default=0)
    authors = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("authors"), related_name="authored_courses", blank=True
    )

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(
                name="months_of_validity_where_needed",
                condition=Q(validity=Validity.MONTHS, validity_months__gte=1)
                | (~Q(validity=Validity.MONTHS) & Q(validity_months=None)),
            ),
        ]

    def __str__(self):
        return f"{self.code} · {self.title}"

    def save(self, *args, **kwargs):
        """Refuses another code or track once somebody enrolled or holds the course."""
        if not self._state.adding:
            stored = Course.objects.filter(pk=self.pk).values_list("code", "track_id").first()
            if stored and stored != (self.code, self.track_id) and course_has_facts(self):
                raise FixedByFacts(_("Learners' records refer to this course: its code and track cannot be changed."))
        super().save(*args, **kwargs)


def course_has_facts(course: Course) -> bool:
    """Whether an enrolment or a qualification refers to the course."""
    return course.enrolments.exists() or course.qualifications.exists()


class TrackRule(Dated):
    """What it takes to hold a track, by version and date: all of ``courses``, or any ``needed`` of them."""

    track = models.ForeignKey(Track, on_delete=models.PROTECT, related_name="rules")
    version = models.PositiveIntegerField()
    courses = models.ManyToManyField(Course, related_name="+")
    needed = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("track rule")
        constraints = [
            models.UniqueConstraint(fields=["track", "version"], name="one_track_rule_per_version"),
            models.CheckConstraint(name="track_rule_needs_something", condition=Q(needed=None) | Q(needed__gte=1)),
            Dated.ends_after_it_begins("track_rule_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.track} v{self.version}"
