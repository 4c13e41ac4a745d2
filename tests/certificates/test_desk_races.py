"""Real threads on PostgreSQL at the issuing desk: one certificate a qualification, no gap, one draft of a template."""

from uuid import uuid4

import pytest

from certificates.desk import Choice, candidates
from certificates.enums import CertificateStatus
from certificates.models import Certificate, CertificateTemplate, IssuingRun, Register
from certificates.services import confirm_run, draft_from, issue_certificate, prepare_run, publish, work_runs
from staff import clock
from tests.factories.certificates import passed_qualification, published_template
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


def prepared(admin, kind, **words):
    found = candidates(admin, kind, Choice())
    run = prepare_run(kind=kind, found=found, token=uuid4(), by=admin, **words)
    at_once(*[lambda: confirm_run(run=run, by=admin)] * 5)
    return run


def test_workers_that_meet_at_one_run_issue_each_certificate_once(qualifications, stored, admin):
    run = prepared(admin, "issue", decision="Quyết định số 1")

    at_once(*[work_runs] * 6)
    IssuingRun.objects.update(claimed_until=None)
    work_runs()

    assert set(run.lines.values_list("state", flat=True)) == {"done"}
    lines = Certificate.objects.order_by("number").values_list("number", "status")
    assert list(lines) == [(number, CertificateStatus.ISSUED) for number in range(1, 13)]


def test_a_desk_and_a_sweeper_that_replace_and_revoke_leave_one_live_certificate_at_most(qualifications, stored, admin):
    for wanted in qualifications[:4]:
        issue_certificate(qualification_id=wanted.pk)
    again = prepared(admin, "reissue", reason="Sửa tên")
    taken = prepared(admin, "revoke", reason="In sai", from_day=clock.today(), fate="stays")

    at_once(*[work_runs] * 4)
    for _rest in range(3):
        IssuingRun.objects.update(claimed_until=None)
        work_runs()

    live = Certificate.objects.live().values_list("qualification_id", flat=True)
    numbers = list(Certificate.objects.order_by("number").values_list("number", flat=True))
    assert len(live) == len(set(live))
    assert numbers == list(range(1, Register.objects.get().last_number + 1))
    for line in [*again.lines.all(), *taken.lines.all()]:
        assert line.state in {"done", "failed"}


def test_two_drafts_and_two_publications_at_once_are_one(admin):
    template = published_template(admin)

    drafts = at_once(*[lambda: draft_from(template=template, by=admin)] * 8)
    at_once(*[lambda: publish(template=drafts[0], edits=0, valid_from=clock.today(), by=admin)] * 4)

    assert {draft.pk for draft in drafts} == {drafts[0].pk}
    assert list(CertificateTemplate.objects.order_by("version").values_list("version", flat=True)) == [1, 2]
