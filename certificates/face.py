"""The words on a certificate, frozen on the day of issue."""

import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy

from certificates import images
from certificates.enums import HeaderKind, SheetLanguage
from certificates.models import Certificate, CertificateTemplate, Issuer
from certificates.wording import fill
from courses.models import Qualification
from documents.certificate_sheet import ENGLISH, VIETNAMESE, BodyWords, CertificateSheet, FootWords
from staff.clock import local_day
from staff.enums import DatePrecision, Gender
from staff.kept_queries import KeptQuery
from staff.models import Posting, StaffMember, Unit

BANNER = "BẢN TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ"
_ERA = re.compile(r"\s*\(trước \d{4}\)")
# Nobody is addressed by a guess: where the staff list does not say, the name stands alone.
_HONORIFICS = {Gender.MALE: "Ông", Gender.FEMALE: "Bà"}
_CLASSES = (
    (Decimal(9), "Xuất sắc"),
    (Decimal(8), "Giỏi"),
    (Decimal(7), "Khá"),
    (Decimal(5), "Trung bình"),
)

WORDING = ("title", "subtitle", "certifies", "completed", "details")
# What is printed where no template says otherwise. Keys without ``_en`` are Vietnamese.
USUAL_LAYOUT = {
    "template": "",
    "version": 0,
    "language": SheetLanguage.VIETNAMESE.value,
    "header": HeaderKind.STATE.value,
    "title": "GIẤY CHỨNG NHẬN",
    "subtitle": "HOÀN THÀNH KHÓA BỒI DƯỠNG",
    "certifies": "{signer_post}, {issuer} chứng nhận:",
    "completed": "Đã hoàn thành khóa bồi dưỡng",
    "details": "{facts}\n{result}\n{validity}",
    "title_en": "CERTIFICATE",
    "subtitle_en": "OF COMPLETION OF A TRAINING COURSE",
    "certifies_en": "{signer_post}, {issuer}, hereby certifies that",
    "completed_en": "has completed the training course",
    "details_en": "{facts}\n{result}\n{validity}",
    "seal": "",
    "signature": "",
    "has_gold_rule": True,
}


def class_of(mark: Decimal | None) -> str:
    """The class of a result on the scale of ten: from 9 Xuất sắc, from 8 Giỏi, from 7 Khá, from 5 Trung bình.

    This is the only place that knows the rule. No mark, or one below 5, has no class.
    """
    if mark is None:
        return ""
    return next((words for least, words in _CLASSES if mark >= least), "")


def class_in_english(words: str) -> str:
    """The class of a result as an English sheet says it; empty where there is none."""
    return _English.CLASSES.get(words, words)


def layout_of(template: CertificateTemplate | None) -> dict:
    """What a sheet takes from ``template``, as plain JSON; the usual layout without one."""
    if template is None:
        return dict(USUAL_LAYOUT)
    layout = {"template": template.code, "version": template.version}
    layout |= {name: getattr(template, name) for name in ("language", "header", "has_gold_rule", *WORDING)}
    layout |= {f"{name}_en": getattr(template, f"{name}_en") or USUAL_LAYOUT[f"{name}_en"] for name in WORDING}
    layout["seal"] = template.seal.sha256 if template.seal else ""
    layout["signature"] = template.signature.sha256 if template.signature else ""
    return layout


def freeze_face(
    *,
    qualification: Qualification,
    issuer: Issuer,
    issued_on: date,
    decision: str = "",
    template: CertificateTemplate | None = None,
) -> dict:
    """Every word the sheet and the public page will ever print about this certificate, as plain JSON."""
    person = qualification.staff_member
    enrolment = qualification.enrolment
    mark = qualification.mark
    units = _units_on(person, qualification.valid_from)
    return {
        "holder": person.full_name,
        "honorific": _HONORIFICS.get(person.gender, ""),
        "born": born(person),
        "unit": _in_a_row(units, "name"),
        "unit_en": _in_a_row(units, "name_en") if any(unit.name_en for unit in units) else "",
        "course_code": qualification.code,
        "course": qualification.title,
        "course_en": _english_title(qualification),
        "track": qualification.track.name,
        "track_en": qualification.track.name_en,
        "hours": qualification.hours,
        "from": local_day(enrolment.enrolled_at).isoformat() if enrolment else None,
        "to": qualification.valid_from.isoformat(),
        "valid_until": qualification.valid_until.isoformat() if qualification.valid_until else None,
        "mark": str(mark) if mark is not None else None,
        "class": class_of(mark),
        "is_supervised": qualification.is_supervised,
        "issued_on": issued_on.isoformat(),
        **words_of_body(issuer, template, decision=decision),
        "layout": layout_of(template),
    }


