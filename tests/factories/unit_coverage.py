"""What the coverage tests stand on: tracks, courses, rules and facts about learning."""

from datetime import date

import factory

from courses.enums import Origin, TrackCode
from courses.models import Course, Exemption, Qualification, Requirement, Track, TrackRule
from tests.factories.staff import LONG_AGO, AudienceFactory, StaffMemberFactory


class TrackFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Track
        django_get_or_create = ["code"]

    code = TrackCode.BASIC
    name = factory.LazyAttribute(lambda track: f"Lĩnh vực {track.code}")
    position = factory.LazyAttribute(lambda track: TrackCode.values.index(track.code))


class CourseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Course

    code = factory.Sequence(lambda n: f"KH-{n:02d}")
    track = factory.SubFactory(TrackFactory)
    title = "Một khóa học"
    hours = 8


class TrackRuleFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TrackRule
        skip_postgeneration_save = True

    track = factory.SubFactory(TrackFactory)
    version = 1
    valid_from = LONG_AGO

    @factory.post_generation
    def courses(self, create, courses, **kwargs):
        self.courses.set(courses or [])


class RequirementFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Requirement

    code = factory.Sequence(lambda n: f"YC-{n}")
    version = 1
    audience = factory.SubFactory(AudienceFactory)
    track = factory.SubFactory(TrackFactory)
    legal_basis = "Kế hoạch số 01/KH"
    valid_from = LONG_AGO


class ExemptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Exemption

    staff_member = factory.SubFactory(StaffMemberFactory)
    track = factory.SubFactory(TrackFactory)
    kind = "exempt"
    reason = "nghỉ thai sản"
    decision_number = "12/QĐ"
    valid_from = LONG_AGO


class QualificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Qualification

    staff_member = factory.SubFactory(StaffMemberFactory)
    track = factory.SubFactory(TrackFactory)
    course = None
    origin = Origin.PASSED
    code = factory.LazyAttribute(lambda q: q.course.code if q.course else q.track.code)
    title = factory.LazyAttribute(lambda q: q.course.title if q.course else q.track.name)
    valid_from = date(2024, 6, 1)
