"""The training record of one person: everything held or held once, hours by year, and the signed sheet of it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from certificates import signing
from certificates.codes import grouped
from certificates.enums import CertificateStatus
from certificates.errors import KeyProblem
from certificates.face import BANNER, born, check_address, unit_on
from certificates.models import Certificate, Recognition
from certificates.queries import certificates_of
from certificates.services.issuers import issuer_on
from courses.classes.queries import OwnClass, classes_attended
from courses.enums import Origin
from courses.models import Qualification
from courses.queries import Begun, courses_begun
from documents.training_record import RecordLine, RecordSheet, draw_record
from staff import clock
from staff.models import Posting, StaffMember

_HERE = ZoneInfo("Asia/Ho_Chi_Minh")
# Earned here; what was recognised or declared is counted beside it, never within.
_EARNED = (Origin.PASSED, Origin.COMPLETED)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing held: how it was come by, our certificate or the decision that recognised it."""

    qualification: Qualification
    certificate: Certificate | None
    recognition: Recognition | None
    on: date

    @property
    def is_taken_back(self) -> bool:
        return self.qualification.revoked_from is not None and self.qualification.revoked_from <= self.on

    @property
    def is_expired(self) -> bool:
        last = self.qualification.valid_until
        return not self.is_taken_back and last is not None and last < self.on

    @property
    def code(self) -> str:
        """The verification code, in groups; empty where there is no certificate of ours that was issued."""
        issued = self.certificate is not None and self.certificate.status != CertificateStatus.PENDING
        return grouped(self.certificate.code) if issued else ""

    @property
    def revoked_from(self) -> date | None:
        """Since when our certificate alone does not count, though the result does; None where it counts."""
        found = self.certificate
        if found is None or self.is_taken_back or found.status != CertificateStatus.REVOKED:
            return None
        return found.revoked_from if found.revoked_from <= self.on else None

    @property
    def hours(self) -> int | None:
        """Class hours: those of the course, or those that a recognised paper names."""
        claimed = self.recognition.claim.hours if self.recognition else None
        return claimed or self.qualification.hours

    @property
    def year(self) -> int:
        """The year to which the hours belong: that of the training, which a paper says better than its decision."""
        issued = self.recognition.claim.issued_on if self.recognition else None
        return (issued or self.qualification.valid_from).year


@dataclass(frozen=True, slots=True)
class YearHours:
    year: int
    earned: int
    recognised: int

    @property
    def total(self) -> int:
        return self.earned + self.recognised


@dataclass(frozen=True, slots=True)
class TrainingRecord:
    person: StaffMember
    on: date
    posting: Posting | None
    entries: tuple[Entry, ...]
    years: tuple[YearHours, ...]
    begun: tuple[Begun, ...]
    classes: tuple[OwnClass, ...] = ()

    @property
    def class_hours(self) -> int:
        """Hours spent in classes: they are no result, and stand in none of ``years``."""
        return sum(own.hours or 0 for own in self.classes)


def training_record(person: StaffMember, on: date) -> TrainingRecord:
    """All that was ever granted to ``person``, the newest first; what was taken back is marked, never left out.

    What two rows of somebody entered twice hold stands in the record of the row that stays.
    """
    ids = [person.pk, *StaffMember.objects.filter(merged_into=person).values_list("pk", flat=True)]
    rows = Qualification.objects.filter(staff_member__in=ids).select_related("track", "course")
    held = sorted(rows, key=lambda q: (q.valid_from, q.pk), reverse=True)
    issued = {key: value for pk in ids for key, value in certificates_of(pk).items()}
    decided = Recognition.objects.filter(qualification__in=held).select_related("decision", "claim__kind")
    recognitions = {recognition.qualification_id: recognition for recognition in decided}
    entries = tuple(Entry(q, issued.get(q.pk), recognitions.get(q.pk), on) for q in held)
    posting = Posting.objects.on(on).filter(staff_member=person, is_primary=True).select_related("unit").first()
    return TrainingRecord(
        person, on, posting, entries, _years(entries), tuple(courses_begun(person)), tuple(classes_attended(person))
    )


def _years(entries: tuple[Entry, ...]) -> tuple[YearHours, ...]:
    earned, recognised = defaultdict(int), defaultdict(int)
    for entry in entries:
        if entry.hours and not entry.is_taken_back:
            kept = earned if entry.qualification.origin in _EARNED else recognised
            kept[entry.year] += entry.hours
    years = sorted({*earned, *recognised}, reverse=True)
    return tuple(YearHours(year, earned[year], recognised[year]) for year in years)


def signed_record(record: TrainingRecord) -> bytes:
    """The record as a PDF with the signature of this installation. KeyProblem or NoIssuer where that cannot be now."""
    key, issuer = signing.current_key(), issuer_on(record.on)
    if key.is_demonstration and not issuer.is_demonstration:
        raise KeyProblem(_("The demonstration key does not sign in the name of a real body."))
    signed_at = clock.now().replace(microsecond=0)
    is_demonstration = key.is_demonstration or issuer.is_demonstration
    sheet = sheet_of(
        record, issuer=issuer, signed_by=key.holder, signed_at=signed_at, is_demonstration=is_demonstration
    )
    signing.keep_authority(key)
    return signing.sign(draw_record(sheet), key=key, signed_at=signed_at).content


