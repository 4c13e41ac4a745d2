"""Who may see and change rules, duties and exemptions. What is foreign answers 404."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from certificates.access import claim_to_decide
from certificates.models import Claim, Recognition
from staff import clock
from staff.access import can_see_coverage, decides_about, person_for, require_manages_accounts
from staff.enums import Capability
from staff.models import PersonalChange, Posting, Scope, StaffMember, Unit
from unit_coverage.enums import ABOUT_A_PERSON, ABOUT_CLAIMS, ProposalKind
from unit_coverage.models import Proposal


def require_reader_of_rules(user) -> None:
    """Rules are read by whoever sees figures; they are changed by administrators only."""
    if not can_see_coverage(user):
        raise Http404


def may_change_rules(user) -> bool:
    return user.is_superuser


def require_administrator(user) -> None:
    if not may_change_rules(user):
        raise Http404


def may_write_indicators(user) -> bool:
    """Indicators and reporting periods bind nobody: HR of a topmost unit writes them too."""
    return user.is_superuser or any(unit.parent_id is None for unit in Scope.objects.units_of(user, Capability.HR))


def require_writes_indicators(user) -> None:
    if not may_write_indicators(user):
        raise Http404


def may_write_targets(user) -> bool:
    """A target binds nobody to learn anything: HR officers write those of their own units."""
    return user.is_superuser or bool(Scope.objects.units_of(user, Capability.HR))


def require_writes_targets(user) -> None:
    if not may_write_targets(user):
        raise Http404


def may_decide_about(user, person: StaffMember) -> bool:
    """Whether ``user`` may give this person duties and exemptions: her HR officer, who is somebody else."""
    return decides_about(user, person)


def person_to_decide_about(user, *, pk: int) -> StaffMember:
    """The person, or 404 unless ``user`` is her HR officer."""
    person = person_for(user, pk=pk)
    if not may_decide_about(user, person):
        raise Http404
    return person


def units_for_duty(user, person: StaffMember) -> list[Unit]:
    """Where a duty may be given: the unit of today's main posting, and those above it in the scope of ``user``."""
    today = clock.today()
    posting = Posting.objects.on(today).filter(staff_member=person, is_primary=True).select_related("unit").first()
    if posting is None:
        return []
    ids = [posting.unit_id, *posting.unit.ancestor_ids]
    mine = Unit.objects.filter(pk__in=ids)
    if not user.is_superuser:
        mine = mine.within_any(Scope.objects.units_of(user, Capability.HR))
    return sorted(mine, key=lambda unit: len(unit.path), reverse=True)


def units_to_go_to(user) -> QuerySet[Unit]:
    """Where ``user`` may post somebody: the units of today within her HR scopes."""
    units = Unit.objects.existing_on(clock.today()).select_related("parent").in_name_order()
    return units if user.is_superuser else units.within_any(Scope.objects.units_of(user, Capability.HR))


def change_to_decide_about(user, *, pk: int, change: int) -> PersonalChange:
    """A change of this person that stands, or 404 unless ``user`` is her HR officer."""
    person = person_to_decide_about(user, pk=pk)
    return get_object_or_404(
        person.personal_changes.select_related("unit", "staff_member"), pk=change, taken_back_at=None
    )


def proposal_for(user, *, pk: int) -> Proposal:
    """The author's own proposal, while the right to carry it out lasts."""
    proposals = Proposal.objects.select_related("staff_member", "made_by")
    proposal = get_object_or_404(proposals, pk=pk, made_by=user)
    if proposal.kind in ABOUT_CLAIMS:
        _require_decides(user, claims_named(proposal.payload))
    elif proposal.kind in ABOUT_A_PERSON:
        person_to_decide_about(user, pk=proposal.staff_member_id)
        code = proposal.payload.get("unit") if proposal.kind == ProposalKind.PERSONAL_CHANGE else None
        # A second look: the scope may have become smaller since the form was sent.
        if code and proposal.applied_at is None:
            get_object_or_404(units_to_go_to(user), code=code)
    elif proposal.kind == ProposalKind.INDICATOR_RULE:
        require_writes_indicators(user)
    else:
        require_administrator(user)
    return proposal


def claims_named(payload: dict) -> list[int]:
    """The claims that a proposal of the desk is about."""
    if "claims" in payload:
        return payload["claims"]
    return list(Recognition.objects.filter(pk=payload["recognition"]).values_list("claim_id", flat=True))


def _require_decides(user, claim_ids: list[int]) -> None:
    require_manages_accounts(user)
    if Claim.objects.decidable_by(user).filter(pk__in=claim_ids).count() != len(set(claim_ids)):
        raise Http404


def recognition_for(user, *, pk: int) -> Recognition:
    """The standing decision on a claim that ``user`` may decide, or 404."""
    found = get_object_or_404(Recognition.objects.filter(declined_at=None), pk=pk)
    claim = claim_to_decide(user, pk=found.claim_id)
    return next(recognition for recognition in claim.recognitions.all() if recognition.pk == found.pk)
