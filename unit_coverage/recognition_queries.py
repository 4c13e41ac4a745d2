"""What the recognition desk prints: claims with the unit of today and what the rule itself says."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from certificates.enums import ClaimState
from certificates.models import Claim, EvidenceKind, EvidenceRule
from certificates.verdicts import Verdict, judge, rules_on
from staff import clock
from staff.models import Posting, StaffMember, Unit
from unit_coverage.effects import HeldPaper
from unit_coverage.proposals import evidence_rule_values

# Of one decision: what fits into one form and one look.
MOST_AT_ONCE = 500
# These are counted beside their names: they are work.
WORK = (ClaimState.WAITING, ClaimState.SECOND, ClaimState.NEEDS_EVIDENCE)
OTHERS = (ClaimState.RECOGNISED, ClaimState.DECLARED, ClaimState.HELD, ClaimState.REFUSED, ClaimState.REVOKED)


@dataclass(frozen=True, slots=True)
class ClaimLine:
    claim: Claim
    unit: Unit | None
    verdict: Verdict

    @property
    def issued(self) -> str:
        return date_format(self.claim.issued_on, "d/m/Y") if self.claim.issued_on else str(self.claim.year or "")


@dataclass(frozen=True, slots=True)
class Shift:
    """An open claim whose verdict a new rule turns."""

    claim: Claim
    before: Verdict
    after: Verdict


@dataclass(frozen=True, slots=True)
class Shifts:
    """How many open claims of the kind there are, and those that the new rule judges otherwise."""

    total: int
    turned: tuple[Shift, ...]


def claims_on_desk(user, *, unit: Unit | None = None, kind: str = "", words: str = ""):
    """The claims that ``user`` may decide, of people posted today in ``unit`` or below, by the name of the person."""
    claims = Claim.objects.decidable_by(user)
    if unit is not None:
        here = Posting.objects.on(clock.today()).filter(
            staff_member=OuterRef("staff_member"), is_primary=True, unit__in=Unit.objects.within(unit)
        )
        claims = claims.filter(Exists(here))
    if kind:
        claims = claims.filter(kind=kind)
    if words.strip():
        claims = claims.filter(staff_member__in=StaffMember.objects.search(words))
    return claims.order_by("staff_member__sort_key", "pk")


def counts_of(claims) -> dict[str, int]:
    """How many claims wait in each state that is work. Three queries."""
    return {state.value: claims.in_state(state).count() for state in WORK}


def lines_of(claims: Iterable[Claim]) -> list[ClaimLine]:
    """``claims`` (read ``for_list``) with unit and verdict. Two queries more."""
    claims = list(claims)
    today = clock.today()
    rules = rules_on(today)
    posted = Posting.objects.on(today).filter(
        is_primary=True, staff_member__in={claim.staff_member_id for claim in claims}
    )
    units = {posting.staff_member_id: posting.unit for posting in posted.select_related("unit__parent")}
    return [
        ClaimLine(claim, units.get(claim.staff_member_id), _verdict(claim, rules.get(claim.kind_id), today))
        for claim in claims
    ]


def _verdict(claim: Claim, rule: EvidenceRule | None, day: date) -> Verdict:
    return judge(claim, rule, on=day, scans=len(claim.files.all()))


def claim_rows(lines: Iterable[ClaimLine]) -> Iterable[list]:
    """The lines as those of a file: whom HR asks, for what."""
    yield [
        _("Full name"),
        _("Unit"),
        _("Unit above"),
        _("Kind of paper"),
        _("Number of the paper"),
        _("Issued at"),
        _("Day or year of issue"),
        _("State"),
        _("What the rule says"),
        _("Why"),
        _("Asked for"),
    ]
    for line in lines:
        claim, unit = line.claim, line.unit
        where = [unit.name if unit else "", unit.parent.name if unit and unit.parent else ""]
        paper = [claim.kind.name, claim.number, claim.issued_by, line.issued]
        judged = (
            [line.verdict.outcome.label, " ".join(line.verdict.reasons)] if claim.is_open else ["", _decided(claim)]
        )
        yield [claim.staff_member.full_name, *where, *paper, claim.state.label, *judged, claim.asked_for]


def _decided(claim: Claim) -> str:
    decided = claim.decided
    if decided is None or decided.decision is None:
        return decided.reason if decided else ""
    held_already = _("Held already by")
    words = _("Decision %(number)s of %(day)s") % {
        "number": decided.decision.number,
        "day": date_format(decided.decision.signed_on, "d/m/Y"),
    }
    return f"{words}. {held_already}: {decided.held_by}" if decided.held_by else words


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A paper that a decision leaves without effect, and what gives already all that it would give."""

    claim: Claim
    held_by: str


def held_lines(papers: Iterable[HeldPaper]) -> list[HeldLine]:
    """``papers`` with their words, by given name. Three queries."""
    papers = {paper.claim_id: paper for paper in papers}
    others = Claim.objects.filter(pk__in={paper.by_claim_id for paper in papers.values()}).for_list().in_bulk()
    claims = Claim.objects.filter(pk__in=papers).select_related("staff_member", "kind")
    return [
        HeldLine(claim, _held_by(papers[claim.pk], others)) for claim in claims.order_by("staff_member__sort_key", "pk")
    ]


def _held_by(paper: HeldPaper, others: dict[int, Claim]) -> str:
    if paper.by_claim_id is None:
        return paper.title
    other = others[paper.by_claim_id]
    if other.decided is None:
        return _("%(kind)s, by this decision") % {"kind": other.kind}
    return _("%(kind)s, decision %(number)s") % {"kind": other.kind, "number": other.decided.decision.number}


def kinds_to_choose() -> list[EvidenceKind]:
    return list(EvidenceKind.objects.all())


def shifts_of(payload: dict) -> Shifts:
    """Whom the rule of a proposal touches: open claims of the kind, judged by the rule of today and by the new one."""
    today = clock.today()
    new = EvidenceRule(**evidence_rule_values(payload))
    day = max(today, new.valid_from)
    old = rules_on(day).get(payload["code"])
    claims = Claim.objects.open().filter(kind=payload["code"]).for_list().order_by("staff_member__sort_key", "pk")
    judged = [Shift(claim, _verdict(claim, old, day), _verdict(claim, new, day)) for claim in claims]
    turned = [shift for shift in judged if shift.before.outcome != shift.after.outcome]
    return Shifts(len(judged), tuple(turned))
