"""What ends, who is told, and how the next cycle follows."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from certificates import services
from certificates.expiry import expiring, line_of
from certificates.queries import public_record
from courses.enums import Origin, TrackCode
from courses.models import Course, Enrolment, Qualification, Track
from courses.services import enrol, remind
from staff.models import Notice
from tests.factories.certificates import passed_qualification

pytestmark = pytest.mark.django_db
END = date(2027, 3, 31)


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


def on(day):
    return time_machine.travel(datetime(day.year, day.month, day.day, 3, tzinfo=UTC), tick=False)


@pytest.fixture
def held(learner):
    """Valid until the end of March; the window opens sixty days before."""
    qualification = passed_qualification(learner.staff_member)
    Course.objects.filter(pk=qualification.course_id).update(is_ready=True)
    Qualification.objects.filter(pk=qualification.pk).update(valid_until=END)
    Enrolment.objects.update(passed_at=datetime(2026, 11, 22, tzinfo=UTC))
    qualification.refresh_from_db()
    return qualification


def listed(user, day, days=90):
    return [line_of(row, day) for row in expiring(user, on=day, days=days)]


def told():
    return list(Notice.objects.filter(kind="qualification.renewal").values_list("path", flat=True))


def test_the_learner_is_told_once_on_the_first_day_of_the_window(held):
    opens = END - timedelta(days=60)
    for day, expected in (
        (opens - timedelta(days=1), []),
        (opens, ["/hoc/CB-01/"]),
        (opens + timedelta(days=1), ["/hoc/CB-01/"]),
    ):
        with on(day):
            remind()
        assert told() == expected


@pytest.fixture
def recognised(learner):
    """A track, recognised by a decision until the end of March; no course renews it."""
    track, _new = Track.objects.get_or_create(code=TrackCode.BASIC, defaults={"name": "Tin học cơ bản"})
    facts = {"origin": Origin.RECOGNISED, "code": "", "title": "Tin học cơ bản", "valid_from": date(2026, 1, 5)}
    return Qualification.objects.create(
        staff_member=learner.staff_member, track=track, cycle=1, valid_until=END, **facts
    )


def test_the_holder_of_a_recognised_paper_is_told_once_sixty_days_before_it_ends(recognised):
    for days, expected in ((61, []), (60, ["/viec-hoc/"]), (59, ["/viec-hoc/"])):
        with on(END - timedelta(days=days)):
            remind()
        assert told() == expected
    [notice] = Notice.objects.filter(kind="qualification.renewal")
    assert notice.title == "Nội dung được công nhận sắp hết hạn: Tin học cơ bản"


def test_a_recognition_that_another_one_outlasts_or_that_was_taken_back_is_not_told(recognised):
    longer = Qualification.objects.get(pk=recognised.pk)
    longer.pk, longer.cycle, longer.valid_until = None, 2, END + timedelta(days=365)
    longer.save()
    with on(END - timedelta(days=10)):
        remind()
    assert told() == []

    longer.delete()
    Qualification.objects.update(revoked_from=date(2026, 6, 1))
    with on(END - timedelta(days=9)):
        remind()
    assert told() == []


def test_nobody_is_told_of_what_is_renewed_already(held, learner):
    later = passed_qualification(learner.staff_member, cycle=2)
    Qualification.objects.filter(pk=later.pk).update(valid_until=END + timedelta(days=365))

    with on(END - timedelta(days=10)):
        remind()

    assert told() == []


def test_hr_sees_what_ends_within_ninety_days_until_it_is_renewed(held, learner, hr, other_hr):
    first = END - timedelta(days=90)

    assert [[line.title for line in listed(hr, day)] for day in (first - timedelta(days=1), first, END)] == [
        [],
        [held.title],
        [held.title],
    ]
    assert listed(hr, END + timedelta(days=1)) == []
    assert listed(other_hr, END) == []

    later = passed_qualification(learner.staff_member, cycle=2)
    Qualification.objects.filter(pk=later.pk).update(valid_until=END + timedelta(days=365))
    assert listed(hr, END) == []


def test_the_list_says_whether_the_next_cycle_has_begun(held, learner, hr):
    day = END - timedelta(days=30)
    before = listed(hr, day)[0]
    with on(day):
        enrol(staff_member=learner.staff_member, course=held.course)

    after = listed(hr, day)[0]

    assert [(line.is_open, line.has_begun, line.days_left) for line in (before, after)] == [
        (True, False, 30),
        (True, True, 30),
    ]


def test_before_the_window_no_next_cycle_begins(held, learner):
    with on(END - timedelta(days=61)):
        early = enrol(staff_member=learner.staff_member, course=held.course)
    with on(END - timedelta(days=60)):
        renewed = enrol(staff_member=learner.staff_member, course=held.course)

    assert (early.cycle, renewed.cycle) == (1, 2)


def test_the_next_cycle_gets_a_certificate_of_its_own_and_the_old_one_holds_until_its_end(held, learner):
    with on(date(2026, 11, 26)):
        old = services.issue_certificate(qualification_id=held.pk)
    later = passed_qualification(learner.staff_member, cycle=2)
    with on(END - timedelta(days=20)):
        new = services.issue_certificate(qualification_id=later.pk)

    assert new.pk != old.pk
    assert [public_record(old.code, on=day).status for day in (END, END + timedelta(days=1))] == ["valid", "expired"]
    assert public_record(new.code, on=END + timedelta(days=1)).status == "valid"


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_one_line_as_for_three(client, hr, learner, django_assert_num_queries, count):
    for number in range(count):
        row = passed_qualification(learner.staff_member, code=f"CB-0{number + 1}")
        Qualification.objects.filter(pk=row.pk).update(valid_until=END)
    with on(END - timedelta(days=10)):
        client.force_login(hr)
        client.get("/")
        # session, account, scopes (may I, units, whose), units to choose, courses, count, lines, certificates,
        # postings with units, head of the page
        with django_assert_num_queries(13):
            response = client.get(reverse("certificates:expiring"))

    assert response.text.count("Trần Thị Lan") == count
