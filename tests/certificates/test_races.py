"""Real threads on PostgreSQL: one certificate a qualification, one file, no gap in the register."""

import pytest
from django.core.files.storage import storages

from certificates.enums import CertificateStatus
from certificates.errors import BatchRefused, NotIssued
from certificates.models import BatchItem, Certificate, CertificateFile, Register, SigningBatch
from certificates.services import (
    batches,
    draw_batch_files,
    issue_certificate,
    issue_waiting,
    make_batch,
    revoke_certificate,
    supersede_certificate,
    take_out,
    take_upload,
    upgrade_certificate,
    work_upload,
)
from tests.factories.agency import Agency
from tests.factories.certificates import passed_qualification
from tests.threads import ON_POSTGRESQL, at_once

pytestmark = ON_POSTGRESQL


@pytest.fixture(autouse=True)
def stored(settings, tmp_path):
    """Private storage as production's embedded sister has it: files on a disk."""
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    backend = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "private")},
    }
    settings.STORAGES = {**settings.STORAGES, "private": backend}
    return lambda: sorted(path.stem for path in (tmp_path / "private").rglob("*.pdf"))


@pytest.fixture
def qualifications(learner):
    """Of twelve courses: more than one register line at stake."""
    return [passed_qualification(learner.staff_member, code=f"CB-{number:02d}") for number in range(1, 13)]


def test_twenty_issues_of_one_qualification_make_one_certificate_and_one_file(qualifications, stored):
    wanted = qualifications[0]

    certificates = at_once(*[lambda: issue_certificate(qualification_id=wanted.pk)] * 20)

    only = Certificate.objects.get()
    assert {certificate.pk for certificate in certificates} == {only.pk}
    assert (only.qualification_id, only.number, only.status) == (wanted.pk, 1, CertificateStatus.ISSUED)
    assert stored() == [CertificateFile.objects.get().sha256]
    assert Register.objects.get().last_number == 1


def test_issues_of_many_qualifications_number_the_register_without_gaps(qualifications, stored):
    # each one asked twice, as the news and the sweeper do
    calls = [lambda pk=wanted.pk: issue_certificate(qualification_id=pk) for wanted in qualifications * 2]

    at_once(*calls)

    lines = Certificate.objects.order_by("number").values_list("number", "status")
    assert list(lines) == [(number, CertificateStatus.ISSUED) for number in range(1, 13)]
    assert set(Certificate.objects.values_list("qualification_id", flat=True)) == {q.pk for q in qualifications}
    assert stored() == sorted(CertificateFile.objects.values_list("sha256", flat=True))
    assert (len(stored()), Register.objects.get().last_number) == (12, 12)


def test_sweepers_that_meet_issue_each_waiting_certificate_once(qualifications, stored):
    done = at_once(*[issue_waiting] * 4)

    assert Certificate.objects.filter(status=CertificateStatus.ISSUED).count() == 12
    assert len(stored()) == 12
    assert Register.objects.get().last_number == 12
    assert sum(done) >= 12


def test_ten_upgrades_of_one_signature_continue_its_file_once(qualifications, stored, real_key):
    real_key("B-B")
    certificate = issue_certificate(qualification_id=qualifications[0].pk)
    real_key("B-T")

    done = at_once(*[lambda: upgrade_certificate(certificate_id=certificate.pk)] * 10)

    first, second = certificate.files.all()
    assert (sorted(done), second.earlier_id) == ([False] * 9 + [True], first.pk)
    assert sorted(stored()) == sorted([first.sha256, second.sha256])


def whole_register():
    """(numbers without a gap, every live qualification once, every issued certificate with one file of its own)."""
    numbers = list(Certificate.objects.order_by("number").values_list("number", flat=True))
    live = list(Certificate.objects.live().values_list("qualification", flat=True))
    with_file = Certificate.objects.exclude(status=CertificateStatus.PENDING).exclude(files=None).count()
    return (
        numbers == list(range(1, Register.objects.get().last_number + 1)),
        len(live) == len(set(live)),
        with_file == CertificateFile.objects.values("certificate").distinct().count(),
    )


