"""A template as it would be printed, with the longest real name and with names that once broke other systems."""

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from certificates.errors import NoIssuer
from certificates.face import class_of, layout_of, sheet_from, words_of_body
from certificates.models import CertificateTemplate, Issuer
from certificates.services.issuers import issuer_on
from courses.models import Course
from documents.certificate_sheet import draw_certificate
from staff import clock
from staff.models import StaffMember, Unit

BANNER = "BẢN XEM TRƯỚC - KHÔNG CÓ GIÁ TRỊ"
LONGEST_IN_LIST = "dai-nhat"


_INVENTED = Issuer(
    superior="Cơ quan chủ quản",
    name="Cơ quan cấp giấy chứng nhận",
    place="Nơi cấp",
    superior_en="Superior body",
    name_en="Issuing body",
    signer_post_en="Post of the signer",
    signer_post="Chức vụ người ký",
    signer_name="Họ và tên người ký",
    decision="Quyết định số …",
)
_LONG = ("Nguyễn Phúc Hoàng Trường Giang Thị Ngọc Quỳnh Phương " * 3)[:120]


@dataclass(frozen=True, slots=True)
class SampleName:
    slug: str
    words: str
    name: str


def sample_names() -> list[SampleName]:
    """Whose names a template is looked at with."""
    longest = StaffMember.objects.order_by(Length("full_name").desc(), "pk").values_list("full_name", flat=True).first()
    return [
        SampleName(LONGEST_IN_LIST, _("longest name in the staff list"), longest or "Nguyễn Thị Hồng Phượng"),
        SampleName("ngan", _("short name"), "Lê Á"),
        SampleName("dau-nhay", _("name with an apostrophe"), "Touprong K' Brèm Ha-Bang"),
        SampleName("ky-hieu", _("name with signs"), "<b>Nguyễn & Văn</b> {holder} %s"),
        SampleName("cuc-dai", _("120 letters"), _LONG),
    ]


def sample_of(slug: str) -> SampleName:
    """The sample that ``slug`` names, else the longest name."""
    names = sample_names()
    return next((sample for sample in names if sample.slug == slug), names[0])


def preview(template: CertificateTemplate | None, sample: SampleName) -> bytes:
    """The sheet as a PDF, unsigned, with a band that says so."""
    moment = timezone.localtime(clock.now()).replace(microsecond=0)
    sheet = sheet_from(
        _face(template, sample),
        number=f"0123/{moment.year}",
        register_number="0123",
        code="0" * 16,
        signature=("Ký số bởi: (nơi đặt chữ ký số)", f"Thời gian ký: {moment.isoformat(timespec='seconds')}"),
        signature_en=(
            "Digitally signed by: (place of the signature)",
            f"Signed at: {moment.isoformat(timespec='seconds')}",
        ),
        drawn_at=moment,
        banner=BANNER,
    )
    return draw_certificate(sheet)


def _face(template, sample) -> dict:
    today = clock.today()
    issuer = _issuer(template, today)
    course = template.course if template and template.course else Course.objects.order_by("position", "code").first()
    unit = Unit.objects.order_by(Length("name").desc(), "pk").first()
    mark = "8.25"
    return {
        "holder": sample.name,
        "honorific": "Bà",
        "born": "Sinh ngày 05/01/1985",
        "unit": unit.name if unit else "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân",
        "unit_en": unit.name_en if unit else "Office of the People's Council and People's Committee",
        "course_code": course.code if course else "CB-01",
        "course": course.title if course else "Máy tính và mạng ở cơ quan",
        "course_en": course.title_en if course else "",
        "track": course.track.name if course else "Tin học cơ bản",
        "track_en": course.track.name_en if course else "",
        "hours": course.hours if course else 8,
        "from": (today - timedelta(days=19)).isoformat(),
        "to": today.isoformat(),
        "valid_until": (today + timedelta(days=1095)).isoformat(),
        "mark": mark,
        "class": class_of(float(mark)),
        "is_supervised": True,
        "issued_on": today.isoformat(),
        **words_of_body(issuer, template),
        "layout": layout_of(template),
    }


def _issuer(template, today) -> Issuer:
    """The body that the template is for; where none is recorded yet, the invented one, without keeping it."""
    try:
        # looking changes nothing: the invented body of a demonstration is not made by it
        if getattr(settings, "DEMO", False):
            return Issuer.objects.filter(is_demonstration=True).first() or _INVENTED
        return issuer_on(today, template.issuer_code if template else "")
    except NoIssuer:
        return _INVENTED
