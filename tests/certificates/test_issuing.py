"""Exactly one certificate, whatever crashes."""

import hashlib
import io

import pytest
from django.core.files.storage import storages
from pypdf import PdfReader

from certificates import services, signing
from certificates.enums import CertificateStatus
from certificates.models import Certificate, CertificateFile, Register
from certificates.services import issuing
from certificates.verification import verify_file
from tests.factories.certificates import passed_qualification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _key_folder(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


@pytest.fixture
def qualification(learner):
    return passed_qualification(learner.staff_member)


def content_of(certificate):
    with storages["private"].open(certificate.files.get().name) as file:
        return file.read()


def free_claims():
    Certificate.objects.update(claimed_until=None)


def test_asking_twice_gives_one_certificate_and_one_number(qualification):
    first = services.issue_certificate(qualification_id=qualification.pk)

    second = services.issue_certificate(qualification_id=qualification.pk)

    assert first.status == CertificateStatus.ISSUED
    assert (second.pk, Certificate.objects.count(), CertificateFile.objects.count()) == (first.pk, 1, 1)
    assert Register.objects.get().last_number == 1


def test_the_holder_is_told_once_when_the_certificate_is_signed(qualification, learner):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    services.issue_certificate(qualification_id=qualification.pk)
    services.issue_waiting()

    [notice] = learner.staff_member.notices.all()
    assert (notice.kind, notice.path) == ("certificate.issued", f"/giay-chung-nhan/{certificate.pk}/tai-ve/")
    assert (qualification.title in notice.title, certificate.serial in notice.text) == (True, True)


@pytest.mark.parametrize("step", ["draw_certificate", "store", "log"])
def test_a_crash_at_any_step_is_healed_by_the_sweeper(qualification, monkeypatch, step):
    def crash(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(issuing, step, crash)
        with pytest.raises(KeyboardInterrupt):
            services.issue_certificate(qualification_id=qualification.pk)
    free_claims()

    assert services.issue_waiting() == 1
    assert Certificate.objects.get().status == CertificateStatus.ISSUED
    assert CertificateFile.objects.count() == 1


def test_a_number_that_was_rolled_back_is_used_again(learner, qualification, monkeypatch):
    def fail(**kwargs):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(issuing, "freeze_face", fail)
        with pytest.raises(RuntimeError):
            services.issue_certificate(qualification_id=qualification.pk)
    second = passed_qualification(learner.staff_member, code="CB-02")

    services.issue_waiting()

    numbers = Certificate.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2]
    assert second.certificates.get().number == 2


def test_one_that_cannot_be_drawn_is_parked_and_the_others_go_on(learner, qualification, monkeypatch):
    poison = passed_qualification(learner.staff_member, code="CB-02", title="Độc")
    draw = issuing.draw_certificate

    def sometimes(sheet):
        if sheet.course == "Độc":
            raise ValueError("cannot draw")
        return draw(sheet)

    monkeypatch.setattr(issuing, "draw_certificate", sometimes)
    for _try in range(10):
        services.issue_waiting()
        free_claims()

    assert qualification.certificates.get().status == CertificateStatus.ISSUED
    parked = poison.certificates.get()
    assert (parked.status, parked.tries, parked.last_error) == (
        CertificateStatus.PENDING,
        issuing.MOST_TRIES,
        "ValueError",
    )


def test_a_broken_key_delays_the_certificate_and_never_loses_it(qualification, settings, tmp_path):
    settings.SIGNING_KEY_FILE = str(tmp_path / "gone.pem")
    settings.SIGNING_CERT_FILE = str(tmp_path / "gone-too.pem")
    waiting = services.issue_certificate(qualification_id=qualification.pk)
    assert (waiting.status, waiting.tries) == (CertificateStatus.PENDING, 0)
    assert waiting.last_error
    settings.SIGNING_KEY_FILE = settings.SIGNING_CERT_FILE = ""
    free_claims()

    services.issue_waiting()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.last_error) == (CertificateStatus.ISSUED, "")


def test_the_issued_file_stays_whatever_is_renamed(qualification):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    before = content_of(certificate)
    person, unit = qualification.staff_member, qualification.staff_member.postings.get().unit
    for thing, field in ((person, "full_name"), (unit, "name"), (qualification.course, "title")):
        setattr(thing, field, "Tên khác")
        thing.save()
    issuer = services.ensure_demonstration_issuer()
    issuer.name = "Tên khác"
    issuer.save()

    again = services.issue_certificate(qualification_id=qualification.pk)

    assert content_of(again) == before
    assert "Tên khác" not in str(again.face)


def test_the_file_is_genuine_and_one_changed_byte_is_found(qualification):
    content = content_of(services.issue_certificate(qualification_id=qualification.pk))
    changed = content.replace(b"/Helv", b"/Halv", 1) if b"/Helv" in content else content[:700] + b"X" + content[701:]
    assert changed != content

    assert verify_file(content).genuine
    verdict = verify_file(changed)
    assert (verdict.genuine, verdict.unchanged, verdict.signature_valid) == (False, False, False)
    assert not verify_file(content + b"\n\n\n").genuine
    assert not verify_file(b"not a pdf").genuine


def test_a_revoked_certificate_is_no_longer_genuine_and_keeps_its_row(qualification, admin):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    content = content_of(certificate)

    services.revoke_certificate(certificate=certificate, reason="Nhầm người", by=admin)

    verdict = verify_file(content)
    assert (verdict.genuine, verdict.registered, verdict.unchanged, verdict.status) == (False, True, True, "revoked")
    assert services.issue_certificate(qualification_id=qualification.pk).status == CertificateStatus.REVOKED


def test_the_sheet_says_that_it_is_a_demonstration(qualification):
    content = content_of(services.issue_certificate(qualification_id=qualification.pk))

    text = " ".join(PdfReader(io.BytesIO(content)).pages[0].extract_text().split())
    assert "BẢN TRÌNH DIỄN - KHÔNG CÓ GIÁ TRỊ" in text
    assert qualification.staff_member.full_name in text
    assert "Kết quả: Đạt 8,25/10, loại Giỏi" in text


def test_the_stored_name_is_the_hash(qualification):
    certificate = services.issue_certificate(qualification_id=qualification.pk)
    file = certificate.files.get()

    assert hashlib.sha256(content_of(certificate)).hexdigest() == file.sha256
    assert file.name == f"certificates/{file.sha256[:2]}/{file.sha256}.pdf"


def test_only_the_owner_reads_the_key(tmp_path):
    signing.ensure_demonstration_key(tmp_path)

    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.glob("*.pem")}
    assert modes == {"demo-ca.pem": "0o600", "demo-cert.pem": "0o600", "demo-key.pem": "0o600"}
