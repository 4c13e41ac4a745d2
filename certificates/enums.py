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


class Begins(TextChoices):
    """From when what a paper gives counts."""

    DECISION = "decision", _("the day on which the decision takes effect")
    ISSUE = "issue", _("the day on which the paper was issued")


class Lasts(TextChoices):
    """Until when what a paper gives counts. Months and calendar years run from the day of issue."""

    NONE = "none", _("without end")
    MONTHS = "months", _("a number of months from the day of issue")
    YEARS = "years", _("a number of calendar years, that of issue included")
    FIXED = "fixed", _("until a fixed day")


class Outcome(TextChoices):
    """What the rule itself says of a claim."""

    COUNTS = "counts", _("counts")
    NEEDS = "needs", _("something is missing")
    NO = "no", _("does not count")


class ClaimState(TextChoices):
    """Where a claim stands; told from its rows, never stored. The value stands in addresses."""

    NEEDS_EVIDENCE = "can-minh-chung", _("needs evidence")
    WAITING = "cho-quyet-dinh", _("waits for a decision")
    SECOND = "cho-nguoi-thu-hai", _("waits for a second person")
    RECOGNISED = "da-cong-nhan", _("recognised by decision")
    DECLARED = "theo-ke-khai", _("accepted as declared")
    HELD = "da-co-san", _("held already, nothing further to recognise")
    REFUSED = "khong-cong-nhan", _("not recognised")
    REVOKED = "da-thu-hoi", _("recognition taken back")
    WITHDRAWN = "da-rut", _("withdrawn")

    @property
    def kind(self) -> str:
        """The colour of the state, for the status component; empty where there is nothing to do or to enjoy."""
        return _COLOURS.get(self, "")


_COLOURS = {
    ClaimState.NEEDS_EVIDENCE: "warn",
    ClaimState.WAITING: "now",
    ClaimState.SECOND: "now",
    ClaimState.RECOGNISED: "ok",
    ClaimState.DECLARED: "ok",
    ClaimState.REFUSED: "bad",
    ClaimState.REVOKED: "bad",
}


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


class EventKind(TextChoices):
    """What other systems may be told of a certificate; "certificate." stands before it in what is sent."""

    ISSUED = "issued", _("issued")
    REVOKED = "revoked", _("revoked")
    SUPERSEDED = "superseded", _("replaced by another")
    EXPIRED = "expired", _("expired")


class PostFault(TextChoices):
    """Why a message did not arrive."""

    NAME = "name", _("the name of the host leads nowhere")
    FORBIDDEN = "forbidden", _("the address leads into a network to which nothing is sent")
    UNREACHABLE = "unreachable", _("nobody answers at the address")
    TLS = "tls", _("the connection is not secure: certificate or encryption of the other side")
    TIMEOUT = "timeout", _("no answer in time")
    REDIRECT = "redirect", _("the address leads on to another one: enter that one")
    ANSWER = "answer", _("the other side refused")
