"""The register book (sổ cấp giấy chứng nhận): its lines as they stand on the screen, in a workbook and on paper."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from certificates import codes
from certificates.enums import CertificateStatus, SignatureLevel
from certificates.face import birth_of
from certificates.models import Certificate, Issuer, Register
from certificates.queries import EXPIRED, status_on
from staff import clock
from staff.enums import Capability
from staff.models import StaffMember

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """A line as it was entered; only ``state`` and ``remark`` say what came later."""

    pk: int
    number: int
    serial: str
    holder: str
    birth: str
    unit: str
    course: str
    hours: int | None
    period: str
    result: str
    decision: str
    issued_on: date
    state: str
    kind: str
    remark: str
    code: str
    has_file: bool
    is_in_force: bool

    @property
    def code_words(self) -> str:
        return codes.grouped(self.code)


@dataclass(frozen=True, slots=True)
class Book:
    """A register with its body as it is now. ``is_whole`` is false where the reader sees some lines only."""

    register: Register
    issuer: Issuer | None
    is_whole: bool

    @property
    def name(self) -> str:
        return self.issuer.name if self.issuer else self.register.issuer_code


def lines_visible_to(user) -> QuerySet:
    """An HR officer sees the lines of her people, an administrator all."""
    if user.is_superuser:
        return Certificate.objects.all()
    return Certificate.objects.filter(
        qualification__staff_member__in=StaffMember.objects.visible_to(user, Capability.HR)
    )


def books_for(user) -> list[Book]:
    """The books in which ``user`` sees lines, the newest first."""
    registers = Register.objects.order_by("-year", "issuer_code")
    if not user.is_superuser:
        registers = registers.filter(Exists(lines_visible_to(user).filter(register=OuterRef("pk"))))
    rows = list(registers)
    issuers: dict[str, Issuer] = {}
    for issuer in Issuer.objects.filter(code__in={row.issuer_code for row in rows}).order_by("valid_from"):
        issuers[issuer.code] = issuer
    return [Book(row, issuers.get(row.issuer_code), user.is_superuser) for row in rows]


def register_page(user, book: Book, *, words: str = "", state: str = "", number=1) -> Page:
    """A page of the book, by number, in a fixed number of queries."""
    rows = lines_visible_to(user).filter(register=book.register)
    page = Paginator(_with_remarks(_found(rows, words, state)).order_by("number"), PAGE_SIZE).get_page(number)
    page.object_list = [line_of(certificate) for certificate in page.object_list]
    return page


def lines_of(user, book: Book, *, first: int = 1, last: int | None = None, words: str = "", state: str = ""):
    """The lines from number ``first`` to ``last``, a thousand at a time."""
    rows = lines_visible_to(user).filter(register=book.register, number__gte=first)
    if last is not None:
        rows = rows.filter(number__lte=last)
    rows = _with_remarks(_found(rows, words, state)).order_by("number")
    for certificate in rows.iterator(chunk_size=1000):
        yield line_of(certificate)


def _found(rows, words: str, state: str):
    if state in CertificateStatus.values:
        rows = rows.filter(status=state)
    words = " ".join(words.split())
    if not words:
        return rows
    number = words.partition("/")[0]
    if number.isascii() and number.isdigit():
        return rows.filter(number=int(number[:9]))
    if codes.is_well_formed(codes.normalise(words)) and any(letter.isdigit() for letter in words):
        return rows.filter(code=codes.normalise(words))
    # by the name of today however it is accented, or by the very name that was entered
    people = StaffMember.objects.search(words)
    return rows.filter(Q(qualification__staff_member__in=people) | Q(face__holder=words))


def _with_remarks(rows):
    earlier = Prefetch("supersedes", Certificate.objects.select_related("register"))
    return rows.select_related("register", "superseded_by__register", "qualification").prefetch_related(earlier)


_KINDS = {
    CertificateStatus.PENDING: "now",
    CertificateStatus.ISSUED: "ok",
    CertificateStatus.REVOKED: "bad",
    CertificateStatus.SUPERSEDED: "warn",
}


def line_of(certificate: Certificate) -> RegisterLine:
    """The line of a certificate that came with ``_with_remarks``."""
    face = certificate.face
    state, kind = certificate.get_status_display(), _KINDS[CertificateStatus(certificate.status)]
    if status_on(certificate, clock.today()) == EXPIRED:
        state, kind = _("expired"), "warn"
    name = f"{face['honorific']} {face['holder']}".strip()
    return RegisterLine(
        pk=certificate.pk,
        number=certificate.number,
        serial=certificate.serial,
        holder=face["holder"] if face["honorific"] == "Ông/Bà" else name,
        birth=birth_of(face),
        unit=face["unit"],
        course=face["course"],
        hours=face["hours"],
        period=_period(face),
        result=_result(face),
        decision=face["decision"],
        issued_on=certificate.issued_on,
        state=state,
        kind=kind,
        remark=remark_of(certificate),
        code=certificate.code,
        has_file=certificate.level > SignatureLevel.NONE,
        is_in_force=certificate.status == CertificateStatus.ISSUED,
    )


def _period(face) -> str:
    days = [f"{date.fromisoformat(face[name]):%d/%m/%Y}" for name in ("from", "to") if face[name]]
    return " – ".join(dict.fromkeys(days))


def _result(face) -> str:
    if face["mark"] is None:
        return _("Completed")
    mark = face["mark"].replace(".", ",")
    shown = f"{mark} ({face['class']})" if face["class"] else mark
    if (is_supervised := face.get("is_supervised")) is None:
        return shown
    how = _("supervised") if is_supervised else _("not supervised")
    return f"{shown}, {how}"


def remark_of(certificate: Certificate) -> str:
    """What came after the entry, and what the entry itself replaces; nothing is ever struck out."""
    remarks = [
        _("Replaces number %(number)s.") % {"number": earlier.serial} for earlier in certificate.supersedes.all()
    ]
    if certificate.status == CertificateStatus.REVOKED:
        words = {"day": f"{certificate.revoked_from:%d/%m/%Y}", "reason": certificate.revoked_reason.rstrip(".")}
        remarks.append(_("Revoked from %(day)s: %(reason)s.") % words)
    if certificate.superseded_by:
        remarks.append(_("Replaced by number %(number)s.") % {"number": certificate.superseded_by.serial})
    if certificate.status == CertificateStatus.PENDING and certificate.last_error:
        remarks.append(certificate.last_error)
    last = certificate.face.get("valid_until")
    if last and certificate.status == CertificateStatus.ISSUED:
        remarks.append(_("Valid until %(day)s.") % {"day": f"{date.fromisoformat(last):%d/%m/%Y}"})
    return " ".join(remarks)
