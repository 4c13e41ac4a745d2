"""The operations page: every part in words, with what to do."""

from datetime import UTC, datetime, timedelta

import pytest

from lms import background, health, operations
from lms.words import PARTS, STATES
from staff.models import Alarm
from tests.factories.keys import signing_key

pytestmark = pytest.mark.django_db


def lines_of(response):
    return {line.name: line for line in response.context["lines"]}


def test_an_administrator_reads_every_part_in_words(client, admin, settings):
    settings.CELERY_BROKER_URL = ""
    background.Patience().run([background.note_sweep])
    client.force_login(admin)

    response = client.get("/van-hanh/")

    assert [(name, line.kind, line.state) for name, line in lines_of(response).items()] == [
        ("Cơ sở dữ liệu", "ok", "đang hoạt động"),
        ("Bộ nhớ đệm", "ok", "đang hoạt động"),
        ("Hàng đợi thông điệp", "ok", "không dùng ở đây; một tiến trình làm các việc nền"),
        ("Giấy chứng nhận và tệp", "ok", "ghi được, đủ dung lượng"),
        ("Khóa ký số", "ok", "ký được"),
        ("Việc nền", "ok", "đang chạy"),
    ]
    assert "Mọi thứ hoạt động bình thường" in response.text


def test_a_key_near_its_end_is_told_with_its_days(client, admin, settings, tmp_path):
    now = datetime.now(UTC)
    files = signing_key(tmp_path, valid_from=now - timedelta(days=9), valid_until=now + timedelta(days=20, hours=1))
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)
    Alarm.objects.create(key="signing-key", text="Chứng thư sắp hết hạn.")
    client.force_login(admin)

    response = client.get("/van-hanh/")

    line = lines_of(response)["Khóa ký số"]
    assert (line.kind, line.state) == ("warn", "hết hạn trong 30 ngày tới")
    assert ("Số ngày còn lại", "20") in line.facts
    assert line.advice
    assert "Chứng thư sắp hết hạn." in response.text
    assert "Có việc cần anh/chị xem" in response.text


def test_without_the_cache_and_the_broker_the_page_says_so(client, admin, monkeypatch, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(health, "_cache", lambda: "away")
    client.force_login(admin)

    lines = lines_of(client.get("/van-hanh/"))

    assert [lines[name].kind for name in ("Bộ nhớ đệm", "Hàng đợi thông điệp")] == ["bad", "bad"]


def test_every_state_of_every_part_has_its_words():
    assert {part for part, _state in STATES} == set(PARTS) == set(operations._FACTS)
    assert all(advice for (_part, state), (_words, advice) in STATES.items() if health.kind_of(state) == "warn")
