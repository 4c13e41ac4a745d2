"""Entries that may be one person: the same name without accents and the same birth day, or the same old number."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from staff import access, clock
from staff.models import Duplicate, Posting, StaffMember

MOST = 200


@dataclass(frozen=True, slots=True)
class Pair:
    one: StaffMember
    other: StaffMember
    by_number: bool


def candidates(user) -> list[Pair]:
    """Pairs within the reader's HR scopes about which nothing is decided yet, by given name. Four queries."""
    people = list(access.mergeable_people(user).in_name_order())
    decided = {frozenset(pair) for pair in Duplicate.objects.filter(undone_at=None).values_list("kept", "other")}
    alike: dict[tuple, list[StaffMember]] = defaultdict(list)
    for person in people:
        if person.date_of_birth:
            alike["born", person.search_key, person.date_of_birth].append(person)
        if person.legacy_id_hash:
            alike["number", person.legacy_id_hash].append(person)
    found: dict[frozenset, Pair] = {}
    for (how, *_rest), same in alike.items():
        for one, other in zip(same, same[1:], strict=False):
            key = frozenset((one.pk, other.pk))
            if key not in decided and key not in found:
                found[key] = Pair(one, other, how == "number")
    pairs = sorted(found.values(), key=lambda pair: (pair.one.sort_key, pair.one.pk))[:MOST]
    return _with_units(pairs, clock.today())


def _with_units(pairs: list[Pair], day: date) -> list[Pair]:
    people = [person for pair in pairs for person in (pair.one, pair.other)]
    postings = Posting.objects.on(day).filter(staff_member__in=people, is_primary=True).select_related("unit__parent")
    units = {posting.staff_member_id: posting.unit for posting in postings}
    for person in people:
        person.unit_today = units.get(person.pk)
    return pairs
