"""What goes out to be signed with the agency's own tool, and what comes back."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.enums import CertificateStatus, SignatureLevel
from certificates.models.certificates import Certificate


class SigningBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Batches of which the reader may see every certificate: a part of a batch is no batch."""
        foreign = BatchItem.objects.filter(batch=OuterRef("pk")).exclude(
            certificate__in=Certificate.objects.visible_to(user)
        )
        return self.filter(~Exists(foreign))

    def to_draw(self):
        return self.filter(drawn_at=None)

    def for_list(self):
        """With how many certificates: in all, taken out again, waiting for the signer, for the seal, issued."""
        inside = Q(items__left_at=None)
        pending = inside & Q(items__certificate__status=CertificateStatus.PENDING)
        return (
            self.select_related("made_by")
            .annotate(
                count=Count("items"),
                left=Count("items", filter=Q(items__left_at__isnull=False)),
                unsigned=Count("items", filter=pending & Q(items__received=None)),
                unsealed=Count("items", filter=pending & Q(items__received__isnull=False)),
                issued=Count("items", filter=inside & Q(items__received__level__gt=SignatureLevel.NONE)),
            )
            .order_by("-pk")
        )


class SigningBatch(models.Model):
    """Certificates that go out together. Its archive is made once and kept: each download is the same file.

    ``request_key`` comes from the form, so that the same form sent twice makes one batch. Until ``drawn_at`` a worker
    draws the files; ``tries``, ``last_error`` and ``claimed_until`` tell of that.
    """

    request_key = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(null=True, blank=True)
    name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    objects = SigningBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("signing batch")
        indexes = [models.Index(fields=["id"], name="signing_batches_to_draw", condition=Q(drawn_at=None))]

    def __str__(self):
        return str(self.pk)


class BatchItemQuerySet(models.QuerySet):
    def open(self):
        """What is out, and what came back whole."""
        return self.filter(left_at=None)


class BatchItem(models.Model):
    """A certificate in a batch: the file that went out, and the latest that came back.

    What was taken out again (``left_at``) keeps its line; the certificate may then go out with another batch.
    """

    batch = models.ForeignKey(SigningBatch, on_delete=models.PROTECT, related_name="items")
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="batch_items")
    name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size = models.PositiveIntegerField(default=0)
    received = models.OneToOneField(
        "certificates.CertificateFile", null=True, blank=True, on_delete=models.PROTECT, related_name="batch_item"
    )
    left_at = models.DateTimeField(null=True, blank=True)
    left_because = models.CharField(max_length=300, blank=True)

    objects = BatchItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate in a signing batch")
        ordering = ["certificate__register_id", "certificate__number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "certificate"], name="one_item_per_batch_and_certificate"),
            models.UniqueConstraint(
                fields=["certificate"], name="one_open_batch_per_certificate", condition=Q(left_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.batch_id} · {self.certificate_id}"


class SigningUpload(models.Model):
    """A file that somebody handed in for a batch: a signed PDF, or an archive of some; what became of each.

    The same file twice is one row. Its content is removed when it was looked at: what was attached is kept as
    CertificateFile.
    """

    batch = models.ForeignKey(SigningBatch, on_delete=models.PROTECT, related_name="uploads")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    name = models.CharField(max_length=200, blank=True)
    uploaded_at = models.DateTimeField(default=timezone.now)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=list)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("signed files handed in")
        indexes = [
            models.Index(fields=["id"], name="signing_uploads_in_hand", condition=Q(done_at=None) | ~Q(name="")),
        ]
        constraints = [models.UniqueConstraint(fields=["batch", "sha256"], name="one_upload_per_batch_and_content")]

    def __str__(self):
        return self.file_name
