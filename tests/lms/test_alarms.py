"""Administrators are told once when something begins."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core import mail

from lms import alarms, health
from staff import clock
from staff.models import Alarm, BackgroundFunction
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
    return len(mail.outbox) - before


def test_the_end_of_the_signing_key_is_told_at_sixty_thirty_and_seven_days_and_when_it_comes(key, admin, learner):
    UserFactory(is_superuser=True, email=None)
    UserFactory(is_superuser=True, is_active=False, email="gone@example.vn")

    sent = [mails_on(day) for day in (0, 1, 2, 30, 31, 32, 53, 54, 60, 61, 62)]

    assert sent == [0, 1, 0, 0, 1, 0, 0, 1, 0, 1, 0]
    assert {address for message in mail.outbox for address in message.to} == {admin.email}
    assert "ngày 26/01/2027, còn 59 ngày" in mail.outbox[0].body
    assert "/van-hanh/" in mail.outbox[0].body
    assert Alarm.objects.filter(ended_at=None).count() == 1


def test_a_matter_that_is_over_ends_and_may_begin_again(admin, monkeypatch, mailoutbox):
    states = iter(["low", "low", "ok", "low"])
    monkeypatch.setattr(health, "storage_state", lambda: next(states))

    opened = [alarms.raise_alarms() for _round in range(4)]

    assert opened == [1, 0, 0, 1]
    assert len(mailoutbox) == 2
    assert Alarm.objects.filter(key="storage:low", ended_at=None).count() == 1


def test_while_the_mail_server_is_away_the_alarm_waits_and_is_told_then(admin, monkeypatch, mailoutbox):
    def away(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr(health, "storage_state", lambda: "full")
    with monkeypatch.context() as patch:
        patch.setattr(alarms, "get_connection", away)
        alarms.raise_alarms()
    assert (len(mailoutbox), Alarm.objects.get().told_at) == (0, None)

    alarms.raise_alarms()

    assert len(mailoutbox) == 1


def test_a_function_that_fails_for_minutes_is_told_in_words(admin, mailoutbox):
    row = BackgroundFunction.objects.create(
        name="certificates.tasks.issue_new", failures=2, failing_since=clock.now() - timedelta(minutes=1)
    )
    assert alarms.raise_alarms() == 0
    row.failing_since = clock.now() - timedelta(minutes=6)
    row.save()

    alarms.raise_alarms()

    assert "“Cấp giấy chứng nhận cho người vừa đạt” lỗi liên tục" in mailoutbox[0].body
