"""Sittings: the attempt, the paper that was shown, the answers that were saved, the acts of marking."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes import sealing
from quizzes.enums import FinishCause


class AttemptQuerySet(models.QuerySet):
    def open(self):
        """Attempts nobody has finished yet, overdue ones included."""
        return self.filter(finished_at=None)

    def visible_to(self, user):
        """A learner's own attempts; nobody else's by this door."""
        return self.of_person(user.staff_member_id) if user.staff_member_id else self.none()

    def of_person(self, staff_member_id: int):
        return self.filter(staff_member=staff_member_id)


class Attempt(models.Model):
    """One sitting of a quiz by a person.

    ``deadline`` is fixed at the start by the database's clock: min(start + limit + extra, end of the
    window); only ``quizzes.services`` move it afterwards: an invigilator, or an individual arrangement.
    ``extra_minutes`` were granted to the person and are in it. Saves count until ``deadline`` +
    ``grace_seconds``. Only ``quizzes.services.finalise`` sets ``finished_at``. While ``paused_at`` is set the clock
    stands still and nothing closes the attempt but an invigilator. Of a supervised sitting ``exam_session`` is set, and
    only the computer whose keyed hash is ``holder`` may save.
    """

    quiz = models.ForeignKey("quizzes.Quiz", on_delete=models.PROTECT, related_name="attempts")
    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="attempts")
    number = models.PositiveIntegerField()
    is_preview = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    deadline = models.DateTimeField()
    extra_minutes = models.PositiveIntegerField(default=0)
    grace_seconds = models.PositiveIntegerField(default=30)
    finished_at = models.DateTimeField(null=True, blank=True)
    finish_cause = models.CharField(max_length=20, choices=FinishCause, blank=True)
    exam_session = models.ForeignKey(
        "quizzes.ExamSession", null=True, blank=True, on_delete=models.PROTECT, related_name="attempts"
    )
    paused_at = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=64, blank=True, default="")

    objects = AttemptQuerySet.as_manager()

    class Meta:
        verbose_name = _("attempt")
        indexes = [models.Index(fields=["deadline"], condition=Q(finished_at=None), name="open_attempts_by_deadline")]
        constraints = [
            models.UniqueConstraint(fields=["quiz", "staff_member", "number"], name="one_attempt_per_number"),
            models.UniqueConstraint(
                fields=["quiz", "staff_member"], name="one_open_attempt", condition=Q(finished_at=None)
            ),
            models.CheckConstraint(
                name="finished_attempt_has_a_cause",
                condition=Q(finished_at=None, finish_cause="") | (Q(finished_at__isnull=False) & ~Q(finish_cause="")),
            ),
        ]

    def __str__(self):
        return f"{self.quiz} · {self.staff_member} · {self.number}"

    @property
    def file_proof(self) -> str:
        """What a sealed file of answers has to say to be taken for this attempt."""
        return sealing.proof_of(self.pk)

    @property
    def is_supervised(self) -> bool:
        """Whether it was sat in an exam session, under an invigilator."""
        return self.exam_session_id is not None


class Paper(models.Model):
    """What was shown, frozen at the start: no later edit of the bank or the quiz changes it, and it holds no key.

    ``items`` is a list, in the order shown, of {"number", "version" (id), "part" (id), "section" (id), "type",
    "stem", "points"} and what ``frozen`` of its type adds, such as "options": [{"id", "text"}]. ``blueprint`` keeps
    the parts and sections with their titles, pass and floor marks as they were, and ``is_last_attempt``: whether the
    person could try again; ``attempts_allowed`` were those of the person. A part that this attempt does not ask has
    {"kept": {"attempt", "on", "mark", "points", "of", "sections"}}: its result in the earlier attempt
    (``quizzes.keeping``).
    """

    attempt = models.OneToOneField(Attempt, on_delete=models.PROTECT, related_name="paper")
    items = models.JSONField()
    blueprint = models.JSONField()

    class Meta:
        verbose_name = _("paper")

    def __str__(self):
        return str(self.attempt)


class AnswerQuerySet(models.QuerySet):
    def with_counted(self):
        """Each with ``counted``, the response that marks are made of: the saved one, or an accepted late one."""
        late = models.When(late_accepted_at__isnull=False, then=models.F("late_response"))
        return self.annotate(counted=models.Case(late, default=models.F("response"), output_field=models.JSONField()))

    def late(self):
        """Those whose newest save came too late, or while the clock stood still, and of which nobody has said whether
        they count."""
        return self.that_came_late().filter(late_accepted_at=None, late_refused_at=None)

    def that_came_late(self):
        """Those whose newest save came too late, or while the clock stood still, whatever was decided about them."""
        is_newest = Q(saved_at=None) | Q(late_saved_at__gte=models.F("saved_at"))
        return self.exclude(late_saved_at=None).filter(is_newest)


class Answer(models.Model):
    """The newest acknowledged response to one question of a paper. One row a question is made at the start.

    ``sequence`` grows with every change the browser makes; a save with a smaller or equal sequence
    changes nothing. ``response`` is a list of strings that the question's type explains, such as option ids, or the
    one text that was typed (NFC and trimmed, else as typed); empty means not answered. A save after deadline and
    grace lands in ``late_response`` and counts only if an invigilator accepts it (``late_accepted_at``), which she may
    refuse (``late_refused_at``); ``late_because`` is her reason. The response that was in time stays beside it.
    """

    # No index of its own: the constraint's begins with it.
    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="answers", db_index=False)
    number = models.PositiveIntegerField()
    # Repeats what the paper says, to count showings by. PostgreSQL would ask for each of the thirty versions by a
    # statement of its own at every start; the paper, which marks are made of, names them without that, and nothing of
    # ours deletes a version.
    version = models.ForeignKey(
        "quizzes.QuestionVersion", on_delete=models.PROTECT, related_name="answers", db_constraint=False
    )
    response = models.JSONField(default=list)
    is_flagged = models.BooleanField(default=False)
    sequence = models.BigIntegerField(default=0)
    saved_at = models.DateTimeField(null=True, blank=True)
    late_response = models.JSONField(null=True, blank=True)
    late_saved_at = models.DateTimeField(null=True, blank=True)
    late_accepted_at = models.DateTimeField(null=True, blank=True)
    late_refused_at = models.DateTimeField(null=True, blank=True)
    late_because = models.CharField(max_length=200, blank=True)

    objects = AnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["attempt", "number"], name="one_answer_per_question"),
            models.CheckConstraint(
                name="late_answer_is_decided_once", condition=Q(late_accepted_at=None) | Q(late_refused_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.attempt} · {self.number}"

    @property
    def is_late_decided(self) -> bool:
        """Whether somebody has said if the late answer counts: then nothing changes it any more."""
        return self.late_accepted_at is not None or self.late_refused_at is not None


class Grading(models.Model):
    """One act of marking an attempt. The latest counts; none is ever edited.

    ``mark`` is on the scale of 10. ``detail`` keeps {"items": [{"number", "points", "of"}], "parts":
    [{"part", "mark", "pass_mark", "passed", "sections": [{"section", "mark", "floor_mark", "reached"}]}]},
    decimals as strings; an item has "regrade" (id) where a Regrade decided its points; "late" has the numbers of
    late answers that counted here for the first time. ``regrade`` is the one that this marking was made for.
    """

    attempt = models.ForeignKey(Attempt, on_delete=models.PROTECT, related_name="gradings")
    mark = models.DecimalField(max_digits=6, decimal_places=2)
    is_passed = models.BooleanField()
    detail = models.JSONField()
    graded_at = models.DateTimeField(default=timezone.now)
    graded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=200, blank=True)
    regrade = models.ForeignKey(
        "quizzes.Regrade", null=True, blank=True, on_delete=models.PROTECT, related_name="gradings"
    )

    class Meta:
        verbose_name = _("grading")
        ordering = ["pk"]

    def __str__(self):
        return f"{self.attempt} · {self.mark}"

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValidationError(_("A grading is never edited: mark again."))
        super().save(*args, **kwargs)
