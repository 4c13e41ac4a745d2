"""Decisions to mark again what showed a faulty version of a question."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.enums import RegradePolicy


class RegradeQuerySet(models.QuerySet):
    def in_force(self):
        """Those that were carried out, in that order: each goes on from what the one before it left."""
        return self.exclude(applied_at=None).order_by("applied_at", "pk")


class Regrade(models.Model):
    """Papers that showed ``question`` in a version up to ``through`` are marked again. Words only, until it is applied.

    ``version`` is the corrected one, whose key is asked where the policy asks a key. Nobody loses points by it unless
    ``may_lower_because`` says why. Applied, it is never edited, and holds for papers that are handed in later too:
    ``quizzes.services.finalise`` asks. ``shown`` is the digest of what was confirmed.
    """

    question = models.ForeignKey("quizzes.Question", on_delete=models.PROTECT, related_name="regrades")
    version = models.ForeignKey("quizzes.QuestionVersion", on_delete=models.PROTECT, related_name="+")
    through = models.PositiveIntegerField()
    policy = models.CharField(max_length=10, choices=RegradePolicy)
    reason = models.CharField(max_length=200)
    may_lower_because = models.CharField(max_length=200, blank=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    shown = models.CharField(max_length=64, blank=True)

    objects = RegradeQuerySet.as_manager()

    class Meta:
        verbose_name = _("regrade")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(name="regrade_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="applied_regrade_says_by_whom",
                condition=Q(applied_at=None, applied_by=None) | Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            # The form sent twice is one decision.
            models.UniqueConstraint(
                fields=["question", "version", "through", "policy", "reason", "may_lower_because", "made_by"],
                name="one_waiting_regrade_of_the_same_words",
                condition=Q(applied_at=None),
            ),
        ]

    def __str__(self):
        return f"{self.question} · {self.get_policy_display()}"

    @property
    def may_lower(self) -> bool:
        return bool(self.may_lower_because)
