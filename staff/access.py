"""Loaders that answer 404 for what is foreign."""

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404

from staff import clock
from staff.enums import Capability, ReformState
from staff.models import (
    Duplicate,
    Notice,
    Posting,
    Reorganisation,
    Scope,
    StaffList,
    StaffMember,
    TransferRequest,
    Unit,
    reorganisable_by,
)

# Names and histories are for those who manage people; a monitor reads figures.
PEOPLE_CAPABILITIES = (Capability.HR, Capability.HEAD)


def unit_for(user, *, code: str) -> Unit:
    """The unit whose figures ``user`` may see, or 404: a stranger must not learn that it exists."""
    return get_object_or_404(Unit.objects.visible_to(user), code=code)


def may_name_unit(user, unit: Unit) -> bool:
    """Whether ``user`` says what the unit is called in English: its HR officer, or an administrator."""
    heads = Scope.objects.units_of(user, Capability.HR)
    return user.is_superuser or Unit.objects.within_any(heads).filter(pk=unit.pk).exists()


def unit_to_name(user, *, code: str) -> Unit:
    """The unit that ``may_name_unit`` allows, or 404."""
    unit = unit_for(user, code=code)
    if not may_name_unit(user, unit):
        raise Http404
    return unit


def person_for(user, *, pk: int) -> StaffMember:
    """The person as HR and heads may see it, or 404. Somebody's own row is on My learning, not here."""
    require_people(user)
    return get_object_or_404(people_of(user), pk=pk)


def people_of(user):
    """Whom the people page lists: those in the user's HR and head scopes."""
    return StaffMember.objects.visible_to(user, *PEOPLE_CAPABILITIES).filter(merged_into=None)


def can_see_coverage(user) -> bool:
    """Whether ``user`` has figures to look at: an administrator, or a holder of any scope today."""
    return user.is_superuser or bool(Scope.objects.units_of(user))


def can_see_people(user) -> bool:
    """Whether the people page is for ``user``: an administrator, HR and heads."""
    return user.is_superuser or bool(Scope.objects.units_of(user, *PEOPLE_CAPABILITIES))


def require_people(user) -> None:
    """404 unless ``can_see_people``."""
    if not can_see_people(user):
        raise Http404


def can_manage_accounts(user) -> bool:
    """Whether ``user`` gives people their way in: an administrator, or HR. Heads and monitors do not."""
    return user.is_superuser or bool(Scope.objects.units_of(user, Capability.HR))


def require_manages_accounts(user) -> None:
    """404 unless ``can_manage_accounts``."""
    if not can_manage_accounts(user):
        raise Http404


def managed_people(user):
    """Whose accounts ``user`` looks after: those posted today within the user's HR scopes, but not the user."""
    posted = Posting.objects.on(clock.today()).filter(staff_member=OuterRef("pk"), is_primary=True)
    mine = StaffMember.objects.visible_to(user, Capability.HR).filter(Exists(posted), merged_into=None)
    return mine.exclude(pk=user.staff_member_id) if user.staff_member_id else mine


def managed_person_for(user, *, pk: int) -> StaffMember:
    """The person whose account ``user`` looks after, or 404."""
    require_manages_accounts(user)
    return get_object_or_404(managed_people(user).select_related("user"), pk=pk)


def decides_about(user, person: StaffMember) -> bool:
    """Whether ``user`` decides about this person's post: her HR officer, who is somebody else, or an administrator.

    Somebody who left is still decided about where the last post was.
    """
    if user.is_superuser:
        return True
    if person.pk == user.staff_member_id:
        return False
    return StaffMember.objects.visible_to(user, Capability.HR).filter(pk=person.pk, merged_into=None).exists()


def list_for(user, *, pk: int) -> StaffList:
    """A staff list of the user's units, or 404."""
    require_manages_accounts(user)
    return get_object_or_404(StaffList.objects.visible_to(user).select_related("unit", "uploaded_by", "run"), pk=pk)


