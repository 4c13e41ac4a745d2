"""What is written down of requests, work and attacks; each line is parsed as a reader of logs would."""

import io
import json
import logging

import pytest
from django.contrib.auth.decorators import login_not_required
from django.test import Client
from django.urls import path
from wagtail.models import Page

from lms import background, request_ids, urls
from lms.celery import send_request_id, take_request_id
from lms.logs import JsonFormatter, LineFormatter, NoPathFilter
from lms.request_ids import RequestIdFilter
from lms.settings.base import LOGGING
from tests.factories.staff import UserFactory

PASSWORD = "Mat-khau-rat-dai-42"


@pytest.fixture
def lines():
    """Everything logged from here on, as production writes it, parsed."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonFormatter())
    handler.addFilter(RequestIdFilter())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    def parsed(event=None, **facts):
        found = [json.loads(line) for line in stream.getvalue().splitlines()]
        return [
            line for line in found if (event is None or line.get("event") == event) and facts.items() <= line.items()
        ]

    parsed.text = stream.getvalue
    yield parsed
    root.removeHandler(handler)
    root.setLevel(level)


@login_not_required
def fails(request, secret):
    raise RuntimeError("out of order")


urlpatterns = [*urls.urlpatterns, path("hong/<str:secret>/", fails, name="fails")]
handler500 = urls.handler500


@pytest.mark.django_db
def test_each_request_leaves_one_line_with_who_what_and_how_long(client, learner, lines):
    client.force_login(learner)

    response = client.get("/viec-hoc/?q=bi-mat", headers={"X-Request-ID": "abcd-1234-efgh"})

    (line,) = lines("request")
    assert isinstance(line.pop("ms"), int)
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "INFO",
        "request": response["X-Request-ID"],
        "logger": "lms.requests",
        "message": "GET my_learning 200",
        "event": "request",
        "method": "GET",
        "route": "my_learning",
        "status": 200,
        "user": learner.pk,
    }
    assert "bi-mat" not in lines.text()
    assert learner.full_name not in lines.text()


@pytest.mark.django_db
def test_the_level_follows_the_status_and_health_is_quiet(client, settings, lines):
    settings.ROOT_URLCONF = "tests.lms.test_logs"
    client.raise_request_exception = False

    client.get("/")
    client.get("/suc-khoe/")
    client.get("/khong-co/")
    client.post("/viec-hoc/")
    client.get("/hong/reset-key-123/")

    assert [(line["route"], line["status"], line["level"]) for line in lines("request")] == [
        ("home", 200, "INFO"),
        ("health", 200, "DEBUG"),
        ("-", 404, "INFO"),
        ("my_learning", 302, "INFO"),
        ("fails", 500, "ERROR"),
    ]


@pytest.mark.django_db
def test_a_failed_request_leaves_its_trace_under_the_same_id_without_its_path(client, settings, lines):
    settings.ROOT_URLCONF = "tests.lms.test_logs"
    client.raise_request_exception = False
    no_path = NoPathFilter()
    logging.getLogger("django.request").addFilter(no_path)

    response = client.get("/hong/reset-key-123/")
    logging.getLogger("django.request").removeFilter(no_path)

    (trace,) = [line for line in lines() if "trace" in line]
    assert trace["message"] == "The request failed: fails"
    assert "RuntimeError: out of order" in trace["trace"]
    assert trace["request"] == response["X-Request-ID"] == lines("request")[0]["request"]
    assert trace["request"] in response.text
    assert "reset-key-123" not in "".join(line["message"] for line in lines())


@pytest.mark.django_db
def test_signing_in_failing_and_being_limited_are_written_without_what_was_typed(client, lines):
    user = UserFactory(staff_code="HV0009", password=PASSWORD)
    form = {"login": "HV0009", "password": PASSWORD}

    client.post("/tai-khoan/login/", form)
    client.post("/tai-khoan/logout/")
    stranger = Client()
    stranger.post("/tai-khoan/login/", {"login": PASSWORD, "password": "x"})
    for _try in range(11):
        stranger.post("/tai-khoan/login/", {"login": "HV0009", "password": "Sai-mat-khau-77"})

    assert [line["user"] for line in lines("signed_in")] == [user.pk]
    assert [line["user"] for line in lines("signed_out")] == [user.pk]
    assert [line["user"] for line in lines("sign_in_failed")] == [None, *[user.pk] * 10]
    (limited,) = lines("sign_in_limited")
    assert (limited["level"], limited["address"], len(limited["request"])) == ("WARNING", "127.0.0.1", 32)
    for secret in (PASSWORD, "Sai-mat-khau-77", "HV0009"):
        assert secret not in lines.text()


@pytest.mark.django_db
def test_a_page_refused_to_somebody_who_is_signed_in_is_written_with_what_was_asked_for(client, learner, hr, lines):
    client.force_login(learner)

    client.get(f"/can-bo/{hr.staff_member_id}/")
    client.get("/khong-co/")
    Client().get(f"/can-bo/{hr.staff_member_id}/")

    (line,) = lines("refused")
    assert (line["user"], line["route"], line["status"], line["asked_for"], line["level"]) == (
        learner.pk,
        "staff:person",
        404,
        {"pk": hr.staff_member_id},
        "INFO",
    )


@pytest.mark.django_db
def test_a_form_without_its_token_is_written(learner, lines):
    client = Client(enforce_csrf_checks=True)
    client.force_login(learner)

    client.post("/ngon-ngu/", {"language": "en"})

    (line,) = lines("csrf_refused")
    assert (line["level"], "CSRF" in line["reason"]) == ("WARNING", True)


@pytest.mark.django_db
def test_nothing_that_is_sent_can_end_a_line(client, lines):
    broken = 'a\r\n{"event": "forged"}\u2028\x85b'
    logging.getLogger("anything").info("%s", broken)
    client.get("/kt/", {"code": broken}, headers={"X-Request-ID": broken, "User-Agent": broken})

    assert lines("forged") == []
    assert lines(logger="anything")[0]["message"] == broken
    assert all(len(line["request"]) in {1, 32} for line in lines())


def test_a_line_for_people_stays_one_line():
    record = logging.LogRecord("x", logging.INFO, "", 1, "a\r\nb\x1b[31m", (), None)

    assert LineFormatter().format(record).endswith(" INFO - x a\\u000d\\u000ab\\u001b[31m")


@pytest.mark.django_db
def test_each_run_of_a_function_that_did_something_or_failed_leaves_a_line(lines):
    def did_two():
        return 2

    def fails():
        raise ValueError("no")

    background.Patience(memory=background.Memory()).run([did_two, fails])

    did, failed = lines("job")
    assert (did["state"], did["done"], did["level"]) == ("ok", 2, "INFO")
    assert (failed["state"], failed["failures"], failed["level"], "ValueError" in failed["trace"]) == (
        "failed",
        1,
        "ERROR",
        True,
    )


def test_work_carries_the_id_of_the_request_that_caused_it():
    headers = {}
    token = request_ids.begin("0123456789abcdef")
    send_request_id(headers=headers)
    request_ids.end(token)

    class Task:
        class request:  # noqa: N801 - as Celery calls it
            is_eager, id = False, "f00"

    Task.request.request_id = headers["request_id"]
    take_request_id(task=Task)
    caused = request_ids.current_request_id()
    Task.request.request_id = "-"
    take_request_id(task=Task)
    of_nobody = request_ids.current_request_id()
    request_ids.begin(request_ids.NONE)

    assert (caused, of_nobody) == ("0123456789abcdef", "task-f00")


@pytest.mark.django_db
def test_titles_of_pages_are_not_logged(lines):
    cms = logging.getLogger("wagtail")
    cms.setLevel(LOGGING["loggers"]["wagtail"]["level"])
    try:
        page = Page(title="Chưa ai được đọc", slug="chua-ai-duoc-doc")
        Page.objects.get(depth=1).add_child(instance=page).save_revision().publish()
    finally:
        cms.setLevel(logging.NOTSET)

    assert [line for line in lines() if line["logger"].startswith("wagtail")] == []
