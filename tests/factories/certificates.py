"""Factories of the certificate room."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from certificates import services
from certificates.models import Issuer
from courses.enums import Origin, TrackCode
from courses.models import Course, Enrolment, Qualification, Track
from staff import clock


def passed_qualification(staff_member, *, code="CB-01", title="Máy tính & mạng ở cơ quan", mark="8.25", cycle=1):
    """A qualification earned by passing the test of a course, without any certificate yet."""
    track, _new = Track.objects.get_or_create(code=TrackCode.BASIC, defaults={"name": "Tin học cơ bản"})
    course, _new = Course.objects.get_or_create(code=code, defaults={"track": track, "title": title, "hours": 8})
    enrolment = Enrolment.objects.create(
        staff_member=staff_member,
        course=course,
        cycle=cycle,
        enrolled_at=datetime(2026, 11, 3, 8, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh")),
    )
    return Qualification.objects.create(
        staff_member=staff_member,
        track=track,
        course=course,
        cycle=cycle,
        origin=Origin.PASSED,
        enrolment=enrolment,
        code=course.code,
        title=course.title,
        hours=course.hours,
        mark=Decimal(mark),
        valid_from=date(2026, 11, 22),
    )


def template_words(**words):
    """What a form says of a template."""
    return {
        "name": "Mẫu chung",
        "title": "GIẤY CHỨNG NHẬN",
        "subtitle": "HOÀN THÀNH KHÓA BỒI DƯỠNG",
        "certifies": "{signer_post}, {issuer} chứng nhận:",
        "completed": "Đã hoàn thành khóa bồi dưỡng",
        "details": "{facts}\n{result}\n{validity}",
        **words,
    }


def published_template(by, *, code="mau", **words):
    """A template in force from today on."""
    draft = services.new_template(code=code, by=by, **template_words(**words))
    return services.publish(template=draft, edits=0, valid_from=clock.today(), by=by)


def issuing_body(code="TINH", **words):
    """A real-looking body that issues since 2020."""
    facts = {
        "superior": "UBND tỉnh Thử Nghiệm",
        "name": "Trung tâm bồi dưỡng công chức",
        "place": "Thử Nghiệm",
        "signer_post": "Giám đốc",
        "signer_name": "Nguyễn Thị Hồng Ánh",
        "decision": "Quyết định số 12/QĐ-UBND ngày 05/01/2026",
        **words,
    }
    return Issuer.objects.create(code=code, valid_from=date(2020, 1, 1), **facts)
