"""Supervised or not: what a course asks, what the qualification keeps, and where it is read."""

from datetime import date

import pytest
from django.urls import reverse

from certificates.face import sheet_of
from certificates.services import issue_certificate
from courses.errors import SupervisedOnly
from courses.jobs import passed_but_open
from courses.models import Course, Qualification
from courses.obligations import is_accepted
from courses.services import start_test
from courses.tasks import settle_forgotten
from quizzes.services import record_decision
from staff import clock
from tests.courses.test_learning import finish_lessons, sit
from tests.courses.test_supervised import sat, session  # noqa: F401
from tests.quizzes.conftest import host_clock  # noqa: F401
from tests.quizzes.sessions import BOARD

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict(course):
    course.needs_supervision = True
    course.save()
    return course


def test_a_course_may_refuse_a_test_without_an_invigilator(client, strict, enrolment, lessons, test_page, learner):
    finish_lessons(enrolment, lessons)
    client.force_login(learner)

    with pytest.raises(SupervisedOnly):
        start_test(enrolment=enrolment, test=test_page)
    page = client.get(reverse("courses:course", args=["CB-01"])).text
    told = client.post(reverse("courses:start_test", args=["CB-01"]), follow=True).text

    assert "trong ca thi có giám sát" in page
    assert reverse("courses:start_test", args=["CB-01"]) not in page
    assert "trong ca thi có giám sát" in told
    assert enrolment.sittings.count() == 0


def test_a_pass_without_an_invigilator_does_not_count_once_one_is_needed(enrolment, lessons, test_page, course):
    finish_lessons(enrolment, lessons)
    attempt = start_test(enrolment=enrolment, test=test_page)
    Course.objects.filter(pk=course.pk).update(needs_supervision=True)

    again = start_test(enrolment=enrolment, test=test_page)
    sit(enrolment, test_page, right=True)

    assert again == attempt
    assert (Qualification.objects.count(), passed_but_open().count()) == (0, 0)


def test_who_passed_alone_can_take_the_course_again(client, course, enrolment, lessons, test_page, learner):
    finish_lessons(enrolment, lessons)
    sit(enrolment, test_page, right=True)
    settle_forgotten()
    client.force_login(learner)
    address = reverse("courses:course", args=["CB-01"])
    before = client.get(address).text
    Course.objects.filter(pk=course.pk).update(needs_supervision=True)

    page = client.get(address).text
    client.post(reverse("courses:enrol", args=["CB-01"]))

    assert reverse("courses:enrol", args=["CB-01"]) not in before
    assert "Anh/chị đã đạt khi thi không có giám thị" in page
    assert list(enrolment.staff_member.enrolments.values_list("cycle", flat=True).order_by("cycle")) == [1, 2]


def test_it_is_said_before_the_first_lesson(client, strict, enrolment, learner):
    client.force_login(learner)

    page = client.get(reverse("courses:course", args=["CB-01"])).text

    assert "<dt>Làm ở đâu</dt><dd>chỉ trong ca thi có giám sát</dd>" in page


@pytest.mark.usefixtures("strict")
def test_a_supervised_pass_is_kept_as_such(sat, session, enrolment, admin):  # noqa: F811
    record_decision(
        session=session,
        number="12/QĐ-HĐ",
        decided_on=clock.today(),
        by=admin,
        early_because="Hội đồng họp sớm",
        members=BOARD,
    )
    settle_forgotten()

    qualification = Qualification.objects.get()
    assert (qualification.enrolment, qualification.is_supervised) == (enrolment, True)
    assert qualification.how_held == "thi đạt, có giám sát"


def test_a_pass_alone_is_kept_as_such_and_said_on_paper_and_on_the_check_page(
    client, enrolment, lessons, test_page, learner
):
    finish_lessons(enrolment, lessons)
    sit(enrolment, test_page, right=True)
    settle_forgotten()
    qualification = Qualification.objects.get()
    certificate = issue_certificate(qualification_id=qualification.pk)

    sheet = sheet_of(certificate, signed_by="A", signed_at=clock.now(), is_demonstration=True)
    check = client.get(f"/kt/{certificate.code}", follow=True).text
    client.force_login(learner)

    assert qualification.is_supervised is False
    assert sheet.body.details[1].endswith("(kiểm tra không giám sát)")
    assert "tự làm, không có giám thị" in check
    assert "thi đạt, không giám sát" in client.get(reverse("my_learning")).text


@pytest.mark.parametrize(
    ("origin", "is_supervised", "counts", "accepted"),
    [
        ("passed", True, "supervised", True),
        ("passed", False, "supervised", False),
        ("passed", None, "supervised", False),
        ("passed", False, "passed", True),
        ("completed", None, "supervised", False),
        ("recognised", None, "supervised", True),
        ("declared", None, "supervised", False),
        ("declared", None, "passed", True),
    ],
)
def test_a_requirement_may_count_supervised_passes_only(origin, is_supervised, counts, accepted):
    held = Qualification(origin=origin, is_supervised=is_supervised, valid_from=date(2026, 1, 1))

    assert is_accepted(held, counts) is accepted
