"""What the daily round of reminders found, how far it came, and whom it told beside the learner."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.enums import ToldLevel


class ReminderRound(models.Model):
    """One day's round of reminders: how far it came. The row is the truth, so that a crash only makes it later.

    First every learner is looked at, then heads and HR officers are told of those who are long overdue, then, once a
    week, each of them gets a digest.
    """

    day = models.DateField(unique=True)
    last_person_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True, blank=True)
    told_above_at = models.DateTimeField(null=True, blank=True)
    last_reader_id = models.BigIntegerField(default=0)
    digests_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("round of reminders")

    def __str__(self):
        return str(self.day)


class OpenObligation(models.Model):
    """What somebody at work still had to comply with in the latest round, and by when (None: no date).

    Derived, one row a person and requirement: each round writes it anew, so it is at most a day old. ``unit`` is that
    of the main posting.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.CASCADE, related_name="+")
    requirement = models.ForeignKey("courses.Requirement", on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey("staff.Unit", on_delete=models.CASCADE, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    as_of = models.DateField()

    class Meta:
        verbose_name = _("open obligation")
        constraints = [
            models.UniqueConstraint(fields=["staff_member", "requirement"], name="an_obligation_is_open_once"),
        ]
        indexes = [models.Index(fields=["unit", "due_on"], name="open_obligations_of_unit")]

    def __str__(self):
        return f"{self.staff_member_id} · {self.requirement_id} · {self.due_on}"


class Escalation(models.Model):
    """That a head, or an HR officer, was told of one person's overdue requirement: once for each due date and level.

    ``notices`` are the words and the readers; several people told at once stand in one notice.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="escalations")
    requirement = models.ForeignKey("courses.Requirement", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    level = models.CharField(max_length=10, choices=ToldLevel)
    told_on = models.DateField()
    notices = models.ManyToManyField("staff.Notice", related_name="+")

    class Meta:
        verbose_name = _("escalation")
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "requirement", "due_on", "level"], name="a_level_is_told_once"
            ),
        ]

    def __str__(self):
        return f"{self.staff_member_id} · {self.requirement_id} · {self.level}"
