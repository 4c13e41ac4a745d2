"""Indicators: named shares a/b whose rules are data, and the periods they are reported for."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from courses.enums import Counts, CourseTag, TrackCode
from staff.models.dated import Dated
from staff.models.fields import NfcCharField
from staff.vietnamese import fold
from unit_coverage.enums import Asks, PeriodShape, Subject, Window


class Indicator(models.Model):
    """A named share. ``framework`` is the set and line that ask for it (ICT Index 2.2.4), where there is one."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = NfcCharField(_("name"), max_length=200)
    framework = NfcCharField(_("set of indicators"), max_length=100, blank=True)
    subject = models.CharField(_("counts"), max_length=10, choices=Subject, default=Subject.PEOPLE)
    position = models.PositiveIntegerField(default=100)

    class Meta:
        verbose_name = _("indicator")
        ordering = ["position", "name", "pk"]

    def __str__(self):
        return self.name


class IndicatorRule(Dated):
    """How an indicator is counted, by version and date: an edited rule is a new version.

    Denominator b: people whose primary posting on the cut-off day is of ``categories``, outside the bodies of
    ``left_out_kinds`` (and all below them) and, where they are named, in units of ``unit_kinds``; where ``duties`` or
    ``positions`` are named, who holds one of the duties or a position that begins so; with ``only_without_at_start``
    the people of the first day of the period instead, with their post and duties of that day, of whom only those count
    who did not hold the track when it began, wherever they are on the cut-off day. Numerator a: of these, who holds
    one of ``a_duties`` and a recognised paper of one of ``a_papers`` and the training that ``asks`` names, each where
    it is named.
    An indicator of events counts those of ``event_kinds``; with ``counts_turns`` it counts how many people were there,
    each time anew (lượt người), instead of the events. An indicator of units counts units of ``unit_kinds``; a are
    those with at least one such person. Empty lists ask nothing.
    """

    indicator = models.ForeignKey(Indicator, on_delete=models.PROTECT, related_name="rules")
    version = models.PositiveIntegerField()
    categories = models.JSONField(default=list, blank=True)
    left_out_kinds = models.JSONField(default=list, blank=True)
    unit_kinds = models.JSONField(default=list, blank=True)
    duties = models.JSONField(default=list, blank=True)
    positions = models.JSONField(default=list, blank=True)
    only_without_at_start = models.BooleanField(default=False)
    a_duties = models.JSONField(default=list, blank=True)
    a_papers = models.JSONField(default=list, blank=True)
    asks = models.CharField(max_length=10, choices=Asks, blank=True, default=Asks.NOTHING)
    track = models.CharField(max_length=20, choices=TrackCode, blank=True)
    tag = models.CharField(max_length=20, choices=CourseTag, blank=True)
    window = models.CharField(max_length=10, choices=Window, default=Window.CUT_OFF)
    counts = models.CharField(max_length=10, choices=Counts, default=Counts.COMPLETED)
    event_kinds = models.JSONField(default=list, blank=True)
    counts_turns = models.BooleanField(default=False)
    max_points = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    legal_basis = NfcCharField(max_length=300)
    remark = NfcCharField(max_length=500, blank=True)

    class Meta:
        verbose_name = _("rule of an indicator")
        constraints = [
            models.UniqueConstraint(fields=["indicator", "version"], name="one_indicator_rule_per_version"),
            models.CheckConstraint(
                name="indicator_rule_names_its_training",
                condition=Q(asks=Asks.NOTHING, track="", tag="", only_without_at_start=False)
                | (Q(asks=Asks.TRACK, tag="") & ~Q(track=""))
                | (Q(asks=Asks.COURSE, only_without_at_start=False) & (~Q(track="") | ~Q(tag=""))),
            ),
            Dated.ends_after_it_begins("indicator_rule_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.indicator_id} v{self.version}"

    @cached_property
    def folded_positions(self) -> tuple[str, ...]:
        """As positions are compared: without accents and capitals."""
        return tuple(fold(position) for position in self.positions)


class PeriodScheme(models.Model):
    """A way to cut time into reporting periods: a month, quarter, half-year, year or term, or one free period.

    ``begins_on_day`` 1 is the calendar. Any other day d: a period runs from day d of the month before its calendar
    beginning to the day before d of its last month, as periodic reports do (15th to 14th). A term has
    ``years`` years; terms are counted from ``first_year``.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = NfcCharField(_("name"), max_length=200)
    shape = models.CharField(_("period"), max_length=10, choices=PeriodShape)
    begins_on_day = models.PositiveSmallIntegerField(
        _("first day within a month"), default=1, validators=[MinValueValidator(1), MaxValueValidator(28)]
    )
    first_year = models.PositiveSmallIntegerField(null=True, blank=True)
    years = models.PositiveSmallIntegerField(null=True, blank=True)
    first = models.DateField(null=True, blank=True)
    last = models.DateField(null=True, blank=True)
    legal_basis = NfcCharField(_("legal basis"), max_length=300)
    position = models.PositiveIntegerField(default=100)

    class Meta:
        verbose_name = _("reporting period")
        ordering = ["position", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                name="period_scheme_says_its_days",
                condition=(~Q(shape__in=[PeriodShape.TERM, PeriodShape.FREE]) & Q(first=None, last=None))
                | Q(shape=PeriodShape.TERM, first_year__isnull=False, years__gte=1, first=None, last=None)
                | Q(shape=PeriodShape.FREE, first__isnull=False, last__gte=F("first")),
            ),
            models.CheckConstraint(
                name="period_scheme_day_is_in_every_month",
                condition=Q(begins_on_day__gte=1, begins_on_day__lte=28),
            ),
        ]

    def __str__(self):
        return self.name
