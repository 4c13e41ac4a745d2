"""Who issues, and the register books that number what is issued."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from staff.models.dated import Dated
from staff.models.fields import NfcCharField


class Issuer(Dated):
    """The words of the issuing body on the sheet, from a day until a day. Signers change; issued sheets do not.

    ``decision`` is the document that authorises the issue ("Quyết định số 12/QĐ-UBND ngày 05/01/2026").
    ``signer_authority`` stands above the post where it is another's ("KT. CHỦ TỊCH", "T/M BAN THƯỜNG VỤ").
    English sheets say the English names, and the Vietnamese where there are none.
    """

    code = models.CharField(max_length=20)
    superior = NfcCharField(_("superior body"), max_length=200, blank=True)
    name = NfcCharField(_("issuing body"), max_length=200)
    superior_en = NfcCharField(_("superior body, in English"), max_length=200, blank=True)
    name_en = NfcCharField(_("issuing body, in English"), max_length=200, blank=True)
    place = NfcCharField(_("place"), max_length=100)
    signer_authority = NfcCharField(_("on whose behalf the signer signs"), max_length=120, blank=True)
    signer_post = NfcCharField(_("signer's post"), max_length=200)
    signer_post_en = NfcCharField(_("signer's post, in English"), max_length=200, blank=True)
    signer_name = NfcCharField(_("signer's name"), max_length=150)
    decision = NfcCharField(_("deciding document"), max_length=300)
    is_demonstration = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("issuing body")
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="one_issuer_version_per_day"),
            Dated.ends_after_it_begins("issuer_ends_after_it_begins"),
        ]

    def __str__(self):
        return self.name


class Authorisation(Dated):
    """By which document, and in whose name, certificates of a course are issued, from a day until a day.

    ``decision`` is the standing authorisation that each certificate cites. Where it does not stand for itself
    (``is_standing`` is false) a certificate waits until the issuing desk names the decision that lists its holder.
    """

    course = models.ForeignKey("courses.Course", on_delete=models.PROTECT, related_name="authorisations")
    issuer_code = models.CharField(_("issuing body"), max_length=20)
    decision = NfcCharField(_("deciding document"), max_length=300)
    is_standing = models.BooleanField(_("issue as soon as somebody is qualified"), default=True)

    class Meta:
        verbose_name = _("authorisation to issue")
        constraints = [
            models.UniqueConstraint(fields=["course", "valid_from"], name="one_authorisation_per_course_and_day"),
            Dated.ends_after_it_begins("authorisation_ends_after_it_begins"),
        ]

    def __str__(self):
        return f"{self.course} · {self.decision}"


class Register(models.Model):
    """A register book (sổ gốc): one a year and issuing body.

    ``last_number`` moves in the transaction that uses it, so there are no gaps.
    """

    issuer_code = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("register")
        constraints = [models.UniqueConstraint(fields=["issuer_code", "year"], name="one_register_per_year")]

    def __str__(self):
        return f"{self.issuer_code}/{self.year}"