def sheet_of(
    record: TrainingRecord, *, issuer, signed_by: str, signed_at: datetime, is_demonstration: bool
) -> RecordSheet:
    """The words of the sheet: official paper is Vietnamese, whatever language the reader chose."""
    here = signed_at.astimezone(_HERE)
    return RecordSheet(
        superior=issuer.superior.upper(),
        issuer=issuer.name.upper(),
        place_and_date=_place_and_date(issuer.place, record.on),
        holder=record.person.full_name,
        person=tuple(_person(record)),
        lines=tuple(_line(entry) for entry in record.entries),
        years=tuple((str(y.year), str(y.earned), str(y.recognised), str(y.total)) for y in record.years),
        notes=tuple(_notes(record)),
        signature=(
            f"Ký số bởi: {signed_by}",
            f"Thời gian ký: {here.isoformat(timespec='seconds')}",
            "Trích xuất từ hệ thống; không thay chữ ký số của cơ quan quản lý cán bộ.",
        ),
        drawn_at=here,
        banner=BANNER if is_demonstration else "",
    )


def _person(record: TrainingRecord):
    yield "Họ và tên", record.person.full_name
    if words := born(record.person):
        label, _space, day = words.rpartition(" ")
        yield label.rstrip(":"), day
    if record.posting is not None:
        if record.posting.position:
            yield "Chức vụ, vị trí", record.posting.position
        yield "Đơn vị", unit_on(record.person, record.on)


def _line(entry: Entry) -> RecordLine:
    held = entry.qualification
    title = held.title if held.course_id is None or held.title.startswith(held.code) else f"{held.code} · {held.title}"
    period = (_day(held.valid_from), f"đến {_day(held.valid_until)}" if held.valid_until else "không thời hạn")
    return RecordLine(
        content=title,
        notes=tuple(_line_notes(entry)),
        hours=str(entry.hours or ""),
        period=(f"từ {period[0]}", period[1]),
        result=tuple(_result(entry)),
        check_address=check_address(entry.certificate.code) if entry.code else "",
        is_taken_back=entry.is_taken_back,
    )


def _line_notes(entry: Entry):
    if entry.code:
        revoked = f" (giấy đã thu hồi từ {_day(entry.revoked_from)})" if entry.revoked_from else ""
        yield f"Giấy chứng nhận số {entry.certificate.serial}, mã {entry.code}{revoked}"
    if entry.recognition is not None:
        claim, decision = entry.recognition.claim, entry.recognition.decision
        said = [claim.kind.name, claim.number and f"số {claim.number}", claim.issued_by]
        said.append(f"cấp ngày {_day(claim.issued_on)}" if claim.issued_on else claim.year and f"năm {claim.year}")
        yield ", ".join(str(words) for words in said if words)
        yield f"Quyết định số {decision.number} ngày {_day(decision.signed_on)} của {decision.authority}"


def _result(entry: Entry):
    held = entry.qualification
    if entry.is_taken_back:
        yield f"ĐÃ THU HỒI từ {_day(held.revoked_from)}"
        yield held.revoked_reason
        return
    if held.origin == Origin.PASSED:
        yield f"Đạt {str(held.mark).replace('.', ',')}/10" if held.mark is not None else "Đạt"
        if held.is_supervised is not None:
            yield "có giám sát" if held.is_supervised else "không giám sát"
    elif held.origin == Origin.COMPLETED:
        yield "Hoàn thành"
    else:
        yield "Công nhận" if held.origin == Origin.RECOGNISED else "Theo kê khai"
    if entry.is_expired:
        yield "(đã hết hạn)"


def _notes(record: TrainingRecord):
    for course in record.begun:
        yield f"Đang học: {course.course}, từ {_day(course.since)}, xong {course.done}/{course.total} bài."
    for own in record.classes:
        said = f"Đã dự lớp: {own.found.name}, khóa {own.found.course.code}, {_days(own.found)}"
        yield f"{said}, {own.hours}/{own.total} tiết."
    if record.classes:
        yield "Việc dự lớp ghi riêng, không phải là kết quả đạt và không cộng vào số tiết theo năm."
    if any(entry.code for entry in record.entries):
        yield f"Kiểm tra từng giấy chứng nhận bằng mã QR bên cạnh, hoặc nhập mã tại {check_address('')}."
    yield f"Hồ sơ ghi nhận đến hết ngày {_day(record.on)}. Số tiết: 1 tiết là 45 phút; không tính nội dung đã thu hồi."


def _place_and_date(place: str, day: date) -> str:
    # a month below 3 and a day below 10 carry a zero, so that nobody can write another digit before them
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


def _days(found) -> str:
    if found.first_day == found.last_day:
        return f"ngày {_day(found.first_day)}"
    return f"từ {_day(found.first_day)} đến {_day(found.last_day)}"


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
