"""Real threads on PostgreSQL: one certificate a qualification, one file, no gap in the register."""

import pytest

from certificates.enums import CertificateStatus
from certificates.models import Certificate, CertificateFile, Register
from certificates.services import issue_certificate, issue_waiting, upgrade_certificate
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