# What a later sheet may say otherwise than an earlier one, by what people call it.
_TOLD = {
    "holder": gettext_lazy("full name"),
    "honorific": gettext_lazy("form of address"),
    "born": gettext_lazy("date of birth"),
    "course": gettext_lazy("course"),
    "hours": gettext_lazy("class hours"),
    "valid_until": gettext_lazy("valid until"),
    "issuer": gettext_lazy("issuing body"),
    "signer_post": gettext_lazy("post of the signer"),
    "signer_name": gettext_lazy("signer"),
}


def otherwise_today(face: dict, *, qualification: Qualification, body: dict) -> list[tuple[str, str, str]]:
    """(what, as printed, as it would be printed today) of what differs, empty words for what is not said.

    ``body`` is ``words_of_body`` of today, empty where nobody issues. The unit is that of the day of completion and not
    looked at.
    """
    today = {
        **_holder_today(qualification.staff_member),
        "course": qualification.title,
        "hours": qualification.hours,
        "valid_until": qualification.valid_until,
        **body,
    }
    return _differences(face, today)


def holder_otherwise(face: dict, person: StaffMember) -> list[tuple[str, str, str]]:
    """The same of the holder alone: what the staff list says of ``person`` today, and the face does not."""
    return _differences(face, _holder_today(person))


def _holder_today(person) -> dict:
    return {
        "holder": person.full_name,
        "honorific": _HONORIFICS.get(person.gender, ""),
        "born": born(person),
    }


def _differences(face, today) -> list[tuple[str, str, str]]:
    found = [
        (str(label), _shown(face.get(name)), _shown(today[name])) for name, label in _TOLD.items() if name in today
    ]
    return [(label, before, after) for label, before, after in found if before != after]


def _shown(value) -> str:
    """A value of a face, or of the rows it is frozen from, as people read it."""
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        value = date.fromisoformat(value)
    return f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value or "")


def words_of_body(issuer: Issuer, template: CertificateTemplate | None, *, decision: str = "") -> dict:
    """Whom a face names as issuing and signing: the body, and the signer of the template where it has its own."""
    signer = template if template is not None and template.signer_name else issuer
    return {
        "superior": issuer.superior,
        "superior_en": issuer.superior_en,
        "issuer": issuer.name,
        "issuer_en": issuer.name_en,
        "place": issuer.place,
        "signer_authority": signer.signer_authority,
        "signer_post": signer.signer_post,
        "signer_post_en": signer.signer_post_en,
        "signer_name": signer.signer_name,
        "decision": decision or issuer.decision,
        "is_demonstration": issuer.is_demonstration,
    }


def _english_title(qualification: Qualification) -> str:
    """The course's English title, as long as it names what the qualification froze."""
    course = qualification.course
    return course.title_en if course is not None and course.title == qualification.title else ""


def birth_of(face: dict) -> str:
    """The date of birth as exactly as it is known: 05/01/1985, 01/1985 or 1985."""
    return face["born"].rsplit(" ", 1)[-1]


def sheet_of(
    certificate: Certificate, *, signed_by: str, signed_at: datetime, is_demonstration: bool
) -> CertificateSheet:
    """The sheet of ``certificate``: from its frozen face and nothing else."""
    return sheet_from(
        certificate.face,
        number=certificate.serial,
        register_number=f"{certificate.number:04d}",
        code=certificate.code,
        signature=(f"Ký số bởi: {signed_by}", f"Thời gian ký: {_here(signed_at).isoformat(timespec='seconds')}"),
        signature_en=(
            f"Digitally signed by: {signed_by}",
            f"Signed at: {_here(signed_at).isoformat(timespec='seconds')}",
        ),
        drawn_at=_here(signed_at),
        banner=BANNER if is_demonstration or certificate.face["is_demonstration"] else "",
    )


def sheet_from(
    face: dict,
    *,
    number: str,
    register_number: str,
    code: str,
    signature: tuple[str, ...],
    signature_en: tuple[str, ...],
    drawn_at: datetime,
    banner: str,
) -> CertificateSheet:
    """The sheet that says what ``face`` says. Faces of before there were templates have the usual layout."""
    layout = face.get("layout") or USUAL_LAYOUT
    language = layout["language"]
    speaks = _English if language == SheetLanguage.ENGLISH else _Vietnamese
    is_party = layout["header"] == HeaderKind.PARTY
    day = date.fromisoformat(face["issued_on"])
    return CertificateSheet(
        superior=speaks.name(face, "superior").upper(),
        issuer=speaks.name(face, "issuer").upper(),
        head=speaks.PARTY if is_party else speaks.STATE,
        motto="" if is_party else speaks.MOTTO,
        body=_body_of(layout, face, number, speaks),
        below=_body_of(layout, face, number, _English, is_below=True) if language == SheetLanguage.BOTH else None,
        honorific=speaks.HONORIFICS.get(face["honorific"], ""),
        holder_name=face["holder"],
        course=speaks.name(face, "course"),
        course_below=face.get("course_en", "") if language == SheetLanguage.BOTH else "",
        number=number,
        register_number=register_number,
        decision=face["decision"],
        code=code,
        check_address=check_address(code),
        place_and_date=speaks.place_and_date(face["place"], day),
        signer_authority=face.get("signer_authority", "").upper(),
        signer_post=speaks.name(face, "signer_post").upper(),
        signer_name=face["signer_name"],
        signature=signature_en if speaks is _English else signature,
        foot=speaks.FOOT,
        language=ENGLISH if speaks is _English else VIETNAMESE,
        seal=images.content_of(layout["seal"]),
        signature_image=images.content_of(layout["signature"]),
        has_gold_rule=layout["has_gold_rule"],
        drawn_at=drawn_at,
        banner=banner,
    )


