"""The fact is taken back in one way, and its document follows; a document alone can be taken back or replaced."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from certificates import services
from certificates.codes import grouped
from certificates.enums import Basis, CertificateStatus, EventKind
from certificates.errors import NotIssued
from certificates.models import Certificate, CertificateEvent
from certificates.queries import public_record
from certificates.register import line_of
from certificates.tasks import revoke_missing
from courses.enums import TrackCode
from courses.models import Qualification, Track
from courses.services import revoke_qualification
from staff import clock
from tests.factories.certificates import passed_qualification
from tests.factories.evidence import ClaimFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _keys(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


@pytest.fixture
def qualification(learner):
    return passed_qualification(learner.staff_member)


def test_a_revoked_qualification_takes_its_certificate_with_it(
    qualification, admin, django_capture_on_commit_callbacks
):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    day = clock.today()

    with django_capture_on_commit_callbacks(execute=True):
        revoke_qualification(qualification=qualification, from_day=day, reason="Thi hộ", by=admin)

    certificate.refresh_from_db()
    assert (certificate.status, certificate.revoked_from, certificate.revoked_reason, certificate.revoked_by) == (
        CertificateStatus.REVOKED,
        day,
        "Thi hộ",
        admin,
    )
    assert public_record(certificate.code, on=day).status == "revoked"


def test_a_qualification_revoked_from_a_later_day_is_valid_on_the_check_page_until_then(qualification, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    day = clock.today() + timedelta(days=10)
    revoke_qualification(qualification=qualification, from_day=day, reason="Thi hộ", by=admin)

    services.revoke_with_qualification(qualification_id=qualification.pk)

    assert public_record(certificate.code, on=day - timedelta(days=1)).status == "valid"
    assert public_record(certificate.code, on=day).status == "revoked"


def test_lost_news_of_a_revocation_is_found_once(qualification, admin):
    services.issue_certificate(qualification_id=qualification.pk)
    revoke_qualification(qualification=qualification, from_day=clock.today(), reason="Thi hộ", by=admin)

    assert [revoke_missing(), revoke_missing()] == [1, 0]
    assert Certificate.objects.get().status == CertificateStatus.REVOKED


def test_a_certificate_that_waits_for_its_file_is_never_issued_after_the_revocation(qualification, admin, settings):
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = "/nowhere"
    services.issue_certificate(qualification_id=qualification.pk)
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = ""
    revoke_qualification(qualification=qualification, from_day=clock.today(), reason="Thi hộ", by=admin)
    revoke_missing()
    Certificate.objects.update(claimed_until=None)

    assert services.issue_waiting() == 0
    assert Certificate.objects.get().status == CertificateStatus.REVOKED


def test_one_that_was_never_issued_does_not_count_until_a_later_day(qualification, admin, settings):
    settings.SIGNING_KEY_FILE = "/nowhere/key.pem"
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    assert certificate.status == CertificateStatus.PENDING
    day = clock.today()

    services.revoke_certificate(certificate=certificate, reason="Sai tên", by=admin, from_day=day + timedelta(days=10))

    certificate.refresh_from_db()
    assert (certificate.revoked_from, public_record(certificate.code, on=day).status) == (day, "revoked")
    assert line_of(certificate).has_file is False


def test_a_document_taken_back_alone_leaves_the_fact(qualification, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)

    services.revoke_certificate(certificate=certificate, reason="Sai ngày sinh", by=admin)

    qualification.refresh_from_db()
    assert qualification.revoked_from is None
    with pytest.raises(NotIssued):
        services.revoke_certificate(certificate=certificate, reason=" ", by=admin)


def test_a_replaced_certificate_points_at_the_new_one_with_todays_words(qualification, admin):
    earlier = services.issue_certificate(qualification_id=qualification.pk)
    file = earlier.files.get().sha256
    person = qualification.staff_member
    person.full_name = "Trần Thị Lan Anh"
    person.save()

    new, again = [
        services.supersede_certificate(certificate=earlier, reason="Sai tên", by=admin) for _twice in range(2)
    ]

    earlier.refresh_from_db()
    assert (earlier.status, earlier.superseded_by, again) == (CertificateStatus.SUPERSEDED, new, new)
    assert (new.status, new.number, new.face["holder"]) == (
        CertificateStatus.ISSUED,
        earlier.number + 1,
        "Trần Thị Lan Anh",
    )
    assert earlier.files.get().sha256 == file
    assert [public_record(c.code, on=clock.today()).status for c in (earlier, new)] == ["superseded", "valid"]


def test_only_an_issued_certificate_is_replaced(qualification, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    services.revoke_certificate(certificate=certificate, reason="Nhầm người", by=admin)

    with pytest.raises(NotIssued):
        services.supersede_certificate(certificate=certificate, reason="Sai tên", by=admin)

    assert Certificate.objects.count() == 1


def test_a_result_whose_certificate_was_revoked_gets_a_new_one_that_the_earlier_one_points_at(qualification, admin):
    earlier = services.issue_certificate(qualification_id=qualification.pk)
    services.revoke_certificate(certificate=earlier, reason="In sai tên khóa học", by=admin)

    new, again = [
        services.replace_revoked_certificate(certificate=earlier, reason="In lại", by=admin) for _twice in range(2)
    ]

    earlier.refresh_from_db()
    assert (earlier.status, earlier.revoked_reason, earlier.superseded_by, again) == (
        CertificateStatus.REVOKED,
        "In sai tên khóa học",
        new,
        new,
    )
    assert (new.status, new.number, new.qualification) == (
        CertificateStatus.ISSUED,
        earlier.number + 1,
        earlier.qualification,
    )
    told = [public_record(c.code, on=clock.today()) for c in (earlier, new)]
    assert [(one.status, one.replaced_by) for one in told] == [("revoked", grouped(new.code)), ("valid", "")]
    lines = [line_of(c) for c in Certificate.objects.order_by("number")]
    day = f"{clock.today():%d/%m/%Y}"
    assert [line.remark for line in lines] == [
        f"Thu hồi từ {day}: In sai tên khóa học. Thay bằng số {new.serial}.",
        f"Cấp lại, thay số {earlier.serial}.",
    ]
    assert list(CertificateEvent.objects.order_by("pk").values_list("kind", flat=True)) == [
        EventKind.ISSUED,
        EventKind.REVOKED,
        EventKind.ISSUED,
    ]


def test_no_new_certificate_takes_the_place_of_one_whose_result_was_revoked_too(qualification, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    revoke_qualification(qualification=qualification, from_day=clock.today(), reason="Thi hộ", by=admin)
    services.revoke_with_qualification(qualification_id=qualification.pk)

    with pytest.raises(NotIssued) as refusal:
        services.replace_revoked_certificate(certificate=certificate, reason="In lại", by=admin)

    assert (str(refusal.value), Certificate.objects.count()) == ("Kết quả đã bị thu hồi.", 1)


def test_one_that_is_revoked_from_a_later_day_is_not_replaced_before_it(qualification, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    tomorrow = clock.today() + timedelta(days=1)
    services.revoke_certificate(certificate=certificate, reason="In sai", by=admin, from_day=tomorrow)

    with pytest.raises(NotIssued) as refusal:
        services.replace_revoked_certificate(certificate=certificate, reason="In lại", by=admin)

    assert str(refusal.value) == f"Thu hồi từ {tomorrow:%d/%m/%Y}: từ ngày đó mới cấp được giấy thay thế."
    assert Certificate.objects.count() == 1


def test_one_that_counts_is_not_taken_for_revoked(qualification, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)

    with pytest.raises(NotIssued):
        services.replace_revoked_certificate(certificate=certificate, reason="In lại", by=admin)

    assert Certificate.objects.count() == 1


def test_a_recognition_taken_back_ends_what_it_granted_and_stays_on_record(learner, admin):
    Track.objects.get_or_create(code=TrackCode.BASIC, defaults={"name": "Tin học cơ bản"})
    claim = ClaimFactory(staff_member=learner.staff_member)
    decision = services.decide(
        number="02/QĐ-VD",
        signed_on=date(2024, 10, 1),
        effective_from=date(2024, 10, 1),
        authority="Cơ sở ví dụ",
        rule="TTLT 17/2016",
        claims=[claim],
        basis=Basis.EVIDENCE,
        back_dated_because="Ghi lại quyết định đã có",
    )
    [recognition] = decision.recognitions.all()

    for day in (date(2026, 5, 1), date(2026, 6, 1)):
        services.revoke_recognition(
            recognition=recognition, from_day=day, reason="Chứng chỉ giả", by=admin, back_dated_because="Sai từ đầu"
        )
        recognition.refresh_from_db()

    held = Qualification.objects.get()
    assert (held.revoked_from, held.revoked_reason, held.revoked_by) == (date(2026, 5, 1), "Chứng chỉ giả", admin)
    assert [Qualification.objects.held_on(d).count() for d in (date(2026, 4, 30), date(2026, 5, 1))] == [1, 0]
    assert (decision.recognitions.count(), recognition.is_accepted) == (1, True)


def told(person) -> list[tuple[str, str]]:
    return list(person.notices.exclude(kind="certificate.issued").values_list("title", "text"))


def test_who_held_it_is_told_once_since_when_and_why_and_what_still_counts(qualification, learner, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)

    for _ in range(2):
        services.revoke_certificate(
            certificate=certificate, reason="Sai tên khóa học.", by=admin, from_day=date(2026, 11, 3)
        )

    title, text = told(learner.staff_member)[0]
    assert len(told(learner.staff_member)) == 1
    assert title == f"Giấy chứng nhận của anh/chị đã bị thu hồi: {qualification.title}"
    assert text == (
        f"Giấy chứng nhận số {certificate.serial} không còn giá trị từ ngày 03/11/2026. Lý do: Sai tên khóa học."
        " Anh/chị vẫn được tính là đã đạt."
    )


def test_who_waited_for_one_that_was_never_issued_is_told_that_it_will_not_come(
    qualification, learner, admin, settings
):
    settings.SIGNING_MODE = "outside"
    certificate = services.issue_certificate(qualification_id=qualification.pk)

    services.revoke_certificate(certificate=certificate, reason="Sai tên khóa học.", by=admin)

    [(_title, text)] = told(learner.staff_member)
    assert text == (
        f"Giấy chứng nhận số {certificate.serial} sẽ không được cấp. Lý do: Sai tên khóa học."
        " Anh/chị vẫn được tính là đã đạt."
    )


def test_my_learning_says_how_it_stands_with_the_certificate(client, qualification, learner, admin):
    client.force_login(learner)

    before = client.get(reverse("my_learning")).text
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    issued = client.get(reverse("my_learning")).text
    services.revoke_certificate(certificate=certificate, reason="In sai", by=admin)
    revoked = client.get(reverse("my_learning")).text

    said = ("giấy chứng nhận chưa được cấp", "Giấy chứng nhận (PDF)", "giấy chứng nhận đã bị thu hồi")
    assert [[words in page for words in said] for page in (before, issued, revoked)] == [
        [True, False, False],
        [False, True, False],
        [False, False, True],
    ]


def test_who_loses_the_result_too_is_told_so(qualification, learner, admin):
    services.issue_certificate(qualification_id=qualification.pk)
    revoke_qualification(qualification=qualification, from_day=clock.today(), reason="Thi hộ", by=admin)

    services.revoke_with_qualification(qualification_id=qualification.pk)

    [(_title, text)] = told(learner.staff_member)
    assert "Kết quả cũng không được tính từ ngày đó" in text


def test_who_gets_another_one_is_told_which_it_replaces(qualification, learner, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)

    new = services.supersede_certificate(certificate=certificate, reason="Sửa họ tên", by=admin)

    texts = {notice.key: notice.text for notice in learner.staff_member.notices.all()}
    assert "thay" not in texts[f"certificate:{certificate.pk}"]
    assert f"thay giấy số {certificate.serial}" in texts[f"certificate:{new.pk}"]
