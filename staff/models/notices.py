"""What the product tells somebody, and the letters by which mail says the same."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.enums import LetterPurpose
from staff.models.fields import NfcCharField


class NoticeQuerySet(models.QuerySet):
    def of(self, user):
        """What was told to the account, or to the person whose account it is."""
        mine = Q(user=user)
        return self.filter(mine | Q(staff_member=user.staff_member_id) if user.staff_member_id else mine)

    def unread(self):
        return self.filter(read_at=None)

    def unread_first(self):
        return self.order_by(models.F("read_at").asc(nulls_first=True), "-created_at", "-pk")


class Notice(models.Model):
    """Something the product told a person, or an account that belongs to nobody on a staff list.

    The words are frozen in the language the reader had then: later wordings never change what was said. ``key`` names
    the event; nobody is told the same event twice. One ``letter`` may say several of them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )
    staff_member = models.ForeignKey(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="notices"
    )
    kind = models.CharField(max_length=40)
    key = models.CharField(max_length=120)
    title = NfcCharField(max_length=200)
    text = models.TextField(blank=True)
    # Where to go, within this site.
    path = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)
    letter = models.ForeignKey("staff.Letter", null=True, blank=True, on_delete=models.PROTECT, related_name="notices")

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        constraints = [
            models.CheckConstraint(
                name="notice_has_one_recipient",
                condition=Q(user=None, staff_member__isnull=False) | Q(user__isnull=False, staff_member=None),
            ),
            models.UniqueConstraint(
                fields=["staff_member", "key"], name="told_once", condition=Q(staff_member__isnull=False)
            ),
            models.UniqueConstraint(fields=["user", "key"], name="account_told_once", condition=Q(user__isnull=False)),
        ]
        indexes = [
            models.Index(fields=["staff_member"], name="unread_of_person", condition=Q(read_at=None)),
            models.Index(fields=["user"], name="unread_of_account", condition=Q(read_at=None)),
        ]

    def __str__(self):
        return self.title


# Nobody takes as long to send one letter: whoever claimed it earlier is gone.
LETTER_ABANDONED_AFTER = timedelta(minutes=10)


class LetterQuerySet(models.QuerySet):
    def unclaimed(self, now):
        """Letters that nobody is sending at the moment."""
        return self.filter(Q(claimed_at=None) | Q(claimed_at__lt=now - LETTER_ABANDONED_AFTER), sent_at=None)

    def waiting(self, now):
        """Letters to be sent by ``now``, and those whose sender died more than ten minutes ago."""
        return self.unclaimed(now).filter(given_up_at=None, not_before__lte=now)

    def held_up_since(self, moment):
        """Letters written before ``moment`` that no server has refused and none has taken."""
        return self.filter(sent_at=None, given_up_at=None, tries=0, created_at__lt=moment).exclude(last_error="")


class Letter(models.Model):
    """A mail to be sent, or sent. The row is the truth: a page only writes it, a worker sends it.

    A letter about a forgotten password holds nothing but the address that was typed; whose it is, and the link, are
    found when it is sent, so that the page takes the same time for known and unknown addresses.
    """

    purpose = models.CharField(max_length=10, choices=LetterPurpose)
    address = models.EmailField()
    subject = models.CharField(max_length=250, blank=True)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("letter")
        indexes = [
            models.Index(fields=["not_before"], name="letters_waiting", condition=Q(sent_at=None, given_up_at=None))
        ]

    def __str__(self):
        return f"{self.purpose} · {self.created_at:%Y-%m-%d %H:%M}"