def check_address(code: str) -> str:
    """The address of the check page, as the QR code says it."""
    return f"{settings.SITE_URL.rstrip('/')}/kt/{code}"


def _body_of(layout: dict, face: dict, number: str, speaks, *, is_below: bool = False) -> BodyWords:
    values = _values(face, number, speaks)
    wording = {name: layout[f"{name}{speaks.SUFFIX}"] for name in WORDING}
    return BodyWords(
        title=fill(wording["title"], values),
        subtitle=fill(wording["subtitle"], values),
        certifies=fill(wording["certifies"], values),
        about=(speaks.born(face), _unit_of(face, speaks, is_below=is_below)),
        completed=fill(wording["completed"], values),
        details=_details(wording["details"], values),
    )


def _unit_of(face, speaks, *, is_below) -> str:
    """The line of the unit. Below Vietnamese lines a unit without an English name would only be said twice."""
    if not face["unit"] or (is_below and not face.get("unit_en")):
        return ""
    return speaks.UNIT % speaks.name(face, "unit")


def _details(wording: str, values: dict) -> tuple[str, ...]:
    filled = (fill(line, values) for line in wording.split("\n"))
    return tuple(words for words in filled if words)


def _values(face: dict, number: str, speaks) -> dict[str, str]:
    """What every name in ``wording.PLACEHOLDERS`` stands for; empty where it is not known."""
    hours = f"{face['hours']:02d}" if face["hours"] else ""
    period = speaks.period(face["from"], face["to"])
    facts = [speaks.DURATION % hours] if hours else []
    return {
        "holder": face["holder"],
        "honorific": speaks.HONORIFICS.get(face["honorific"], ""),
        "birth": birth_of(face),
        "unit": speaks.name(face, "unit"),
        "course": speaks.name(face, "course"),
        "course_code": face["course_code"],
        "track": speaks.track(face),
        "hours": hours,
        "facts": ", ".join([*facts, period]),
        "period": period,
        "result": speaks.result(face["mark"], face["class"], face.get("is_supervised")),
        "mark": speaks.mark(face["mark"]),
        "class": speaks.CLASSES.get(face["class"], face["class"]),
        "validity": speaks.validity(face.get("valid_until")),
        "decision": face["decision"],
        "issuer": speaks.name(face, "issuer"),
        "superior": speaks.name(face, "superior"),
        "signer_post": speaks.name(face, "signer_post"),
        "signer_name": face["signer_name"],
        "number": number,
    }


class _Vietnamese:
    SUFFIX = ""
    STATE, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
    PARTY = "ĐẢNG CỘNG SẢN VIỆT NAM"
    HONORIFICS = {"Ông": "Ông", "Bà": "Bà", "Ông/Bà": "Ông/Bà"}
    CLASSES: dict = {}
    UNIT = "Đơn vị: %s"
    DURATION = "thời lượng %s tiết"
    FOOT = FootWords()

    @staticmethod
    def name(face: dict, what: str) -> str:
        return face[what]

    @staticmethod
    def born(face: dict) -> str:
        return face["born"]

    @staticmethod
    def track(face: dict) -> str:
        return face["track"]

    @staticmethod
    def mark(mark: str | None) -> str:
        return (mark or "").replace(".", ",")

    @staticmethod
    def period(first: str | None, last: str) -> str:
        end = f"{date.fromisoformat(last):%d/%m/%Y}"
        if first is None:
            return f"hoàn thành ngày {end}"
        if first == last:
            return f"ngày {end}"
        return f"từ ngày {date.fromisoformat(first):%d/%m/%Y} đến ngày {end}"

    @staticmethod
    def result(mark: str | None, words: str, is_supervised: bool | None) -> str:
        if mark is None:
            return "Kết quả: Hoàn thành"
        shown = f"Kết quả: Đạt {mark.replace('.', ',')}/10"
        shown = f"{shown}, loại {words}" if words else shown
        if is_supervised is None:
            return shown
        return f"{shown} ({'kiểm tra có giám sát' if is_supervised else 'kiểm tra không giám sát'})"

    @staticmethod
    def validity(last: str | None) -> str:
        return f"Có giá trị đến hết ngày {date.fromisoformat(last):%d/%m/%Y}" if last else ""

    @staticmethod
    def place_and_date(place: str, day: date) -> str:
        # a month below 3 and a day below 10 carry a zero, so that nobody can write another digit before them
        month = f"{day.month:02d}" if day.month < 3 else str(day.month)
        return f"{place}, ngày {day.day:02d} tháng {month} năm {day.year}"


