"""Factories of the certificate room."""

from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from courses.enums import Origin, TrackCode
from courses.models import Course, Enrolment, Qualification, Track


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
