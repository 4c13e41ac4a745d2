"""Certificates and their files. Revoked or superseded, never deleted; an issued file never changes."""

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.enums import CertificateStatus, SignatureLevel
from staff.enums import Capability
from staff.models import StaffMember


class CertificateQuerySet(models.QuerySet):
    def live(self):
        """Waiting or issued: at most one of a qualification."""
        return self.filter(status__in=[CertificateStatus.PENDING, CertificateStatus.ISSUED])

    def signed_here(self):
        """Without what is out to be signed elsewhere, whatever is set by now."""
        return self.exclude(pk__in=apps.get_model("certificates", "BatchItem").objects.open().values("certificate"))

    def visible_to(self, user):
        """The holder's own, and those of people in the user's scope as HR officer: heads and monitors read figures."""
        return self.filter(qualification__staff_member__in=StaffMember.objects.visible_to(user, Capability.HR))


class Certificate(models.Model):
    """Our document for a qualification: a number, a line in the register, a public code, a status.

    ``face`` freezes every word on the sheet (holder, date of birth, unit, course, hours, dates,
    result, decision, issuing body, signer): units and names change, the certificate does not.
    ``code`` is 16 Crockford base-32 characters (80 random bits), stored without hyphens. The row is made with its
    number in one transaction and stays PENDING until the signed file is stored: a signing fault delays it,
    never loses it. ``level`` is that of its latest file; ``tries``, ``last_error`` and ``claimed_until`` tell of the
    work in hand: issuing while it is pending, afterwards the upgrade of its signature. ``superseded_by`` took its
    place, after it was revoked too; at most one certificate of a qualification has none.
    """

    qualification = models.ForeignKey("courses.Qualification", on_delete=models.PROTECT, related_name="certificates")
    code = models.CharField(max_length=16, unique=True)
    register = models.ForeignKey("certificates.Register", on_delete=models.PROTECT, related_name="certificates")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=12, choices=CertificateStatus, default=CertificateStatus.PENDING)
    face = models.JSONField()
    issued_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)
    signed_at = models.DateTimeField(null=True, blank=True)
    level = models.PositiveSmallIntegerField(choices=SignatureLevel, default=SignatureLevel.NONE)
    tries = models.PositiveIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    revoked_from = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_reason = models.CharField(max_length=300, blank=True)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        indexes = [
            models.Index(fields=["claimed_until"], name="certificates_waiting", condition=Q(status="pending")),
            models.Index(fields=["level", "id"], name="certificates_by_level", condition=Q(status="issued")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["register", "number"], name="one_certificate_per_register_line"),
            models.UniqueConstraint(
                fields=["qualification"],
                name="one_live_certificate_per_qualification",
                condition=Q(status__in=["pending", "issued"]),
            ),
            models.CheckConstraint(
                name="revoked_certificate_says_since_when",
                condition=~Q(status="revoked") | Q(revoked_from__isnull=False),
            ),
        ]

    def __str__(self):
        return f"{self.serial}"

    @property
    def serial(self) -> str:
        """The number printed on the sheet, e.g. "0123/2026"."""
        return f"{self.number:04d}/{self.register.year}"

    def delete(self, *args, **kwargs):
        raise ValidationError(_("A certificate is never deleted: revoke it."))


class CertificateFileQuerySet(models.QuerySet):
    def complete(self):
        """Those with all signatures: what came back with a part of them is no certificate yet."""
        return self.filter(level__gt=SignatureLevel.NONE)


class CertificateFile(models.Model):
    """A stored PDF of a certificate. A signature upgrade is a further file whose first bytes are the earlier one.

    Of a certificate that is signed elsewhere the first file may carry a part of the signatures; its ``level`` is NONE.
    ``name`` is the path in private storage, made of the hash. ``key_fingerprint`` is the SHA-256 of the signing
    certificate, in hex. ``earlier`` is the file that this one continues; each is continued once at most.
    """

    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="files")
    earlier = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="later")
    level = models.PositiveSmallIntegerField(choices=SignatureLevel, default=SignatureLevel.B)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    key_fingerprint = models.CharField(max_length=64)
    is_demonstration = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects = CertificateFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate file")
        ordering = ["pk"]

    def __str__(self):
        return self.name

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise ValidationError(_("An issued file never changes."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise ValidationError(_("An issued file is never deleted."))
