"""The pages of the desk, of templates and of issuing bodies, by the front door."""

import io
import re
from datetime import date, timedelta
from html import unescape

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.models import ModelLogEntry

from certificates import services
from certificates.enums import CertificateStatus, LineState
from certificates.models import Authorisation, Certificate, CertificateTemplate, Issuer, IssuingRun, RunLine
from certificates.tasks import work_runs
from courses.models import Qualification
from staff import clock
from staff.models import StaffMember
from tests.factories.certificates import issuing_body, passed_qualification, published_template, template_words
from tests.factories.staff import PostingFactory

pytestmark = pytest.mark.django_db
DECISION = "Quyết định số 45/QĐ-TT ngày 26/11/2026"


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


@pytest.fixture
def awaiting(office, admin):
    found = [passed_qualification(PostingFactory(unit=office).staff_member) for _number in range(2)]
    services.authorise(
        course=found[0].course,
        issuer_code="TRINH-DIEN",
        decision="Chờ quyết định",
        is_standing=False,
        valid_from=clock.today(),
        by=admin,
    )
    return found


def token_of(response) -> str:
    return re.search(r'name="token" value="([^"]+)"', response.text)[1]


def new_run(client, slug, **fields):
    address = reverse("certificates:new_run", args=[slug])
    return client.post(address, {"token": token_of(client.get(address)), **fields})


def test_hr_issues_by_a_decision_from_the_first_page_to_the_register(client, hr, awaiting):
    client.force_login(hr)
    desk = client.get(reverse("certificates:desk")).text
    assert "2 người đã đạt và chưa có giấy chứng nhận" in desk

    prepared = new_run(client, "cap-moi", course="CB-01", decision=DECISION)
    preview = client.get(prepared["Location"]).text
    assert ("2 người được cấp giấy chứng nhận." in preview, Certificate.objects.count()) == (True, 0)
    for _twice in range(2):
        client.post(prepared["Location"])
    work_runs()

    assert set(Certificate.objects.values_list("status", "face__decision")) == {(CertificateStatus.ISSUED, DECISION)}
    assert "Xong lúc" in client.get(prepared["Location"]).text
    assert client.get(reverse("certificates:register")).text.count(DECISION) == 2


def test_a_result_that_is_over_and_two_people_of_one_name_are_seen_before_anything_is_issued(client, hr, awaiting):
    for number, qualification in enumerate(awaiting):
        StaffMember.objects.filter(pk=qualification.staff_member_id).update(
            full_name="Trần Thị Lan", list_key=f"K{number}", date_of_birth=date(1980 + number, 5, 6)
        )
    StaffMember.objects.update(date_of_birth_precision="day")
    Qualification.objects.filter(pk=awaiting[0].pk).update(valid_from=date(2025, 1, 1), valid_until=date(2025, 11, 25))
    client.force_login(hr)

    preview = client.get(new_run(client, "cap-moi", course="CB-01", decision=DECISION)["Location"]).text

    assert [words in preview for words in ("06/05/1980 · K0", "06/05/1981 · K1")] == [True, True]
    assert (preview.count("đã hết hiệu lực sau 25/11/2025"), preview.count("được cấp giấy</")) == (1, 2)


def test_of_somebody_without_a_key_in_a_staff_list_none_is_printed(client, hr, awaiting):
    StaffMember.objects.update(list_key=None, date_of_birth_precision="day", date_of_birth=date(1980, 5, 6))
    client.force_login(hr)

    preview = client.get(new_run(client, "cap-moi", course="CB-01", decision=DECISION)["Location"]).text

    assert ("06/05/1980<" in preview, "None" in preview) == (True, False)


def test_a_replacement_shows_all_that_the_new_paper_would_say_otherwise(client, admin, learner):
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    client.force_login(admin)

    def otherwise():
        page = client.get(new_run(client, "cap-lai", numbers=certificate.serial, reason="Sửa tên")["Location"]).text
        [cell] = BeautifulSoup(page, "html.parser").select("tbody td[data-label='Giấy chứng nhận']")
        return [line.get_text(" ", strip=True) for line in cell.select("span.small")]

    unchanged = otherwise()
    StaffMember.objects.filter(pk=learner.staff_member_id).update(
        full_name="Trần Thị Lan Hương", date_of_birth=date(1980, 1, 2), date_of_birth_precision="day"
    )
    changed = otherwise()

    before = certificate.face["born"] or "–"
    assert (unchanged, changed) == (
        [],
        ["họ và tên: Trần Thị Lan → Trần Thị Lan Hương", f"ngày sinh: {before} → Sinh ngày 02/01/1980"],
    )


