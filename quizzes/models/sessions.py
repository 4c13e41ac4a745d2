"""Supervised sittings: the session, its seats, what happened, what the board decided, what candidates asked for."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from quizzes.enums import EventKind
from quizzes.models.attempts import Grading
from staff import clock
from staff.models import Scope, Unit
from staff.models.fields import NfcCharField, NfcMixin
from staff.models.units import with_closed_predecessors


class NfcTextField(NfcMixin, models.TextField):
    """Several lines, stored on one: what is printed on official paper is wrapped there."""


class ExamSessionQuerySet(models.QuerySet):
    def organised_by(self, user, capability):
        """Those whose organising unit lies in a scope of ``user``, or closed and led there; administrators have all."""
        if user.is_superuser:
            return self
        heads = with_closed_predecessors(Scope.objects.units_of(user, capability), clock.today())
        return self.filter(unit__in=Unit.objects.within_any(heads))

    def named(self, user):
        """Those that name ``user`` as an invigilator."""
        return self.filter(pk__in=ExamSession.invigilators.through.objects.filter(user=user).values("examsession"))

    def undecided(self):
        return self.filter(decision=None)

    def for_list(self):
        return self.select_related("quiz", "unit").order_by("-opens_at", "-pk")


class ExamSession(models.Model):
    """One shift in one room. Candidates start between ``opens_at`` and ``closes_at``, once an invigilator let them in.

    Shifts of one examination point at the first of them: their papers then share no question (``question_share``, ids
    of the questions this shift draws from, dealt once). ``markers`` mark what no key marks, instead of those of
    the quiz where any are named. ``legal_basis`` is the decision by which the examination is held;
    ``lessons_waived_by`` one that lets people sit who have not finished the lessons. Results are provisional until
    there is a ``BoardDecision``; candidates may ask for re-marking up to and including ``complaints_until``, and the
    integrity timeline is deleted after it. ``public_key`` seals response files; the private one lies sealed in private
    storage.
    """

    title = NfcCharField(_("name of the examination"), max_length=200)
    quiz = models.ForeignKey("quizzes.Quiz", on_delete=models.PROTECT, related_name="sessions", verbose_name=_("test"))
    unit = models.ForeignKey(
        "staff.Unit", on_delete=models.PROTECT, related_name="+", verbose_name=_("organising unit")
    )
    first_shift = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="later_shifts",
        verbose_name=_("shift of the same examination as"),
    )
    room = NfcCharField(_("room"), max_length=120)
    opens_at = models.DateTimeField(_("starts at"))
    closes_at = models.DateTimeField(_("ends at"))
    access_code = models.CharField(max_length=12, editable=False)
    networks = models.JSONField(_("addresses of the room"), default=list, blank=True)
    invigilators = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="invigilated_sessions", verbose_name=_("invigilators"), blank=True
    )
    markers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, related_name="marked_sessions", verbose_name=_("markers"), blank=True
    )
    legal_basis = NfcCharField(_("decision by which the examination is held"), max_length=300)
    lessons_waived_by = NfcCharField(
        _("sitting without the lessons, by"),
        max_length=300,
        blank=True,
        help_text=_(
            "The decision that lets candidates sit who have not finished the lessons of the course. Their pass counts "
            "for the course once they have. Empty: the lessons come first."
        ),
    )
    complaints_until = models.DateField(_("re-marking may be asked for until"))
    question_share = models.JSONField(null=True, blank=True, editable=False)
    public_key = models.TextField(blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    timeline_deleted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = ExamSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("exam session")
        verbose_name_plural = _("exam sessions")
        constraints = [
            models.CheckConstraint(name="session_closes_after_it_opens", condition=Q(closes_at__gt=F("opens_at")))
        ]

    def __str__(self):
        return f"{self.title} · {self.room}"

    @property
    def is_decided(self) -> bool:
        return hasattr(self, "decision")


class SeatQuerySet(models.QuerySet):
    def of_markers(self):
        """Those of people who are named to mark something, in whichever test or session."""
        named = ("marked_quizzes", "reconciled_quizzes", "marked_sessions")
        users = get_user_model().objects.filter(Q(*[(f"{name}__isnull", False) for name in named], _connector=Q.OR))
        return self.filter(staff_member__user__in=users.values("pk"))

    def with_marks(self):
        """With ``mark`` and ``is_passed`` as they are now, ``decided`` as they were when the board decided last, and
        ``first_decided`` when it decided first; each None where there is none."""
        latest = Grading.objects.filter(attempt=OuterRef("attempt")).order_by("-pk")
        first = latest.filter(graded_at__lte=OuterRef("session__decision__recorded_at"))
        further = FurtherDecision.objects.filter(session=OuterRef("session")).order_by("-pk").values("recorded_at")
        last = latest.filter(graded_at__lte=OuterRef("decided_last_at"))
        decided_last_at = Coalesce(Subquery(further[:1]), F("session__decision__recorded_at"))
        return self.annotate(decided_last_at=decided_last_at).annotate(
            mark=Subquery(latest.values("mark")[:1]),
            is_passed=Subquery(latest.values("is_passed")[:1]),
            decided=Subquery(last.values("mark")[:1]),
            first_decided=Subquery(first.values("mark")[:1]),
        )

    def decided_otherwise(self):
        """Those whose mark is another one now than when the board decided last; none while it has not."""
        return self.with_marks().exclude(decided=None).exclude(decided=F("mark"))


class Seat(models.Model):
    """A candidate of a session with the candidate number, and how far she came.

    ``present_at``: she typed the code of the day in the room; ``admitted_at``: an invigilator let her in; ``attempt``:
    she pressed Start. ``wanted_device`` is the computer (a keyed hash) on which she asks to go on;
    an invigilator lets that in too. ``wrong_codes`` counts what she typed instead of the code, the last time at
    ``wrong_code_at``.
    """

    session = models.ForeignKey(ExamSession, on_delete=models.PROTECT, related_name="seats")
    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="seats")
    number = models.PositiveIntegerField(_("candidate number"))
    extra_minutes = models.PositiveIntegerField(_("extra time (minutes)"), default=0)
    extra_reason = NfcCharField(_("reason for the extra time"), max_length=200, blank=True)
    wrong_codes = models.PositiveIntegerField(default=0, editable=False)
    wrong_code_at = models.DateTimeField(null=True, blank=True, editable=False)
    present_at = models.DateTimeField(null=True, blank=True)
    admitted_at = models.DateTimeField(null=True, blank=True)
    admitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wanted_device = models.CharField(max_length=64, blank=True)
    wanted_at = models.DateTimeField(null=True, blank=True)
    attempt = models.OneToOneField(
        "quizzes.Attempt", null=True, blank=True, on_delete=models.PROTECT, related_name="seat"
    )

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "staff_member"], name="one_seat_per_candidate"),
            models.UniqueConstraint(fields=["session", "number"], name="one_seat_per_number"),
            models.CheckConstraint(
                name="seat_starts_after_admission", condition=Q(attempt=None) | Q(admitted_at__isnull=False)
            ),
            models.CheckConstraint(name="extra_time_has_a_reason", condition=Q(extra_minutes=0) | ~Q(extra_reason="")),
        ]

    def __str__(self):
        return f"{self.number_words} · {self.staff_member}"

    @property
    def number_words(self) -> str:
        """The candidate number as it is printed: 007."""
        return f"{self.number:03d}"


class PreparedPaper(models.Model):
    """A paper drawn before the session, as ``Paper`` describes one; the candidate's once she presses Start."""

    seat = models.OneToOneField(Seat, on_delete=models.CASCADE, related_name="prepared_paper")
    items = models.JSONField()
    blueprint = models.JSONField()
    prepared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("prepared paper")

    def __str__(self):
        return str(self.seat)


