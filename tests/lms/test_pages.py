"""The front door, the privacy notice, the language switch and the pages for errors."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext

from lms import context_processors
from lms.context_processors import Header, read_header
from tests.factories.staff import PASSWORD, UserFactory

ENGLISH_BROWSER = {"HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.9"}


def heading(response) -> str:
    return re.search(r"<h1>(.*?)</h1>", response.content.decode(), re.DOTALL).group(1).strip()


# --- Home and the header ----------------------------------------------------


def test_home_speaks_vietnamese_to_everybody_whatever_the_browser_asks(client, db):
    response = client.get("/", **ENGLISH_BROWSER)

    assert response.status_code == 200
    assert '<html lang="vi">' in response.text
    assert response["Content-Language"] == "vi"


def test_home_offers_sign_in_to_a_stranger_and_no_sign_out(client, db):
    response = client.get("/")

    assert f'href="{reverse("account_login")}"' in response.text
    assert f'action="{reverse("account_logout")}"' not in response.text


def test_every_page_names_who_is_signed_in_with_the_unit_and_one_button_to_leave(client, learner, office):
    client.force_login(learner)

    response = client.get("/")

    assert f'<span class="site-user__name">{learner.full_name}</span>' in response.text
    assert f'<span class="site-user__unit">{office.name}</span>' in response.text
    assert f'<form action="{reverse("account_logout")}" method="post">' in response.text


def test_one_post_signs_out_and_leads_home(client, learner):
    client.force_login(learner)

    response = client.post(reverse("account_logout"))

    assert (response.status_code, response["Location"]) == (302, "/")
    assert "_auth_user_id" not in client.session


def test_a_hostile_name_is_printed_as_text(client, db):
    client.force_login(UserFactory(full_name="<script>alert(1)</script>"))

    response = client.get("/")

    assert "<script>alert(1)</script>" not in response.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.text


def test_the_header_knows_what_each_reader_may_do(learner, hr, head, monitor, admin, office):
    stranger = UserFactory()
    editor = UserFactory()
    editor.user_permissions.add(Permission.objects.get(content_type__app_label="wagtailadmin", codename="access_admin"))

    known = {
        who: read_header(user) for who, user in {"learner": learner, "stranger": stranger, "editor": editor}.items()
    }

    assert known == {
        "learner": Header(unit_name=office.name),
        "stranger": Header(),
        "editor": Header(edits_content=True),
    }
    assert [read_header(user).sees_coverage for user in (hr, head, monitor, admin)] == [True, True, True, True]
    assert [read_header(user).sees_people for user in (hr, head, monitor, admin)] == [True, True, False, True]
    assert (read_header(admin).edits_content, read_header(hr).edits_content) == (True, False)


def test_the_header_costs_one_query(client, learner, django_assert_num_queries):
    with django_assert_num_queries(1):  # unit, scopes and place in the CMS at once
        read_header(learner)


def test_a_page_without_the_header_never_asks_for_it(rf, learner, django_assert_num_queries):
    request = rf.get("/")
    request.user = learner

    with django_assert_num_queries(0):
        words = context_processors.page(request)

    assert words["DEMO"] is True


def test_a_page_asks_for_the_header_once_however_often_it_prints_it(rf, learner, office, django_assert_num_queries):
    request = rf.get("/")
    request.user = learner

    with django_assert_num_queries(1):  # the header
        names = [context_processors.page(request)["header"].unit_name for _ in range(3)]

    assert names == [office.name] * 3


def test_the_privacy_notice_is_public_and_names_the_law(client, db):
    response = client.get(reverse("privacy"))

    assert response.status_code == 200
    assert "91/2025/QH15" in response.text


# --- The language switch ----------------------------------------------------


def test_the_language_switch_sets_a_cookie_and_returns_to_the_page(client, db):
    response = client.post(reverse("set_language"), {"language": "en", "next": "/quyen-rieng-tu/?a=1"})

    assert (response.status_code, response["Location"]) == (302, "/quyen-rieng-tu/?a=1")
    assert response.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    assert '<html lang="en">' in client.get("/").text


@pytest.mark.parametrize(
    "address", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "/\\elsewhere.example", ""]
)
def test_the_language_switch_never_leads_off_the_site(client, db, address):
    response = client.post(reverse("set_language"), {"language": "en", "next": address})

    assert (response.status_code, response["Location"]) == (302, "/")


def test_an_unknown_language_changes_nothing(client, learner):
    client.force_login(learner)

    response = client.post(reverse("set_language"), {"language": "xx"})

    learner.refresh_from_db()
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies
    assert learner.language == "vi"


def test_the_language_stays_with_the_account(client, learner):
    client.force_login(learner)

    client.post(reverse("set_language"), {"language": "en"})

    learner.refresh_from_db()
    assert learner.language == "en"


def test_the_language_is_never_changed_by_reading(client, db):
    response = client.get(reverse("set_language"), {"language": "en"})

    assert response.status_code == 405
    assert settings.LANGUAGE_COOKIE_NAME not in response.cookies


# --- Errors -----------------------------------------------------------------


def test_a_missing_page_is_explained_in_vietnamese_with_the_request_id(client, db):
    response = client.get("/khong-co-trang-nay/", headers={"X-Request-ID": "yeu-cau-12345"}, **ENGLISH_BROWSER)

    assert response.status_code == 404
    assert '<html lang="vi">' in response.text
    assert "yeu-cau-12345" in response.text
    assert "Traceback" not in response.text


def test_an_old_form_is_explained(db):
    response = Client(enforce_csrf_checks=True).post(reverse("set_language"), {"language": "en"})

    assert response.status_code == 403
    with translation.override("vi"):
        assert heading(response) == gettext("This form is too old")
    assert "DEBUG" not in response.text


def test_a_fault_of_ours_is_explained_without_a_query_or_a_trace(client, monkeypatch, django_assert_num_queries, db):
    def fail(*args, **kwargs):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("lms.views.render", fail)
    client.raise_request_exception = False

    with django_assert_num_queries(0):  # the database may be what failed
        response = client.get("/", headers={"X-Request-ID": "yeu-cau-54321"})

    assert response.status_code == 500
    assert heading(response) == "Hệ thống gặp lỗi"
    assert "yeu-cau-54321" in response.text
    assert "secret of the house" not in response.text
    assert "Traceback" not in response.text


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_while_the_database_is_away_whoever_asks_is_told_to_come_back(client, monkeypatch, db, error):
    def fail(*args, **kwargs):
        raise error("terminating connection due to administrator command")

    monkeypatch.setattr("lms.views.render", fail)
    client.raise_request_exception = False

    response = client.get("/")

    assert (response.status_code, response["Retry-After"]) == (503, "5")
    assert heading(response) == "Hệ thống gặp lỗi"
    assert "administrator command" not in response.text


def test_a_request_that_cannot_be_trusted_is_explained(client, monkeypatch, db):
    def refuse(*args, **kwargs):
        raise SuspiciousOperation("forged")

    monkeypatch.setattr("lms.views.render", refuse)

    response = client.get("/")

    assert response.status_code == 400
    assert heading(response) == "Yêu cầu không hợp lệ"
    assert "forged" not in response.text


# --- Sign-in ----------------------------------------------------------------


def test_sign_in_names_its_fields_for_people_and_for_password_managers(client, db):
    html = client.get(reverse("account_login")).text

    assert re.search(r'<input id="id_login"[^>]*autocomplete="username"', html)
    assert re.search(r'<input id="id_password"[^>]*autocomplete="current-password"', html)
    assert '<label for="id_login">' in html


def test_a_wrong_password_is_announced_and_never_printed_back(client, learner):
    response = client.post(reverse("account_login"), {"login": learner.staff_code, "password": "sai-mat-khau"})

    assert response.status_code == 200
    assert 'role="alert"' in response.text
    assert "sai-mat-khau" not in response.text


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_reset_password_done", "account_inactive"],
)
def test_every_public_page_of_the_accounts_has_our_look(client, db, name):
    response = client.get(reverse(name))

    assert response.status_code == 200
    assert "css/site.css" in response.text
    assert response.text.count("<h1>") == 1


def test_signing_in_leads_home_without_a_message_that_repeats_the_header(client, learner):
    response = client.post(reverse("account_login"), {"login": learner.staff_code, "password": PASSWORD}, follow=True)

    assert response.redirect_chain == [("/", 302)]
    assert list(response.context["messages"]) == []
