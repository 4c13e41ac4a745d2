"""Signing with the agency's own tool, from the batch that goes out to the certificates that are issued."""

import hashlib
import io
import json
import zipfile

import pytest
from django.core.files.storage import storages
from wagtail.models import ModelLogEntry

from certificates import services, signing
from certificates.enums import CertificateStatus, SignatureLevel
from certificates.errors import BatchRefused
from certificates.models import BatchItem, Certificate, CertificateFile, SigningBatch, SigningUpload
from certificates.queries import public_record
from certificates.services import batches, issuing
from certificates.tasks import attend_to_batches
from certificates.verification import verify_file
from staff import clock
from tests.factories.agency import Agency
from tests.factories.certificates import passed_qualification

pytestmark = pytest.mark.django_db


@pytest.fixture
def agency(settings, tmp_path):
    """An installation whose certificates are signed elsewhere."""
    made = Agency.at(tmp_path / "agency")
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    for name, value in made.settings().items():
        setattr(settings, name, value)
    return made


def waiting(learner, count=1):
    """So many certificates that wait for their signatures."""
    found = [passed_qualification(learner.staff_member, code=f"CB-{n:02d}") for n in range(1, count + 1)]
    return [services.issue_certificate(qualification_id=qualification.pk) for qualification in found]


def sent(learner, admin, count=1) -> SigningBatch:
    """A batch of so many certificates, drawn."""
    waiting(learner, count)
    batch = services.make_batch(request_key="một", by=admin)
    services.draw_batch_files(batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def stored(name) -> bytes:
    with storages["private"].open(name) as file:
        return file.read()


def sheets(batch) -> list[bytes]:
    """The files that went out, in the order of the register."""
    return [stored(item.name) for item in batch.items.all()]


def hand_in(batch, content, admin, name="tep.pdf") -> list[dict]:
    """The report on what was handed in."""
    upload = services.take_upload(batch=batch, content=content, file_name=name, by=admin)
    services.work_upload(upload_id=upload.pk)
    upload.refresh_from_db()
    assert upload.done_at
    return upload.report


def packed(files: dict) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return output.getvalue()


def test_a_certificate_waits_until_both_signatures_are_there(agency, learner, admin):
    batch = sent(learner, admin)
    [certificate], [sheet] = Certificate.objects.all(), sheets(batch)
    assert (services.issue_waiting(), certificate.status, certificate.files.count()) == (0, "pending", 0)
    first = agency.first(sheet)

    assert hand_in(batch, first, admin) == [{"file": "tep.pdf", "serial": certificate.serial, "outcome": "part"}]
    assert certificate.serial == f"0001/{clock.today().year}"
    certificate.refresh_from_db()
    assert (certificate.status, certificate.level, learner.staff_member.notices.count()) == ("pending", 0, 0)
    assert (public_record(certificate.code, on=clock.today()).status, verify_file(first).genuine) == ("pending", False)
    second = agency.second(first)
    [row] = hand_in(batch, second, admin)

    certificate.refresh_from_db()
    assert (row["outcome"], certificate.status, certificate.level) == ("issued", "issued", SignatureLevel.B)
    part, whole = certificate.files.all()
    assert (whole.earlier, part.level, whole.level) == (part, SignatureLevel.NONE, SignatureLevel.B)
    assert [stored(file.name) for file in (part, whole)] == [first, second]
    assert second.startswith(first)
    assert first.startswith(sheet)
    assert (verify_file(second).genuine, verify_file(first).genuine, verify_file(sheet).genuine) == (True, False, False)
    assert public_record(certificate.code, on=clock.today()).status == "valid"
    assert [notice.kind for notice in learner.staff_member.notices.all()] == ["certificate.issued"]
    assert SigningUpload.objects.exclude(name="").count() == 0


def test_files_with_both_signatures_come_back_in_one_archive_under_any_names(agency, learner, admin):
    batch = sent(learner, admin, count=3)
    one, two, three = sheets(batch)
    files = {"thư mục/c_signed.pdf": agency.both(one), "a.pdf": agency.both(two), "danh-sach.csv": b"x"}

    report = hand_in(batch, packed(files), admin, name="ky.zip")

    year = clock.today().year
    assert [(row["serial"], row["outcome"]) for row in report] == [
        (f"0001/{year}", "issued"),
        (f"0002/{year}", "issued"),
    ]
    assert list(Certificate.objects.order_by("number").values_list("status", flat=True)) == ["issued"] * 2 + ["pending"]
    assert hand_in(batch, agency.both(three), admin)[0]["outcome"] == "issued"


def test_what_was_handed_in_before_changes_nothing(agency, learner, admin):
    batch = sent(learner, admin)
    [sheet] = sheets(batch)
    whole = agency.both(sheet)

    twice = packed({"a.pdf": whole, "b.pdf": whole})

    first = hand_in(batch, twice, admin)
    again = hand_in(batch, twice, admin)
    alone = hand_in(batch, whole, admin)

    assert [row["outcome"] for row in (*first, *again, *alone)] == [*["issued", "already"] * 2, "already"]
    assert (CertificateFile.objects.count(), learner.staff_member.notices.count()) == (1, 1)


def test_a_tool_may_draw_fields_of_its_own(agency, learner, admin):
    batch = sent(learner, admin)
    [sheet] = sheets(batch)
    from tests.factories.agency import signed

    first = signed(sheet, agency.signer, "Signature1", makes_field=True)
    whole = signed(first, agency.seal, "Signature2", makes_field=True)

    assert hand_in(batch, whole, admin)[0]["outcome"] == "issued"
    assert verify_file(whole).genuine is True


def test_each_download_is_the_same_archive_and_its_list_says_what_to_sign_in_which_order(
    agency, learner, admin, client
):
    batch = sent(learner, admin, count=2)
    client.force_login(admin)

    first, second = [client.get(f"/giay-chung-nhan/ky-ngoai/{batch.pk}/tep/").content for _twice in range(2)]

    assert first == second
    assert hashlib.sha256(first).hexdigest() == batch.sha256
    archive = zipfile.ZipFile(io.BytesIO(first))
    said = json.loads(archive.read("danh-sach.json"))
    assert [(row["number"], row["code"]) for row in said["files"]] == [
        (certificate.serial, certificate.code) for certificate in Certificate.objects.order_by("number")
    ]
    assert [hashlib.sha256(archive.read(row["file"])).hexdigest() for row in said["files"]] == [
        row["sha256"] for row in said["files"]
    ]
    assert [(row["order"], row["field"], row["certificates"][0]["holder"]) for row in said["signatures"]] == [
        (1, "ChuKyNguoiKy", "Nguyễn Văn Ký"),
        (2, "ChuKyCoQuan", "UBND xã Dấu"),
    ]


def test_the_same_form_twice_is_one_batch_and_no_certificate_is_in_two(agency, learner, admin):
    waiting(learner, 2)

    first, second = [services.make_batch(request_key="một", by=admin) for _twice in range(2)]

    assert (first, BatchItem.objects.count()) == (second, 2)
    with pytest.raises(BatchRefused, match="Không có giấy chứng nhận nào chờ ký"):
        services.make_batch(request_key="hai", by=admin)


def test_a_batch_takes_one_course_and_no_more_than_it_may(agency, learner, admin, monkeypatch):
    waiting(learner, 3)
    monkeypatch.setattr(batches, "MOST_IN_BATCH", 1)

    first = services.make_batch(request_key="một", by=admin, course="CB-02")
    second = services.make_batch(request_key="hai", by=admin)

    taken = [item.certificate.qualification.code for batch in (first, second) for item in batch.items.all()]
    assert taken == ["CB-02", "CB-01"]


def test_nothing_goes_out_where_certificates_are_signed_here(learner, admin, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"

    with pytest.raises(BatchRefused, match="khóa của phần mềm này"):
        services.make_batch(request_key="một", by=admin)


def test_what_is_out_is_not_signed_here_after_the_mode_changed(agency, learner, admin, settings):
    batch = sent(learner, admin, count=2)
    out, other = batch.items.all()
    services.take_out(batch=batch, numbers=[other.pk], reason="Đổi cách ký", by=admin)
    settings.SIGNING_MODE = "here"

    services.issue_waiting()

    states = Certificate.objects.order_by("number").values_list("status", flat=True)
    assert list(states) == [CertificateStatus.PENDING, CertificateStatus.ISSUED]


def test_one_that_cannot_be_drawn_goes_out_of_the_batch_and_the_others_stay(agency, learner, admin, monkeypatch):
    waiting(learner, 3)
    draw = batches.draw_certificate

    def sometimes(sheet):
        if "0002" in sheet.number:
            raise ValueError("cannot draw")
        return draw(sheet)

    monkeypatch.setattr(batches, "draw_certificate", sometimes)
    batch = services.make_batch(request_key="một", by=admin)
    assert services.draw_batch_files(batch_id=batch.pk) is True

    assert [(bool(item.name), item.left_because) for item in batch.items.all()] == [
        (True, ""),
        (False, "Không vẽ được: ValueError"),
        (True, ""),
    ]


@pytest.mark.parametrize("step", ["draw_certificate", "store", "private_files.store", "manifests.packed"])
def test_a_batch_that_was_killed_at_any_step_is_drawn_later_and_is_the_same(agency, learner, admin, monkeypatch, step):
    waiting(learner, 3)
    batch = services.make_batch(request_key="một", by=admin)
    calls = []
    real = {"draw_certificate": batches.draw_certificate, "store": batches.store}

    def crash(*args, **kwargs):
        calls.append(1)
        if len(calls) >= (2 if step in {"draw_certificate", "store"} else 1):
            raise KeyboardInterrupt
        return real[step](*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(f"certificates.services.batches.{step}", crash)
        with pytest.raises(KeyboardInterrupt):
            services.draw_batch_files(batch_id=batch.pk)
    assert services.draw_batch_files(batch_id=batch.pk) is False
    expected = [batches.sheet_to_sign(item.certificate, drawn_at=batch.made_at) for item in batch.items.all()]
    SigningBatch.objects.update(claimed_until=None)

    assert attend_to_batches() == 1
    assert sheets(batch) == expected
    batch.refresh_from_db()
    assert hashlib.sha256(stored(batch.name)).hexdigest() == batch.sha256


@pytest.mark.parametrize("step", ["_look_at", "signing.level_of", "store", "log", "tell_the_holder", "_clear"])
def test_an_upload_that_was_killed_at_any_step_attaches_each_file_once(agency, learner, admin, monkeypatch, step):
    batch = sent(learner, admin, count=2)
    content = packed({f"{n}.pdf": agency.both(sheet) for n, sheet in enumerate(sheets(batch))})
    upload = services.take_upload(batch=batch, content=content, file_name="ky.zip", by=admin)
    calls = []

    def crash(*args, **kwargs):
        calls.append(1)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"certificates.services.returned.{step}", crash)
        with pytest.raises(KeyboardInterrupt):
            services.work_upload(upload_id=upload.pk)
    SigningUpload.objects.update(claimed_until=None)
    services.work_uploads()

    assert [certificate.status for certificate in Certificate.objects.all()] == ["issued"] * 2
    assert (CertificateFile.objects.count(), learner.staff_member.notices.count()) == (2, 2)
    upload.refresh_from_db()
    assert ([row["outcome"] for row in upload.report], upload.name) == (["issued"] * 2, "")


def test_a_full_disk_delays_and_loses_nothing(agency, learner, admin, monkeypatch):
    batch = sent(learner, admin)
    content = agency.both(sheets(batch)[0])
    upload = services.take_upload(batch=batch, content=content, file_name="a.pdf", by=admin)

    def full(*args):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("certificates.services.returned.store", full)
        assert services.work_upload(upload_id=upload.pk) is False
    upload.refresh_from_db()
    assert (upload.last_error, CertificateFile.objects.count()) == ("OSError: No space left on device", 0)
    assert services.try_upload_again(upload_id=upload.pk, user=admin) is True

    assert services.work_uploads() == 1
    assert Certificate.objects.get().status == CertificateStatus.ISSUED


def test_taken_out_of_a_batch_it_goes_out_with_another_and_the_earlier_file_is_refused(agency, learner, admin):
    batch = sent(learner, admin)
    [item], [sheet] = batch.items.all(), sheets(batch)
    hand_in(batch, agency.first(sheet), admin)

    counts = [services.take_out(batch=batch, numbers=[item.pk], reason="Sai tên", by=admin) for _twice in range(2)]
    [row] = hand_in(batch, agency.both(sheet), admin)

    assert (counts, row["problem"]) == ([1, 0], "left")
    again = services.make_batch(request_key="hai", by=admin)
    services.draw_batch_files(batch_id=again.pk)
    assert hand_in(again, agency.both(sheets(again)[0]), admin)[0]["outcome"] == "issued"
    assert verify_file(stored(Certificate.objects.get().files.last().name)).genuine is True


def test_the_log_keeps_who_sent_took_out_and_received(agency, learner, admin):
    batch = sent(learner, admin, count=2)
    first, second = batch.items.all()
    services.take_out(batch=batch, numbers=[second.pk], reason="Sai", by=admin)
    hand_in(batch, agency.first(stored(first.name)), admin)
    hand_in(batch, agency.both(stored(first.name)), admin)

    actions = list(ModelLogEntry.objects.order_by("pk").values_list("action", "user"))

    assert actions == [
        ("certificates.batch", admin.pk),
        ("certificates.take_out", admin.pk),
        ("certificates.upload", admin.pk),
        ("certificates.receive", admin.pk),
        ("certificates.upload", admin.pk),
    ]


def test_a_signature_is_upgraded_afterwards_by_a_file_that_continues_it(agency, learner, admin, settings, authority):
    batch = sent(learner, admin)
    whole = agency.both(sheets(batch)[0])
    hand_in(batch, whole, admin)
    settings.SIGNING_LEVEL, settings.SIGNING_TSA_URL = "B-T", f"{authority.address}/tsa"
    settings.SIGNING_TSA_CHAIN_FILES = [str(authority.root)]

    assert services.upgrade_waiting() == 1

    certificate = Certificate.objects.get()
    content = stored(certificate.files.last().name)
    assert (certificate.level, content.startswith(whole), signing.level_of(content)) == (2, True, SignatureLevel.T)
    assert (verify_file(content).genuine, verify_file(whole).genuine) == (True, True)


def test_a_certificate_replaced_by_another_waits_again_for_signatures(agency, learner, admin):
    batch = sent(learner, admin)
    hand_in(batch, agency.both(sheets(batch)[0]), admin)

    new = services.supersede_certificate(certificate=Certificate.objects.get(), reason="Sai tên", by=admin)

    assert (new.status, new.files.count(), services.waiting_to_go_out(admin).get()) == ("pending", 0, new)
    assert issuing.produce_file(certificate_id=new.pk) is False