@pytest.mark.parametrize("count", [1, 3])
def test_a_replacement_asks_as_often_for_one_line_as_for_three(client, admin, office, django_assert_num_queries, count):
    made = [
        services.issue_certificate(qualification_id=passed_qualification(PostingFactory(unit=office).staff_member).pk)
        for _number in range(count)
    ]
    client.force_login(admin)
    numbers = "\n".join(certificate.serial for certificate in made)
    address = new_run(client, "cap-lai", numbers=numbers, reason="Sửa tên")["Location"]

    # account, run, counts, how many lines, lines with people, results and certificates, head of the page; and once a
    # course its authorisation, the body that issues, its template
    with django_assert_num_queries(9):
        client.get(address)


def test_the_same_form_sent_twice_makes_one_run(client, hr, awaiting):
    client.force_login(hr)
    address = reverse("certificates:new_run", args=["cap-moi"])
    form = {"token": token_of(client.get(address)), "course": "CB-01"}

    answers = [client.post(address, form)["Location"] for _twice in range(2)]

    assert (answers[0], IssuingRun.objects.count()) == (answers[1], 1)


def test_nothing_chosen_is_refused(client, hr, awaiting):
    client.force_login(hr)

    response = new_run(client, "cap-moi")

    assert "Hãy chọn ít nhất" in response.text
    assert IssuingRun.objects.count() == 0


def test_a_run_is_its_authors_and_the_administrators(client, hr, other_hr, admin, awaiting):
    client.force_login(hr)
    address = new_run(client, "cap-moi", course="CB-01")["Location"]
    answers = []
    for user in (other_hr, admin):
        client.force_login(user)
        answers.append(client.get(address).status_code)

    assert answers == [404, 200]


def test_revoking_needs_a_second_look(client, admin, learner):
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    client.force_login(admin)
    today = f"{clock.today():%d/%m/%Y}"
    address = new_run(client, "thu-hoi", numbers=certificate.serial, reason="In sai", from_day=today, fate="stays")[
        "Location"
    ]

    refused = client.post(address)
    assert ("Hãy đánh dấu" in refused.text, work_runs()) == (True, 0)
    client.post(address, {"seen": "1"})
    work_runs()

    certificate.refresh_from_db()
    assert (certificate.status, certificate.revoked_reason) == (CertificateStatus.REVOKED, "In sai")


def test_a_revoked_certificate_is_issued_anew_where_its_number_is_named_and_only_there(client, admin, learner):
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    services.revoke_certificate(certificate=certificate, reason="In sai", by=admin)
    client.force_login(admin)

    def planned(**whom):
        address = new_run(client, "cap-lai", reason="In lại", **whom)["Location"]
        line = RunLine.objects.get(run__pk=address.rstrip("/").rpartition("/")[2])
        return address, line.state, line.words

    by_course, by_number = planned(course="CB-01"), planned(numbers=certificate.serial)
    assert (by_course[1:], by_number[1:]) == (
        (LineState.LEFT_OUT, "Đã thu hồi. Ghi số giấy để cấp giấy thay thế."),
        (LineState.WAITING, ""),
    )
    assert "đã thu hồi: In sai" in client.get(by_number[0]).text
    client.post(by_number[0])
    work_runs()

    certificate.refresh_from_db()
    assert (certificate.status, certificate.superseded_by.status) == (
        CertificateStatus.REVOKED,
        CertificateStatus.ISSUED,
    )
    assert planned(numbers=certificate.serial)[1:] == (
        LineState.LEFT_OUT,
        f"Đã được thay bằng số {certificate.superseded_by.serial}.",
    )


