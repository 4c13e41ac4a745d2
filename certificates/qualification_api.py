"""Qualifications for other systems: what people are trained in, and the certificates that say so."""

import re
from datetime import date

from django.conf import settings
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema

from certificates.codes import grouped
from certificates.models import Certificate
from certificates.queries import EXPIRED, REVOKED, VALID, status_on
from courses.enums import Origin
from courses.models import Qualification
from staff import feed
from staff.api.answers import REFUSALS, After, Limit, On, day_of, page_of, unit_of
from staff.api.problems import Problem
from staff.api.tokens import sight_of
from staff.enums import ApiPermission
from staff.models import Posting

router = Router(tags=["qualifications"])
LATER = "later"
_CURSOR = re.compile(r"^(\d{1,19})\.(\d{1,19})$")


class CertificateOut(Schema):
    number: str
    code: str
    status: str
    issued_on: date
    check_address: str


class QualificationOut(Schema):
    """``status``: valid, expired, revoked, or later (begins after the day that was asked about)."""

    id: int
    person: int
    staff_code: str | None
    code: str
    title: str
    track: str
    origin: Origin
    is_supervised: bool | None
    hours: int | None
    valid_from: date
    valid_until: date | None
    revoked_from: date | None
    status: str
    certificate: CertificateOut | None


class QualificationsOut(Schema):
    """``changes``: send it as ``changed_since`` next time, together with no other condition than before."""

    on: date
    qualifications: list[QualificationOut]
    next: int | None
    changes: str


@router.get(
    "qualifications", response={200: QualificationsOut, **REFUSALS}, summary="What people hold, with certificates"
)
def qualifications(
    request,
    on: date | None = On,
    unit: str = "",
    person: int | None = Query(None, ge=1, le=2**63 - 1, description="the `id` of a person"),
    held: bool = Query(False, description="only what is in force on the day"),
    changed_since: str = Query("", description="only of people of whom something changed since: `changes` of before"),
    after: int = After,
    limit: int = Limit,
):
    """Of the people whom the token sees today; ``unit`` leaves those who were posted in it or below on the day.

    What is unknown or lies outside gives an empty list for a person, and 404 for a unit.
    """
    sight = sight_of(request, ApiPermission.QUALIFICATIONS)
    day = day_of(on)
    # Read before the rows: what changes meanwhile is told again next time, never left out.
    end = feed.settled_end()
    rows = Qualification.objects.filter(sight.about_people(), pk__gt=after)
    if unit:
        units = sight.units.within(unit_of(sight, unit))
        posted = Posting.objects.on(day).filter(is_primary=True, unit__in=units)
        here = Exists(posted.filter(staff_member=OuterRef("staff_member")))
        here |= Exists(posted.filter(staff_member=OuterRef("staff_member__merged_into")))
        rows = rows.filter(here)
    if person is not None:
        rows = rows.filter(Q(staff_member=person) | Q(staff_member__merged_into=person))
    if held:
        rows = rows.held_on(day)
    if changed_since:
        changed = feed.after(*_cursor_of(changed_since)).exclude(staff_member=None).values("staff_member")
        rows = rows.filter(Q(staff_member__in=changed) | Q(staff_member__merged_into__in=changed))
    newest = Certificate.objects.select_related("register").order_by("-pk")
    rows = rows.select_related("track", "staff_member__user", "staff_member__merged_into__user").prefetch_related(
        Prefetch("certificates", queryset=newest)
    )
    page, following = page_of(rows.order_by("pk"), limit, lambda qualification: qualification.pk)
    return QualificationsOut(
        on=day,
        qualifications=[_line(qualification, day) for qualification in page],
        next=following,
        changes=f"{end[0]}.{end[1]}",
    )


def _cursor_of(words: str) -> tuple[int, int]:
    found = _CURSOR.match(words)
    if found is None or max(int(part) for part in found.groups()) >= 2**63:
        raise Problem(422, "bad_parameter", _("changed_since is not what an earlier answer called changes."))
    return int(found[1]), int(found[2])


def _line(qualification: Qualification, day: date) -> QualificationOut:
    person = qualification.staff_member.merged_into or qualification.staff_member
    account = getattr(person, "user", None)
    return QualificationOut(
        id=qualification.pk,
        person=person.pk,
        staff_code=account.staff_code if account else None,
        code=qualification.code,
        title=qualification.title,
        track=qualification.track.code,
        origin=qualification.origin,
        is_supervised=qualification.is_supervised,
        hours=qualification.hours,
        valid_from=qualification.valid_from,
        valid_until=qualification.valid_until,
        revoked_from=qualification.revoked_from,
        status=_status_of(qualification, day),
        certificate=_certificate_of(qualification, day),
    )


def _status_of(qualification: Qualification, day: date) -> str:
    if qualification.revoked_from is not None and qualification.revoked_from <= day:
        return REVOKED
    if qualification.valid_from > day:
        return LATER
    return EXPIRED if qualification.valid_until is not None and qualification.valid_until < day else VALID


def _certificate_of(qualification: Qualification, day: date) -> CertificateOut | None:
    """The latest one that was entered in the register."""
    certificate = next(iter(qualification.certificates.all()), None)
    if certificate is None:
        return None
    certificate.qualification = qualification
    code = grouped(certificate.code)
    return CertificateOut(
        number=certificate.serial,
        code=code,
        status=status_on(certificate, day),
        issued_on=certificate.issued_on,
        check_address=settings.SITE_URL + reverse("verification:check", args=[code]),
    )
