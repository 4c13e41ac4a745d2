"""The training record: all that was ever granted, hours by year, and a sheet that a reader of signatures accepts."""

import io
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from pypdf import PdfReader
from wagtail.models import ModelLogEntry

from certificates import services, signing
from certificates.enums import SignatureLevel
from certificates.training_record import training_record
from courses.enums import Origin, TrackCode
from courses.models import Qualification
from courses.services import revoke_qualification
from staff import clock
from staff.models import StaffMember
from tests.factories.certificates import passed_qualification
from tests.factories.evidence import ClaimFactory
from tests.factories.unit_coverage import QualificationFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    settings.DEMO = True


@pytest.fixture
def passed(learner):
    """CB-01, eight class hours of 2026, with a certificate."""
    qualification = passed_qualification(learner.staff_member)
    services.issue_certificate(qualification_id=qualification.pk)
    return qualification


@pytest.fixture
def recognised(learner, hr):
    """A paper of 2012 that names sixty class hours."""
    TrackFactory(code=TrackCode.BASIC)
    claim = ClaimFactory(staff_member=learner.staff_member, hours=60, number="B 001")
    today = clock.today()
    facts = {"number": "12/QĐ", "authority": "UBND xã", "signed_on": today, "effective_from": today}
    services.decide(**facts, claims=[claim], by=hr)
    return Qualification.objects.get(origin=Origin.RECOGNISED)


def test_everything_held_stands_there_with_its_proof_and_hours_of_its_year(learner, passed, recognised):
    record = training_record(learner.staff_member, date(2027, 1, 1))

    by_origin = {entry.qualification.origin: entry for entry in record.entries}
    assert set(by_origin) == {Origin.PASSED, Origin.RECOGNISED}
    assert by_origin[Origin.PASSED].code.count("-") == 3
    assert by_origin[Origin.RECOGNISED].recognition.claim.number == "B 001"
    hours = [(year.year, year.earned, year.recognised, year.total) for year in record.years]
    assert hours == [(2026, 8, 0, 8), (2012, 0, 60, 60)]


def test_what_was_taken_back_stays_marked_and_counts_no_hours(learner, passed, admin):
    revoke_qualification(qualification=passed, from_day=date(2026, 12, 1), reason="Thi hộ", by=admin)

    before = training_record(learner.staff_member, date(2026, 11, 30))
    after = training_record(learner.staff_member, date(2026, 12, 1))

    assert ([e.is_taken_back for e in before.entries], [y.total for y in before.years]) == ([False], [8])
    assert ([e.is_taken_back for e in after.entries], list(after.years)) == ([True], [])


def test_a_certificate_that_was_revoked_alone_is_said_to_be_so_on_page_and_paper(client, learner, passed, admin):
    certificate = passed.certificates.get()
    services.revoke_certificate(certificate=certificate, reason="In sai", by=admin)
    day = clock.today()

    [entry] = training_record(learner.staff_member, day).entries
    assert (entry.is_taken_back, entry.revoked_from, entry.hours) == (False, day, 8)
    assert training_record(learner.staff_member, day - timedelta(days=1)).entries[0].revoked_from is None
    client.force_login(learner)
    page = " ".join(BeautifulSoup(client.get(reverse("record:own")).text, "html.parser").get_text(" ").split())
    assert f"Giấy chứng nhận {certificate.serial} {entry.code} thu hồi từ ngày {day:%d/%m/%Y}" in page
    paper = PdfReader(io.BytesIO(download(client, learner, reverse("record:own_pdf")).content))
    said = " ".join(paper.pages[0].extract_text().split())
    assert f"mã {entry.code} (giấy đã thu hồi từ {day:%d/%m/%Y})" in said


def test_one_that_took_its_place_stands_in_the_record_as_it_is(learner, passed, admin):
    earlier = passed.certificates.get()
    services.revoke_certificate(certificate=earlier, reason="In sai", by=admin)
    new = services.replace_revoked_certificate(certificate=earlier, reason="In lại", by=admin)

    [entry] = training_record(learner.staff_member, clock.today()).entries

    assert (entry.certificate, entry.revoked_from) == (new, None)


def test_what_a_row_entered_twice_holds_stands_in_the_record_that_stays(learner, passed):
    double = StaffMember.objects.create(full_name="Trần Thị Lan", merged_into=learner.staff_member)
    QualificationFactory(staff_member=double, title="Tin học cơ bản")

    titles = {entry.qualification.title for entry in training_record(learner.staff_member, clock.today()).entries}

    assert "Tin học cơ bản" in titles


def download(client, user, url):
    client.force_login(user)
    return client.post(url)


def test_the_file_is_signed_and_says_what_the_page_says(client, learner, passed, recognised):
    response = download(client, learner, reverse("record:own_pdf"))

    content = response.content
    text = " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    assert response["Content-Disposition"] == 'attachment; filename="ho-so-boi-duong-tran-thi-lan.pdf"'
    said = ["HỒ SƠ BỒI DƯỠNG CÁ NHÂN", "Trần Thị Lan", "Công nhận", "Đạt 8,25/10", "Quyết định số 12/QĐ"]
    assert [words for words in [*said, "KHÔNG CÓ GIÁ TRỊ"] if words not in text] == []
    assert signing.level_of(content) == SignatureLevel.B


def test_a_stranger_gets_no_record_and_hr_is_logged(client, learner, hr, other_hr, head, passed):
    url = reverse("record:pdf_of_person", args=[learner.staff_member_id])

    answers = [download(client, user, url).status_code for user in (other_hr, head, learner, hr)]

    assert answers == [404, 404, 404, 200]
    assert ModelLogEntry.objects.get(action="certificates.record").user == hr


def test_without_an_issuing_body_the_page_says_why(client, learner, settings):
    settings.DEMO = False

    response = download(client, learner, reverse("record:own_pdf"))

    assert response.status_code == 302
    assert "Hiện không ký được hồ sơ" in client.get(reverse("record:own")).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_takes_the_same_queries_for_one_and_for_three(client, learner, count, django_assert_num_queries):
    for number in range(count):
        passed_qualification(learner.staff_member, code=f"CB-0{number}")
    client.force_login(learner)

    # session, account, person; doubles; what is held, certificates, recognitions, posting; 6 for begun courses; classes
    with django_assert_num_queries(14):
        response = client.get(reverse("record:own"))

    assert len(response.context["record"].entries) == count
