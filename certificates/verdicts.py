"""What the rule of a kind says of one paper: pure, in sentences an officer can check against the paper."""

import calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.enums import Begins, Lasts, Outcome
from certificates.models import Claim, EvidenceRule
from courses.obligations import latest_versions


@dataclass(frozen=True, slots=True)
class Verdict:
    """``outcome`` and why; what is granted would end on ``ends`` (None: without end)."""

    outcome: Outcome
    reasons: tuple[str, ...]
    rule: EvidenceRule | None = None
    ends: date | None = None

    @property
    def kind(self) -> str:
        """The colour of the outcome, for the status component."""
        return {Outcome.COUNTS: "ok", Outcome.NEEDS: "warn", Outcome.NO: "bad"}[self.outcome]


def rules_on(day: date) -> dict[str, EvidenceRule]:
    """The rule of each kind in force on ``day``, by the kind's code. One query."""
    rows = EvidenceRule.objects.on(day).select_related("kind", "gives_course")
    return {rule.kind.code: rule for rule in latest_versions(rows, day, key=lambda rule: rule.kind_id)}


def judge(claim: Claim, rule: EvidenceRule | None, *, on: date, scans: int, as_declared: bool = False) -> Verdict:
    """What ``rule`` says of ``claim`` on the day ``on``, with ``scans`` files at hand.

    ``as_declared`` judges what a staff list says by itself: no paper is asked for, and a day that the list does not
    name is taken to fit.
    """
    if rule is None:
        return Verdict(
            Outcome.NEEDS, (_("No rule says what this kind is worth: look at the paper and name the kind it is."),)
        )
    if not rule.gives_track:
        return Verdict(Outcome.NO, (rule.remark or rule.legal_basis,), rule)
    ends = last_day(claim, rule)
    against = [*_outside(claim, rule), *_over(ends, on)]
    if against:
        return Verdict(Outcome.NO, tuple(against), rule, ends)
    missing = () if as_declared else tuple(_missing(claim, rule, scans))
    if missing:
        return Verdict(Outcome.NEEDS, missing, rule, ends)
    return Verdict(Outcome.COUNTS, (rule.legal_basis,), rule, ends)


def first_day(claim: Claim, rule: EvidenceRule, effective_from: date) -> date:
    """The first day of what ``claim`` gives by a decision in effect from ``effective_from`` on."""
    return claim.issued_on if rule.begins == Begins.ISSUE and claim.issued_on else effective_from


def last_day(claim: Claim, rule: EvidenceRule) -> date | None:
    """The last day of what ``claim`` gives: the rule's or the paper's own, whichever is earlier; None without end."""
    ends = [rule.lasts_until, claim.valid_until]
    if claim.issued_on is not None and rule.lasts == Lasts.MONTHS:
        ends.append(_months_on(claim.issued_on, rule.lasts_number) - timedelta(days=1))
    if claim.issued_on is not None and rule.lasts == Lasts.YEARS:
        ends.append(date(claim.issued_on.year + rule.lasts_number - 1, 12, 31))
    return min((day for day in ends if day is not None), default=None)


def _months_on(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, day.day) if day.day <= length else date(year, month + 1, length) + timedelta(days=1)


def _outside(claim: Claim, rule: EvidenceRule) -> Iterable[str]:
    """Says that the paper was issued too early or too late, where that is certain."""
    first, last = _issued_between(claim)
    if rule.issued_until is not None and first is not None and first > rule.issued_until:
        yield _("Issued after %(day)s: by this rule it does not count.") % {"day": _day(rule.issued_until)}
    if rule.issued_from is not None and last is not None and last < rule.issued_from:
        yield _("Issued before %(day)s: by this rule it does not count.") % {"day": _day(rule.issued_from)}


def _over(ends: date | None, on: date) -> Iterable[str]:
    if ends is not None and ends < on:
        yield _("It was valid until %(day)s only.") % {"day": _day(ends)}


def _missing(claim: Claim, rule: EvidenceRule, scans: int) -> Iterable[str]:
    first, last = _issued_between(claim)
    is_bounded = rule.issued_from is not None or rule.issued_until is not None
    inside = first is not None and _within(first, rule) and _within(last, rule)
    if claim.issued_on is None and (rule.lasts in (Lasts.MONTHS, Lasts.YEARS) or rule.begins == Begins.ISSUE):
        yield _("The day of issue is missing.")
    elif is_bounded and first is None:
        yield _("The day of issue is missing: it decides whether the paper counts.")
    elif is_bounded and not inside:
        yield _("Only the year %(year)s is known: the day of issue decides.") % {"year": claim.year}
    if rule.needs_scan and not scans:
        yield _("A picture of the paper is missing.")


def _issued_between(claim: Claim) -> tuple[date | None, date | None]:
    """The first and the last day on which the paper can have been issued, as far as is known."""
    if claim.issued_on is not None:
        return claim.issued_on, claim.issued_on
    if claim.year is not None:
        return date(claim.year, 1, 1), date(claim.year, 12, 31)
    return None, None


def _within(day: date, rule: EvidenceRule) -> bool:
    return (rule.issued_from is None or rule.issued_from <= day) and (
        rule.issued_until is None or day <= rule.issued_until
    )


def _day(day: date) -> str:
    return date_format(day, "d/m/Y")
