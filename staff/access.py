"""Loaders that answer 404 for what is foreign."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from staff.enums import Capability
from staff.models import Scope, StaffMember, Unit

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