class Appended(models.Model):
    """A row that is written once and never edited."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValidationError(_("What was recorded of an examination is never edited."))
        super().save(*args, **kwargs)


class Incident(Appended):
    """Something that belongs into the minutes; of one candidate, or of the whole room."""

    session = models.ForeignKey(ExamSession, on_delete=models.PROTECT, related_name="incidents")
    seat = models.ForeignKey(Seat, null=True, blank=True, on_delete=models.PROTECT, related_name="incidents")
    text = NfcTextField(_("what happened"), max_length=1000)
    at = models.DateTimeField(default=timezone.now)
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("incident")
        ordering = ["at", "pk"]

    def __str__(self):
        return self.text[:80]


class _WordOfTheBoard(Appended):
    """``members`` are the people of the board with their posts, as they are to be printed."""

    members = models.JSONField(_("members of the board"), default=list)
    number = NfcCharField(_("number of the decision"), max_length=60)
    decided_on = models.DateField(_("date of the decision"))
    note = NfcCharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        abstract = True

    def __str__(self):
        return self.number


class BoardDecision(_WordOfTheBoard):
    """The board's decision that makes the results of a session count. One a session, never edited."""

    session = models.OneToOneField(ExamSession, on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = _("decision of the board")


class FurtherDecision(_WordOfTheBoard):
    """What the board decided about marks that changed after its decision: from then on they are its word too.

    A session may have several; each is about the marks as they were when it was recorded.
    """

    session = models.ForeignKey(ExamSession, on_delete=models.PROTECT, related_name="further_decisions")

    class Meta:
        verbose_name = _("further decision of the board")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="one_further_decision_of_a_number"),
        ]


