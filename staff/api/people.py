"""People: where they are posted on a day. No birth dates, numbers, addresses or telephones."""

from datetime import date

from django.db.models import Prefetch
from ninja import Router, Schema

from staff.api.answers import REFUSALS, After, Limit, On, day_of, page_of, unit_of
from staff.api.problems import not_found
from staff.api.tokens import sight_of
from staff.enums import AccountState, ApiPermission, PostingStatus, StaffCategory
from staff.models import AccountCode, Posting, StaffMember
from staff.queries import account_line

router = Router(tags=["staff"])


class PersonOut(Schema):
    """``id`` stays through transfers; ``staff_code`` is that of the account, null where there is none.

    Unit, position and what follows are null for somebody who has no main posting on that day.
    """

    id: int
    staff_code: str | None
    full_name: str
    account: AccountState
    unit: str | None = None
    unit_name: str | None = None
    position: str | None = None
    category: StaffCategory | None = None
    status: PostingStatus | None = None
    posted_from: date | None = None
    posted_until: date | None = None


class PeopleOut(Schema):
    on: date
    staff: list[PersonOut]
    next: int | None


@router.get("staff", response={200: PeopleOut, **REFUSALS}, summary="Who is posted where on a day")
def people(
    request,
    on: date | None = On,
    unit: str = "",
    staff_code: str = "",
    after: int = After,
    limit: int = Limit,
):
    """Main postings of the day, of people whom the token sees today: who has moved away since belongs to others."""
    sight = sight_of(request, ApiPermission.STAFF)
    day = day_of(on)
    units = sight.units.within(unit_of(sight, unit)) if unit else sight.units
    rows = _postings(day).filter(sight.about_people(), unit__in=units, pk__gt=after)
    if staff_code:
        rows = rows.filter(staff_member__user__staff_code=staff_code.strip().upper())
    page, following = page_of(rows.order_by("pk"), limit, lambda posting: posting.pk)
    return PeopleOut(on=day, staff=[_line(_kept(row), row) for row in page], next=following)


@router.get("staff/{int:person_id}", response={200: PersonOut, **REFUSALS}, summary="One person on a day")
def person(request, person_id: int, on: date | None = On):
    sight = sight_of(request, ApiPermission.STAFF)
    day = day_of(on)
    found = _with_account(sight.people.filter(pk=person_id)).first()
    if found is None:
        raise not_found()
    rows = Posting.objects.on(day).filter(is_primary=True).select_related("unit")
    posting = rows.filter(staff_member=found).first() or rows.filter(staff_member__merged_into=found).first()
    return _line(found, posting)


def _postings(day: date):
    """Main postings of the day with the person, her account, and the entry that stays where she was entered twice."""
    live = AccountCode.objects.live()
    rows = Posting.objects.on(day).filter(is_primary=True)
    return rows.select_related("unit", "staff_member__user", "staff_member__merged_into__user").prefetch_related(
        Prefetch("staff_member__user__codes", queryset=live, to_attr="live_codes"),
        Prefetch("staff_member__merged_into__user__codes", queryset=live, to_attr="live_codes"),
    )


def _with_account(people):
    live = Prefetch("user__codes", queryset=AccountCode.objects.live(), to_attr="live_codes")
    return people.select_related("user").prefetch_related(live)


def _kept(posting: Posting) -> StaffMember:
    return posting.staff_member.merged_into or posting.staff_member


def _line(person: StaffMember, posting: Posting | None) -> PersonOut:
    account = account_line(person)
    words = {}
    if posting is not None:
        words = {
            "unit": posting.unit.code,
            "unit_name": posting.unit.name,
            "position": posting.position,
            "category": posting.category,
            "status": posting.status,
            "posted_from": posting.valid_from,
            "posted_until": posting.valid_until,
        }
    return PersonOut(
        id=person.pk,
        staff_code=account.staff_code or None,
        full_name=person.full_name,
        account=account.state,
        **words,
    )
