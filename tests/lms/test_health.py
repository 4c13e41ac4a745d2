import threading
import time
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection

from certificates import signing
from lms import background, health
from staff import clock
from staff.models import BackgroundFunction
from tests.factories.keys import signing_key

pytestmark = pytest.mark.django_db

Usage = namedtuple("Usage", "total used free")


def swept(ago=timedelta(0)):
    name = background.name_of(background.note_sweep)
    BackgroundFunction.objects.create(name=name, last_ok_at=clock.now() - ago)


def test_health_is_public_and_well_after_a_sweep(client, settings):
    settings.CELERY_BROKER_URL = ""
    swept()

    response = client.get("/suc-khoe/?strict")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ok",
        "database": "ok",
        "cache": "ok",
        "broker": "none",
        "storage": "ok",
        "signing_key": "ok",
        "work": "ok",
    }


def test_health_asks_the_same_few_queries_of_everybody(client, django_assert_num_queries):
    with django_assert_num_queries(2):  # SELECT 1, the last sweep
        client.get("/suc-khoe/")


def test_health_serves_without_a_worker_but_not_strictly(client):
    swept(ago=timedelta(hours=1))

    assert client.get("/suc-khoe/").status_code == 200
    strict = client.get("/suc-khoe/?strict")
    assert (strict.status_code, strict.json()["work"], strict.json()["status"]) == (503, "late", "degraded")


def test_a_copy_that_is_held_says_so_and_is_well(client, settings):
    settings.WORK_HELD = True

    response = client.get("/suc-khoe/?strict")

    assert (response.status_code, response.json()["work"]) == (200, "held")
    assert (background.prompt(), background.sweepers()) == ([], [])


def test_health_is_down_without_the_database(client, monkeypatch):
    def broken():
        raise DatabaseError("away")

    monkeypatch.setattr(health.connection, "cursor", broken)

    response = client.get("/suc-khoe/")

    assert (response.status_code, response.json()["status"], response.json()["work"]) == (503, "down", "unknown")


def test_a_broker_that_is_away_is_named_within_two_seconds(client, settings):
    swept()
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    begun = time.monotonic()
    response = client.get("/suc-khoe/?strict")

    assert time.monotonic() - begun < 2
    assert (response.status_code, response.json()["broker"]) == (503, "away")


def test_a_part_that_hangs_counts_as_away_and_is_not_asked_again_meanwhile(client, monkeypatch):
    swept()
    asked, end = [], threading.Event()

    def hangs():
        asked.append(threading.current_thread())
        end.wait(20)
        return "ok"

    monkeypatch.setattr(health, "_broker", hangs)

    begun = time.monotonic()
    first = client.get("/suc-khoe/").json()["broker"]
    took = time.monotonic() - begun
    second = client.get("/suc-khoe/").json()["broker"]
    end.set()
    asked[0].join()
    third = client.get("/suc-khoe/").json()["broker"]

    assert took < 2
    assert (first, second, third, len(asked)) == ("away", "away", "ok", 2)


def test_two_who_ask_at_once_get_the_same_answer():
    asked, end = [], threading.Event()

    def slow():
        asked.append(True)
        end.wait(20)
        return "ok"

    deadline = time.monotonic() + 20
    questions = [health._Question.put("slow", slow) for _request in range(2)]
    end.set()

    assert [question.wait_until(deadline) for question in questions] == ["ok", "ok"]
    assert len(asked) == 1


@pytest.mark.postgresql
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs PostgreSQL: set DATABASE_URL")
@pytest.mark.django_db(transaction=True)
def test_a_process_that_has_no_line_to_the_database_yet_makes_one(client):
    connection.close()

    assert client.get("/suc-khoe/").json()["database"] == "ok"


@pytest.mark.parametrize(
    ("free", "state", "strict"), [(16, "ok", 200), (14, "low", 200), (5, "low", 200), (4, "full", 503)]
)
def test_storage_says_how_much_room_is_left(client, settings, tmp_path, monkeypatch, free, state, strict):
    swept()
    on_disk(settings, tmp_path)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda folder: Usage(200, 100 - free, free))

    response = client.get("/suc-khoe/?strict")

    assert (response.json()["storage"], response.status_code) == (state, strict)


def test_storage_that_cannot_be_written_is_named(client, settings, tmp_path, monkeypatch):
    swept()
    on_disk(settings, tmp_path)

    def read_only(dir):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(health.tempfile, "TemporaryFile", read_only)

    response = client.get("/suc-khoe/?strict")

    assert (response.json()["storage"], response.status_code) == ("unwritable", 503)


def test_looking_at_the_storage_leaves_no_file(client, settings, tmp_path):
    on_disk(settings, tmp_path)

    client.get("/suc-khoe/")

    assert list(tmp_path.iterdir()) == []


def on_disk(settings, folder):
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}},
    }


@pytest.mark.parametrize(
    ("days", "state", "strict"),
    [
        (61, "ok", 200),
        (59, "expires_60", 200),
        (29, "expires_30", 200),
        (6, "expires_7", 503),
        (-1, "expired", 503),
    ],
)
def test_the_signing_key_is_named_as_its_end_comes_near(client, settings, tmp_path, days, state, strict):
    swept()
    now = datetime.now(UTC)
    named(settings, signing_key(tmp_path, valid_from=now - timedelta(days=30), valid_until=now + timedelta(days=days)))

    response = client.get("/suc-khoe/?strict")

    assert (response.json()["signing_key"], response.status_code) == (state, strict)


def test_a_signing_key_that_is_missing_or_not_for_signing_is_named(client, settings, tmp_path):
    named(settings, signing_key(tmp_path, may_sign=False))
    unusable = client.get("/suc-khoe/").json()["signing_key"]
    (tmp_path / "key.pem").unlink()
    missing = client.get("/suc-khoe/").json()["signing_key"]

    assert (unusable, missing) == ("unusable", "missing")


def test_the_days_left_are_whole_days(settings, tmp_path):
    end = datetime.now(UTC) + timedelta(days=12, hours=3)
    named(settings, signing_key(tmp_path, valid_until=end))

    assert signing.key_condition().days_left == 12


def named(settings, files):
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)
    settings.SIGNING_CHAIN_FILE = str(files.authority)
