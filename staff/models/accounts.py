"""What belongs to an account beside itself: its one-time codes, and the networks it is used from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import CodeKind
from staff.models.fields import NfcCharField


class AccountCodeQuerySet(models.QuerySet):
    def live(self):
        """Codes that nobody has used or revoked; they may be out of time."""
        return self.filter(used_at=None, revoked_at=None)

    def locked(self):
        """Codes that would still be in time, had nobody typed so many wrong ones."""
        return self.live().filter(valid_until__gt=clock.database_now(), tries__gte=F("most_tries"))

    def usable(self):
        """Live codes that still open their account now."""
        return self.live().filter(valid_until__gt=clock.database_now(), tries__lt=F("most_tries"))


class AccountCode(models.Model):
    """A one-time code that lets its account's owner choose a password. Only its hash is stored.

    Printed on a slip (activation), or given by an HR officer to somebody who forgot the password (one-time). Whoever
    issues a further one revokes the one before: an account has at most one live code.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="codes")
    kind = models.CharField(max_length=12, choices=CodeKind)
    code_hash = models.CharField(max_length=64, editable=False)
    print_key = models.CharField(max_length=64, editable=False, db_index=True)
    issued_at = models.DateTimeField(default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    reason = NfcCharField(max_length=300, blank=True)
    valid_until = models.DateTimeField()
    most_tries = models.PositiveSmallIntegerField()
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AccountCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("one-time code")
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="one_live_code_per_account", condition=Q(used_at=None, revoked_at=None)
            ),
            models.CheckConstraint(name="code_not_used_and_revoked", condition=Q(used_at=None) | Q(revoked_at=None)),
        ]

    def __str__(self):
        return f"{self.user} · {self.get_kind_display()}"

    @property
    def is_locked(self) -> bool:
        """Too many wrong codes were typed: even the right one opens nothing any more."""
        return self.tries >= self.most_tries and self.used_at is None


class FamiliarNetwork(models.Model):
    """A network from which the account's owner has signed in. Only a keyed hash of the address is stored."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="familiar_networks")
    network = models.CharField(max_length=64, db_index=True)
    last_used_on = models.DateField()

    class Meta:
        verbose_name = _("familiar network")
        constraints = [models.UniqueConstraint(fields=["user", "network"], name="one_row_per_network")]

    def __str__(self):
        return f"{self.user} · {self.last_used_on}"
