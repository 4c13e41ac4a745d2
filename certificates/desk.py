"""Whom a run of the issuing desk is about, and why somebody is left out: reads only."""

import re
from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.utils.translation import gettext as _

from certificates.enums import CertificateStatus, RunKind
from certificates.models import Certificate
from certificates.queries import why_not_anew
from courses.enums import Origin
from courses.models import Course, Qualification
from quizzes.models import ExamSession, Seat
from staff import clock
from staff.enums import Capability
from staff.models import Posting, StaffMember, Unit

# More than this many people are looked at by nobody: they are chosen in several runs.
MOST_LINES = 2000
_NUMBER = re.compile(r"^0*(\d{1,9})/(\d{4})$")


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen on the form. ``numbers`` are the numbers of certificates, as printed."""

    course: Course | None = None
    unit: Unit | None = None
    session: ExamSession | None = None
    since: date | None = None
    until: date | None = None
    words: str = ""
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """One person; ``why_not`` is empty where the run is to do something."""

    staff_member: StaffMember
    qualification: Qualification | None
    certificate: Certificate | None
    why_not: str


def people_of(user) -> QuerySet:
    """Whose certificates ``user`` may issue, replace or revoke: an HR officer's people but herself."""
    people = StaffMember.objects.visible_to(user, Capability.HR)
    return people.exclude(pk=user.staff_member_id) if user.staff_member_id and not user.is_superuser else people


def numbers_in(text: str) -> tuple[list[str], list[str]]:
    """The numbers of certificates in ``text`` (0012/2026, one a line or parted by commas), and what is none."""
    words = [word for word in re.split(r"[\s,;]+", text) if word]
    good = [word for word in words if _NUMBER.match(word)]
    return list(dict.fromkeys(good)), [word for word in words if not _NUMBER.match(word)]


def faults_of_numbers(choice: Choice, found: list[Candidate]) -> tuple[list[str], list[str]]:
    """The chosen numbers that name none of ``found``, and those that name several: each body has its own book."""
    named = Counter((row.certificate.number, row.certificate.register.year) for row in found if row.certificate)
    times = {word: named[_exact(word)] for word in choice.numbers}
    return [word for word, count in times.items() if not count], [word for word, count in times.items() if count > 1]


def candidates(user, kind: str, choice: Choice) -> list[Candidate]:
    """Everybody whom ``choice`` names within the reader's scope, by given name; at most ``MOST_LINES`` + 1."""
    if kind == RunKind.ISSUE:
        found = [_to_issue(qualification) for qualification in _qualifications(user, choice)]
        return found + _without_result(user, choice, {candidate.staff_member.pk for candidate in found})
    return [_to_change(certificate, kind, bool(choice.numbers)) for certificate in _certificates(user, choice)]


def _exact(word: str) -> tuple[int, int]:
    number, year = _NUMBER.match(word).groups()
    return int(number), int(year)


def _people(user, choice: Choice) -> QuerySet:
    people = people_of(user)
    if choice.words:
        people = people.search(choice.words)
    if choice.unit is not None:
        posted = Posting.objects.on(clock.today()).filter(staff_member=OuterRef("pk"), is_primary=True)
        people = people.filter(Exists(posted.filter(unit__in=Unit.objects.within(choice.unit))))
    return people


def _qualifications(user, choice: Choice) -> list[Qualification]:
    rows = Qualification.objects.filter(staff_member__in=_people(user, choice), course__isnull=False)
    if choice.course is not None:
        rows = rows.filter(course=choice.course)
    if choice.session is not None:
        rows = rows.filter(
            enrolment__sittings__attempt__exam_session=choice.session,
            course__page__isnull=False,
        ).distinct()
    if choice.since is not None:
        rows = rows.filter(valid_from__gte=choice.since)
    if choice.until is not None:
        rows = rows.filter(valid_from__lte=choice.until)
    newest = Prefetch("certificates", Certificate.objects.select_related("register").order_by("-pk"), "newest_first")
    rows = rows.select_related("staff_member", "course").prefetch_related(newest)
    return list(rows.order_by("staff_member__sort_key", "staff_member_id", "pk")[: MOST_LINES + 1])


def _to_issue(qualification) -> Candidate:
    certificate = next(iter(qualification.newest_first), None)
    return Candidate(qualification.staff_member, qualification, certificate, why_not_issued(qualification, certificate))


