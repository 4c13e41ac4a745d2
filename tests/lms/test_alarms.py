"""Administrators are told once when something begins."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from lms import alarms, health
from staff import clock
from staff.models import Alarm, BackgroundFunction, Letter, Notice
from staff.services import send_waiting
from tests.factories.keys import signing_key
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)


@pytest.fixture
def key(settings, tmp_path):
    """A signing key that ends 61 days after NOW."""
    files = signing_key(tmp_path, valid_from=NOW - timedelta(days=1), valid_until=NOW + timedelta(days=61))
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)


def mails_on(day: int) -> int:
    """How many mails go out ``day`` days after NOW, in two rounds."""
    before = len(mail.outbox)
    with time_machine.travel(NOW + timedelta(days=day, hours=1), tick=False):
        alarms.raise_alarms()
        alarms.raise_alarms()
        send_waiting()
    return len(mail.outbox) - before


def test_the_end_of_the_signing_key_is_told_at_sixty_thirty_and_seven_days_and_when_it_comes(key, admin, learner):
    no_address = UserFactory(is_superuser=True, email=None)
    UserFactory(is_superuser=True, is_active=False, email="gone@example.vn")

    sent = [mails_on(day) for day in (0, 1, 2, 30, 31, 32, 53, 54, 60, 61, 62)]

    assert sent == [0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0]
    assert {address for message in mail.outbox for address in message.to} == {admin.email}
    assert "ngày 26/01/2027, còn 59 ngày" in mail.outbox[0].body
    assert "/van-hanh/" in mail.outbox[0].body
    assert Alarm.objects.filter(ended_at=None).count() == 1
    assert Notice.objects.of(no_address).count() == Notice.objects.of(admin).count() == 4
    assert Notice.objects.count() == 8


def test_a_matter_that_is_over_ends_and_may_begin_again(admin, monkeypatch, mailoutbox):
    states = iter(["low", "low", "ok", "low"])
    monkeypatch.setattr(health, "storage_state", lambda: next(states))

    opened = [alarms.raise_alarms() for _round in range(4)]
    send_waiting()

    assert opened == [1, 0, 0, 1]
    assert len(mailoutbox) == 2
    assert Alarm.objects.filter(key="storage:low", ended_at=None).count() == 1


def test_the_administrator_finds_the_alarm_at_the_bell(client, admin, monkeypatch):
    monkeypatch.setattr(health, "storage_state", lambda: "full")
    alarms.raise_alarms()
    client.force_login(admin)

    page = client.get("/thong-bao/").text
    followed = client.post("/thong-bao/da-doc/", {"pk": Notice.objects.get().pk, "go": "1"})

    assert "Ổ đĩa lưu giấy chứng nhận còn trống dưới 5%." in page
    assert (followed.status_code, followed["Location"]) == (302, "/van-hanh/")


def test_while_the_mail_server_is_away_the_alarm_is_at_the_bell_and_the_letter_waits(admin, monkeypatch, mailoutbox):
    def away(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(health, "storage_state", lambda: "full")
    with monkeypatch.context() as patch:
        patch.setattr("staff.services.letters.get_connection", lambda: type("Away", (), {"open": away})())
        alarms.raise_alarms()
        send_waiting()
    assert (len(mailoutbox), Notice.objects.of(admin).count()) == (0, 1)

    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        send_waiting()

    assert len(mailoutbox) == 1


def test_a_mail_server_that_is_away_for_more_than_an_hour_is_told_once(admin):
    letter = Letter.objects.create(purpose="notice", address="a@example.vn", last_error="ConnectionRefusedError")
    refused = Letter.objects.create(purpose="notice", address="b@example.vn", last_error="SMTPDataError 550", tries=2)
    Letter.objects.update(created_at=clock.now() - timedelta(minutes=50))
    assert alarms.raise_alarms() == 0
    Letter.objects.filter(pk=refused.pk).update(created_at=clock.now() - timedelta(minutes=70))
    assert alarms.raise_alarms() == 0
    Letter.objects.filter(pk=letter.pk).update(created_at=clock.now() - timedelta(minutes=70))

    opened = [alarms.raise_alarms() for _round in range(2)]

    assert opened == [1, 0]
    assert "hơn một giờ" in Notice.objects.of(admin).get().text


def test_a_function_that_fails_for_minutes_is_told_in_words(admin, mailoutbox):
    row = BackgroundFunction.objects.create(
        name="certificates.tasks.issue_new", failures=2, failing_since=clock.now() - timedelta(minutes=1)
    )
    assert alarms.raise_alarms() == 0
    row.failing_since = clock.now() - timedelta(minutes=6)
    row.save()

    alarms.raise_alarms()
    send_waiting()

    assert "“Cấp giấy chứng nhận cho người vừa đạt” lỗi liên tục" in mailoutbox[0].body
