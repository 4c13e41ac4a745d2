"""The register book: every line for those who may see it, on the screen, as a workbook and signed."""

import io
from datetime import timedelta

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from openpyxl import load_workbook
from pypdf import PdfReader
from wagtail.models import ModelLogEntry

from certificates import register, register_paper, services
from certificates.models import Certificate, Register
from certificates.verification import verify_file
from courses.models import Qualification
from staff import clock
from tests.factories.certificates import passed_qualification
from tests.factories.staff import PostingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


def issue(person, **words):
    return services.issue_certificate(qualification_id=passed_qualification(person, **words).pk)


@pytest.fixture
def lines(learner, other_commune, admin):
    """Number 1 was replaced by 3 and that revoked; 2 belongs to another commune."""
    first = issue(learner.staff_member)
    issue(PostingFactory(unit=other_commune, staff_member__full_name="Phạm Thị Khác Xã").staff_member)
    third = services.supersede_certificate(certificate=first, reason="Sửa tên", by=admin)
    services.revoke_certificate(certificate=third, reason="In sai mẫu.", by=admin)
    return Register.objects.get()


def shown(user):
    [book] = register.books_for(user)
    return [(line.number, line.remark) for line in register.register_page(user, book).object_list]


def test_an_administrator_sees_every_number_with_what_became_of_it(lines, admin):
    year, today = clock.today().year, clock.today()

    assert shown(admin) == [
        (1, f"Thay bằng số 0003/{year}."),
        (2, ""),
        (3, f"Cấp lại, thay số 0001/{year}. Thu hồi từ {today:%d/%m/%Y}: In sai mẫu."),
    ]


def test_a_certificate_that_has_expired_does_not_stand_there_as_issued(learner, admin):
    qualification = passed_qualification(learner.staff_member)
    Qualification.objects.filter(pk=qualification.pk).update(valid_until=clock.today() - timedelta(days=1))
    services.issue_certificate(qualification_id=qualification.pk)

    [book] = register.books_for(admin)
    [line] = register.register_page(admin, book).object_list

    assert (line.state, line.kind) == ("hết hạn", "warn")


@pytest.mark.parametrize(("is_supervised", "said"), [(True, ", có giám sát"), (False, ", không giám sát"), (None, "")])
def test_a_line_says_whether_the_test_was_supervised_wherever_the_book_is_read(learner, admin, is_supervised, said):
    qualification = passed_qualification(learner.staff_member)
    Qualification.objects.filter(pk=qualification.pk).update(is_supervised=is_supervised)
    services.issue_certificate(qualification_id=qualification.pk)
    [book] = register.books_for(admin)

    [line] = register.register_page(admin, book).object_list
    sheet = load_workbook(io.BytesIO(register_paper.workbook(register.lines_of(admin, book)))).active
    volume = text_of(register_paper.signed_volume(admin, book, volume=1))

    result = f"8,25 (Giỏi){said}"
    assert [line.result, sheet["H2"].value, result in volume] == [result, result, True]
    assert ("giám sát" in volume) is bool(said)


def test_hr_sees_the_lines_of_her_people_only(lines, hr, other_hr):
    assert [[number for number, _remark in shown(user)] for user in (hr, other_hr)] == [[1, 3], [2]]


def test_hr_of_nobody_in_it_does_not_learn_that_the_book_exists(learner, client, other_hr):
    issue(learner.staff_member)
    book = Register.objects.get()
    client.force_login(other_hr)

    answers = [
        client.get(address).status_code
        for address in (
            f"{reverse('certificates:register')}?so={book.pk}",
            reverse("certificates:register_excel", args=[book.pk]),
            reverse("certificates:register_pdf", args=[book.pk, 1]),
        )
    ]

    assert (register.books_for(other_hr), answers) == ([], [404, 404, 404])


@pytest.mark.parametrize("words", ["lan", "Tran Thi", "1", "0001", "TRẦN THỊ LAN"])
def test_a_line_is_found_by_name_and_by_number(lines, admin, words):
    [book] = register.books_for(admin)

    found = register.register_page(admin, book, words=words).object_list

    assert 1 in [line.number for line in found]
    assert 2 not in [line.number for line in found]


