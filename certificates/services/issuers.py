"""Which body issues on a day, who signs for it, and by which document."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.errors import NoIssuer
from certificates.models import Authorisation, Issuer
from courses.models import Course
from staff import clock
from staff.kept_queries import KeptQuery
from staff.services.versions import close

DEMONSTRATION_CODE = "TRINH-DIEN"


class IssuerRefused(NoIssuer):
    """What was entered about an issuing body cannot be; the sentence says why."""


def _bodies(day: date) -> QuerySet:
    return Issuer.objects.on(day).filter(is_demonstration=False).order_by("-valid_from", "-pk")


_LATEST_BODY = KeptQuery(_bodies, date)
_BODY_NAMED = KeptQuery(lambda day, code: _bodies(day).filter(code=code), date, str)
_AUTHORISATION = KeptQuery(
    lambda day, course_id: Authorisation.objects.on(day).filter(course=course_id).order_by("-valid_from", "-pk"),
    date,
    int,
)


@dataclass(frozen=True, slots=True)
class Authority:
    """In whose name and by which document a certificate is issued. Not standing: each needs a decision of its own."""

    issuer: Issuer
    decision: str
    is_standing: bool = True


def issuer_on(day: date, code: str = "") -> Issuer:
    """The issuing body in force on ``day``, that with ``code`` where one is named, else the latest to begin.

    A demonstration only ever issues in its invented body's name.
    """
    if getattr(settings, "DEMO", False):
        return ensure_demonstration_issuer()
    issuer = _BODY_NAMED.first(day, code) if code else _LATEST_BODY.first(day)
    if issuer is None:
        named = {"day": f"{day:%d/%m/%Y}", "code": code}
        if code:
            raise NoIssuer(_("The issuing body %(code)s has no signer on %(day)s.") % named)
        raise NoIssuer(_("No issuing body is recorded for %(day)s.") % named)
    return issuer


def authority_for(course_id: int | None, *, on: date) -> Authority:
    """By what a certificate of the course is issued on that day: the course's authorisation, else the body itself."""
    given = _AUTHORISATION.first(on, course_id)
    if given is None:
        issuer = issuer_on(on)
        return Authority(issuer, issuer.decision)
    return Authority(issuer_on(on, given.issuer_code), given.decision, given.is_standing)


def without_standing_authority(day: date) -> QuerySet:
    """Ids of courses whose certificates wait for a decision on ``day``."""
    return Authorisation.objects.on(day).filter(is_standing=False).values("course")


@transaction.atomic
def record_issuer(*, code: str, valid_from: date, by, **words) -> Issuer:
    """What the body ``code`` is called and who signs for it from ``valid_from`` on. What held until then ends.

    A version that begins on that very day is replaced by nothing: it has been printed, or may have been. Twice the
    same is once.
    """
    rows = Issuer.objects.select_for_update(of=("self",)).filter(code=code)
    # Two administrators at once: the second waits here, and then sees what the first recorded.
    rows = list(rows.order_by("valid_from"))
    if any(row.is_demonstration for row in rows):
        raise IssuerRefused(_("This code belongs to the invented body of the demonstration."))
    same = next((row for row in rows if row.valid_from == valid_from), None)
    if same is not None:
        if all(getattr(same, name) == value for name, value in words.items()):
            return same
        raise IssuerRefused(_("There is already a version that begins on this day. Choose a later day."))
    if valid_from < clock.today() and rows:
        raise IssuerRefused(_("Signers change from today or a later day on: what was issued keeps its words."))
    if rows and rows[-1].valid_from > valid_from:
        raise IssuerRefused(_("A later version is recorded already. Choose a day after it begins."))
    if rows and rows[-1].valid_until is None:
        close(rows[-1], last_day=_day_before(valid_from), by=by)
    issuer = Issuer.objects.create(code=code, valid_from=valid_from, recorded_by=by, recorded_at=clock.now(), **words)
    log(instance=issuer, action="certificates.issuer", user=by, data={"code": code, "from": valid_from.isoformat()})
    return issuer


@transaction.atomic
def end_issuer(*, issuer: Issuer, last_day: date, by) -> Issuer:
    """The body no longer issues after ``last_day``, today or later; ending twice keeps the first day."""
    locked = Issuer.objects.select_for_update(of=("self",)).get(pk=issuer.pk)
    if locked.valid_until is not None:
        return locked
    if last_day < max(clock.today(), locked.valid_from):
        raise IssuerRefused(_("Choose today or a later day."))
    close(locked, last_day=last_day, by=by)
    log(instance=locked, action="certificates.issuer", user=by, data={"code": locked.code, "until": str(last_day)})
    return locked


@transaction.atomic
def authorise(
    *, course: Course, issuer_code: str, decision: str, is_standing: bool, valid_from: date, by
) -> Authorisation:
    """From ``valid_from`` on certificates of the course cite this document. Earlier ones keep what they cite."""
    Course.objects.select_for_update(of=("self",)).get(pk=course.pk)
    last = Authorisation.objects.filter(course=course).order_by("-valid_from").first()
    words = {"issuer_code": issuer_code, "decision": decision, "is_standing": is_standing}
    if last is not None and last.valid_from == valid_from:
        if all(getattr(last, name) == value for name, value in words.items()):
            return last
        raise IssuerRefused(_("There is already a version that begins on this day. Choose a later day."))
    if valid_from < clock.today():
        raise IssuerRefused(_("Choose today or a later day."))
    if last is not None and last.valid_from > valid_from:
        raise IssuerRefused(_("A later version is recorded already. Choose a day after it begins."))
    if last is not None and (last.valid_until is None or last.valid_until >= valid_from):
        close(last, last_day=_day_before(valid_from), by=by)
    made = Authorisation.objects.create(
        course=course, valid_from=valid_from, recorded_by=by, recorded_at=clock.now(), **words
    )
    log(instance=made, action="certificates.authorise", user=by, data={"course": course.code, "decision": decision})
    return made


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def ensure_demonstration_issuer() -> Issuer:
    """The invented body of the demonstration, made on first use. No agency of that name exists."""
    issuer, _created = Issuer.objects.get_or_create(
        code=DEMONSTRATION_CODE,
        valid_from=date(2020, 1, 1),
        defaults={
            "superior": "Cơ quan chủ quản (ví dụ)",
            "name": "Cơ sở bồi dưỡng trình diễn",
            "superior_en": "Superior body (example)",
            "name_en": "Demonstration Training Centre",
            "place": "Thành phố Ví Dụ",
            "signer_post": "Giám đốc",
            "signer_post_en": "Director",
            "signer_name": "Nguyễn Văn Ví Dụ",
            "decision": "Quyết định số 00/QĐ-VD ngày 01/01/2026 (ví dụ)",
            "is_demonstration": True,
        },
    )
    return issuer