def transfer_request_for(user, *, pk: int) -> TransferRequest:
    """A request about somebody whom the user looks after, or 404; who asked sees it in the list of her own."""
    require_manages_accounts(user)
    found = TransferRequest.objects.to_answer(user)
    return get_object_or_404(found.select_related("staff_member", "to_unit__parent", "asked_by"), pk=pk)


def notice_for(user, *, pk: str) -> Notice:
    """The reader's own notice, or 404."""
    if not (pk.isascii() and pk.isdigit()):
        raise Http404
    return get_object_or_404(Notice.objects.of(user), pk=pk)


def require_reorganises(user) -> None:
    """404 unless ``user`` may plan a reorganisation: an administrator, or HR of a unit that has units below it."""
    if not can_manage_accounts(user):
        raise Http404


def may_carry_out(user, plan: dict) -> bool:
    """Whether every unit of a plan is the user's to decide about.

    Units that close lie below her HR scopes (HR of the unit itself is not enough); what they join, and where a new unit
    opens, lies within them.
    """
    if user.is_superuser:
        return True
    opened = {unit["code"] for unit in plan["new"]}
    closing = set(plan["closes"])
    around = {code for link in plan["links"] for code in (link["from"], link["to"])}
    around |= {unit["parent"] for unit in plan["new"]} | set(plan["people"].values())
    heads = Scope.objects.units_of(user, Capability.HR)
    below = Unit.objects.filter(code__in=closing, pk__in=reorganisable_by(user, clock.today())).count()
    within = Unit.objects.within_any(heads).filter(code__in=around - opened - closing)
    roots = any(not unit["parent"] for unit in plan["new"])
    return not roots and below == len(closing) and within.count() == len(around - opened - closing - {""})


def reorganisation_for(user, *, pk: int) -> Reorganisation:
    """The plan, or 404: a draft is its author's; others are read by administrators and whoever could have made them."""
    require_reorganises(user)
    found = get_object_or_404(Reorganisation.objects.select_related("made_by", "withdrawn_by"), pk=pk)
    is_own = found.made_by_id == user.pk
    readable = is_own if found.state == ReformState.DRAFT else is_own or _decides_about(user, found)
    if not readable and not user.is_superuser:
        raise Http404
    return found


def _decides_about(user, found: Reorganisation) -> bool:
    heads = Scope.objects.units_of(user, Capability.HR)
    closing = found.plan["closes"]
    within = Unit.objects.within_any(heads).filter(code__in=closing).exclude(pk__in=[head.pk for head in heads])
    return within.count() == len(closing) > 0


def reorganisations_of(user) -> list[Reorganisation]:
    """Those that ``reorganisation_for`` answers, newest first."""
    rows = Reorganisation.objects.select_related("made_by").newest_first()
    if user.is_superuser:
        return [row for row in rows if row.state != ReformState.DRAFT or row.made_by_id == user.pk]
    shown = [row for row in rows if row.state != ReformState.DRAFT or row.made_by_id == user.pk]
    heads = Scope.objects.units_of(user, Capability.HR)
    below = Unit.objects.within_any(heads).exclude(pk__in=[head.pk for head in heads])
    mine = set(below.values_list("code", flat=True))
    return [row for row in shown if row.made_by_id == user.pk or mine >= set(row.plan["closes"])]


def mergeable_people(user):
    """Entries that ``user`` may merge: those in her HR scopes, but not herself."""
    people = StaffMember.objects.visible_to(user, Capability.HR).filter(merged_into=None)
    return people.exclude(pk=user.staff_member_id) if user.staff_member_id else people


def pair_for(user, *, one: int, other: int) -> tuple[StaffMember, StaffMember]:
    """Two entries, both of which ``user`` may merge, or 404."""
    require_manages_accounts(user)
    rows = mergeable_people(user).in_bulk({one, other})
    if len(rows) != 2:
        raise Http404
    return rows[one], rows[other]


def merger_for(user, *, pk: int) -> Duplicate:
    """A merger that stands and that ``user`` may take back: the kept entry is hers to merge."""
    require_manages_accounts(user)
    standing = Duplicate.objects.filter(is_one_person=True, undone_at=None).select_related("kept", "other")
    return get_object_or_404(standing, pk=pk, kept__in=mergeable_people(user))
