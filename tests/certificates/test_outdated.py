"""After a name was put right, its officer finds the certificates that say the former one, and how to replace them."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from certificates import services
from certificates.outdated import outdated_certificates
from staff import services as staff_services
from staff.services import PersonalData
from tests.factories.certificates import passed_qualification

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    return services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)


@pytest.fixture
def renamed(learner, hr, certificate):
    person = learner.staff_member
    seen = PersonalData.of(person)
    to = PersonalData("Trần Thị Lan Anh", seen.gender, seen.born)
    staff_services.correct_person(staff_member=person, to=to, seen=seen.mark, reason="Quyết định số 5", by=hr)
    person.refresh_from_db()
    return person


def page_of(client, reader, person):
    client.force_login(reader)
    return client.get(reverse("staff:person", args=[person.pk]))


def test_the_page_names_what_differs_and_leads_to_the_desk_with_that_certificate(client, hr, renamed, certificate):
    page = BeautifulSoup(page_of(client, hr, renamed).content, "html.parser")
    section = page.find(attrs={"aria-labelledby": "outdated"})

    assert "Trần Thị Lan → Trần Thị Lan Anh" in section.get_text()
    desk = BeautifulSoup(client.get(section.find("a")["href"]).content, "html.parser")
    form = desk.select_one("main form[method=post]")
    filled = {field["name"]: field.get("value", "") for field in form.select("input[name]")}
    assert form.find("textarea", {"name": "numbers"}).get_text().strip() == certificate.serial
    assert filled["words"] == "Trần Thị Lan Anh"
    run = client.post(desk_address(section), {**filled, "numbers": certificate.serial, "reason": "Quyết định số 5"})
    assert "Trần Thị Lan Anh" in client.get(run.url).text


def desk_address(section):
    return section.find("a")["href"].partition("?")[0]


def test_nothing_is_said_while_it_says_what_the_list_says(client, hr, learner, certificate):
    assert "outdated" not in page_of(client, hr, learner.staff_member).text


def test_once_it_is_replaced_nothing_is_said_any_more(hr, renamed, certificate):
    services.supersede_certificate(certificate=certificate, reason="Quyết định số 5", by=hr)

    assert outdated_certificates(renamed, hr) == []


def test_who_may_not_issue_it_anew_is_not_led_there(client, head, renamed, learner, other_hr):
    assert "outdated" not in page_of(client, head, renamed).text
    assert outdated_certificates(renamed, learner) == []
    assert outdated_certificates(renamed, other_hr) == []


def test_the_holder_is_told_whom_to_ask(renamed):
    [notice] = renamed.notices.filter(kind="staff.correction")

    assert "đề nghị cán bộ tổ chức cấp lại" in notice.text
