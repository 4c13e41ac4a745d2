"""Staff lists that an HR officer takes in: what a file says, what was decided about its rows, whom she asks for."""

from django.conf import settings
from django.db import models
from django.db.models import Q, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from staff.enums import Capability, PostingStatus, StaffCategory
from staff.models.fields import NfcCharField
from staff.models.people import StaffMember
from staff.models.units import Unit


class RowGroup(TextChoices):
    """Under which heading a row of a list is shown before anything is done about it."""

    DECIDE = "decide", _("to be decided")
    ELSEWHERE = "elsewhere", _("in another unit")
    NEW = "new", _("new")
    MOVED = "moved", _("moved")
    DIFFERS = "differs", _("another post, category or status")
    CHANGED = "changed", _("completed")
    TWICE = "twice", _("the same person twice")
    SAME = "same", _("nothing new")
    SKIPPED = "skipped", pgettext_lazy("rows of a list", "left out")


class RowChoice(TextChoices):
    """What an officer says about a row."""

    TAKE = "take", _("take")
    LEAVE = "leave", _("leave")
    SAME = "same", _("the same person")
    NEW = "new", _("someone new")


class ListState(TextChoices):
    ASKED = "asked", _("what was recognised")
    READING = "reading", _("being read")
    SHOWN = "shown", _("to be looked at")
    TAKING = "taking", _("being taken in")
    DONE = "done", _("taken in")
    WITHDRAWN = "withdrawn", _("put aside")


class StaffListQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The lists of units in whose HR scope ``user`` is today; an administrator sees all."""
        return self.filter(unit__in=Unit.objects.visible_to(user, Capability.HR))

    def waiting(self):
        """What the background has to read or to take in."""
        to_read = Q(asked_at__isnull=False, read_at=None)
        to_take = Q(confirmed_at__isnull=False, run=None)
        return self.filter(to_read | to_take, withdrawn_at=None, refusal="")


class StaffList(models.Model):
    """A list that an officer handed in for a unit and a day, from upload to result.

    ``meanings`` says by the words over a column what it holds, where the officer corrected what was recognised; the
    next list of that unit begins with it. ``found`` is what was recognised: sheets, rows of headings, columns.
    ``version`` grows with every decision and every new reading: what is confirmed is what was shown.
    ``takes_rest`` says what happens while rows wait for a decision: the others go in, or none.
    """

    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    on = models.DateField(_("day of the list"))
    file_name = NfcCharField(max_length=255)
    file_sha256 = models.CharField(max_length=64)
    request_key = models.CharField(max_length=64, unique=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    found = models.JSONField(default=list)
    meanings = models.JSONField(default=dict)
    asked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    takes_rest = models.BooleanField(default=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)
    run = models.OneToOneField("staff.ImportRun", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    missing = models.JSONField(default=list)
    rows_done = models.PositiveIntegerField(default=0)
    rows_all = models.PositiveIntegerField(default=0)
    refusal = models.CharField(max_length=300, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    forgotten_at = models.DateTimeField(null=True, blank=True)

    objects = StaffListQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff list")

    def __str__(self):
        return self.file_name

    @property
    def state(self) -> ListState:
        if self.run_id:
            return ListState.DONE
        if self.withdrawn_at:
            return ListState.WITHDRAWN
        if self.confirmed_at:
            return ListState.TAKING
        if self.read_at:
            return ListState.SHOWN
        return ListState.READING if self.asked_at and not self.refusal else ListState.ASKED


class StaffListContent(models.Model):
    """The cells of a list, encrypted, without the columns on ethnicity, religion and Party membership.

    The file itself is not kept; this goes too when the list is forgotten.
    """

    staff_list = models.OneToOneField(StaffList, primary_key=True, on_delete=models.CASCADE, related_name="content")
    sealed = models.BinaryField()


class StaffListRow(models.Model):
    """One row as it is shown: what it says, what would become of it, and what was decided.

    ``question`` names what a decision is about ("" where there is none) and ``fingerprint`` finds that decision again
    in later lists. ``staff_member`` and ``candidates`` are only people in the officer's scope. ``facts`` are
    words for the page, never a personal number.
    """

    staff_list = models.ForeignKey(StaffList, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    sheet = models.CharField(max_length=100, blank=True)
    number = models.PositiveIntegerField()
    group = models.CharField(max_length=10, choices=RowGroup)
    question = models.CharField(max_length=20, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    choice = models.CharField(max_length=5, choices=RowChoice, blank=True)
    is_remembered = models.BooleanField(default=False)
    is_fresh = models.BooleanField(default=False)
    name = NfcCharField(max_length=150, blank=True)
    staff_member = models.ForeignKey(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # whom a row ELSEWHERE is about; never shown, nor anything of it
    foreigner = models.ForeignKey(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField(default=dict)
    digest = models.CharField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["staff_list", "place"], name="one_row_at_a_place")]
        indexes = [models.Index(fields=["staff_list", "group", "place"], name="rows_of_list_by_group")]

    def __str__(self):
        return f"{self.sheet} #{self.number}"


class ListDecision(models.Model):
    """What was decided about a row, found again by what the row says: nobody is asked twice.

    It holds for lists of the unit for which it was made; the latest word counts.
    """

    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    fingerprint = models.CharField(max_length=64)
    choice = models.CharField(max_length=5, choices=RowChoice)
    staff_member = models.ForeignKey(
        "staff.StaffMember", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    to_unit = models.ForeignKey("staff.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "fingerprint"], name="one_decision_about_a_row")]

    def __str__(self):
        return f"{self.unit} · {self.choice}"


class TransferRequestQuerySet(models.QuerySet):
    def open(self):
        return self.filter(answered_at=None)

    def to_answer(self, user):
        """Those about people whom ``user`` looks after as HR officer."""
        return self.filter(staff_member__in=StaffMember.objects.visible_to(user, Capability.HR))

    def asked_for(self, user):
        """Those that the lists of the user's units made."""
        return self.filter(to_unit__in=Unit.objects.visible_to(user, Capability.HR))


class TransferRequest(models.Model):
    """An officer asks for somebody who belongs to a unit outside her scope.

    She sees only what her own list says (``stated_name``); who looks after the person accepts with a day, or refuses
    with a reason.
    """

    staff_member = models.ForeignKey("staff.StaffMember", on_delete=models.PROTECT, related_name="transfer_requests")
    stated_name = NfcCharField(max_length=150)
    to_unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    position = NfcCharField(max_length=200, blank=True)
    category = models.CharField(max_length=20, choices=StaffCategory, default=StaffCategory.UNCLASSIFIED)
    status = models.CharField(max_length=10, choices=PostingStatus, default=PostingStatus.ACTIVE)
    since = models.DateField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    refused_because = models.CharField(max_length=300, blank=True)
    posting = models.OneToOneField("staff.Posting", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    objects = TransferRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("transfer request")
        constraints = [
            models.UniqueConstraint(
                fields=["staff_member", "to_unit"], name="one_open_request_for_a_person", condition=Q(answered_at=None)
            ),
        ]

    def __str__(self):
        return self.stated_name
