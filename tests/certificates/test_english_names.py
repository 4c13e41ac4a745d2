"""English sheets name bodies, posts and courses in English where these have English names, else as everywhere."""

import pytest
from django.core.exceptions import ValidationError

from certificates import services
from certificates.enums import SheetLanguage
from certificates.face import sheet_of
from certificates.previews import preview, sample_of
from certificates.services.templates import check_signer
from staff import clock
from tests.factories.certificates import issuing_body, passed_qualification, published_template

pytestmark = pytest.mark.django_db
ENGLISH = {
    "superior_en": "People's Committee of Thử Nghiệm Province",
    "name_en": "Civil Service Training Centre",
    "signer_post_en": "Director",
}


@pytest.fixture(autouse=True)
def _real(settings, tmp_path):
    settings.SIGNING_KEY_DIR, settings.DEMO = tmp_path / "keys", False


@pytest.fixture
def issued(learner, admin):
    """``issued(language, body's further words, title_en)``: the sheet of a certificate."""

    def make(language, words, title_en):
        issuing_body(**words)
        published_template(admin, language=language)
        qualification = passed_qualification(learner.staff_member)
        qualification.course.title_en = title_en
        qualification.course.save()
        return services.issue_certificate(qualification_id=qualification.pk)

    return make


def sheet(certificate):
    return sheet_of(certificate, signed_by="Khóa thử", signed_at=clock.now(), is_demonstration=False)


def words_of(drawn):
    return drawn.superior, drawn.issuer, drawn.course, drawn.signer_post, drawn.body.certifies


def test_an_english_sheet_says_the_english_names(issued):
    certificate = issued(SheetLanguage.ENGLISH, ENGLISH, "Computers and networks at the office")

    assert words_of(sheet(certificate)) == (
        "PEOPLE'S COMMITTEE OF THỬ NGHIỆM PROVINCE",
        "CIVIL SERVICE TRAINING CENTRE",
        "Computers and networks at the office",
        "DIRECTOR",
        "Director, Civil Service Training Centre, hereby certifies that",
    )


def test_without_english_names_it_says_the_vietnamese_ones(issued):
    certificate = issued(SheetLanguage.ENGLISH, {}, "")

    assert words_of(sheet(certificate)) == (
        "UBND TỈNH THỬ NGHIỆM",
        "TRUNG TÂM BỒI DƯỠNG CÔNG CHỨC",
        "Máy tính & mạng ở cơ quan",
        "GIÁM ĐỐC",
        "Giám đốc, Trung tâm bồi dưỡng công chức, hereby certifies that",
    )


def test_a_sheet_in_both_languages_has_the_english_course_below(issued):
    certificate = issued(SheetLanguage.BOTH, ENGLISH, "Computers and networks at the office")

    drawn = sheet(certificate)
    assert (drawn.course, drawn.course_below) == ("Máy tính & mạng ở cơ quan", "Computers and networks at the office")
    assert (drawn.issuer, drawn.below.certifies) == (
        "TRUNG TÂM BỒI DƯỠNG CÔNG CHỨC",
        "Director, Civil Service Training Centre, hereby certifies that",
    )


def test_the_signer_of_a_template_has_an_english_post(learner, admin):
    issuing_body(**ENGLISH)
    signer = {"signer_post": "Phó Giám đốc", "signer_post_en": "Deputy Director", "signer_name": "Lê Thị Ánh"}
    published_template(admin, language=SheetLanguage.ENGLISH, **signer)

    drawn = sheet(services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk))

    assert (drawn.signer_post, drawn.signer_name) == ("DEPUTY DIRECTOR", "Lê Thị Ánh")
    assert drawn.body.certifies == "Deputy Director, Civil Service Training Centre, hereby certifies that"


def test_the_signer_of_a_template_without_an_english_post_keeps_the_vietnamese_one(learner, admin):
    issuing_body(**ENGLISH)
    signer = {"signer_post": "Phó Giám đốc", "signer_name": "Lê Thị Ánh"}
    published_template(admin, language=SheetLanguage.ENGLISH, **signer)

    drawn = sheet(services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk))

    assert drawn.signer_post == "PHÓ GIÁM ĐỐC"


def test_an_english_post_without_a_signer_is_refused():
    with pytest.raises(ValidationError):
        check_signer({"signer_post": "", "signer_name": "", "signer_post_en": "Deputy Director"})


@pytest.mark.parametrize(
    ("language", "line", "below"),
    [
        ("en", "Unit: Văn phòng HĐND và UBND, Don Duong Commune, Tỉnh Lâm Đồng", None),
        (
            "both",
            "Đơn vị: Văn phòng HĐND và UBND, Xã Đơn Dương, Tỉnh Lâm Đồng",
            "Unit: Văn phòng HĐND và UBND, Don Duong Commune, Tỉnh Lâm Đồng",
        ),
        ("vi", "Đơn vị: Văn phòng HĐND và UBND, Xã Đơn Dương, Tỉnh Lâm Đồng", None),
    ],
)
def test_units_are_named_in_english_where_they_have_a_name(issued, office, language, line, below):
    office.parent.name_en = "Don Duong Commune"
    office.parent.save()

    drawn = sheet(issued(language, ENGLISH, ""))

    assert drawn.body.about[1] == line
    assert (drawn.below and drawn.below.about[1]) == below


def test_units_without_english_names_are_not_said_twice(issued):
    assert sheet(issued(SheetLanguage.BOTH, ENGLISH, "")).below.about[1] == ""


def test_a_vietnamese_sheet_says_no_english_name(issued):
    drawn = sheet(issued(SheetLanguage.VIETNAMESE, ENGLISH, "Computers and networks at the office"))

    assert (drawn.course, drawn.course_below, drawn.signer_post) == ("Máy tính & mạng ở cơ quan", "", "GIÁM ĐỐC")


def test_the_english_title_of_a_course_that_was_renamed_is_not_printed_beside_the_frozen_one(learner):
    issuing_body()
    qualification = passed_qualification(learner.staff_member)
    qualification.course.title, qualification.course.title_en = "Tên mới", "New name"
    qualification.course.save()

    assert services.issue_certificate(qualification_id=qualification.pk).face["course_en"] == ""


def test_later_english_names_change_no_certificate(issued):
    certificate = issued(SheetLanguage.ENGLISH, ENGLISH, "Computers and networks at the office")
    before = words_of(sheet(certificate))
    course = certificate.qualification.course
    course.title_en = "Another name"
    course.save()

    certificate.refresh_from_db()
    assert words_of(sheet(certificate)) == before


def test_a_preview_and_a_certificate_have_the_same_words(issued, monkeypatch):
    certificate = issued(SheetLanguage.BOTH, ENGLISH, "Computers and networks at the office")
    faces = []
    monkeypatch.setattr("certificates.previews.sheet_from", lambda face, **_kept: faces.append(face))
    monkeypatch.setattr("certificates.previews.draw_certificate", lambda _sheet: b"")

    preview(None, sample_of("ngan"))

    assert set(faces[0]) == set(certificate.face)


@pytest.mark.parametrize(
    ("language", "words"), [("vi", "ngày 05/11/2026"), ("en", "on 5 November 2026")], ids=["Vietnamese", "English"]
)
def test_a_course_of_one_day_names_the_day_once(issued, language, words):
    certificate = issued(language, {}, "")
    certificate.face |= {"from": "2026-11-05", "to": "2026-11-05"}

    lines = [line for line in sheet(certificate).body.details if "2026" in line]

    assert [line.rpartition(", ")[2] for line in lines] == [words]
