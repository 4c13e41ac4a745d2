"""The public page tells what was certified, and nothing that belongs to the holder alone."""

from datetime import date

import pytest
from django.urls import reverse

from certificates import codes, services
from tests.factories.certificates import passed_qualification

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    person = learner.staff_member
    person.date_of_birth, person.date_of_birth_precision = date(1987, 6, 5), "day"
    person.save()
    return services.issue_certificate(qualification_id=passed_qualification(person).pk)


def test_a_known_code_shows_the_course_and_hides_the_holder(client, certificate):
    response = client.get(reverse("verification:check", args=[certificate.code]))

    html = response.content.decode()
    assert (response.status_code, response["X-Robots-Tag"]) == (200, "noindex, nofollow")
    assert "Trần T. L." in html
    assert certificate.serial in html
    assert [secret in html for secret in ("Trần Thị Lan", "1987", "05/06")] == [False, False, False]


def test_an_unknown_code_is_a_plain_404(client, db):
    response = client.get(reverse("verification:check", args=[codes.new_code()]))

    assert response.status_code == 404


def test_a_code_may_be_typed_loosely(client, certificate):
    typed = codes.grouped(certificate.code).lower().replace("0", "o").replace("1", "l")

    response = client.get(reverse("verification:form"), {"code": typed})

    assert response["Location"] == reverse("verification:check", args=[certificate.code])


def test_a_code_that_is_too_short_is_said_to_be_so(client, db):
    response = client.get(reverse("verification:form"), {"code": "ABCD-EF"})

    assert response.status_code == 200
    assert "Mã xác thực gồm 16 ký tự" in response.text
    assert 'value="ABCD-EF"' in response.text


def test_guessing_is_slowed_and_known_codes_still_answer(client, certificate):
    address = reverse("verification:check", args=["0" * 16])
    answers = [client.get(address).status_code for _ in range(140)]

    assert 429 in answers
    assert client.get(reverse("verification:check", args=[certificate.code])).status_code == 200


def test_the_holder_and_her_officer_download_and_others_find_nothing(client, certificate, learner, hr, other_hr):
    answers = []
    for user in (learner, hr, other_hr):
        client.force_login(user)
        answers.append(client.get(reverse("certificates:download", args=[certificate.pk])).status_code)

    assert answers == [200, 200, 404]