class ReviewRequest(models.Model):
    """A candidate asks for re-marking; once an attempt. Answered once, by a Grading that is appended.

    ``credited`` says of each question that got all its points why, by its number as text; ``members`` who looked at the
    paper again, as they are to be printed.
    """

    attempt = models.OneToOneField("quizzes.Attempt", on_delete=models.PROTECT, related_name="review_request")
    reason = NfcTextField(_("what you ask to be looked at again, and why"), max_length=2000)
    asked_at = models.DateTimeField(default=timezone.now)
    answer = NfcTextField(_("answer"), max_length=2000, blank=True)
    credited = models.JSONField(default=dict, blank=True, editable=False)
    members = models.JSONField(_("who looked at the paper again"), default=list, blank=True, editable=False)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    grading = models.OneToOneField(
        "quizzes.Grading", null=True, blank=True, on_delete=models.PROTECT, related_name="review_request"
    )

    class Meta:
        verbose_name = _("request for re-marking")
        constraints = [
            models.CheckConstraint(
                name="answered_request_has_a_grading",
                condition=Q(answered_at=None, grading=None) | Q(answered_at__isnull=False, grading__isnull=False),
            )
        ]

    def __str__(self):
        return str(self.attempt)


class IntegrityEvent(models.Model):
    """What happened on the candidate's computer, for the timeline: shown, never a verdict, deleted with its purpose.

    ``data`` of an answer is {"number", "response", "sequence"}; of a change of address {"from", "to"}.
    """

    attempt = models.ForeignKey("quizzes.Attempt", on_delete=models.PROTECT, related_name="integrity_events")
    kind = models.CharField(max_length=20, choices=EventKind)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("event of the timeline")
        ordering = ["at", "pk"]

    def __str__(self):
        return f"{self.attempt_id} · {self.kind}"


class ResponseFile(Appended):
    """A sealed file of answers that an invigilator handed in for a candidate; what it held counts as late saves."""

    attempt = models.ForeignKey("quizzes.Attempt", on_delete=models.PROTECT, related_name="response_files")
    sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=120)
    answers = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("response file")
        constraints = [models.UniqueConstraint(fields=["attempt", "sha256"], name="one_response_file_of_these_bytes")]

    def __str__(self):
        return self.sha256[:12]
