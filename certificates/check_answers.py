"""The four answers as the public page prints them: each in Vietnamese and in English."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from certificates import queries
from certificates.verification import Verdict
from certificates.verification_words import ADVICE, CODE_ADVICE, PROBLEMS, SIGNATURES, VERDICTS


@dataclass(frozen=True, slots=True)
class Bilingual:
    vi: str
    en: str

    @classmethod
    def of(cls, words: Callable[[], str]) -> "Bilingual":
        said = []
        for language in ("vi", "en"):
            with override(language):
                said.append(str(words()))
        return cls(*said)


@dataclass(frozen=True, slots=True)
class Answer:
    """``is_yes`` is None where nobody asked."""

    question: Bilingual
    words: Bilingual
    is_yes: bool | None


@dataclass(frozen=True, slots=True)
class Result:
    """What the page says of a file or a code: ``kind`` is ok, warning or bad."""

    kind: str
    title: Bilingual
    advice: Bilingual
    answers: tuple[Answer, ...]


_KINDS = {
    "genuine": "ok",
    "blanks": "warning",
    "unconfirmed": "warning",
    "withdrawn": "warning",
    "other_paper": "warning",
}


def of_problem(problem: str) -> Bilingual:
    """Why there is no answer: "short", "unknown", "slowed", "too_large", "no_file" or "busy"."""
    return Bilingual.of(lambda: PROBLEMS[problem])


def of_file(verdict: Verdict) -> Result:
    """The answers on a file that was handed in."""
    return Result(
        _KINDS.get(verdict.verdict, "bad"),
        Bilingual.of(lambda: _title(verdict)),
        Bilingual.of(lambda: ADVICE[verdict.verdict]),
        (
            _registered(verdict.record),
            Answer(
                _asked(_is_unchanged),
                Bilingual.of(lambda: _difference(verdict)),
                None if verdict.is_other_paper else verdict.unchanged,
            ),
            Answer(_asked(_is_signed), Bilingual.of(lambda: SIGNATURES[verdict.signature]), verdict.signature_valid),
            _in_force(verdict.record),
        ),
    )


def of_code(record: queries.PublicRecord) -> Result:
    """The answers where only a code was given: nothing is said of a file or a paper that nobody showed."""
    return Result(
        "ok" if record.status == queries.VALID else "warning",
        Bilingual.of(lambda: _in_the_register(record.status)),
        Bilingual.of(lambda: CODE_ADVICE.get(record.status, ADVICE["withdrawn"])),
        (
            _registered(record),
            Answer(_asked(_is_unchanged), Bilingual.of(_not_shown), None),
            Answer(_asked(_is_signed), Bilingual.of(_not_shown), None),
            _in_force(record),
        ),
    )


def _title(verdict) -> str:
    if verdict.is_other_paper and verdict.predecessor:
        words = _("Signed by %(body)s, whose register we keep now, and unchanged since, but not a certificate.")
        return words % {"body": verdict.predecessor}
    return VERDICTS[verdict.verdict]


def _asked(words) -> Bilingual:
    return Bilingual.of(words)


def _registered(record) -> Answer:
    return Answer(_asked(_is_registered), Bilingual.of(lambda: _register(record)), record is not None)


def _in_force(record) -> Answer:
    return Answer(
        _asked(_is_valid_today), Bilingual.of(lambda: _status(record)), bool(record and record.status == queries.VALID)
    )


def _is_registered() -> str:
    return _("Is it in our register?")


def _is_unchanged() -> str:
    return _("Is the file unchanged?")


def _is_signed() -> str:
    return _("Is the digital signature valid?")


def _is_valid_today() -> str:
    return _("Is it in force today?")


def _register(record) -> str:
    if record is None:
        return _("No. It is not in our register.")
    if record.predecessor:
        return _("Yes, with number %(number)s in the register of %(body)s, which we keep now.") % {
            "number": record.number,
            "body": record.predecessor,
        }
    return _("Yes, with number %(number)s.") % {"number": record.number}


def _difference(verdict) -> str:
    if verdict.is_other_paper:
        return _(
            "Not compared: the register keeps certificates only. The signature tells whether something was changed."
        )
    return {
        "": _("Yes. It is byte for byte the file that was issued."),
        "blanks": _("Not quite: blanks were added at its end. All before them is the file that was issued."),
        "appended": _("No. Something was added to the file that was issued."),
        "other": _("No. It names a certificate of ours, but it is not the file that was issued."),
        "unknown": _("No. This file was never issued by us."),
    }[verdict.difference]


def _status(record) -> str:
    if record is None:
        return _("Unknown.")
    day = {"day": f"{record.valid_until or record.revoked_from or record.issued_on:%d/%m/%Y}"}
    return {
        "valid": _("Yes, without an end.") if record.valid_until is None else _("Yes, until %(day)s.") % day,
        "expired": _("No. It was valid until %(day)s.") % day,
        "revoked": _("No. It was revoked; it does not count from %(day)s on.")
        % {"day": f"{record.revoked_from or record.issued_on:%d/%m/%Y}"},
        "superseded": _("No. It was replaced by a later certificate."),
        "pending": _("Not yet. It is waiting to be signed; no file has been given out."),
    }[record.status]


def _in_the_register(status: str) -> str:
    if status == queries.VALID:
        return _("A certificate with this code is in our register and in force today.")
    if status == queries.PENDING:
        return _("A certificate with this code is in our register, but not signed yet.")
    return _("A certificate with this code is in our register, but not in force today.")


def _not_shown() -> str:
    return _("Not checked: choose the PDF file to have it checked.")