def test_one_that_waits_with_a_wrong_word_is_revoked_by_its_number_and_issued_anew(client, admin, learner, settings):
    key, settings.SIGNING_KEY_FILE = settings.SIGNING_KEY_FILE, "/nowhere/key.pem"
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    settings.SIGNING_KEY_FILE = key
    client.force_login(admin)
    today = f"{clock.today():%d/%m/%Y}"

    def planned(slug, **facts):
        address = new_run(client, slug, reason="Sai tên", **facts)["Location"]
        line = RunLine.objects.get(run__pk=address.rstrip("/").rpartition("/")[2])
        return address, line.state, line.words

    revoking = {"from_day": today, "fate": "stays"}
    by_course = planned("thu-hoi", course="CB-01", **revoking)
    anew = planned("cap-lai", numbers=certificate.serial)
    by_number = planned("thu-hoi", numbers=certificate.serial, **revoking)
    assert [found[1:] for found in (by_course, anew, by_number)] == [
        (LineState.LEFT_OUT, "Chờ ký. Ghi số giấy nếu vẫn muốn thu hồi."),
        (LineState.LEFT_OUT, "Chờ ký. Nếu nội dung sai thì thu hồi theo số giấy rồi cấp lại."),
        (LineState.WAITING, ""),
    ]
    client.post(by_number[0], {"seen": "1"})
    work_runs()
    client.post(planned("cap-lai", numbers=certificate.serial)[0])
    work_runs()

    certificate.refresh_from_db()
    assert (certificate.status, certificate.superseded_by.status) == (
        CertificateStatus.REVOKED,
        CertificateStatus.ISSUED,
    )


def test_a_line_of_the_register_leads_to_its_replacement_and_its_revocation(client, hr, learner):
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    client.force_login(hr)

    def leads_to():
        page = BeautifulSoup(client.get(reverse("certificates:register")).text, "html.parser")
        return [link["href"] for link in page.select("tbody a[href*='/dot/moi/']")]

    in_force = leads_to()
    filled = [
        BeautifulSoup(client.get(address).text, "html.parser").find(id="id_numbers").text.strip()
        for address in in_force
    ]
    services.revoke_certificate(certificate=certificate, reason="In sai", by=hr)

    runs = [reverse("certificates:new_run", args=[slug]) for slug in ("cap-lai", "thu-hoi")]
    assert in_force == [f"{address}?numbers={certificate.serial}" for address in runs]
    assert (filled, leads_to()) == ([certificate.serial] * 2, [])


@pytest.mark.parametrize(("mode", "is_warned"), [("outside", True), ("here", False)])
def test_where_the_agency_signs_a_replacement_says_that_it_will_wait(client, admin, learner, settings, mode, is_warned):
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    settings.SIGNING_MODE = mode
    client.force_login(admin)

    page = client.get(new_run(client, "cap-lai", numbers=certificate.serial, reason="Sửa tên")["Location"]).text

    assert ("giấy cũ hết giá trị ngay, giấy mới chỉ có giá trị khi đủ hai chữ ký" in page) is is_warned


def test_a_certificate_that_is_revoked_after_the_run_was_looked_at_is_not_brought_back(client, admin, learner):
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    client.force_login(admin)
    address = new_run(client, "cap-lai", numbers=certificate.serial, reason="Sửa tên")["Location"]
    services.revoke_certificate(certificate=certificate, reason="Thi hộ", by=admin)

    client.post(address)
    work_runs()

    line = RunLine.objects.get()
    assert (line.state, line.words) == (LineState.FAILED, "Chỉ thay thế được giấy chứng nhận đã cấp.")
    assert Certificate.objects.count() == 1


def test_hr_is_not_offered_to_take_back_results(client, hr, learner):
    services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    client.force_login(hr)
    today = f"{clock.today():%d/%m/%Y}"

    response = new_run(client, "thu-hoi", course="CB-01", reason="x", from_day=today, fate="revoked")

    assert (response.status_code, IssuingRun.objects.count()) == (200, 0)
    assert 'value="revoked"' not in response.text


