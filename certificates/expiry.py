"""Who is going to lose what he holds, and whether the next cycle has begun."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from certificates.models import Certificate
from courses.models import Course, Enrolment, Qualification
from staff.access import people_of
from staff.models import Posting, StaffMember, Unit

PAGE_SIZE = 50
DAYS = (30, 60, 90, 180)


@dataclass(frozen=True, slots=True)
class ExpiringLine:
    """``opens_on`` is the first day of the renewal window, empty where there is no course to take again."""

    staff_member: StaffMember
    unit: str
    title: str
    valid_until: date
    days_left: int
    serial: str
    opens_on: date | None
    is_open: bool
    has_begun: bool


def expiring(user, *, on: date, days: int, unit: Unit | None = None, course: Course | None = None) -> QuerySet:
    """What people of ``user`` hold that ends within ``days`` and is not renewed yet, the first to end first."""
    people = people_of(user)
    if unit is not None:
        posted = Posting.objects.on(on).filter(staff_member=OuterRef("pk"), is_primary=True)
        people = people.filter(Exists(posted.filter(unit__in=Unit.objects.within(unit))))
    ending = Qualification.objects.held_on(on).filter(
        staff_member__in=people, valid_until__lte=on + timedelta(days=days), valid_until__isnull=False
    )
    if course is not None:
        ending = ending.filter(course=course)
    beyond = Qualification.objects.live().filter(
        Q(course=OuterRef("course")) | Q(course=None, track=OuterRef("track")),
        Q(valid_until=None) | Q(valid_until__gt=OuterRef("valid_until")),
        staff_member=OuterRef("staff_member"),
    )
    begun = Enrolment.objects.filter(
        staff_member=OuterRef("staff_member"), course=OuterRef("course"), cycle__gt=OuterRef("cycle")
    )
    numbered = Prefetch("certificates", Certificate.objects.live().select_related("register"), "live_certificates")
    posted = Posting.objects.on(on).filter(is_primary=True).select_related("unit")
    return (
        ending.exclude(Exists(beyond))
        .annotate(has_begun=Exists(begun))
        .select_related("staff_member", "course")
        .prefetch_related(numbered, Prefetch("staff_member__postings", posted, "todays_postings"))
        .order_by(F("valid_until").asc(), "staff_member__sort_key", "pk")
    )


def expiring_page(rows: QuerySet, *, on: date, number=1) -> Page:
    page = Paginator(rows, PAGE_SIZE).get_page(number)
    page.object_list = [line_of(row, on) for row in page.object_list]
    return page


def line_of(row: Qualification, on: date) -> ExpiringLine:
    posting = next(iter(row.staff_member.todays_postings), None)
    certificate = next(iter(row.live_certificates), None)
    opens_on = row.valid_until - timedelta(days=row.course.renewal_window_days) if row.course else None
    return ExpiringLine(
        staff_member=row.staff_member,
        unit=posting.unit.name if posting else "",
        title=row.title,
        valid_until=row.valid_until,
        days_left=(row.valid_until - on).days,
        serial=certificate.serial if certificate else "",
        opens_on=opens_on,
        is_open=opens_on is not None and opens_on <= on and row.course.is_ready,
        has_begun=row.has_begun,
    )


def expiring_rows(rows: QuerySet, *, on: date) -> Iterable[list]:
    """The whole list for a spreadsheet."""
    yield [_("Full name"), _("Unit"), _("What"), _("Certificate"), _("Valid until"), _("Days left"), _("Renewal")]
    for row in rows.iterator(chunk_size=1000):
        line = line_of(row, on)
        yield [
            line.staff_member.full_name,
            line.unit,
            line.title,
            line.serial,
            f"{line.valid_until:%d/%m/%Y}",
            line.days_left,
            renewal_words(line),
        ]


def renewal_words(line: ExpiringLine) -> str:
    if line.has_begun:
        return _("has begun again")
    if line.is_open:
        return _("can be taken again")
    if line.opens_on is None:
        return _("needs new evidence")
    return _("can be taken again from %(day)s") % {"day": f"{line.opens_on:%d/%m/%Y}"}
