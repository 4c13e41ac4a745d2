"""Who may see and change rules, duties and exemptions. What is foreign answers 404."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from staff import clock
from staff.access import can_see_coverage, person_for
from staff.enums import Capability
from staff.models import Posting, Scope, StaffMember, Unit
from unit_coverage.enums import ABOUT_A_PERSON
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


def may_decide_about(user, person: StaffMember) -> bool:
    """Whether ``user`` may give this person duties and exemptions: her HR officer, who is somebody else."""
    if user.is_superuser:
        return True
    if person.pk == user.staff_member_id:
        return False
    return StaffMember.objects.visible_to(user, Capability.HR).filter(pk=person.pk, merged_into=None).exists()


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


def proposal_for(user, *, pk: int) -> Proposal:
    """The author's own proposal, while the right to carry it out lasts."""
    proposals = Proposal.objects.select_related("staff_member", "made_by")
    proposal = get_object_or_404(proposals, pk=pk, made_by=user)
    if proposal.kind in ABOUT_A_PERSON:
        person_to_decide_about(user, pk=proposal.staff_member_id)
    else:
        require_administrator(user)
    return proposal
