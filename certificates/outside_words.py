"""What became of a signed file that was handed in, in the reader's words."""

from datetime import date

from django.utils.translation import gettext as _

from certificates.enums import SignatureRole
from certificates.services.returned import ALREADY, ISSUED, PART, REFUSED


def outcome_words(outcome: str) -> tuple[str, str]:
    """(kind of state, words)."""
    return {
        ISSUED: ("ok", _("signed by both: issued")),
        PART: ("now", _("signer's signature received")),
        ALREADY: ("ok", _("received before")),
        REFUSED: ("bad", _("not taken")),
    }[outcome]


def problem_words(code: str, facts: dict) -> str:
    """Why a file was not taken and what to do, in a sentence or two."""
    facts = {**facts, "role": _role(facts.get("role"))}
    if "day" in facts:
        facts["day"] = f"{date.fromisoformat(facts['day']):%d/%m/%Y}"
    return _PROBLEMS[code]() % facts


def _role(value) -> str:
    return str(SignatureRole(value).label) if value else ""


# functions, so that the words are looked up in the language of each reader
_PROBLEMS = {
    "no_pdf": lambda: _("This is no PDF file."),
    "too_large": lambda: _("The file is far larger than the sheet that went out. Sign with smaller pictures."),
    "foreign": lambda: _(
        "It does not begin with a sheet of this batch, byte for byte. Sign the downloaded file itself: do not print it "
        "to a new file and do not save it anew."
    ),
    "other_batch": lambda: _("This file belongs to batch %(batch)s. Hand it in there."),
    "unreadable": lambda: _("The file is damaged: it cannot be read to its end. Sign the downloaded file again."),
    "unsigned": lambda: _("There is no signature in it yet."),
    "changed": lambda: _(
        "Something besides signatures was changed or added after it went out. Sign the downloaded file again, with "
        "nothing else."
    ),
    "too_many": lambda: _("It has %(count)s signatures; two are wanted: the signer's, then the agency's."),
    "broken": lambda: _("Signature %(number)s does not match the file: it was changed after signing."),
    "stranger": lambda: _("Signature %(number)s was made with a certificate that is not entered for this: %(role)s."),
    "order": lambda: _(
        "The order is wrong: signature %(number)s must be %(role)s. The signer signs first, then the agency."
    ),
    "unusable": lambda: _("Signature %(number)s cannot be accepted. %(why)s"),
    "revoked_key": lambda: _("The certificate of signature %(number)s was revoked."),
    "untrusted": lambda: _(
        "The certificate of signature %(number)s, or its time stamp, does not lead to a trusted authority."
    ),
    "unsound": lambda: _("The signatures do not hold together. Sign the downloaded file again."),
    "not_continuing": lambda: _(
        "It does not continue the file with the signer's signature that was received. The agency signs that very file."
    ),
    "revoked": lambda: _("The certificate was revoked from %(day)s on while it was out; it is not issued any more."),
    "superseded": lambda: _("The certificate was replaced by another while it was out."),
    "issued": lambda: _("The certificate is issued already, with another file. That one stays."),
    "left": lambda: _("The certificate was taken out of this batch. Look for it in a later batch."),
    "zip_locked": lambda: _("The archive has a password. Pack the files without one."),
    "zip_outside": lambda: _("The archive holds names that lead out of their folder. Pack the files anew."),
    "zip_suspicious": lambda: _("The archive is built in a way that honest archives are not. Pack the files anew."),
    "zip_broken": lambda: _("The archive is damaged. Pack the files anew."),
    "zip_empty": lambda: _("There is no PDF file in the archive."),
}
