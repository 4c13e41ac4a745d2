"""People: where they are posted on a day, their duties, other posts. No birth dates, numbers, addresses, telephones."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q
from ninja import Router, Schema

from staff.api.answers import REFUSALS, After, Limit, On, day_of, page_of, unit_of
from staff.api.problems import not_found
from staff.api.tokens import Sight, sight_of
from staff.enums import AccountState, ApiPermission, DutyKind, PostingStatus, StaffCategory
from staff.models import AccountCode, Duty, Posting, StaffMember
from staff.queries import account_line

router = Router(tags=["staff"])


class DutyOut(Schema):
    """``full_time``: the duty is somebody's whole work; of heads it says nothing."""

    kind: DutyKind
    full_time: bool
    unit: str
    unit_name: str
    decision: str
    held_from: date
    held_until: date | None


class OtherPostOut(Schema):
    """A post beside the main one. Nobody counts there."""

    unit: str
    unit_name: str
    position: str
    category: StaffCategory
    status: PostingStatus
    posted_from: date
    posted_until: date | None


class PersonOut(Schema):
    """``id`` stays through transfers; ``staff_code`` is that of the account, null where there is none.

    Unit, position and what follows are null for somebody who has no main posting on that day. Duties and other posts
    are those of the day in units that the token sees.
    """

    id: int
    staff_code: str | None
    full_name: str
    account: AccountState
    duties: list[DutyOut]
    other_posts: list[OtherPostOut]
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
    beside = _Beside(sight, {_kept(row).pk for row in page}, day)
    return PeopleOut(on=day, staff=[_line(_kept(row), row, beside) for row in page], next=following)


@router.get("staff/{int:person_id}", response={200: PersonOut, **REFUSALS}, summary="One person on a day")
def person(request, person_id: int, on: date | None = On):
    sight = sight_of(request, ApiPermission.STAFF)
    day = day_of(on)
    found = _with_account(sight.people.filter(pk=person_id)).first()
    if found is None:
        raise not_found()
    rows = Posting.objects.on(day).filter(is_primary=True).select_related("unit")
    posting = rows.filter(staff_member=found).first() or rows.filter(staff_member__merged_into=found).first()
    return _line(found, posting, _Beside(sight, {found.pk}, day))


class _Beside:
    """What people hold on a day beside their main posts, under second entries of theirs too. Two queries."""

    def __init__(self, sight: Sight, people: Iterable[int], day: date):
        theirs = Q(staff_member__in=people) | Q(staff_member__merged_into__in=people)
        self.duties: dict[int, list[DutyOut]] = defaultdict(list)
        for duty in _on(Duty, day, sight).filter(theirs):
            self.duties[_kept(duty).pk].append(_duty(duty))
        self.posts: dict[int, list[OtherPostOut]] = defaultdict(list)
        for posting in _on(Posting, day, sight).filter(theirs, is_primary=False):
            self.posts[_kept(posting).pk].append(_other_post(posting))


def _on(model, day: date, sight: Sight):
    rows = model.objects.on(day).filter(unit__in=sight.units)
    return rows.select_related("unit", "staff_member__merged_into").order_by("valid_from", "pk")


def _duty(duty: Duty) -> DutyOut:
    return DutyOut(
        kind=duty.kind,
        full_time=duty.is_full_time,
        unit=duty.unit.code,
        unit_name=duty.unit.name,
        decision=duty.decision_number,
        held_from=duty.valid_from,
        held_until=duty.valid_until,
    )


def _other_post(posting: Posting) -> OtherPostOut:
    return OtherPostOut(
        unit=posting.unit.code,
        unit_name=posting.unit.name,
        position=posting.position,
        category=posting.category,
        status=posting.status,
        posted_from=posting.valid_from,
        posted_until=posting.valid_until,
    )


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


def _kept(row: Posting | Duty) -> StaffMember:
    return row.staff_member.merged_into or row.staff_member


def _line(person: StaffMember, posting: Posting | None, beside: _Beside) -> PersonOut:
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
        duties=beside.duties[person.pk],
        other_posts=beside.posts[person.pk],
        **words,
    )