def test_a_line_is_found_by_the_name_that_was_entered_and_by_its_code(lines, learner, admin):
    [book] = register.books_for(admin)
    person = learner.staff_member
    person.full_name = "Tên Mới"
    person.save()
    code = Certificate.objects.get(number=1).code

    found = [
        [line.number for line in register.register_page(admin, book, words=words).object_list]
        for words in ("Trần Thị Lan", code, f"{code[:4]}-{code[4:8]}-{code[8:12]}-{code[12:]}".lower())
    ]

    assert found == [[1, 3], [1], [1]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_as_often_for_one_line_as_for_three(client, admin, office, django_assert_num_queries, count):
    for _number in range(count):
        issue(PostingFactory(unit=office).staff_member)
    client.force_login(admin)
    address = reverse("certificates:register")

    # account, books, bodies, count, lines with numbers, what they replace, head of the page
    with django_assert_num_queries(7):
        response = client.get(address)

    assert response.text.count("Tải về") == count


def test_the_workbook_holds_text_and_computes_nothing(learner, admin, client):
    person = learner.staff_member
    person.full_name = "=HYPERLINK(1)"
    person.save()
    issue(person)
    client.force_login(admin)

    response = client.get(reverse("certificates:register_excel", args=[Register.objects.get().pk]))

    sheet = load_workbook(io.BytesIO(response.content)).active
    row = list(sheet.iter_rows(min_row=2))[0]
    assert (row[1].value, row[1].data_type) == ("=HYPERLINK(1)", "s")
    assert {cell.data_type for cell in row if cell.value} == {"s"}
    assert ModelLogEntry.objects.filter(action="certificates.export", user=admin).count() == 1


def text_of(pdf):
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def test_the_signed_volume_says_what_the_book_says(lines, admin):
    [book] = register.books_for(admin)

    pdf = register_paper.signed_volume(admin, book, volume=1)

    text = text_of(pdf)
    assert "SỔ CẤP GIẤY CHỨNG NHẬN" in text
    assert "Quyển này có 3 số liên tục, không bỏ trống, không xóa dòng nào." in text
    assert ("Phạm Thị Khác Xã" in text, "In sai mẫu" in text) == (True, True)
    assert verify_file(pdf).signature_valid
    assert PdfReader(io.BytesIO(pdf)).trailer["/Root"]["/Lang"] == "vi-VN"


def test_hr_gets_an_extract_that_says_so(lines, hr):
    [book] = register.books_for(hr)

    text = text_of(register_paper.signed_volume(hr, book, volume=1))

    assert "TRÍCH SỔ CẤP GIẤY CHỨNG NHẬN" in text
    assert "Bản trích này có 2 dòng" in text
    assert "Phạm Thị Khác Xã" not in text


def test_a_volume_that_there_is_not_answers_404(lines, admin, client):
    client.force_login(admin)

    assert client.get(reverse("certificates:register_pdf", args=[lines.pk, 2])).status_code == 404


def test_without_a_key_the_page_says_why(lines, admin, client, settings):
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = "/nowhere.pem"
    client.force_login(admin)

    response = client.get(reverse("certificates:register_pdf", args=[lines.pk, 1]))

    assert response.status_code == 503
    assert "Hiện chưa ký được sổ cấp" in response.text


def test_volumes_have_five_hundred_numbers(lines):
    book = register.Book(Register(issuer_code="A", year=2026, last_number=1001), None, True)

    assert register_paper.volumes_of(book) == [(1, 1, 500), (2, 501, 1000), (3, 1001, 1001)]


@pytest.mark.parametrize(("mode", "is_said"), [("here", False), ("outside", True)])
def test_a_volume_says_whose_key_it_is_where_the_agency_signs_elsewhere(lines, admin, settings, mode, is_said):
    settings.SIGNING_MODE = mode
    [book] = register.books_for(admin)

    text = text_of(register_paper.signed_volume(admin, book, volume=1))

    assert ("không thay chữ ký số của cơ quan cấp" in " ".join(text.split())) == is_said


def test_a_missing_number_would_be_named(lines, admin):
    Register.objects.update(last_number=5)
    [book] = register.books_for(admin)

    text = text_of(register_paper.signed_volume(admin, book, volume=1))

    assert "thiếu số: 0004, 0005" in text


def test_nobody_is_called_by_a_guess(learner, admin):
    certificate = issue(learner.staff_member)
    with storages["private"].open(certificate.files.get().name) as file:
        text = text_of(file.read())

    assert ("Ông/Bà" in text, "Trần Thị Lan" in text) == (False, True)
    assert clock.today() - timedelta(days=1) < certificate.issued_on
