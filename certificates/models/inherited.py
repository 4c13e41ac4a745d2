"""Registers of bodies that are no more, or no longer keep them: their codes and files answer here for ever."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff.models.fields import NfcCharField


class InheritedRegister(models.Model):
    """A register that was taken over by ``import_register``, as of ``exported_at``. ``site`` is where it was kept."""

    site = models.CharField(max_length=200, unique=True)
    body = NfcCharField(_("body"), max_length=200)
    exported_at = models.DateTimeField()
    sha256 = models.CharField(max_length=64)
    key_fingerprint = models.CharField(max_length=64)
    imported_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("register that was taken over")

    def __str__(self):
        return self.body


class InheritedCertificate(models.Model):
    """A line of it. ``entry`` holds what strangers may know, the name already shortened.

    ``identity`` is what name and birth date are compared with (``certificates.identity.key_of``); neither is here.
    ``revoked_from`` and the three after it are of a revocation by this installation, which keeps the register now.
    """

    register = models.ForeignKey(InheritedRegister, on_delete=models.PROTECT, related_name="certificates")
    code = models.CharField(max_length=16, unique=True)
    entry = models.JSONField()
    identity = models.CharField(max_length=64)
    revoked_from = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("certificate of a register that was taken over")

    def __str__(self):
        return self.code

    @property
    def record(self) -> dict:
        """``entry`` with what was decided here: revoked from the earlier of both days."""
        if self.revoked_from is None:
            return self.entry
        days = [day for day in (self.revoked_from.isoformat(), self.entry.get("revoked_from")) if day]
        return {**self.entry, "status": "revoked", "revoked_from": min(days)}


class InheritedFile(models.Model):
    """A file of it: what is known of its bytes."""

    certificate = models.ForeignKey(InheritedCertificate, on_delete=models.PROTECT, related_name="files")
    sha256 = models.CharField(max_length=64, unique=True)
    size = models.PositiveIntegerField()
    key_fingerprint = models.CharField(max_length=64)
    stored_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file of a register that was taken over")

    def __str__(self):
        return self.sha256


class CheckingBody(models.Model):
    """Another body that may check many certificates at once. Only a hash of its token is kept."""

    name = NfcCharField(_("body"), max_length=200, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    valid_until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("body that checks certificates")

    def __str__(self):
        return self.name