def test_twenty_replacements_of_one_certificate_make_one_new_one(qualifications, stored, admin):
    earlier = issue_certificate(qualification_id=qualifications[0].pk)

    made = at_once(*[lambda: supersede_certificate(certificate=earlier, reason="Sai tên", by=admin)] * 20)

    assert len({certificate.pk for certificate in made}) == 1
    assert list(Certificate.objects.order_by("number").values_list("status", flat=True)) == ["superseded", "issued"]
    assert (whole_register(), len(stored())) == ((True, True, True), 2)


def test_issuing_replacing_revoking_and_upgrading_at_once_leave_one_truth(qualifications, stored, real_key, admin):
    real_key("B-B")
    certificates = [issue_certificate(qualification_id=wanted.pk) for wanted in qualifications[:4]]
    real_key("B-T")
    calls = []
    for certificate in certificates:
        calls += [
            lambda c=certificate: issue_certificate(qualification_id=c.qualification_id),
            lambda c=certificate: supersede_certificate(certificate=c, reason="Sai tên", by=admin),
            lambda c=certificate: revoke_certificate(certificate=c, reason="Nhầm", by=admin),
            lambda c=certificate: upgrade_certificate(certificate_id=c.pk),
            lambda c=certificate: upgrade_certificate(certificate_id=c.pk),
        ]

    at_once(*calls, refusals=(NotIssued,))

    assert whole_register() == (True, True, True)
    for certificate in certificates:
        certificate.refresh_from_db()
        assert certificate.status in {CertificateStatus.REVOKED, CertificateStatus.SUPERSEDED}
        assert (certificate.superseded_by is None) == (certificate.status == CertificateStatus.REVOKED)
    assert stored() == sorted(CertificateFile.objects.values_list("sha256", flat=True))


@pytest.fixture
def agency(settings, tmp_path):
    """Certificates are signed elsewhere."""
    made = Agency.at(tmp_path / "agency")
    for name, value in made.settings().items():
        setattr(settings, name, value)
    return made


def test_twenty_who_make_batches_share_the_certificates_out(qualifications, stored, agency, admin, monkeypatch):
    monkeypatch.setattr(batches, "MOST_IN_BATCH", 3)
    for wanted in qualifications:
        issue_certificate(qualification_id=wanted.pk)
    same = [lambda: make_batch(request_key="một", by=admin)] * 10
    others = [lambda n=n: make_batch(request_key=f"khác {n}", by=admin) for n in range(10)]

    made = at_once(*same, *others, refusals=(BatchRefused,))

    assert len({result.pk for result in made[:10] if isinstance(result, SigningBatch)}) <= 1
    items = list(BatchItem.objects.values_list("certificate", flat=True))
    assert len(items) == len(set(items))
    assert all(batch.items.count() for batch in SigningBatch.objects.all())


def test_twenty_workers_attach_what_came_back_once(qualifications, stored, agency, admin, learner):
    for wanted in qualifications[:3]:
        issue_certificate(qualification_id=wanted.pk)
    batch = make_batch(request_key="một", by=admin)
    drawn = at_once(*[lambda: draw_batch_files(batch_id=batch.pk)] * 5)
    contents = []
    for item in batch.items.all():
        with storages["private"].open(item.name) as file:
            contents.append(agency.both(file.read()))
    uploads = [take_upload(batch=batch, content=content, file_name="a.pdf", by=admin) for content in contents]
    out = batch.items.last()

    at_once(
        *[lambda pk=upload.pk: work_upload(upload_id=pk) for upload in uploads * 6],
        lambda: take_out(batch=batch, numbers=[out.pk], reason="Sai", by=admin),
        lambda: revoke_certificate(certificate=batch.items.first().certificate, reason="Nhầm", by=admin),
    )

    assert sorted(drawn) == [False] * 4 + [True]
    assert (whole_register(), CertificateFile.objects.count() <= 3) == ((True, True, True), True)
    for item in batch.items.select_related("certificate", "received"):
        issued = item.certificate.status == CertificateStatus.ISSUED
        assert issued <= (item.received is not None and item.left_at is None)
        told = learner.staff_member.notices.filter(key=f"certificate:{item.certificate_id}").count()
        assert told == item.certificate.files.count()