@pytest.mark.parametrize("numbers", ["0001", "1/26", "abc", "0001/2026; DROP"])
def test_what_is_no_number_is_named(client, admin, learner, numbers):
    client.force_login(admin)

    response = new_run(client, "cap-lai", numbers=numbers, reason="x")

    assert "Đây không phải số giấy chứng nhận" in response.text


def test_a_run_that_is_not_confirmed_is_thrown_away(client, hr, awaiting):
    client.force_login(hr)
    address = new_run(client, "cap-moi", course="CB-01")["Location"]

    client.post(address, {"discard": "1"})

    assert (IssuingRun.objects.count(), RunLine.objects.count(), client.get(address).status_code) == (0, 0, 404)


def test_the_error_list_says_why(client, hr, awaiting):
    client.force_login(hr)
    address = new_run(client, "cap-moi", course="CB-01", decision=DECISION)["Location"]
    client.post(address)
    Qualification.objects.update(revoked_from=clock.today())
    work_runs()

    page = client.get(f"{address}?nhom={LineState.FAILED}").text

    assert page.count("Kết quả đã bị thu hồi sau khi lập đợt.") == 2


def test_who_needs_a_decision_is_said_before_the_run_is_confirmed(client, hr, awaiting):
    client.force_login(hr)
    address = new_run(client, "cap-moi", course="CB-01")["Location"]  # without a decision

    page = client.get(address).text

    assert page.count("Khóa này cấp giấy theo quyết định kèm danh sách") == 2
    assert "0 người được cấp giấy chứng nhận. 2 người không thuộc đợt này." in page
    client.post(address)
    assert (work_runs(), Certificate.objects.count()) == (0, 0)


def test_a_finished_run_says_how_many_certificates_still_wait_for_the_key(client, hr, awaiting, settings):
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = "/nowhere.pem"
    client.force_login(hr)
    address = new_run(client, "cap-moi", course="CB-01", decision=DECISION)["Location"]
    client.post(address)
    work_runs()

    page = BeautifulSoup(client.get(address).text, "html.parser")

    callout = page.select_one("main .callout")
    assert "callout--warning" in callout["class"]
    assert "2 giấy chứng nhận đã có số và còn chờ ký." in callout.get_text()
    for line in page.select("main tbody tr"):
        number, state, why = line.find_all("td")[1:]
        assert re.fullmatch(r"000\d/\d{4}", number.get_text(strip=True))
        assert (state.get_text(strip=True), why.get_text(strip=True)) == (
            "đã có số, chờ ký",
            "Không đọc được khóa ký: không có tệp",
        )
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = ""
    for certificate in Certificate.objects.all():
        services.try_again(certificate_id=certificate.pk, user=hr)
    services.issue_waiting()
    after = client.get(address).text
    assert ("còn chờ ký" in after, "chờ ký" in after, "callout--ok" in after) == (False, False, True)


def test_what_waits_to_be_signed_says_why_and_is_tried_again(client, hr, other_hr, learner, settings):
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = "/nowhere.pem"
    waiting = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    address = reverse("certificates:retry", args=[waiting.pk])
    client.force_login(other_hr)
    assert client.post(address).status_code == 404
    client.force_login(hr)
    assert waiting.last_error in unescape(client.get(reverse("certificates:desk")).text)
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = ""

    for _twice in range(2):
        client.post(address)
    services.issue_waiting()

    waiting.refresh_from_db()
    assert waiting.status == CertificateStatus.ISSUED
    assert ModelLogEntry.objects.filter(action="certificates.retry", user=hr).count() == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_desk_asks_as_often_for_one_run_as_for_three(client, hr, awaiting, django_assert_num_queries, count):
    client.force_login(hr)
    for _number in range(count):
        new_run(client, "cap-moi", course="CB-01")
    client.get("/")

    # account, scopes (may I, whose people), how much waits, what, by course (asked whether any), runs, head of the page
    with django_assert_num_queries(9):
        response = client.get(reverse("certificates:desk"))

    assert response.text.count("chưa xác nhận") == count


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_asks_as_often_for_one_line_as_for_three(client, admin, office, django_assert_num_queries, count):
    for _number in range(count):
        passed_qualification(PostingFactory(unit=office).staff_member)
    client.force_login(admin)
    address = new_run(client, "cap-moi", course="CB-01")["Location"]

    # account, run, counts, how many lines, lines with people, results and certificates, head of the page
    with django_assert_num_queries(6):
        response = client.get(address)

    assert response.text.count("được cấp giấy</") >= count


