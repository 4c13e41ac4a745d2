"""The public page tells what was certified, and nothing that belongs to the holder alone."""

import io
from datetime import UTC, date, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import StopFutureHandlers, StopUpload
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pyhanko.pdf_utils.generic import DictionaryObject, NameObject, TextStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from certificates import check_limits, check_views, codes, services, signing
from certificates.check_answers import of_file
from certificates.check_views import _OneSmallFile
from certificates.verification import LARGEST, Verdict, verify_file
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


def test_in_english_the_register_says_in_english_what_was_written_down_so(client, learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    held = passed_qualification(learner.staff_member)
    held.course.title_en = "Basic understanding of information technology"
    held.course.save()
    certificate = services.issue_certificate(qualification_id=held.pk)
    said = []
    for language in ("vi", "en"):
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        page = BeautifulSoup(client.get(reverse("verification:check", args=[certificate.code])).text, "html.parser")
        cells = [cell.get_text(" ", strip=True) for cell in page.select("dl.facts dd")]
        said.append([cells[0].removeprefix(f"{held.code} · {held.title}").strip(), cells[3]])

    assert said == [
        ["", "8,25/10 · Giỏi"],
        ["Basic understanding of information technology", "8,25/10 · Very good"],
    ]


def test_who_asked_by_a_code_reads_the_answer_before_the_forms(client, certificate):
    html = client.get(reverse("verification:check", args=[certificate.code])).content.decode()

    assert html.index("còn hiệu lực") < html.index('id="code"')
    assert html.count('id="code"') == 1


def test_an_unknown_code_is_a_plain_404(client, db):
    response = client.get(reverse("verification:check", args=[codes.new_code()]))

    assert response.status_code == 404
    assert "Không có giấy chứng nhận nào được cấp với mã này." in response.text
    assert "No certificate was issued under this code." in response.text


def test_the_database_does_the_same_work_for_a_known_and_an_unknown_code(client, certificate):
    statements = []
    for code in (certificate.code, codes.new_code(), "KHONG-PHAI-MA", certificate.code):
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("verification:check", args=[code]))
        statements.append([query["sql"].split("WHERE")[0] for query in queries])

    # our register, registers taken over
    assert len(statements[0]) == 2
    assert statements == [statements[0]] * 4


def test_a_code_may_be_typed_loosely(client, certificate):
    typed = codes.grouped(certificate.code).lower().replace("0", "o").replace("1", "l")

    response = client.get(reverse("verification:form"), {"code": typed})

    assert response["Location"] == reverse("verification:check", args=[certificate.code])


def test_a_code_that_is_too_short_is_said_to_be_so(client, db):
    response = client.get(reverse("verification:form"), {"code": "ABCD-EF"})

    assert response.status_code == 200
    assert "Mã xác thực gồm 16 ký tự" in response.text
    assert 'value="ABCD-EF"' in response.text


def post(client, content: bytes, name="giấy.pdf"):
    return client.post(reverse("verification:form"), {"file": SimpleUploadedFile(name, content, "application/pdf")})


def stored(certificate) -> bytes:
    with storages["private"].open(certificate.files.last().name) as file:
        return file.read()


def test_a_genuine_file_gets_four_times_yes_in_two_languages(client, certificate):
    response = post(client, stored(certificate))

    answers = response.context["result"].answers
    assert (response.status_code, response.context["result"].kind) == (200, "ok")
    assert [answer.is_yes for answer in answers] == [True, True, True, True]
    assert [answer.question.vi for answer in answers] == [
        "Giấy có trong sổ của chúng tôi không?",
        "Tệp có nguyên vẹn không?",
        "Chữ ký số có hợp lệ không?",
        "Hôm nay giấy có còn hiệu lực không?",
    ]
    assert [answer.question.en for answer in answers] == [
        "Is it in our register?",
        "Is the file unchanged?",
        "Is the digital signature valid?",
        "Is it in force today?",
    ]
    assert "Trần Thị Lan" not in response.text


