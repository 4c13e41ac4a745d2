"""Runs of the issuing desk: many certificates issued, issued anew or revoked at once, by whom and why."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.enums import LineState, QualificationFate, RunKind
from staff.models.fields import NfcCharField


class IssuingRunQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A run is its author's; administrators see all."""
        return self if user.is_superuser else self.filter(made_by=user)

    def unfinished(self):
        return self.filter(confirmed_at__isnull=False, finished_at=None)


class IssuingRun(models.Model):
    """What somebody prepared, looked at, and then confirmed; from then on a worker goes through its lines.

    ``decision`` is cited by the certificates that the run issues; empty: what their courses are authorised by.
    ``criteria`` keeps in words what was chosen. ``token`` comes from the form: the same form sent twice makes one run.
    """

    kind = models.CharField(max_length=10, choices=RunKind)
    reason = NfcCharField(_("reason"), max_length=300, blank=True)
    decision = NfcCharField(_("deciding document"), max_length=300, blank=True)
    from_day = models.DateField(_("revoked from"), null=True, blank=True)
    fate = models.CharField(max_length=10, choices=QualificationFate, blank=True)
    criteria = models.JSONField(default=list)
    token = models.UUIDField(unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = IssuingRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of the issuing desk")
        indexes = [
            models.Index(
                fields=["id"],
                name="issuing_runs_unfinished",
                condition=Q(confirmed_at__isnull=False, finished_at=None),
            )
        ]
        constraints = [
            models.CheckConstraint(
                name="revoking_run_says_since_when_and_why",
                condition=~Q(kind="revoke") | (Q(from_day__isnull=False) & ~Q(reason="") & ~Q(fate="")),
            ),
            models.CheckConstraint(name="reissuing_run_says_why", condition=~Q(kind="reissue") | ~Q(reason="")),
        ]

    def __str__(self):
        return f"{self.get_kind_display()} {self.pk}"


class RunLine(models.Model):
    """One person in a run. ``certificate`` is the one to be replaced or revoked, ``made`` what came of it.

    ``qualification`` is empty where the person was expected and holds none. ``words`` says in the author's language why
    the line was left out or could not be done.
    """

    run = models.ForeignKey(IssuingRun, on_delete=models.PROTECT, related_name="lines")
    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="+")
    qualification = models.ForeignKey(
        "courses.Qualification", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    certificate = models.ForeignKey(
        "certificates.Certificate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    made = models.ForeignKey(
        "certificates.Certificate", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=10, choices=LineState, default=LineState.WAITING)
    words = models.CharField(max_length=300, blank=True)
    tries = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("line of a run")
        ordering = ["pk"]
        indexes = [models.Index(fields=["run", "state"], name="lines_of_a_run_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["run", "qualification"], name="one_line_per_run_and_qualification"),
            models.CheckConstraint(
                name="line_without_qualification_is_left_out",
                condition=Q(qualification__isnull=False) | Q(state="left_out"),
            ),
        ]

    def __str__(self):
        return f"{self.run_id} · {self.staff_member}"
