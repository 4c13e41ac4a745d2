"""What is granted to one person for tests: more time, more attempts, a window of her own."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.enums import Purpose
from staff import clock
from staff.models.fields import NfcCharField


class AccommodationQuerySet(models.QuerySet):
    def on(self, day: date):
        """Those that hold on ``day``, the last day included."""
        return self.not_over(day).filter(valid_from__lte=day)

    def not_over(self, day: date):
        """Those that hold on ``day`` or later."""
        return self.filter(Q(valid_until=None) | Q(valid_until__gte=day), ended_at=None)

    def about(self, quiz, *, purpose: str):
        """Those for ``quiz``: given for it, or for every exam where its ``purpose`` makes it one."""
        every = Q(quiz=None) if purpose == Purpose.EXAM else Q(pk__in=[])
        return self.filter(Q(quiz=quiz) | every)

    def for_list(self):
        return self.select_related("staff_member", "quiz", "decided_by").order_by("-decided_at", "-pk")


class Accommodation(models.Model):
    """Granted to ``staff_member`` for one exam, or without ``quiz`` for every exam begun from ``valid_from`` on.

    More time is in minutes, or in percent of the test's limit; of several that hold, each kind counts by its largest.
    An own window stands in the place of the quiz's. Taken back, the row stays with who did so and why, and attempts
    that run keep what they have. The reason may be about health: it stands here, and in no log.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="accommodations")
    quiz = models.ForeignKey(
        "quizzes.Quiz", null=True, blank=True, on_delete=models.PROTECT, related_name="accommodations"
    )
    extra_minutes = models.PositiveIntegerField(_("more minutes"), default=0)
    extra_percent = models.PositiveIntegerField(_("more time, in percent"), default=0)
    extra_attempts = models.PositiveIntegerField(_("more attempts"), default=0)
    opens_at = models.DateTimeField(_("own window: opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("own window: closes at"), null=True, blank=True)
    valid_from = models.DateField(_("holds from"))
    valid_until = models.DateField(_("holds until"), null=True, blank=True)
    reason = NfcCharField(_("reason and decision"), max_length=300)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_reason = NfcCharField(max_length=300, blank=True)

    objects = AccommodationQuerySet.as_manager()

    class Meta:
        verbose_name = _("individual arrangement")
        constraints = [
            models.CheckConstraint(
                name="accommodation_grants_something",
                condition=Q(extra_minutes__gt=0)
                | Q(extra_percent__gt=0)
                | Q(extra_attempts__gt=0)
                | Q(opens_at__isnull=False)
                | Q(closes_at__isnull=False),
            ),
            models.CheckConstraint(
                name="own_window_is_of_one_quiz",
                condition=Q(quiz__isnull=False) | Q(opens_at=None, closes_at=None),
            ),
            models.CheckConstraint(
                name="own_window_closes_after_it_opens",
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=F("opens_at")),
            ),
            models.CheckConstraint(
                name="accommodation_ends_after_it_begins",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
        ]

    def __str__(self):
        return f"{self.staff_member} · {self.quiz or '*'}"

    @property
    def what(self) -> str:
        """10 more minutes; 25 % more time; 1 more attempt; open 08:00 23/11/2026 – 10:00 23/11/2026."""
        parts = []
        if self.extra_minutes:
            parts.append(_("%(count)d more minutes") % {"count": self.extra_minutes})
        if self.extra_percent:
            parts.append(_("%(count)d %% more time") % {"count": self.extra_percent})
        if self.extra_attempts:
            parts.append(_("%(count)d more attempts") % {"count": self.extra_attempts})
        if self.opens_at or self.closes_at:
            ends = [clock.shown_moment(end) if end else "…" for end in (self.opens_at, self.closes_at)]
            parts.append(_("own window %(opens)s – %(closes)s") % {"opens": ends[0], "closes": ends[1]})
        return "; ".join(str(part) for part in parts)
