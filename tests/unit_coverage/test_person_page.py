"""What HR reads about a person's learning: what is held, with its certificate, and what is being learnt."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from certificates.services import issue_certificate
from courses.models import Course, LessonPage, Qualification, Requirement, Track
from courses.services import complete_lesson, enrol
from staff.models import Audience, AudienceRule
from tests.factories.certificates import passed_qualification

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    return issue_certificate(qualification_id=passed_qualification(learner.staff_member, code="CB-02").pk)


def page(client, user, learner):
    client.force_login(user)
    return client.get(reverse("obligations:person", args=[learner.staff_member.pk]))


def test_hr_sees_what_is_held_and_opens_its_certificate(client, hr, learner, certificate):
    text = page(client, hr, learner).text

    assert "CB-02" in text
    assert "8,25" in text
    assert f'href="{reverse("certificates:download", args=[certificate.pk])}"' in text


def test_a_head_sees_what_is_held_without_its_certificate(client, head, learner, certificate):
    text = page(client, head, learner).text

    assert "CB-02" in text
    assert reverse("certificates:download", args=[certificate.pk]) not in text


def test_what_ended_or_was_revoked_is_said(client, hr, learner, certificate):
    Qualification.objects.update(valid_until=date(2026, 11, 24), valid_from=date(2026, 1, 1))
    assert "hết hạn" in page(client, hr, learner).text

    Qualification.objects.update(valid_until=None, revoked_from=date(2026, 11, 1))

    assert "thu hồi từ ngày 01/11/2026" in page(client, hr, learner).text


@pytest.mark.parametrize(
    ("origin", "words"), [("passed", "thi đạt"), ("recognised", "công nhận"), ("declared", "theo kê khai")]
)
def test_how_a_requirement_was_fulfilled_is_said_in_the_list_and_on_its_page(
    client, hr, learner, loaded, origin, words
):
    track = Track.objects.get(code="basic")
    audience = Audience.objects.create(code="TAT-CA", name="Tất cả")
    AudienceRule.objects.create(audience=audience, version=1, valid_from=date(2020, 1, 1))
    Requirement.objects.create(
        code="YC", version=1, audience=audience, track=track, legal_basis="KH 1", valid_from=date(2020, 1, 1)
    )
    Qualification.objects.create(
        staff_member=learner.staff_member,
        track=track,
        origin=origin,
        code=track.code,
        title=track.name,
        valid_from=date(2026, 1, 1),
    )

    listed = BeautifulSoup(page(client, hr, learner).text, "html.parser").select_one("main .list-lines .status")
    alone = client.get(reverse("obligations:requirement", args=[learner.staff_member.pk, "YC"])).text

    assert listed.get_text(strip=True) == f"đã có: {words}"
    assert (
        BeautifulSoup(alone, "html.parser").select_one("main .page-head .status").get_text(strip=True)
        == f"đã có: {words}"
    )


def test_a_course_that_was_begun_is_shown_with_how_far_it_has_come(client, hr, learner, loaded):
    course = Course.objects.get(code="CB-01")
    enrolment = enrol(staff_member=learner.staff_member, course=course)
    lesson = LessonPage.objects.live().child_of(course.page).first()
    complete_lesson(enrolment=enrolment, lesson=lesson, revision_id=None)

    text = page(client, hr, learner).text

    assert "Đang học" in text
    assert "1 trong 6 bài" in text or "1/6 bài" in text
