"""The list of all work: what waits, what failed, whose it is, and trying again."""

import logging
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ModelLogEntry

from certificates import services
from certificates.enums import CertificateStatus
from certificates.models import Certificate
from certificates.services import issuing
from lms import background, operations
from lms.alarms import raise_alarms
from staff import clock, feed
from staff.background import JobState
from staff.models import BackgroundFunction, Change, ImportRun, Letter
from staff.services import send_again, send_waiting
from tests.factories.certificates import passed_qualification
from tests.factories.staff import StaffMemberFactory

pytestmark = pytest.mark.django_db

JOBS = "/van-hanh/cong-viec/"


@pytest.fixture(autouse=True)
def _key_folder(settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"


@pytest.fixture
def cannot_draw(monkeypatch):
    """No certificate can be drawn; calling the fixture's value mends it."""

    def fails(sheet):
        raise ValueError("the glyphs of Trần Thị Lan")

    draw = issuing.draw_certificate
    monkeypatch.setattr(issuing, "draw_certificate", fails)
    return lambda: monkeypatch.setattr(issuing, "draw_certificate", draw)


def parked(staff_member=None):
    """A certificate that was given up."""
    qualification = passed_qualification(staff_member or StaffMemberFactory())
    services.issue_certificate(qualification_id=qualification.pk)
    Certificate.objects.filter(qualification=qualification).update(tries=issuing.MOST_TRIES, claimed_until=None)
    return qualification.certificates.get()


def rows(client, query=""):
    """(kind, state) of what the page lists."""
    page = client.get(f"{JOBS}{query}").context["page"]
    return [(line.kind, line.job.state) for line in page.object_list]


def test_one_poisonous_certificate_is_parked_told_and_tried_again_by_the_administrator(
    client, admin, learner, cannot_draw, caplog
):
    caplog.set_level(logging.INFO, "lms.security")
    poison = parked(learner.staff_member)
    client.force_login(admin)

    page = client.get(f"{JOBS}?kind=certificates&state=parked")
    assert [(line.job.pk, line.job.error, line.job.whose) for line in page.context["page"]] == [
        (poison.pk, "ValueError", "Trần Thị Lan")
    ]
    assert "glyphs" not in page.text
    cannot_draw()
    again = [client.post(f"{JOBS}certificates/{poison.pk}/lam-lai/", follow=True) for _click in range(2)]
    services.issue_waiting()

    assert [str(next(iter(response.context["messages"]))) for response in again] == [
        "Hệ thống đang làm lại ngay.",
        "Không có gì phải làm lại: việc đã xong hoặc đang được xử lý.",
    ]
    poison.refresh_from_db()
    assert (poison.status, poison.files.count()) == (CertificateStatus.ISSUED, 1)
    assert ModelLogEntry.objects.get(action="certificates.retry").user == admin
    retried = [r.facts for r in caplog.records if r.name == "lms.security" and r.facts["event"] == "job_retried"]
    assert [(line["user"], line["kind"], line["job"]) for line in retried] == [
        (admin.pk, "certificates", poison.pk)
    ] * 2


def test_whoever_is_at_work_on_a_certificate_goes_on_undisturbed(learner, admin):
    certificate = parked(learner.staff_member)
    Certificate.objects.update(
        status=CertificateStatus.PENDING,
        last_error="",
        tries=issuing.MOST_TRIES,
        claimed_until=clock.now() + timedelta(minutes=1),
    )

    assert services.try_again(certificate_id=certificate.pk, user=admin) is False


def test_each_state_of_a_certificate_is_told_apart(client, admin, cannot_draw):
    waiting, running, postponed, given_up, killed = (parked() for _certificate in range(5))
    soon = clock.now() + timedelta(minutes=1)
    for certificate, values in (
        (waiting, {"tries": 0, "last_error": ""}),
        (running, {"tries": 1, "last_error": "", "claimed_until": soon}),
        (postponed, {"tries": 1, "claimed_until": soon}),
        (killed, {"last_error": ""}),
    ):
        Certificate.objects.filter(pk=certificate.pk).update(**values)
    client.force_login(admin)

    lines = {line.job.pk: line.job for line in client.get(f"{JOBS}?kind=certificates").context["page"]}

    assert {pk: (job.state, job.can_retry) for pk, job in lines.items()} == {
        waiting.pk: (JobState.WAITING, False),
        running.pk: (JobState.RUNNING, False),
        postponed.pk: (JobState.POSTPONED, True),
        given_up.pk: (JobState.PARKED, True),
        killed.pk: (JobState.PARKED, True),
    }
    assert lines[postponed.pk].next_at == soon
    assert lines[killed.pk].error == "Lần nào tiến trình cũng kết thúc giữa chừng."


def test_every_room_says_what_waits(client, admin, learner, attempt, host_clock):
    passed_qualification(learner.staff_member)
    feed.write(staff_members=[learner.staff_member.pk], since=clock.today(), cause="posting")
    ImportRun.objects.create(kind="staff", file_name="a.csv", started_at=clock.now() - timedelta(hours=2))
    host_clock.move_to(attempt.deadline + timedelta(minutes=2))
    client.force_login(admin)

    listed = rows(client)

    assert set(listed) == {
        ("register", JobState.WAITING),
        ("attempts", JobState.WAITING),
        ("changes", JobState.WAITING),
        ("imports", JobState.PARKED),
    }
    assert len([kind for kind, _state in listed if kind == "changes"]) == Change.objects.count()
    assert rows(client, "?state=parked") == [("imports", JobState.PARKED)]
    assert rows(client, "?kind=attempts") == [("attempts", JobState.WAITING)]
    assert rows(client, "?kind=attempts&state=parked") == []
    assert rows(client, "?kind=nothing&state=nothing") == []


def test_an_overdue_attempt_is_closed_by_the_button_once(client, admin, attempt, host_clock):
    host_clock.move_to(attempt.deadline + timedelta(minutes=2))
    client.force_login(admin)

    for _click in range(2):
        client.post(f"{JOBS}attempts/{attempt.pk}/lam-lai/")

    attempt.refresh_from_db()
    assert (attempt.finish_cause, attempt.gradings.count()) == ("sweeper", 1)


def test_a_failure_of_the_second_try_is_told_by_its_kind(client, admin, attempt, host_clock, monkeypatch):
    def fails(**facts):
        raise LookupError("secret of somebody")

    monkeypatch.setattr("quizzes.jobs.finalise", fails)
    host_clock.move_to(attempt.deadline + timedelta(minutes=2))
    client.force_login(admin)

    page = client.post(f"{JOBS}attempts/{attempt.pk}/lam-lai/", follow=True)

    assert [str(message) for message in page.context["messages"]] == ["Vẫn lỗi: LookupError."]
    assert "secret" not in page.text


@pytest.mark.parametrize("path", ["nothing/1", "changes/1"])
def test_what_cannot_be_tried_again_is_not_there(client, admin, path):
    client.force_login(admin)

    assert client.post(f"{JOBS}{path}/lam-lai/").status_code == 404


def letter(**values):
    return Letter.objects.create(purpose="notice", address="lan@example.vn", subject="s", body="b", **values)


def test_each_state_of_a_letter_is_told_apart(client, admin):
    now = clock.now()
    waiting, abandoned = letter(), letter(claimed_at=now - timedelta(minutes=11))
    running = letter(claimed_at=now)
    postponed = letter(tries=1, not_before=now + timedelta(minutes=2), last_error="SMTPDataError 450")
    given_up = letter(tries=6, given_up_at=now, last_error="SMTPRecipientsRefused")
    letter(sent_at=now)
    letter(given_up_at=now - timedelta(days=31), last_error="SMTPRecipientsRefused")
    client.force_login(admin)

    lines = {line.job.pk: line.job for line in client.get(f"{JOBS}?kind=letters").context["page"]}

    assert {pk: (job.state, job.can_retry, job.error) for pk, job in lines.items()} == {
        waiting.pk: (JobState.WAITING, False, ""),
        abandoned.pk: (JobState.WAITING, False, ""),
        running.pk: (JobState.RUNNING, False, ""),
        postponed.pk: (JobState.POSTPONED, True, "SMTPDataError 450"),
        given_up.pk: (JobState.PARKED, True, "SMTPRecipientsRefused"),
    }
    assert (lines[postponed.pk].next_at, lines[postponed.pk].whose) == (postponed.not_before, "lan@example.vn")
    assert rows(client, "?kind=letters&state=parked") == [("letters", JobState.PARKED)]


def test_a_letter_that_was_given_up_goes_out_by_the_button_once(client, admin, mailoutbox):
    given_up = letter(tries=6, given_up_at=clock.now(), last_error="SMTPRecipientsRefused")
    client.force_login(admin)

    again = [client.post(f"{JOBS}letters/{given_up.pk}/lam-lai/", follow=True) for _click in range(2)]
    sent = [send_waiting() for _round in range(2)]

    assert [str(next(iter(response.context["messages"]))) for response in again] == [
        "Hệ thống đang làm lại ngay.",
        "Không có gì phải làm lại: việc đã xong hoặc đang được xử lý.",
    ]
    assert (sent, len(mailoutbox)) == ([1, 0], 1)
    assert ModelLogEntry.objects.get(action="staff.job.retry").user == admin


def test_a_letter_that_is_being_sent_goes_on_undisturbed(admin):
    running = letter(tries=1, claimed_at=clock.now(), last_error="SMTPDataError 450")

    assert send_again(letter_id=running.pk, user=admin) is False


def test_a_letter_that_was_given_up_is_listed_and_alarms_nobody(admin):
    letter(tries=6, given_up_at=clock.now(), last_error="SMTPRecipientsRefused")

    assert raise_alarms() == 0


def test_nobody_else_can_try_again(client, hr, cannot_draw):
    certificate = parked()
    client.force_login(hr)

    assert client.post(f"{JOBS}certificates/{certificate.pk}/lam-lai/").status_code == 404
    certificate.refresh_from_db()
    assert certificate.tries == issuing.MOST_TRIES


def test_pages_run_through_all_kinds_without_gap_or_repetition(client, admin, learner, cannot_draw, monkeypatch):
    monkeypatch.setattr(operations, "PAGE_SIZE", 2)
    expected = {("certificates", parked().pk) for _certificate in range(3)}
    feed.write(staff_members=[learner.staff_member.pk] * 2, since=clock.today(), cause="posting")
    expected |= {("changes", pk) for pk in Change.objects.values_list("pk", flat=True)}
    client.force_login(admin)

    pages = [client.get(f"{JOBS}?page={number}").context["page"] for number in range(1, 20)]

    number_of_pages = pages[0].paginator.num_pages
    found = [(line.kind, line.job.pk) for page in pages[:number_of_pages] for line in page]
    assert (len(found), set(found)) == (len(expected), expected)


@pytest.mark.parametrize("path", [JOBS, "/van-hanh/"])
def test_queries_do_not_grow_with_the_work(client, admin, learner, cannot_draw, path):
    client.force_login(admin)
    parked()
    feed.write(staff_members=[learner.staff_member.pk], since=clock.today(), cause="posting")
    BackgroundFunction.objects.create(name="certificates.tasks.issue_new", failures=1)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(path)
    for _certificate in range(2):
        parked()
    feed.write(staff_members=[learner.staff_member.pk] * 2, since=clock.today(), cause="posting")
    BackgroundFunction.objects.create(name="certificates.tasks.issue_missing", failures=1)

    with CaptureQueriesContext(connection) as three:
        client.get(path)

    assert len(three) == len(one) < 30


def test_a_function_that_fails_stands_first_with_its_fault_and_can_be_tried_at_once(client, admin):
    background.Patience().run([background.note_sweep])
    name = "unit_coverage.services.drain_changes"
    row = BackgroundFunction.objects.create(
        name=name, failures=3, last_error="OSError: No space", next_try_at=clock.now() + timedelta(minutes=5)
    )
    client.force_login(admin)

    lines = client.get(f"{JOBS}?kind=functions").context["functions"]
    client.post(f"{JOBS}functions/{row.pk}/lam-lai/")

    assert (lines[0].words, lines[0].rests, lines[0].row.last_error) == (
        "Tính các thay đổi vào tỷ lệ",
        True,
        "OSError: No space",
    )
    row.refresh_from_db()
    assert row.next_try_at is None
