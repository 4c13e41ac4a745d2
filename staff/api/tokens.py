"""Who asks, and what that one sees."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from staff.api.limits import count_request
from staff.api.problems import Problem, speak_as_asked
from staff.enums import ApiPermission
from staff.models import ApiToken, StaffMember, Unit
from staff.models.units import with_predecessors
from staff.services import note_token_use
from staff.services.api_tokens import hash_of

REQUESTS_A_MINUTE = 120


class SpokenBearer(HttpBearer):
    """A token in the header; what is refused is said in English where that is asked for, else in Vietnamese."""

    def __call__(self, request):
        speak_as_asked(request)
        return super().__call__(request)


class Bearer(SpokenBearer):
    """The token in the header, and nothing of a session. Unknown, expired and ended ones are told alike."""

    def authenticate(self, request, token):
        found = ApiToken.objects.usable().select_related("unit").filter(token_hash=hash_of(token)).first()
        if found is None:
            return None
        count_request(f"token.{found.pk}", REQUESTS_A_MINUTE)
        if not found.heads:
            raise Problem(403, "unit_closed", _("The unit of this token is no more. Ask for a token of its successor."))
        note_token_use(found)
        return found


@dataclass(frozen=True)
class Sight:
    """What a token sees today, as an HR officer would: its unit, all that this succeeded, all below, their people."""

    heads: list[Unit]
    roots: list[Unit]

    @property
    def units(self):
        return Unit.objects.within_any(self.roots)

    @property
    def people(self):
        return StaffMember.objects.seen_from(self.heads).filter(merged_into=None)

    def sees(self, unit: Unit | None) -> bool:
        return unit is not None and any(unit.path.startswith(root.path) for root in self.roots)

    def about_people(self) -> Q:
        """For rows with a ``staff_member``: those of people it sees, under a second entry of theirs too."""
        people = self.people
        return Q(staff_member__in=people) | Q(staff_member__merged_into__in=people)


def sight_of(request, *permissions: ApiPermission) -> Sight:
    """What the token of this request sees; a Problem unless it has one of ``permissions``."""
    token = request.auth
    if not any(token.may(permission) for permission in permissions):
        raise Problem(403, "not_permitted", _("This token may not read that."))
    return Sight(token.heads, with_predecessors(token.heads))
