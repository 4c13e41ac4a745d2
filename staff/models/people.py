"""People on the staff lists."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import DatePrecision, Gender
from staff.models.fields import BinaryOrderCharField, NfcCharField
from staff.models.postings import Posting
from staff.models.scopes import Scope
from staff.models.searching import has_words
from staff.models.units import Unit, with_predecessors
from staff.vietnamese import fold, name_sort_key, nfc


class StaffMemberQuerySet(models.QuerySet):
    def in_name_order(self):
        """By given name, then family, then middle name, in Vietnamese order."""
        return self.order_by("sort_key", "pk")

    def search(self, words: str):
        """People whose name has all of ``words``, or words that begin so: "don du" finds "Đơn Dương"."""
        return self.filter(has_words(words))

    def visible_to(self, user, *capabilities):
        """Whom ``user`` may see: himself, and those whose primary posting of today lies in the user's scopes.

        Somebody who left stays visible where the last posting was, or in what succeeded that unit, until the day on
        which the next one begins. Who moved to another unit is that unit's. An administrator sees everybody.
        """
        if user.is_superuser:
            return self
        own = Q(pk=user.staff_member_id)
        if user.staff_member_id:
            # What was recorded under a second entry of the same person is hers as well.
            own |= Q(merged_into=user.staff_member_id)
        return self.filter(_seen_from(Scope.objects.units_of(user, *capabilities)) | own)

    def seen_from(self, heads):
        """The same for a reader who is nobody on a staff list: ``heads`` are the units that head his subtrees today."""
        return self.filter(_seen_from(heads))


def _seen_from(heads) -> Q:
    """Posted today below ``heads``; or gone, and posted last there or in what they succeeded."""
    today = clock.today()
    primary = Posting.objects.filter(staff_member=OuterRef("pk"), is_primary=True)
    here = primary.on(today).filter(unit__in=Unit.objects.within_any(heads))
    last_here = primary.filter(
        valid_until__lt=today, unit__in=Unit.objects.within_any(with_predecessors(heads))
    ).exclude(
        Exists(
            Posting.objects.filter(
                staff_member=OuterRef("staff_member"),
                is_primary=True,
                valid_from__gt=OuterRef("valid_from"),
                valid_from__lte=today,
            )
        )
    )
    return Q(Exists(here)) | Q(Exists(last_here))


class StaffMember(models.Model):
    """A person who learns: every learning fact points here, never to an account.

    ``list_key`` is the person's key in the HR's own list, where it has one. Duplicates are merged
    by pointing ``merged_into`` at the row that stays; both rows are kept. The personal number is
    stored encrypted, is found by a keyed hash, and is shown masked (Law 91/2025/QH15).
    """

    full_name = NfcCharField(_("full name"), max_length=150)
    search_key = models.CharField(max_length=200, editable=False, db_index=True)
    sort_key = BinaryOrderCharField(max_length=600, editable=False, db_index=True)
    gender = models.CharField(_("sex"), max_length=1, choices=Gender, blank=True, default=Gender.UNKNOWN)
    date_of_birth = models.DateField(_("date of birth"), null=True, blank=True)
    date_of_birth_precision = models.CharField(max_length=5, choices=DatePrecision, blank=True, default="")
    list_key = models.CharField(_("key in the staff list"), max_length=40, null=True, blank=True, unique=True)
    national_id_cipher = models.BinaryField(null=True, blank=True, editable=False)
    national_id_hash = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    legacy_id_cipher = models.BinaryField(null=True, blank=True, editable=False)
    legacy_id_hash = models.CharField(max_length=64, blank=True, editable=False, db_index=True)
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    merged_into = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates")

    objects = StaffMemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff members")
        indexes = [models.Index(fields=["search_key", "date_of_birth"], name="staff_member_namesakes")]

    def __str__(self):
        return self.full_name

    def save(self, *args, **kwargs):
        self.fill_keys()
        if (fields := kwargs.get("update_fields")) is not None and "full_name" in fields:
            kwargs["update_fields"] = {*fields, "search_key", "sort_key"}
        super().save(*args, **kwargs)

    def fill_keys(self):
        """Computes the search and sort keys from the name; ``save`` does it, bulk writers call it themselves."""
        self.full_name = nfc(self.full_name)
        self.search_key = fold(self.full_name)[:200]
        self.sort_key = name_sort_key(self.full_name)[:600]


class Duplicate(models.Model):
    """What was decided about two entries that look like one person: that they are (merged), or are not.

    Merging points ``other`` at ``kept`` and ends what is open under ``other``; ``before`` keeps the values that this
    changed, so that taking it back leaves equal rows. Nothing that was issued is rewritten.
    """

    kept = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(StaffMember, on_delete=models.PROTECT, related_name="+")
    is_one_person = models.BooleanField()
    reason = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=list)
    decided_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("duplicate entry")
        constraints = [
            models.UniqueConstraint(
                fields=["other"], name="merged_once", condition=Q(is_one_person=True, undone_at=None)
            ),
            models.CheckConstraint(name="nobody_is_her_own_duplicate", condition=~Q(kept=models.F("other"))),
        ]

    def __str__(self):
        return f"{self.other_id} → {self.kept_id}"
