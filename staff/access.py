"""Loaders that answer 404 for what is foreign."""

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404

from staff import clock
from staff.enums import Capability
from staff.models import Notice, Posting, Scope, StaffMember, Unit

# Names and histories are for those who manage people; a monitor reads figures.
PEOPLE_CAPABILITIES = (Capability.HR, Capability.HEAD)


def unit_for(user, *, code: str) -> Unit:
    """The unit whose figures ``user`` may see, or 404: a stranger must not learn that it exists."""
    return get_object_or_404(Unit.objects.visible_to(user), code=code)


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


def notice_for(user, *, pk: str) -> Notice:
    """The reader's own notice, or 404."""
    if not (pk.isascii() and pk.isdigit()):
        raise Http404
    return get_object_or_404(Notice.objects.of(user), pk=pk)