def why_not_issued(qualification: Qualification, certificate: Certificate | None) -> str:
    """Why the qualification gets no certificate now; ``certificate`` is the newest that it has."""
    if qualification.origin not in {Origin.PASSED, Origin.COMPLETED}:
        return _("Recognised or declared: the certificate is that of another body.")
    if qualification.revoked_from is not None:
        return _("The result was revoked.")
    if certificate is None:
        return ""
    named = {"number": certificate.serial}
    if certificate.status == CertificateStatus.PENDING:
        return _("Certificate %(number)s waits to be signed.") % named
    if certificate.status == CertificateStatus.REVOKED:
        return _("Certificate %(number)s was revoked. “Issue certificates anew” gives a new one in its place.") % named
    return _("Has certificate %(number)s already.") % named


def _without_result(user, choice: Choice, known: set[int]) -> list[Candidate]:
    """Candidates of the chosen session who hold nothing: they are named, so that nobody is forgotten."""
    if choice.session is None:
        return []
    decided = getattr(choice.session, "decision", None) is not None
    why = _("Did not pass, or did not finish the lessons.") if decided else _("The board has not decided yet.")
    seats = Seat.objects.filter(session=choice.session, staff_member__in=_people(user, choice))
    seats = seats.exclude(staff_member__in=known).select_related("staff_member")
    return [Candidate(seat.staff_member, None, None, why) for seat in seats.order_by("staff_member__sort_key", "pk")]


def _certificates(user, choice: Choice) -> list[Certificate]:
    rows = Certificate.objects.filter(qualification__staff_member__in=_people(user, choice))
    if choice.numbers:
        wanted = [_exact(word) for word in choice.numbers]
        rows = rows.filter(
            number__in={number for number, _year in wanted}, register__year__in={year for _number, year in wanted}
        )
    if choice.course is not None:
        rows = rows.filter(qualification__course=choice.course)
    if choice.session is not None:
        rows = rows.filter(qualification__enrolment__sittings__attempt__exam_session=choice.session).distinct()
    if choice.since is not None:
        rows = rows.filter(issued_on__gte=choice.since)
    if choice.until is not None:
        rows = rows.filter(issued_on__lte=choice.until)
    rows = rows.select_related("register", "qualification__staff_member", "superseded_by__register")
    found = rows.order_by("qualification__staff_member__sort_key", "qualification_id", "-pk")
    exact = {_exact(word) for word in choice.numbers}
    found = [row for row in found[: MOST_LINES + 1] if not exact or (row.number, row.register.year) in exact]
    # of each qualification the newest only: what was replaced is told by what replaced it
    newest = {row.qualification_id: row for row in reversed(found)}
    return found if exact else [row for row in found if newest[row.qualification_id] is row]


def _to_change(certificate, kind, is_named) -> Candidate:
    qualification = certificate.qualification
    why_not = why_not_changed(certificate, kind=kind, is_named=is_named)
    return Candidate(qualification.staff_member, qualification, certificate, why_not)


def why_not_changed(certificate: Certificate, *, kind: str, is_named: bool) -> str:
    """Why a run of ``kind`` can neither replace nor revoke the certificate.

    One that was revoked is replaced, and one that waits is revoked, only where its number ``is_named``.
    """
    if (newer := certificate.superseded_by) is not None:
        return _("Replaced already by %(number)s.") % {"number": newer.serial}
    if certificate.status == CertificateStatus.REVOKED:
        if kind != RunKind.REISSUE:
            return _("Revoked already.")
        if why_not := why_not_anew(certificate):
            return why_not
        return "" if is_named else _("Revoked. Name its number to issue a new one in its place.")
    if certificate.status == CertificateStatus.PENDING:
        return _why_not_while_waiting(kind, is_named)
    if certificate.qualification.revoked_from is not None:
        return _("The result was revoked; the certificate follows by itself.")
    return ""


def _why_not_while_waiting(kind, is_named) -> str:
    """Where a word on it is wrong it need not be signed first: its number is named, as it is for one in force."""
    if kind == RunKind.REISSUE:
        return _("Waits to be signed. If a word on it is wrong, revoke it by its number, then issue it anew.")
    return "" if is_named else _("Waits to be signed. Name its number to revoke it all the same.")