class _English:
    SUFFIX = "_en"
    STATE, MOTTO = "SOCIALIST REPUBLIC OF VIET NAM", "Independence - Freedom - Happiness"
    PARTY = "COMMUNIST PARTY OF VIET NAM"
    HONORIFICS = {"Ông": "Mr", "Bà": "Ms", "Ông/Bà": ""}
    CLASSES = {"Xuất sắc": "Excellent", "Giỏi": "Very good", "Khá": "Good", "Trung bình": "Average"}
    UNIT = "Unit: %s"
    DURATION = "%s class hours"
    FOOT = FootWords(
        number="No.: ",
        register_number="Register No.: ",
        decision="Pursuant to: ",
        code="Verification code: ",
        address="Check at: ",
        qr="QR code leading to the check page",
        seal="Image of the seal",
        signature="Image of the signature",
    )
    _MONTHS = (
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    )  # fmt: skip

    @classmethod
    def _day(cls, text: str) -> str:
        day = date.fromisoformat(text)
        return f"{day.day} {cls._MONTHS[day.month - 1]} {day.year}"

    @staticmethod
    def name(face: dict, what: str) -> str:
        """The English name where one is known; faces of before there were any have none."""
        return face.get(f"{what}_en") or face[what]

    @classmethod
    def born(cls, face: dict) -> str:
        birth = birth_of(face)
        if not birth:
            return ""
        *day, month, year = ["", *birth.split("/")] if "/" in birth else ["", "", birth]
        words = [str(int(day[-1]))] if day and day[-1] else []
        words += [cls._MONTHS[int(month) - 1]] if month else []
        return " ".join(["Born on" if len(words) == 2 else "Born in", *words, year])

    @staticmethod
    def track(face: dict) -> str:
        return face.get("track_en") or face["track"]

    @staticmethod
    def mark(mark: str | None) -> str:
        return mark or ""

    @classmethod
    def period(cls, first: str | None, last: str) -> str:
        if first is None:
            return f"completed on {cls._day(last)}"
        if first == last:
            return f"on {cls._day(last)}"
        return f"from {cls._day(first)} to {cls._day(last)}"

    @classmethod
    def result(cls, mark: str | None, words: str, is_supervised: bool | None) -> str:
        if mark is None:
            return "Result: Completed"
        shown = f"Result: Passed, {mark}/10"
        shown = f"{shown}, {cls.CLASSES.get(words, words)}" if words else shown
        if is_supervised is None:
            return shown
        return f"{shown} ({'supervised test' if is_supervised else 'test without supervision'})"

    @classmethod
    def validity(cls, last: str | None) -> str:
        return f"Valid until {cls._day(last)}" if last else ""

    @classmethod
    def place_and_date(cls, place: str, day: date) -> str:
        return f"{place}, {cls._day(day.isoformat())}"


def _here(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo("Asia/Ho_Chi_Minh"))


def born(person: StaffMember) -> str:
    day = person.date_of_birth
    if day is None:
        return ""
    if person.date_of_birth_precision == DatePrecision.YEAR:
        return f"Năm sinh: {day:%Y}"
    if person.date_of_birth_precision == DatePrecision.MONTH:
        return f"Sinh tháng {day:%m/%Y}"
    return f"Sinh ngày {day:%d/%m/%Y}"


_PRIMARY_POSTING = KeptQuery(
    lambda day, person_id: (
        Posting.objects.on(day)
        .filter(staff_member=person_id, is_primary=True)
        .select_related("unit")
        .order_by("-valid_from")
    ),
    date,
    int,
)


def unit_on(person: StaffMember, day: date) -> str:
    """The unit of the primary posting on ``day`` with all that it belongs to, from the smallest up."""
    return _in_a_row(_units_on(person, day), "name")


def _units_on(person, day) -> list[Unit]:
    posting = _PRIMARY_POSTING.first(day, person.pk)
    if posting is None:
        return []
    return [posting.unit, *Unit.objects.filter(pk__in=posting.unit.ancestor_ids).order_by("-path")]


def _in_a_row(units: list[Unit], name: str) -> str:
    """Their names in that field; the Vietnamese one where a unit has no English one."""
    return ", ".join(_ERA.sub("", getattr(unit, name) or unit.name) for unit in units)