# Templates

WORDS = template_words(edits=0, language="vi", header="state", has_gold_rule="on")


def seal():
    file = io.BytesIO()
    Image.new("RGBA", (90, 90), (200, 0, 0, 255)).save(file, "PNG")
    return SimpleUploadedFile("dau.png", file.getvalue(), content_type="image/png")


def test_an_administrator_writes_looks_at_and_publishes_a_template(client, admin, learner):
    client.force_login(admin)
    made = client.post(reverse("certificates:new_template"), {**WORDS, "code": "chung", "seal": seal()})
    page = client.get(made["Location"])
    assert ("bản nháp phiên bản 1" in page.text, "publish" in page.text) == (True, True)
    address = made["Location"]
    picture, pdf = (client.get(f"{address}xem-truoc.{kind}?ten=cuc-dai") for kind in ("png", "pdf"))
    assert (picture.content[:4], pdf.content[:5]) == (b"\x89PNG", b"%PDF-")

    today = f"{clock.today():%d/%m/%Y}"
    for _twice in range(2):
        client.post(address, {"publish": "1", "edits": "0", "valid_from": today})

    template = CertificateTemplate.objects.get()
    assert (template.is_draft, template.seal is not None, template.published_by) == (False, True, admin)
    assert client.get(f"{address}sua/").status_code == 404
    assert ModelLogEntry.objects.filter(action="certificates.publish_template", user=admin).count() == 1
    certificate = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    assert certificate.face["layout"]["template"] == "chung"


def test_a_wording_with_an_unknown_value_is_named_beside_its_field(client, admin):
    client.force_login(admin)

    response = client.post(
        reverse("certificates:new_template"), {**WORDS, "code": "chung", "certifies": "{signer_post} {mật}{secret}"}
    )

    assert (response.status_code, CertificateTemplate.objects.count()) == (200, 0)
    assert "Không có giá trị {secret}" in response.text


def test_a_file_that_is_no_picture_is_refused(client, admin):
    client.force_login(admin)
    script = SimpleUploadedFile("x.png", b"<svg onload=alert(1)>", content_type="image/png")

    response = client.post(reverse("certificates:new_template"), {**WORDS, "code": "chung", "seal": script})

    assert "Đây không phải hình PNG đọc được" in response.text
    assert CertificateTemplate.objects.count() == 0


def test_a_new_version_keeps_the_picture_until_it_is_taken_away(client, admin):
    client.force_login(admin)
    client.post(reverse("certificates:new_template"), {**WORDS, "code": "chung", "seal": seal()})
    address = reverse("certificates:edit_template", args=["chung", 1])

    client.post(address, {**WORDS, "edits": 0, "title": "KHÁC"})
    kept = CertificateTemplate.objects.get().seal is not None
    client.post(address, {**WORDS, "edits": 1, "without_seal": "on"})

    template = CertificateTemplate.objects.get()
    assert (kept, template.seal, template.title, template.edits) == (True, None, WORDS["title"], 2)


@pytest.mark.parametrize("language", ["vi", "en", "both"])
@pytest.mark.parametrize("header", ["state", "party"])
def test_a_published_version_shows_its_words_in_every_language(client, admin, language, header):
    published_template(admin, language=language, header=header)
    client.force_login(admin)

    page = client.get(reverse("certificates:template", args=["mau", 1])).text

    assert ("GIẤY CHỨNG NHẬN" in page, "CERTIFICATE" in page) == (language != "en", language != "vi")


# Issuing bodies

BODY = {
    "code": "TINH",
    "superior": "UBND tỉnh",
    "name": "Trung tâm",
    "place": "Đà Lạt",
    "signer_post": "Giám đốc",
    "signer_name": "Nguyễn Thị Ánh",
    "decision": "Quyết định số 1",
}


