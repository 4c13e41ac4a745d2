"""Answers that people mark: the files that were handed in, the scripts, and what each marker made of them."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from quizzes.enums import AgreedMark
from quizzes.models.sessions import ExamSession, Seat
from staff.models.fields import NfcCharField


class AnswerFile(models.Model):
    """A file that a learner handed in for a question. Never replaced: the answer names the one that counts.

    ``sha256`` is of its bytes, and the only string of the question's response. ``name`` is the learner's own and may
    say who she is: markers are not shown it.
    """

    attempt = models.ForeignKey("quizzes.Attempt", on_delete=models.PROTECT, related_name="answer_files")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    name = NfcCharField(max_length=200)
    extension = models.CharField(max_length=5)
    size = models.PositiveBigIntegerField()
    stored_name = models.CharField(max_length=120)
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("file that was handed in")
        ordering = ["uploaded_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number", "sha256"], name="one_answer_file_of_these_bytes")
        ]

    def __str__(self):
        return self.name


class ScriptQuerySet(models.QuerySet):
    def waiting(self):
        """Those whose marks are not in."""
        return self.filter(decided_at=None)

    def named(self, user):
        """Those for whose marking ``user`` is named, by the exam session or else by the quiz, or as a third marker.

        Who sits in a session marks none of it; where all of its markers do, those of the quiz mark it.
        """
        seated = Seat.objects.filter(session=OuterRef("examsession"), staff_member=OuterRef("user__staff_member"))
        own = ExamSession.markers.through.objects.filter(~Exists(seated), examsession=OuterRef("attempt__exam_session"))
        sits_in = Seat.objects.filter(staff_member=user.staff_member_id).values("session")
        return self.exclude(attempt__exam_session__in=sits_in).filter(
            Q(Exists(own.filter(user=user)))
            | (Q(attempt__quiz__in=user.marked_quizzes.values("pk")) & ~Exists(own))
            | Q(attempt__quiz__in=user.reconciled_quizzes.values("pk"))
        )


class Script(models.Model):
    """One answer that people mark, as it counts. Made when the attempt is closed; an unanswered question has none.

    ``turns`` markers mark it (one, or two who do not see each other's marks); the rules of the quiz are those of the
    moment when it was made. ``earned`` of ``of`` points is what was agreed, set with ``decided_at``. A further round
    begins, with its ``reason``, where another answer counts now or re-marking was asked for; earlier marks stay.
    """

    attempt = models.ForeignKey("quizzes.Attempt", on_delete=models.PROTECT, related_name="scripts")
    number = models.PositiveIntegerField()
    version = models.ForeignKey("quizzes.QuestionVersion", on_delete=models.PROTECT, related_name="scripts")
    response = models.JSONField()
    round = models.PositiveIntegerField(default=1)
    reason = NfcCharField(max_length=200, blank=True)
    turns = models.PositiveIntegerField(default=1)
    allowed_difference = models.DecimalField(max_digits=4, decimal_places=2)
    agreed_mark = models.CharField(max_length=10, choices=AgreedMark)
    of = models.DecimalField(max_digits=8, decimal_places=2)
    earned = models.DecimalField(max_digits=12, decimal_places=6, null=True, blank=True)
    wanted_at = models.DateTimeField(default=timezone.now)
    due_on = models.DateField()
    disputed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ScriptQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to be marked")
        ordering = ["pk"]
        indexes = [models.Index(fields=["due_on"], condition=Q(decided_at=None), name="scripts_that_wait")]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="one_script_per_answer"),
            models.CheckConstraint(
                name="decided_script_has_points",
                condition=Q(decided_at=None, earned=None) | Q(decided_at__isnull=False, earned__isnull=False),
            ),
            models.CheckConstraint(name="script_has_one_or_two_markers", condition=Q(turns__in=[1, 2])),
        ]

    def __str__(self):
        return self.code

    @property
    def code(self) -> str:
        """What markers call it: it says nothing about whose it is, nor about the order in which papers came in."""
        digest = salted_hmac("quizzes.script", str(self.pk)).hexdigest()[:6].upper()
        return f"{digest[:3]}-{digest[3:]}"


class ScriptMark(models.Model):
    """What one marker makes of a script in one round: claimed by being there, half done until ``done_at``.

    Turn 1 and 2 are blind to each other; turn 3 is the third person's, who sees both. ``chosen`` is {criterion id:
    place of its level}. ``comment`` is for the learner, ``note`` for other markers. ``sequence`` grows with every
    change in the marker's browser; an older save never overwrites a newer. Once done it is never edited.
    """

    script = models.ForeignKey(Script, on_delete=models.PROTECT, related_name="marks")
    round = models.PositiveIntegerField(default=1)
    turn = models.PositiveIntegerField()
    marker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="script_marks")
    chosen = models.JSONField(default=dict)
    comment = models.TextField(blank=True)
    note = models.TextField(blank=True)
    sequence = models.BigIntegerField(default=0)
    earned = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    claimed_at = models.DateTimeField(default=timezone.now)
    saved_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("marks of a marker")
        ordering = ["round", "turn"]
        constraints = [
            models.UniqueConstraint(fields=["script", "round", "turn"], name="one_marker_per_turn"),
            models.UniqueConstraint(fields=["script", "round", "marker"], name="one_turn_per_marker"),
            models.CheckConstraint(
                name="done_marks_have_points",
                condition=Q(done_at=None, earned=None) | Q(done_at__isnull=False, earned__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.script} · {self.turn}"

    def save(self, *args, **kwargs):
        if not self._state.adding and ScriptMark.objects.filter(pk=self.pk, done_at__isnull=False).exists():
            raise ValidationError(_("Marks that are done are never edited: mark again."))
        super().save(*args, **kwargs)