CHANGES = {
    "blanks at the end": (lambda pdf: pdf + b"\n\n\n", "blanks", [True, False, True, True]),
    "something at the end": (lambda pdf: pdf + b"% x\n", "altered", [True, False, False, True]),
    "a changed page": (
        lambda pdf: pdf.replace(b"/MediaBox [ 0", b"/MediaBox [ 1", 1),
        "altered",
        [True, False, False, True],
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_is_told_what_is_wrong_with_it(certificate, change):
    alter, word, answers = CHANGES[change]
    changed = alter(stored(certificate))
    assert changed != stored(certificate)

    verdict = verify_file(changed)

    assert (verdict.genuine, verdict.verdict) == (False, word)
    assert [a.is_yes for a in of_file(verdict).answers] == answers


def test_a_revoked_certificate_is_ours_and_not_in_force(client, certificate, admin):
    services.revoke_certificate(certificate=certificate, reason="x", by=admin, from_day=date(2026, 11, 1))

    result = post(client, stored(certificate)).context["result"]

    assert [answer.is_yes for answer in result.answers] == [True, True, True, False]
    assert "01/11/2026" in result.answers[3].words.vi
    assert result.kind == "warning"


def test_a_replaced_certificate_leads_to_the_later_one(client, certificate, admin):
    later = services.supersede_certificate(certificate=certificate, reason="x", by=admin)

    response = client.get(reverse("verification:check", args=[certificate.code]))

    assert reverse("verification:check", args=[codes.grouped(later.code)]) in response.text
    assert response.context["result"].answers[3].is_yes is False


def test_one_that_waits_for_its_signature_is_not_said_to_be_over(client, learner, settings, tmp_path):
    settings.SIGNING_KEY_FILE = str(tmp_path / "none.pem")
    waiting = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)

    result = client.get(reverse("verification:check", args=[waiting.code])).context["result"]

    assert (waiting.status, result.kind) == ("pending", "warning")
    assert "chưa ký" in result.title.vi
    assert "không còn" not in result.title.vi + result.advice.vi
    assert result.answers[3].is_yes is False


def test_a_paper_that_was_signed_before_the_first_certificate_is_known_as_ours(client, learner, real_key):
    # a PKCS#12 file brings its authority itself: nothing else says whom to trust
    real_key("B-B")
    signing.fetch_lists(signing.current_key())
    client.force_login(learner)
    passed_qualification(learner.staff_member)

    record = client.post(reverse("record:own_pdf")).content

    assert (verify_file(record).verdict, verify_file(record).signature) == ("other_paper", "valid")


def test_another_paper_of_ours_is_neither_a_certificate_nor_a_forgery(client, learner, certificate):
    client.force_login(learner)
    record = client.post(reverse("record:own_pdf")).content

    result = post(client, record).context["result"]
    changed = verify_file(record.replace(b"/MediaBox [ 0", b"/MediaBox [ 1", 1))

    assert (verify_file(record).verdict, verify_file(record).genuine, result.kind) == ("other_paper", False, "warning")
    assert [answer.is_yes for answer in result.answers] == [False, None, True, False]
    assert changed.verdict == "foreign"


def test_a_paper_of_ours_whose_metadata_were_changed_later_is_not_called_unchanged(client, learner, certificate):
    client.force_login(learner)
    record = client.post(reverse("record:own_pdf")).content
    writer = IncrementalPdfFileWriter(io.BytesIO(record))
    writer.set_info(writer.add_object(DictionaryObject({NameObject("/Title"): TextStringObject("Khác")})))
    changed = io.BytesIO()
    writer.write(changed)

    assert verify_file(record).verdict == "other_paper"
    assert verify_file(changed.getvalue()).verdict == "foreign"


def test_a_code_alone_says_nothing_of_a_file(client, certificate):
    result = client.get(reverse("verification:check", args=[certificate.code])).context["result"]

    assert [answer.is_yes for answer in result.answers] == [True, None, None, True]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(client, db):
    response = client.post(reverse("verification:form"), CONTENT_LENGTH=str(LARGEST * 2))

    assert response.status_code == 413


def test_a_file_that_lies_about_its_size_is_not_read_to_its_end(db):
    handler = _OneSmallFile()
    handler.handle_raw_input(None, {}, 1, b"")
    with pytest.raises(StopFutureHandlers):
        handler.new_file("file", "x.pdf", "application/pdf", 1)

    handler.receive_data_chunk(bytes(LARGEST), 0)

    with pytest.raises(StopUpload):
        handler.receive_data_chunk(b"0", LARGEST)


def test_a_form_from_elsewhere_is_refused(certificate):
    client = Client(enforce_csrf_checks=True)

    assert post(client, stored(certificate)).status_code == 403


TYPED = {
    "as printed": ("Trần Thị Lan", "05/06/1987", "yes"),
    "in small letters without marks": ("tran  thi lan", "5-6-1987", "yes"),
    "digits alone": ("TRẦN THỊ LAN", "05061987", "yes"),
    "as a machine writes it": ("Trần Thị Lan", "1987-06-05", "yes"),
    "with the honorific of the paper": ("Bà Trần Thị Lan", "05/06/1987", "yes"),
    "another day": ("Trần Thị Lan", "06/05/1987", "no"),
    "only the year": ("Trần Thị Lan", "1987", "no"),
    "no birth date": ("Trần Thị Lan", "", "no"),
    "another name": ("Trần Thị Lam", "05/06/1987", "no"),
}


@pytest.mark.parametrize("typed", TYPED)
def test_name_and_birth_date_are_told_to_match_or_not_and_nothing_more(client, certificate, typed):
    name, born, answer = TYPED[typed]

    response = client.post(reverse("verification:check", args=[certificate.code]), {"name": name, "born": born})

    assert response.context["match"] == answer
    assert [secret in response.text for secret in ("1987", "Thị")] == [False, False]


@pytest.mark.parametrize("born", ["32/13/1987", "31/02/1987", "năm sinh", "13/1987"])
def test_a_birth_date_that_is_none_is_named_and_takes_no_try(client, certificate, born):
    url = reverse("verification:check", args=[certificate.code])

    answers = [client.post(url, {"name": "Trần Thị Lan", "born": born}) for _ in range(7)]

    assert {answer.context["match"] for answer in answers} == {"no_day"}
    assert f'value="{born}"' in answers[-1].text
    assert client.post(url, {"name": "Trần Thị Lan", "born": "05/06/1987"}).context["match"] == "yes"


def test_a_family_name_that_reads_as_an_honorific_belongs_to_the_name(client, learner, certificate):
    certificate.face["holder"] = "Ông Đình Vượng"
    certificate.save(update_fields=["face"])
    url = reverse("verification:check", args=[certificate.code])

    answers = [
        client.post(url, {"name": name, "born": "05/06/1987"}).context["match"]
        for name in ("Ông Đình Vượng", "Ông Ông Đình Vượng", "Đình Vượng")
    ]

    assert answers == ["yes", "yes", "no"]


def test_names_cannot_be_guessed_for_long(client, certificate):
    url = reverse("verification:check", args=[certificate.code])
    answers = [client.post(url, {"name": "x", "born": str(year)}).context["match"] for year in range(1980, 1987)]

    assert answers == ["no"] * 5 + ["slowed"] * 2
    elsewhere = client.post(url, {"name": "Trần Thị Lan", "born": "05/06/1987"}, REMOTE_ADDR="198.51.100.7")
    assert elsewhere.context["match"] == "yes"


def test_names_that_are_tried_at_one_moment_are_counted_one_by_one(client, certificate, monkeypatch):
    monkeypatch.setattr(check_limits, "_peek", lambda *_window: 0)  # what each of them reads before the others count
    url = reverse("verification:check", args=[certificate.code])

    answers = [client.post(url, {"name": "x", "born": str(year)}).context["match"] for year in range(1980, 1987)]

    assert answers == ["no"] * 5 + ["slowed"] * 2


def test_what_matches_takes_no_try(client, certificate):
    url = reverse("verification:check", args=[certificate.code])
    typed = {"name": "Trần Thị Lan", "born": "05/06/1987"}

    assert [client.post(url, typed).context["match"] for _ in range(12)] == ["yes"] * 12


def test_a_birth_date_cannot_be_searched_for_from_many_networks_over_a_day(client, certificate):
    url = reverse("verification:check", args=[certificate.code])
    answers = []
    for hour in range(3):
        with time_machine.travel(datetime(2026, 11, 26, 3 + hour, 0, 0, tzinfo=UTC), tick=False):
            answers += [
                client.post(url, {"name": "x", "born": "1980"}, REMOTE_ADDR=f"198.51.{hour}.{n}").context["match"]
                for n in range(30)
            ]

    assert answers == ["no"] * 60 + ["slowed"] * 30


def test_guessing_is_slowed_and_two_hundred_honest_checks_from_one_address_pass(client, certificate):
    known = reverse("verification:check", args=[certificate.code])
    with time_machine.travel(datetime(2026, 11, 26, 3, 0, 0, tzinfo=UTC), tick=False):
        honest = [client.get(known).status_code for _ in range(200)]
        guesses = [client.get(reverse("verification:check", args=[codes.new_code()])).status_code for _ in range(30)]
        still = client.get(known).status_code

    assert honest == [200] * 200
    assert guesses == [404] * 20 + [429] * 10
    assert still == 200


def test_an_office_with_many_papers_may_mistype_more_often(rf):
    request = rf.get("/kt/")
    for _ in range(60):
        check_limits.note_found(request, codes.new_code())

    assert [check_limits.may_ask_unknown(request) for _ in range(52)] == [True] * 50 + [False] * 2


def test_foreign_files_are_slowed_and_ours_are_not(client, certificate, monkeypatch):
    looked_at = []
    monkeypatch.setattr(
        check_views,
        "verify_file",
        lambda content: looked_at.append(1) or Verdict(False, False, False, "unknown", details={"sha256": ""}),
    )
    with time_machine.travel(datetime(2026, 11, 26, 3, 0, 0, tzinfo=UTC), tick=False):
        foreign = [post(client, b"%PDF-1.7 x").status_code for _ in range(25)]
        ours = [post(client, stored(certificate)).status_code for _ in range(5)]

    assert (foreign, ours, len(looked_at)) == ([200] * 20 + [429] * 5, [200] * 5, 25)


def test_what_stands_behind_a_certificate_is_slowed_as_any_foreign_file(client, certificate, monkeypatch):
    monkeypatch.setattr(
        check_views, "verify_file", lambda content: Verdict(True, False, False, "valid", details={"sha256": ""})
    )
    with time_machine.travel(datetime(2026, 11, 26, 3, 0, 0, tzinfo=UTC), tick=False):
        longer = [post(client, stored(certificate) + b"%% %d" % n).status_code for n in range(25)]
        blanks = [post(client, stored(certificate) + b"\r\n" * n).status_code for n in range(5)]

    assert (longer, blanks) == ([200] * 20 + [429] * 5, [200] * 5)


def test_the_guide_gives_the_root_that_our_signatures_lead_to(client, certificate):
    page = client.get(reverse("verification:guide"))
    (root,) = page.context["roots"]

    file = client.get(reverse("verification:root", args=[root.fingerprint]))

    assert root.spaced in page.text
    assert x509.load_der_x509_certificate(file.content).fingerprint(hashes.SHA256()).hex() == root.fingerprint
    assert "Để phần mềm đọc PDF tin cậy chữ ký" in page.text


def test_the_holder_and_her_officer_download_and_others_find_nothing(client, certificate, learner, hr, other_hr):
    answers = []
    for user in (learner, hr, other_hr):
        client.force_login(user)
        answers.append(client.get(reverse("certificates:download", args=[certificate.pk])).status_code)

    assert answers == [200, 200, 404]
