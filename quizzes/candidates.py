"""Whom an organiser may put on the list of candidates."""

from django.db.models import Exists, OuterRef

from staff import clock
from staff.enums import Capability
from staff.models import AudienceRule, Posting, StaffMember, Unit
from staff.queries import postings_matching


def people_to_seat(user, *, unit=None, audience=None, codes=(), without=()) -> tuple[list[StaffMember], list[str]]:
    """(the people, the codes that name nobody whom ``user`` may seat): of a unit, narrowed by a group, and by codes.

    Only people with a main posting today, within the HR scopes of ``user``. Whose id is among ``without`` is left out
    of a unit; named by her code she is among the people.
    """
    today = clock.today()
    posted = Posting.objects.on(today).filter(staff_member=OuterRef("pk"), is_primary=True)
    mine = StaffMember.objects.visible_to(user, Capability.HR).filter(Exists(posted), merged_into=None)
    found = {}
    if unit is not None:
        inside = mine.filter(Exists(posted.filter(unit__in=Unit.objects.within(unit)))).exclude(pk__in=without)
        found |= {person.pk: person for person in _of_audience(inside, audience, today)}
    named = {
        person.user.staff_code: person for person in mine.filter(user__staff_code__in=codes).select_related("user")
    }
    found |= {person.pk: person for person in named.values()}
    return list(found.values()), [code for code in codes if code not in named]


def _of_audience(people, audience, day):
    if audience is None:
        return list(people)
    rule = AudienceRule.objects.on(day).filter(audience=audience).order_by("-version").first()
    if rule is None:
        return []
    postings = Posting.objects.on(day).filter(staff_member__in=people, is_primary=True)
    return [posting.staff_member for posting in postings_matching(rule, postings, on=day)]
