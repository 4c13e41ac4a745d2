"""The change feed: whose standing may have changed, since when."""

from django.db import models
from django.utils import timezone


class Change(models.Model):
    """Somebody's standing may differ from ``since`` on. Written in the transaction of the verb that changed it.

    Without a ``staff_member`` it concerns everybody (a rule changed). ``transaction`` is
    PostgreSQL's transaction id (0 on SQLite, where writers queue): readers take rows in the order
    (transaction, id) and only those older than every running transaction, so that a row committed
    late is never skipped. See ``staff.feed``.
    """

    staff_member = models.ForeignKey(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateField()
    cause = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(default=timezone.now)
    transaction = models.BigIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["transaction", "id"], name="change_in_commit_order")]

    def __str__(self):
        return f"{self.cause} · {self.since}"
