"""The closed lists of the certificate room."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class CertificateStatus(TextChoices):
    PENDING = "pending", _("waiting to be signed")
    ISSUED = "issued", _("issued")
    REVOKED = "revoked", _("revoked")
    SUPERSEDED = "superseded", _("superseded")


class SignatureLevel(IntegerChoices):
    """How long a signature (PAdES) stays provable. Each level includes those before it."""

    NONE = 0, _("not signed")
    B = 1, "B-B"
    T = 2, "B-T"
    LT = 3, "B-LT"
    LTA = 4, "B-LTA"

    @classmethod
    def named(cls, words: str) -> "SignatureLevel":
        """The level that is written ``words``, e.g. "B-LTA"."""
        return next(level for level in cls if level and level.label == words)


class SignatureRole(TextChoices):
    """Whose signatures a certificate needs that is signed elsewhere, in the order in which they are made."""

    SIGNER = "signer", _("the signer's signature")
    SEAL = "seal", _("the agency's signature (seal)")


class EvidenceKind(TextChoices):
    """What staff lists name. The values are the codes of those lists."""

    NONE = "none", _("none")
    UNKNOWN = "unknown", _("unknown")
    CERT_A = "cert_a", _("informatics certificate A")
    CERT_B = "cert_b", _("informatics certificate B")
    CERT_C = "cert_c", _("informatics certificate C")
    IT_BASIC = "basic", _("basic IT application certificate")
    IT_ADVANCED = "advanced", _("advanced IT application certificate")
    OFFICE = "office_cert_unspecified", _("office certificate, kind not stated")
    INTERNATIONAL = "international", _("foreign certificate")
    DE_AN_112 = "de_an_112", _("certificate of programme 112")
    INTERMEDIATE_DEGREE = "intermediate_degree", _("intermediate degree in ICT")
    COLLEGE_DEGREE = "college_degree", _("college degree in ICT")
    BACHELOR_DEGREE = "bachelor_degree", _("bachelor's degree in ICT")
    MASTER_DEGREE = "master_degree", _("master's degree in ICT")


class Basis(TextChoices):
    """What a recognition rests on: single evidence that was seen, or the staff list as declared."""

    EVIDENCE = "evidence", _("evidence seen")
    DECLARED = "declared", _("as declared")


class ImpactDecision(TextChoices):
    """What follows for a qualification whose mark was changed afterwards."""

    KEEP = "keep", _("leave the result and the certificate as they are")
    REVOKE = "revoke", _("revoke the result and the certificate")


class HeaderKind(TextChoices):
    """What stands at the head of the sheet."""

    STATE = "state", _("of the state (Quốc hiệu)")
    PARTY = "party", _("of the Party")


class SheetLanguage(TextChoices):
    """The values are codes of languages, but for ``both``: Vietnamese with English below it."""

    VIETNAMESE = "vi", _("Vietnamese")
    ENGLISH = "en", _("English")
    BOTH = "both", _("Vietnamese with English below")


class RunKind(TextChoices):
    """What a run of the issuing desk does."""

    ISSUE = "issue", _("issue")
    REISSUE = "reissue", _("issue anew")
    REVOKE = "revoke", _("revoke")


class LineState(TextChoices):
    """Where one person stands in a run of the issuing desk."""

    LEFT_OUT = "left_out", _("not in this run")
    WAITING = "waiting", _("waiting")
    DONE = "done", _("done")
    FAILED = "failed", _("not possible")


class QualificationFate(TextChoices):
    """What happens to the fact "trained" when its certificate is revoked."""

    STAYS = "stays", _("only the certificate is revoked; the person still counts as trained")
    REVOKED = "revoked", _("the result is revoked too; the person no longer counts as trained from that day")
