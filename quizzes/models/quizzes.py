"""Blueprints: what a paper is made of, and what passing means."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.enums import AgreedMark, Counting, Difficulty, PartKind, Purpose
from staff.models.fields import NfcCharField


class Quiz(models.Model):
    """A blueprint. Published, it can be sat; it is refused publication while a pool is smaller than its quota.

    ``time_limit`` is in minutes; marks are on a scale of 10 with two decimals.
    ``attempts_allowed`` empty means without limit; practice never has one. The quiz can be started from
    ``opens_at`` and sat until ``closes_at``, where these are set. ``review`` holds what learners see and when,
    {ReviewMoment: [ReviewItem, …]}; a moment that is missing has the usual rule of the purpose
    (``quizzes.review``). The purpose is chosen once: moving a quiz would move its pool.

    ``retry_after_hours`` pass between the end of an attempt and the next start; ``counting`` says which attempt is the
    result. A part passed in an attempt that failed is not asked again for ``keeps_parts_months``. No question
    is shown more than ``exposure_limit`` times in ``exposure_days`` where the bank has others; with a limit the
    least shown ones come first.

    ``markers`` mark what no key marks; an exam session may name its own. With ``needs_second_marking`` two of them mark
    each answer without seeing each other's marks; where these differ by more than ``allowed_difference`` (of 10) one of
    the ``reconcilers`` marks it too, and ``agreed_mark`` says what counts. ``marks_blind``: no marker learns whose
    answer it is. Marks are due ``marking_days`` after the end of an attempt.
    """

    code = models.CharField(_("code"), max_length=60, unique=True)
    title = NfcCharField(_("title"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose, default=Purpose.EXAM)
    time_limit = models.PositiveIntegerField(_("time limit (minutes)"))
    attempts_allowed = models.PositiveIntegerField(_("attempts allowed"), null=True, blank=True)
    retry_after_hours = models.PositiveIntegerField(_("hours between two attempts"), null=True, blank=True)
    counting = models.CharField(_("which attempt counts"), max_length=10, choices=Counting, default=Counting.HIGHEST)
    keeps_parts_months = models.PositiveIntegerField(
        _("months for which a passed part is kept"), null=True, blank=True, default=12
    )
    exposure_limit = models.PositiveIntegerField(_("most showings of a question"), null=True, blank=True)
    exposure_days = models.PositiveIntegerField(_("within so many days"), default=30)
    grace_seconds = models.PositiveIntegerField(_("grace for late saves (seconds)"), default=30)
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    markers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("markers"), related_name="marked_quizzes", blank=True
    )
    needs_second_marking = models.BooleanField(_("two people mark each answer"), default=False)
    reconcilers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, verbose_name=_("third markers"), related_name="reconciled_quizzes", blank=True
    )
    allowed_difference = models.DecimalField(
        _("allowed difference of two markers (of 10)"), max_digits=4, decimal_places=2, default=Decimal("1.00")
    )
    agreed_mark = models.CharField(
        _("what counts after a third marking"), max_length=10, choices=AgreedMark, default=AgreedMark.THIRD
    )
    marks_blind = models.BooleanField(_("markers do not learn whose answer it is"), default=True)
    marking_days = models.PositiveIntegerField(_("days in which to mark"), default=10)
    review = models.JSONField(default=dict, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("quiz")
        verbose_name_plural = _("quizzes")
        constraints = [
            models.CheckConstraint(
                name="quiz_closes_after_it_opens",
                condition=Q(opens_at=None) | Q(closes_at=None) | Q(closes_at__gt=models.F("opens_at")),
            ),
            models.CheckConstraint(
                name="allowed_difference_on_scale_of_10",
                condition=Q(allowed_difference__gte=0, allowed_difference__lte=10),
            ),
            models.CheckConstraint(
                name="exposure_is_counted_in_a_period",
                condition=Q(exposure_days__gte=1) & (Q(exposure_limit=None) | Q(exposure_limit__gte=1)),
            ),
        ]

    def __str__(self):
        return self.title


class Part(models.Model):
    """A part of a quiz with a pass mark of its own: the quiz is passed when every part is."""

    quiz = models.ForeignKey(Quiz, on_delete=models.CASCADE, related_name="parts")
    position = models.PositiveIntegerField(default=1)
    kind = models.CharField(max_length=10, choices=PartKind, default=PartKind.QUIZ)
    title = NfcCharField(_("title"), max_length=200, blank=True)
    pass_mark = models.DecimalField(_("pass mark"), max_digits=4, decimal_places=2, default=Decimal("5.00"))

    class Meta:
        verbose_name = _("part")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(name="pass_mark_on_scale_of_10", condition=Q(pass_mark__gte=0, pass_mark__lte=10)),
        ]

    def __str__(self):
        return self.title or f"{self.quiz} · {self.position}"


class Section(models.Model):
    """So many questions from one category (and all below it), with a floor that no candidate may fall under.

    Of these only questions that carry all ``tags``, and where the three percents are set so many of each difficulty:
    ``quizzes.slots`` turns them into whole questions.
    ``floor_mark`` is on the scale of 10 (4.00 is "40 %"); 0 means no floor. With ``weighs_questions`` each question
    counts with the points it carries in the bank, else all of the section count the same.
    """

    part = models.ForeignKey(Part, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField(default=1)
    title = NfcCharField(_("title"), max_length=200, blank=True)
    category = models.ForeignKey("quizzes.Category", on_delete=models.PROTECT, related_name="sections")
    quota = models.PositiveIntegerField(_("number of questions"))
    tags = models.ManyToManyField("quizzes.Tag", verbose_name=_("tags"), related_name="sections", blank=True)
    easy_percent = models.PositiveIntegerField(_("easy (%)"), null=True, blank=True)
    medium_percent = models.PositiveIntegerField(_("medium (%)"), null=True, blank=True)
    hard_percent = models.PositiveIntegerField(_("hard (%)"), null=True, blank=True)
    floor_mark = models.DecimalField(_("floor mark"), max_digits=4, decimal_places=2, default=Decimal("4.00"))
    weighs_questions = models.BooleanField(_("questions count with their own points"), default=False)

    class Meta:
        verbose_name = _("section")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(name="section_asks_something", condition=Q(quota__gte=1)),
            models.CheckConstraint(
                name="difficulty_mix_is_whole_or_absent",
                condition=Q(easy_percent=None, medium_percent=None, hard_percent=None)
                | Q(
                    easy_percent__isnull=False,
                    medium_percent__isnull=False,
                    hard_percent=100 - models.F("easy_percent") - models.F("medium_percent"),
                ),
            ),
            models.CheckConstraint(
                name="floor_mark_on_scale_of_10", condition=Q(floor_mark__gte=0, floor_mark__lte=10)
            ),
        ]

    def __str__(self):
        return self.title or str(self.category)

    @property
    def mix(self) -> dict[str, int] | None:
        """The percent of each difficulty; None where any will do."""
        if self.easy_percent is None:
            return None
        return {
            Difficulty.EASY: self.easy_percent,
            Difficulty.MEDIUM: self.medium_percent,
            Difficulty.HARD: self.hard_percent,
        }
