"""The words on a certificate, frozen on the day of issue. The paper is Vietnamese in every language."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from certificates.models import Certificate, Issuer
from courses.models import Qualification
from documents.certificate_sheet import CertificateSheet
from staff.enums import DatePrecision, Gender
from staff.models import Posting, StaffMember, Unit

BANNER = "BẢN TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ"
_ERA = re.compile(r"\s*\(trước \d{4}\)")
_HONORIFICS = {Gender.MALE: "Ông", Gender.FEMALE: "Bà"}
_CLASSES = (
    (Decimal(9), "Xuất sắc"),
    (Decimal(8), "Giỏi"),
    (Decimal(7), "Khá"),
    (Decimal(5), "Trung bình"),
)


def class_of(mark: Decimal | None) -> str:
    """The class of a result on the scale of ten: from 9 Xuất sắc, from 8 Giỏi, from 7 Khá, from 5 Trung bình.

    This is the only place that knows the rule. No mark, or one below 5, has no class.
    """
    if mark is None:
        return ""
    return next((words for least, words in _CLASSES if mark >= least), "")


def freeze_face(*, qualification: Qualification, issuer: Issuer, issued_on: date) -> dict:
    """Every word the sheet and the public page will ever print about this certificate, as plain JSON."""
    person = qualification.staff_member
    enrolment = qualification.enrolment
    mark = qualification.mark
    return {
        "holder": person.full_name,
        "honorific": _HONORIFICS.get(person.gender, "Ông/Bà"),
        "born": _born(person),
        "unit": _unit_on(person, qualification.valid_from),
        "course_code": qualification.code,
        "course": qualification.title,
        "track": qualification.track.name,
        "hours": qualification.hours,
        "from": _local_day(enrolment.enrolled_at).isoformat() if enrolment else None,
        "to": qualification.valid_from.isoformat(),
        "valid_until": qualification.valid_until.isoformat() if qualification.valid_until else None,
        "mark": str(mark) if mark is not None else None,
        "class": class_of(mark),
        "is_supervised": qualification.is_supervised,
        "issued_on": issued_on.isoformat(),
        "superior": issuer.superior,
        "issuer": issuer.name,
        "place": issuer.place,
        "signer_post": issuer.signer_post,
        "signer_name": issuer.signer_name,
        "decision": issuer.decision,
        "is_demonstration": issuer.is_demonstration,
    }


def sheet_of(
    certificate: Certificate, *, signed_by: str, signed_at: datetime, is_demonstration: bool
) -> CertificateSheet:
    """The sheet of ``certificate``: from its frozen face and nothing else."""
    face = certificate.face
    return CertificateSheet(
        superior=face["superior"].upper(),
        issuer=face["issuer"].upper(),
        certifies=f"{face['signer_post']}, {face['issuer']} chứng nhận:",
        honorific=face["honorific"],
        holder_name=face["holder"],
        born=face["born"],
        unit=f"Đơn vị: {face['unit']}" if face["unit"] else "",
        course=face["course"],
        hours=f"thời lượng {face['hours']:02d} tiết" if face["hours"] else "",
        period=_period(face["from"], face["to"]),
        result=_result(face["mark"], face["class"], face.get("is_supervised")),
        number=certificate.serial,
        register_number=f"{certificate.number:04d}",
        decision=face["decision"],
        code=certificate.code,
        check_address=check_address(certificate.code),
        place_and_date=_place_and_date(face["place"], date.fromisoformat(face["issued_on"])),
        signer_post=face["signer_post"].upper(),
        signer_name=face["signer_name"],
        signature=(f"Ký số bởi: {signed_by}", f"Thời gian ký: {_here(signed_at).isoformat(timespec='seconds')}"),
        drawn_at=_here(signed_at),
        banner=BANNER if is_demonstration or face["is_demonstration"] else "",
    )


def check_address(code: str) -> str:
    """The address of the check page, as the QR code says it."""
    return f"{settings.SITE_URL.rstrip('/')}/kt/{code}"


def _here(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))


def _local_day(moment: datetime) -> date:
    return timezone.localdate(moment)


def _born(person: StaffMember) -> str:
    day = person.date_of_birth
    if day is None:
        return ""
    if person.date_of_birth_precision == DatePrecision.YEAR:
        return f"Năm sinh: {day:%Y}"
    if person.date_of_birth_precision == DatePrecision.MONTH:
        return f"Sinh tháng {day:%m/%Y}"
    return f"Sinh ngày {day:%d/%m/%Y}"


def _unit_on(person: StaffMember, day: date) -> str:
    """The unit of the primary posting on ``day`` with all that it belongs to, from the smallest up."""
    posting = (
        Posting.objects.on(day)
        .filter(staff_member=person, is_primary=True)
        .select_related("unit")
        .order_by("-valid_from")
        .first()
    )
    if posting is None:
        return ""
    above = Unit.objects.filter(pk__in=posting.unit.ancestor_ids).order_by("-path")
    return ", ".join(_ERA.sub("", unit.name) for unit in [posting.unit, *above])


def _period(first: str | None, last: str) -> str:
    end = f"{date.fromisoformat(last):%d/%m/%Y}"
    if first is None:
        return f"hoàn thành ngày {end}"
    return f"từ ngày {date.fromisoformat(first):%d/%m/%Y} đến ngày {end}"


def _result(mark: str | None, words: str, is_supervised: bool | None) -> str:
    if mark is None:
        return "Kết quả: Hoàn thành"
    shown = f"Kết quả: Đạt {mark.replace('.', ',')}/10"
    shown = f"{shown}, loại {words}" if words else shown
    if is_supervised is None:
        return shown
    return f"{shown} ({'kiểm tra có giám sát' if is_supervised else 'kiểm tra không giám sát'})"


def _place_and_date(place: str, day: date) -> str:
    # a month below 3 and a day below 10 carry a zero, so that nobody can write another digit before them
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"
