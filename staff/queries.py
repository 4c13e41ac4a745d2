"""What the people pages print, as frozen records in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch

from staff import access, clock
from staff.models import Duty, Posting, StaffMember, Unit
from staff.personal_numbers import masked_national_id

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One line of the list: the person and the main posting of today, if any."""

    pk: int
    full_name: str
    posting: Posting | None


@dataclass(frozen=True, slots=True)
class PersonSheet:
    """Everything the page of one person prints."""

    person: StaffMember
    masked_number: str
    postings: list[Posting]
    duties: list[Duty]


def people_page(user, *, words: str = "", unit: Unit | None = None, number=1) -> Page:
    """A page of whom ``user`` may see, by given name.

    ``words`` match the person's name or the unit of today; ``unit`` keeps those in its subtree.
    """
    today = clock.today()
    people = access.people_of(user)
    posted = Posting.objects.on(today).filter(staff_member=OuterRef("pk"), is_primary=True)
    if unit is not None:
        people = people.filter(Exists(posted.filter(unit__in=Unit.objects.within(unit))))
    if words.strip():
        by_unit = StaffMember.objects.filter(Exists(posted.filter(unit__in=Unit.objects.search(words))))
        people = people.filter(pk__in=people.search(words)) | people.filter(pk__in=by_unit)
    page = Paginator(people.in_name_order().prefetch_related(_main_postings(today)), PAGE_SIZE).get_page(number)
    page.object_list = [PersonLine(p.pk, p.full_name, next(iter(p.todays_postings), None)) for p in page]
    return page


def units_to_choose(user) -> list[Unit]:
    """Units that exist today and whose people ``user`` may list."""
    visible = Unit.objects.visible_to(user, *access.PEOPLE_CAPABILITIES)
    return list(visible.existing_on(clock.today()).in_name_order())


def person_sheet(person: StaffMember) -> PersonSheet:
    """The history of one person, newest first, and the number masked."""
    newest = ("-valid_from", "-pk")
    return PersonSheet(
        person=person,
        masked_number=masked_national_id(person),
        postings=list(person.postings.select_related("unit__parent").order_by(*newest)),
        duties=list(person.duties.select_related("unit").order_by(*newest)),
    )


def _main_postings(day: date) -> Prefetch:
    main = Posting.objects.on(day).filter(is_primary=True).select_related("unit__parent")
    return Prefetch("postings", queryset=main, to_attr="todays_postings")