def test_bodies_signers_and_authorisations_are_recorded_once(client, admin, learner):
    course = passed_qualification(learner.staff_member).course
    client.force_login(admin)
    today, tomorrow = (f"{clock.today() + timedelta(days=days):%d/%m/%Y}" for days in (0, 1))
    for _twice in range(2):
        client.post(reverse("certificates:new_issuer"), {**BODY, "valid_from": today})
        client.post(
            reverse("certificates:new_signer", args=["TINH"]),
            {**BODY, "signer_name": "Trần Văn Mới", "valid_from": tomorrow},
        )
        client.post(
            reverse("certificates:authorise", args=[course.code]),
            {"issuer_code": "TINH", "decision": "QĐ 9", "is_standing": "0", "valid_from": today},
        )

    assert list(Issuer.objects.order_by("valid_from").values_list("signer_name", "valid_until")) == [
        ("Nguyễn Thị Ánh", clock.today()),
        ("Trần Văn Mới", None),
    ]
    given = Authorisation.objects.get()
    assert (given.course, given.issuer_code, given.is_standing) == (course, "TINH", False)
    page = client.get(reverse("certificates:issuers")).text
    assert ("Trần Văn Mới" in page, "theo quyết định" in page) == (True, True)


def test_a_body_that_ended_issues_nothing_and_the_desk_says_so(client, admin, settings):
    settings.DEMO = False
    client.force_login(admin)
    client.post(reverse("certificates:new_issuer"), {**BODY, "valid_from": f"{clock.today():%d/%m/%Y}"})
    issuer = Issuer.objects.get()
    before = client.get(reverse("certificates:desk")).text

    client.post(reverse("certificates:end_issuer", args=[issuer.pk]), {"last_day": f"{clock.today():%d/%m/%Y}"})
    Issuer.objects.update(valid_from=clock.today() - timedelta(days=9), valid_until=clock.today() - timedelta(days=1))

    after = client.get(reverse("certificates:desk")).text
    assert ["Hôm nay chưa cấp được" in page for page in (before, after)] == [False, True]


def test_a_number_that_names_nobody_in_scope_is_named_and_nothing_is_prepared(client, hr, learner, other_hr):
    mine = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    foreign = services.issue_certificate(qualification_id=passed_qualification(other_hr.staff_member).pk)
    client.force_login(hr)

    response = new_run(client, "cap-lai", numbers=f"{mine.serial}, {foreign.serial} 0099/2020", reason="In sai")

    refused = f"có số này: {foreign.serial}, 0099/2020."
    assert (response.status_code, refused in unescape(response.text), IssuingRun.objects.count()) == (200, True, 0)


def test_a_number_that_two_bodies_gave_is_not_taken_for_both(client, admin, learner, settings):
    settings.DEMO = False
    for code in ("TINH", "XA"):
        issuing_body(code)
    made = []
    for number, code in enumerate(("TINH", "XA"), 1):
        found = passed_qualification(learner.staff_member, code=f"CB-0{number}")
        facts = {"decision": DECISION, "is_standing": True, "valid_from": clock.today()}
        services.authorise(course=found.course, issuer_code=code, by=admin, **facts)
        made.append(services.issue_certificate(qualification_id=found.pk))
    assert made[0].serial == made[1].serial
    client.force_login(admin)

    both = new_run(client, "cap-lai", numbers=made[0].serial, reason="In sai")
    one = new_run(client, "cap-lai", numbers=made[0].serial, course="CB-02", reason="In sai")

    assert (both.status_code, f"cùng cấp số này: {made[0].serial}." in unescape(both.text)) == (200, True)
    assert [line.certificate for line in RunLine.objects.all()] == [made[1]]
    assert one.status_code == 302


def test_a_run_is_thrown_away_once_however_often_it_is_pressed(client, hr, other_hr, awaiting):
    client.force_login(hr)
    address = new_run(client, "cap-moi", course="CB-01")["Location"]
    client.force_login(other_hr)
    client.post(address, {"discard": "1"})
    assert IssuingRun.objects.count() == 1
    client.force_login(hr)

    answers = [client.post(address, {"discard": "1"}) for _twice in range(2)]

    assert [answer["Location"] for answer in answers] == [reverse("certificates:desk")] * 2
    assert IssuingRun.objects.count() == 0
