"""Bringing a paper: by oneself or by HR, once, with pictures that only those concerned see."""

import uuid
from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from certificates import services
from certificates.enums import ClaimState
from certificates.models import Claim, EvidenceFile, EvidenceKind
from certificates.services import claims_from_import_rows
from courses.enums import TrackCode
from staff import clock
from staff.models import ImportRow, ImportRun
from staff.models.imports import ImportKind, RowAction
from tests.factories.evidence import ClaimFactory, picture
from tests.factories.unit_coverage import TrackFactory

pytestmark = pytest.mark.django_db


def paper(**facts):
    file = SimpleUploadedFile("anh.jpg", picture(), content_type="image/jpeg")
    words = {"submission": uuid.uuid4(), "kind": "cert_b", "number": "B 001", "issued_by": "Trung tâm tin học"}
    return words | {"issued_on": "15/06/2012", "scans": [file]} | facts


def listed(person):
    run = ImportRun.objects.create(kind=ImportKind.STAFF, file_name="a.csv", file_sha256="0" * 64)
    evidence = {"ict_level": "cert_b", "ict_cert_year": "2012", "basic_standard_met": "yes"}
    ImportRow.objects.create(run=run, number=1, action=RowAction.CREATED, staff_member=person, evidence=evidence)
    claims_from_import_rows()


def test_a_learner_hands_in_a_paper_and_sees_that_it_waits(client, learner):
    client.force_login(learner)

    response = client.post(reverse("evidence:declare"), paper(), follow=True)

    claim = Claim.objects.get()
    assert response.redirect_chain[-1][0] == reverse("evidence:claim", args=[claim.pk])
    facts = (claim.staff_member, claim.kind.code, claim.number, claim.issued_by, claim.issued_on, claim.year)
    assert facts == (learner.staff_member, "cert_b", "B 001", "Trung tâm tin học", date(2012, 6, 15), 2012)
    assert (claim.state, claim.made_by, claim.files.count()) == (ClaimState.WAITING, learner, 1)
    assert "chờ quyết định" in response.text
    facts = BeautifulSoup(response.text, "html.parser").select_one("main aside dl")
    assert [(dt.text, dt.find_next_sibling("dd").text) for dt in facts.find_all("dt")] == [
        ("Được công nhận là", "Tin học cơ bản"),
        ("Được tính từ", "ngày quyết định có hiệu lực"),
    ]


def test_the_same_form_sent_twice_is_one_claim_with_one_picture(client, learner):
    client.force_login(learner)
    submission = uuid.uuid4()

    for _twice in range(2):
        client.post(reverse("evidence:declare"), paper(submission=submission))

    assert (Claim.objects.count(), EvidenceFile.objects.count()) == (1, 1)


