"""How a certificate is laid out and worded: versions that follow one another, and the images they print."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.enums import HeaderKind, SheetLanguage
from staff.models.dated import Dated, DatedQuerySet
from staff.models.fields import NfcCharField, NfcMixin


class TemplateImage(models.Model):
    """A seal or a signature: a PNG drawn anew, kept in private storage under its hash, the same picture once."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("image of a certificate")

    def __str__(self):
        return self.sha256


class LinesField(NfcMixin, models.TextField):
    """A few lines of text, each composed and without needless spaces."""

    def get_prep_value(self, value):
        return _tidy(value) if isinstance(value, str) else value

    def pre_save(self, instance, add):
        value = _tidy(getattr(instance, self.attname) or "")
        setattr(instance, self.attname, value)
        return value


def _tidy(text: str) -> str:
    prepare = NfcCharField().get_prep_value
    return "\n".join(line for line in map(prepare, text.splitlines()) if line)


class CertificateTemplateQuerySet(DatedQuerySet):
    def published(self):
        return self.exclude(published_at=None)

    def drafts(self):
        return self.filter(published_at=None)


class CertificateTemplate(Dated):
    """One version of a template. A draft may be edited; a published version never changes, only its end is recorded.

    It serves the issuing body ``issuer_code`` (every body where empty), and only this track or course where one is
    named; of those that serve a certificate the most specific one is used (``queries.template_for``). Wordings name
    values in braces (``certificates.wording``); an empty English one falls back to the usual words. An empty signer is
    that of the issuing body. ``edits`` counts what was saved, so that nobody overwrites what he has not seen.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField()
    name = NfcCharField(_("name"), max_length=120)
    issuer_code = models.CharField(_("issuing body"), max_length=20, blank=True)
    track = models.ForeignKey("courses.Track", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    course = models.ForeignKey("courses.Course", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(_("language"), max_length=4, choices=SheetLanguage, default=SheetLanguage.VIETNAMESE)
    header = models.CharField(_("header"), max_length=5, choices=HeaderKind, default=HeaderKind.STATE)
    title = NfcCharField(_("title"), max_length=80)
    subtitle = NfcCharField(_("line below the title"), max_length=120, blank=True)
    certifies = NfcCharField(_("line before the name"), max_length=200)
    completed = NfcCharField(_("line before the course"), max_length=200)
    details = LinesField(_("lines after the course"), max_length=600, blank=True)
    title_en = NfcCharField(_("title in English"), max_length=80, blank=True)
    subtitle_en = NfcCharField(_("line below the title in English"), max_length=120, blank=True)
    certifies_en = NfcCharField(_("line before the name in English"), max_length=200, blank=True)
    completed_en = NfcCharField(_("line before the course in English"), max_length=200, blank=True)
    details_en = LinesField(_("lines after the course in English"), max_length=600, blank=True)
    signer_authority = NfcCharField(_("on whose behalf the signer signs"), max_length=120, blank=True)
    signer_post = NfcCharField(_("signer's post"), max_length=200, blank=True)
    signer_post_en = NfcCharField(_("signer's post, in English"), max_length=200, blank=True)
    signer_name = NfcCharField(_("signer's name"), max_length=150, blank=True)
    seal = models.ForeignKey(TemplateImage, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    signature = models.ForeignKey(TemplateImage, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    has_gold_rule = models.BooleanField(_("double rule in gold"), default=True)
    edits = models.PositiveIntegerField(default=0, editable=False)
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = CertificateTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate template")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_certificate_template_per_version"),
            models.UniqueConstraint(
                fields=["code"], name="one_draft_of_a_certificate_template", condition=Q(published_at=None)
            ),
            Dated.ends_after_it_begins("certificate_template_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.code} v{self.version}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    def save(self, *args, **kwargs):
        """Refuses to change what was published; the end of a version is recorded all the same."""
        ends = {"valid_until", "end_reason", "end_recorded_at", "end_recorded_by"}
        if not self._state.adding and not ends.issuperset(kwargs.get("update_fields") or {"everything"}):
            published = CertificateTemplate.objects.published().filter(pk=self.pk)
            if published.exists():
                raise ValidationError(_("A published version of a template never changes: write a new one."))
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        if not self.is_draft:
            raise ValidationError(_("A published version of a template is never deleted."))
        return super().delete(*args, **kwargs)
