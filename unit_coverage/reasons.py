"""Why somebody counts or not, in sentences an HR officer can check against the file."""

from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from certificates.models import Recognition
from courses.enums import ExemptionKind, Origin
from courses.models import Exemption, Qualification, Requirement
from courses.obligations import (
    Assessment,
    Obligation,
    PersonFacts,
    TrackFacts,
    assess,
    due_of,
    is_held,
)


@dataclass(frozen=True, slots=True)
class Explanation:
    """The sentences for one person, one track and one day; ``due_on`` where something is still to be done."""

    sentences: tuple[str, ...]
    due_on: date | None
    is_overdue: bool


def explain(
    person: PersonFacts, track: TrackFacts, on: date, recognitions: dict[int, Recognition] | None = None
) -> Explanation:
    """The same assessment the figures were counted with, in words. ``recognitions`` are by qualification id."""
    state = assess(person, track, on)
    recognitions = recognitions or {}
    sentences: list[str] = []
    dues: list[date] = []
    for obligation in state.obligations:
        sentences.append(_asked(obligation.requirement))
        if obligation.lifted_by is not None:
            sentences.append(lifted(obligation.lifted_by))
        sentences += [evidence(q, recognitions.get(q.pk)) for q in obligation.held]
        if obligation.lifted_by is None and not obligation.is_met:
            sentences += lost(person, track, obligation, on)
            due = due_of(person, track, obligation.requirement, on)
            due = due and due.day
            sentences.append(_missing(due, on))
            dues += [due] if due else []
    if not state.obligations:
        sentences.append(_("No requirement in force on this day reaches this person."))
        sentences += _held_outside(state, recognitions)
    first_due = min(dues, default=None)
    return Explanation(tuple(dict.fromkeys(sentences)), first_due, first_due is not None and first_due < on)


def day_words(day: date) -> str:
    """The day as the site writes it."""
    return date_format(day, "d/m/Y")


def _asked(requirement: Requirement) -> str:
    what = str(requirement.course) if requirement.course else requirement.track.name
    return _("Must hold %(what)s: %(basis)s (rule %(code)s, version %(version)s).") % {
        "what": what,
        "basis": requirement.legal_basis,
        "code": requirement.code,
        "version": requirement.version,
    }


def lifted(exemption: Exemption) -> str:
    """Who is let off by which decision, and until when."""
    words = {"number": exemption.decision_number, "reason": exemption.reason}
    if exemption.valid_until is not None:
        words["until"] = day_words(exemption.valid_until)
        if exemption.kind == ExemptionKind.EXEMPT:
            return _("Exempt until %(until)s by decision %(number)s: %(reason)s.") % words
        return _("Deferred until %(until)s by decision %(number)s: %(reason)s.") % words
    if exemption.kind == ExemptionKind.EXEMPT:
        return _("Exempt by decision %(number)s: %(reason)s.") % words
    return _("Deferred by decision %(number)s: %(reason)s.") % words


def evidence(qualification: Qualification, recognition: Recognition | None) -> str:
    """What is held, how it was come by, and until when it is valid."""
    words = {"title": _title(qualification), "day": day_words(qualification.valid_from)}
    if qualification.mark is not None:
        words["mark"] = number_format(qualification.mark, 2)
    if recognition is not None:
        words |= {"number": recognition.decision.number, "signed": day_words(recognition.decision.signed_on)}
    sentence = _origin_sentence(qualification, recognition) % words
    if qualification.is_supervised is not None:
        sentence += " " + (_("Supervised.") if qualification.is_supervised else _("Not supervised."))
    if qualification.valid_until is not None:
        sentence += " " + _("Valid until %(day)s.") % {"day": day_words(qualification.valid_until)}
    return sentence


def _origin_sentence(qualification: Qualification, recognition: Recognition | None) -> str:
    if qualification.origin == Origin.PASSED:
        if qualification.mark is None:
            return _("Passed the test of %(title)s on %(day)s.")
        return _("Passed the test of %(title)s on %(day)s, mark %(mark)s.")
    if qualification.origin == Origin.COMPLETED:
        return _("Completed %(title)s on %(day)s.")
    if qualification.origin == Origin.RECOGNISED:
        if recognition is None:
            return _("%(title)s: recognised from %(day)s.")
        return _("%(title)s: recognised from %(day)s by decision %(number)s of %(signed)s.")
    if recognition is None:
        return _("%(title)s: taken from the staff list as declared, from %(day)s.")
    return _("%(title)s: taken from the staff list as declared, accepted by decision %(number)s of %(signed)s.")


def _title(qualification: Qualification) -> str:
    if qualification.course_id is None or qualification.title.startswith(qualification.code):
        return qualification.title
    return f"{qualification.code} · {qualification.title}"


def lost(person: PersonFacts, track: TrackFacts, obligation: Obligation, on: date) -> list[str]:
    """What was held once and no longer counts: expired or revoked before ``on``."""
    sentences = []
    for qualification in person.qualifications.get(track.track_id, ()):
        fits = qualification.course_id is None or qualification.course_id in obligation.need.courses
        if not fits or qualification.valid_from > on:
            continue
        words = {"title": _title(qualification)}
        if is_held(qualification, on):
            sentences.append(_("%(title)s was completed without a test, which this rule does not accept.") % words)
        elif qualification.revoked_from is not None and qualification.revoked_from <= on:
            words |= {"day": day_words(qualification.revoked_from), "reason": qualification.revoked_reason}
            sentences.append(_("%(title)s was revoked from %(day)s: %(reason)s.") % words)
        else:
            words["day"] = day_words(qualification.valid_until)
            sentences.append(_("%(title)s was valid until %(day)s and has expired.") % words)
    return sentences


def _missing(due: date | None, on: date) -> str:
    if due is None:
        return _("Not yet trained; no date is set.")
    if due < on:
        return _("Not yet trained; was due on %(day)s.") % {"day": day_words(due)}
    return _("Not yet trained; due on %(day)s.") % {"day": day_words(due)}


def _held_outside(state: Assessment, recognitions) -> list[str]:
    return [_("Trained all the same: %s") % evidence(q, recognitions.get(q.pk)) for q in state.held]