def test_a_form_of_somebody_else_is_no_way_into_their_claim(client, learner, hr):
    submission = uuid.uuid4()
    client.force_login(hr)
    client.post(reverse("evidence:declare"), paper(submission=submission))
    client.force_login(learner)

    response = client.post(reverse("evidence:declare"), paper(submission=submission))

    assert response.status_code == 200
    assert Claim.objects.get().staff_member == hr.staff_member


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"scans": []}, "scans"),
        ({"scans": [SimpleUploadedFile("a.jpg", b"<script>")]}, "scans"),
        ({"issued_on": "15/06/2099"}, "issued_on"),
        ({"issued_on": "15/06/0012"}, "issued_on"),
        ({"valid_until": "14/06/2012"}, "valid_until"),
        ({"kind": "de_an_112"}, "kind"),
        ({"kind": "office_cert_unspecified"}, "kind"),
        ({"issued_by": ""}, "issued_by"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(client, learner, facts, field):
    client.force_login(learner)

    response = client.post(reverse("evidence:declare"), paper(**facts))

    assert set(response.context["form"].errors) == {field}
    assert Claim.objects.count() == 0


def test_what_a_list_named_already_is_completed_not_doubled(client, learner):
    listed(learner.staff_member)
    client.force_login(learner)
    assert "cần minh chứng" in client.get(reverse("evidence:mine")).text

    client.post(reverse("evidence:declare"), paper(issued_on="15/06/2013"))

    claim = Claim.objects.get()
    assert (claim.state, claim.year, claim.issued_on.year) == (ClaimState.WAITING, 2012, 2013)
    assert claim.import_row is not None


def test_hr_enters_for_a_person_in_scope_and_nobody_else(client, hr, other_hr, learner):
    url = reverse("evidence:declare_for", args=[learner.staff_member_id])
    client.force_login(other_hr)
    foreign = client.post(url, paper()).status_code
    client.force_login(hr)

    own = client.post(url, paper()).status_code

    assert (foreign, own) == (404, 302)
    assert (Claim.objects.get().staff_member, Claim.objects.get().made_by) == (learner.staff_member, hr)


def test_a_picture_is_served_to_those_concerned_as_a_picture_and_nothing_else(client, learner, hr, other_hr, head):
    client.force_login(learner)
    client.post(reverse("evidence:declare"), paper())
    url = reverse("evidence:file", args=[EvidenceFile.objects.get().pk])

    answers = {}
    for user in (learner, hr, other_hr, head):
        client.force_login(user)
        answers[user.full_name] = client.get(url)

    assert [answer.status_code for answer in answers.values()] == [200, 200, 404, 404]
    served = answers[learner.full_name]
    assert (served["Content-Type"], served["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert served["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert served["Cache-Control"] == "private, no-store"


def test_a_picture_that_is_not_what_was_stored_is_not_served(client, learner):
    client.force_login(learner)
    client.post(reverse("evidence:declare"), paper())
    file = EvidenceFile.objects.get()
    EvidenceFile.objects.filter(pk=file.pk).update(sha256="f" * 64)

    assert client.get(reverse("evidence:file", args=[file.pk])).status_code == 404


def test_withdrawn_it_is_gone_from_the_lists_and_stays_on_record(client, learner):
    claim = ClaimFactory(staff_member=learner.staff_member)
    client.force_login(learner)

    for _twice in range(2):
        client.post(reverse("evidence:withdraw", args=[claim.pk]))

    assert Claim.objects.get().state == ClaimState.WITHDRAWN
    assert list(Claim.objects.in_state("")) == []


def test_what_was_decided_is_neither_changed_nor_withdrawn(client, learner, hr):
    claim = ClaimFactory(staff_member=learner.staff_member)
    services.refuse_claim(claim=claim, reason="Không đọc được", by=hr)
    client.force_login(learner)

    client.post(reverse("evidence:complete", args=[claim.pk]), paper(number="X"))
    client.post(reverse("evidence:withdraw", args=[claim.pk]))

    found = Claim.objects.get()
    assert (found.state, found.number) == (ClaimState.REFUSED, "")
    assert "Không đọc được" in client.get(reverse("evidence:mine")).text


def test_a_paper_for_what_is_held_already_does_not_read_as_refused_and_tells_when_it_is_open_again(client, learner, hr):
    TrackFactory(code=TrackCode.BASIC)
    first = ClaimFactory(staff_member=learner.staff_member)
    second = ClaimFactory(staff_member=learner.staff_member, kind=EvidenceKind.objects.get(code="cert_c"))
    today = clock.today()
    facts = {"number": "12/QĐ-UBND", "authority": "UBND xã", "signed_on": today, "effective_from": today, "by": hr}
    services.decide(**facts, claims=[first, second])
    client.force_login(learner)
    pages = [reverse("evidence:mine"), reverse("evidence:claim", args=[second.pk])]

    shown = [BeautifulSoup(client.get(page).content, "html.parser").main.get_text(" ") for page in pages]
    services.revoke_recognition(recognition=first.recognitions.get(), from_day=today, reason="Chứng chỉ giả", by=hr)
    after = client.get(pages[1]).text

    for text in shown:
        assert "đã có sẵn, không cần công nhận thêm" in text
        assert f"{first.kind}, quyết định 12/QĐ-UBND" in text
        assert "không công nhận" not in text.lower()
    assert "chờ quyết định" in after
    assert f"không còn giá trị từ ngày {today:%d/%m/%Y}" in after


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_for_three(client, learner, count, django_assert_num_queries):
    for kind in EvidenceKind.objects.all()[:count]:
        ClaimFactory(staff_member=learner.staff_member, kind=kind)
    client.force_login(learner)

    with django_assert_num_queries(7):  # session, account with header, person, claims, scans, decisions, rules
        response = client.get(reverse("evidence:mine"))

    assert len(response.context["claims"]) == count


@pytest.mark.parametrize("days", [0, 10])
def test_a_recognition_that_was_taken_back_says_from_when_by_whom_and_why(client, hr, learner, days):
    TrackFactory(code=TrackCode.BASIC)
    claim = ClaimFactory(staff_member=learner.staff_member)
    today = clock.today()
    words = {"number": "12/QĐ-UBND", "authority": "UBND xã", "signed_on": today, "effective_from": today}
    [recognition] = services.decide(**words, claims=[claim], by=hr).recognitions.all()
    day = clock.today() + timedelta(days=days)
    services.revoke_recognition(recognition=recognition, from_day=day, reason="Chứng chỉ giả", by=hr)

    for reader in (hr, learner):
        client.force_login(reader)
        page = client.get(reverse("evidence:claim", args=[claim.pk])).text
        words = page.partition("<dt>Đã thu hồi</dt>")[2].partition("</dd>")[0]
        assert (f"{day:%d/%m/%Y}" in words, hr.full_name in words, page.count("Chứng chỉ giả")) == (True, True, 1)
