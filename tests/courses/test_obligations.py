"""My learning asks what the rules ask, until it is held, and again before it runs out."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from courses.enums import Validity
from courses.models import Course, Enrolment, Requirement, TrackRule
from courses.queries import learning_of
from courses.services import (
    add_requirement,
    add_track_rule,
    end_exemption,
    enrol,
    exempt,
    grant_qualification,
    last_valid_day,
)
from staff import clock
from staff.services import BackDated, VersionTooEarly
from tests.factories.staff import AudienceFactory, AudienceRuleFactory

LONG_AGO = date(2024, 1, 1)


@pytest.fixture
def everybody(db):
    return AudienceRuleFactory(audience=AudienceFactory(name="Mọi người")).audience


@pytest.fixture
def require(everybody):
    def make(track, course=None, **fields):
        names = {"code": "YC", "legal_basis": "Kế hoạch 1", "valid_from": LONG_AGO}
        return add_requirement(
            audience=everybody, track=track, course=course, back_dated_because="thử", **{**names, **fields}
        )

    return make


def hold(learner, course, **fields):
    enrolment = Enrolment.objects.create(staff_member=learner.staff_member, course=course, passed_at=clock.now())
    names = {"origin": "passed", "valid_from": LONG_AGO, "enrolment": enrolment}
    return grant_qualification(
        staff_member=learner.staff_member, track=course.track, course=course, **{**names, **fields}
    )


def to_do(learner):
    return learning_of(learner.staff_member, clock.today()).to_do


def test_a_track_is_held_by_any_two_of_its_courses(learner, catalogue, require):
    first, second, third = Course.objects.filter(track__code="application").order_by("position")[:3]
    track = first.track
    add_track_rule(track=track, courses=[first, second, third], needed=2, valid_from=LONG_AGO, back_dated_because="thử")
    require(track)

    before = to_do(learner)
    hold(learner, first)
    half = to_do(learner)
    hold(learner, third)

    assert [(item.course, item.needed, [part.course for part in item.parts]) for item in before] == [
        (None, 2, [first, second, third])
    ]
    assert [(item.held_parts, [part.is_held for part in item.parts]) for item in half] == [(1, [True, False, False])]
    assert to_do(learner) == ()


def test_a_track_with_too_few_open_courses_says_so(learner, catalogue, require, client):
    courses = list(Course.objects.filter(track__code="basic").order_by("-is_ready", "position")[:3])
    assert [course.is_ready for course in courses] == [True, False, False]
    add_track_rule(track=courses[0].track, courses=courses, needed=2, valid_from=LONG_AGO, back_dated_because="thử")
    require(courses[0].track)
    client.force_login(learner)

    [item] = to_do(learner)
    too_few = client.get("/viec-hoc/").text
    hold(learner, courses[1])
    [half] = to_do(learner)

    assert (item.waits_for_courses, half.waits_for_courses) == (True, False)
    assert ("Chưa mở đủ" in too_few, "Chưa mở đủ" in client.get("/viec-hoc/").text) == (True, False)


def test_a_qualification_for_the_whole_track_meets_it_too(learner, catalogue, require):
    course = Course.objects.filter(track__code="application").first()
    require(course.track)
    assert len(to_do(learner)) == 1

    grant_qualification(staff_member=learner.staff_member, track=course.track, origin="recognised", valid_from=LONG_AGO)

    assert to_do(learner) == ()


def test_an_expired_course_is_asked_for_again_by_the_day_it_ran_out(learner, course, require):
    require(course.track, course, due_on=date(2024, 12, 31))
    ended = clock.today() - timedelta(days=5)
    hold(learner, course, valid_until=ended)

    [item] = to_do(learner)

    assert (item.course, item.due_on, item.expired_on, item.may_begin_again) == (course, ended, ended, True)


@pytest.mark.parametrize(("days", "asked"), [(61, False), (60, True), (0, True)])
def test_a_course_is_asked_for_again_when_its_window_opens(learner, course, require, days, asked):
    require(course.track, course, due_on=date(2024, 12, 31))
    ends = clock.today() + timedelta(days=days)
    hold(learner, course, valid_until=ends)

    items = to_do(learner)

    assert [(item.expires_on, item.due_on, item.may_begin_again) for item in items] == [(ends, ends, True)] * asked


def test_the_window_is_a_setting_of_the_course(learner, course, require):
    require(course.track, course)
    hold(learner, course, valid_until=clock.today() + timedelta(days=80))
    assert to_do(learner) == ()

    Course.objects.filter(pk=course.pk).update(renewal_window_days=90)

    assert [item.may_begin_again for item in to_do(learner)] == [True]


def test_the_button_opens_a_new_cycle_and_the_old_qualification_stays(client, learner, course, require):
    require(course.track, course)
    held = hold(learner, course, valid_until=clock.today() + timedelta(days=10))
    client.force_login(learner)
    assert "/ghi-danh/" in client.get(reverse("my_learning")).text

    client.post(reverse("courses:enrol", args=[course.code]))
    client.post(reverse("courses:enrol", args=[course.code]))

    assert list(Enrolment.objects.order_by("cycle").values_list("cycle", flat=True)) == [1, 2]
    held.refresh_from_db()
    assert held.revoked_from is None
    [item] = to_do(learner)
    assert (item.may_begin_again, item.expires_on) == (False, held.valid_until)


def test_a_renewed_course_is_not_asked_for(learner, course, require):
    require(course.track, course)
    ends = clock.today() + timedelta(days=10)
    hold(learner, course, valid_until=ends)
    second = enrol(staff_member=learner.staff_member, course=course)
    grant_qualification(
        staff_member=learner.staff_member,
        track=course.track,
        course=course,
        origin="passed",
        valid_from=clock.today(),
        valid_until=clock.today() + timedelta(days=365),
        enrolment=second,
        cycle=2,
    )

    assert to_do(learner) == ()


def test_a_due_date_counted_in_days_begins_anew_after_an_exemption(learner, course, require):
    require(course.track, course, due_days=30)
    exemption = exempt(
        staff_member=learner.staff_member,
        track=course.track,
        kind="deferred",
        reason="nghỉ",
        decision_number="1/QĐ",
        valid_from=LONG_AGO,
        back_dated_because="thử",
    )
    assert to_do(learner) == ()

    end_exemption(exemption=exemption, last_day=clock.today() - timedelta(days=1))

    assert [item.due_on for item in to_do(learner)] == [clock.today() + timedelta(days=30)]


def test_versions_follow_one_another_and_the_future_one_may_be_replaced(course, require):
    today = clock.today()
    require(course.track, course)
    later = today + timedelta(days=100)
    require(course.track, course, valid_from=later)
    require(course.track, course, valid_from=today + timedelta(days=50))

    rows = list(Requirement.objects.order_by("version").values_list("version", "valid_from", "valid_until"))

    assert rows == [
        (1, LONG_AGO, later - timedelta(days=1)),
        (2, later, later),
        (3, today + timedelta(days=50), None),
    ]


def test_history_changes_only_with_a_reason(course, everybody):
    facts = {"code": "YC", "audience": everybody, "track": course.track, "legal_basis": "Kế hoạch 1"}

    with pytest.raises(BackDated):
        add_requirement(**facts, valid_from=LONG_AGO)
    add_requirement(**facts, valid_from=clock.today())
    with pytest.raises(VersionTooEarly):
        add_requirement(**facts, valid_from=clock.today())
    assert TrackRule.objects.count() == 0
    with pytest.raises(BackDated):
        add_track_rule(track=course.track, courses=[course], valid_from=LONG_AGO)


@pytest.mark.parametrize(
    ("months", "begin", "end"),
    [
        (1, date(2026, 1, 31), date(2026, 2, 28)),
        (1, date(2026, 1, 30), date(2026, 2, 28)),
        (1, date(2024, 1, 31), date(2024, 2, 29)),
        (12, date(2024, 2, 29), date(2025, 2, 28)),
        (12, date(2026, 1, 1), date(2026, 12, 31)),
        (48, date(2024, 2, 29), date(2028, 2, 28)),
    ],
)
def test_months_of_validity_end_on_the_day_before_the_same_day(months, begin, end):
    assert last_valid_day(Course(validity=Validity.MONTHS, validity_months=months), begin) == end
