"""The front door: who comes in, who does not, and what a stranger learns (nothing)."""

import re
import unicodedata

import pytest
from django.core import mail
from django.urls import reverse

from staff.services import send_waiting
from tests.factories.staff import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/login/"


def _sign_in(client, login, password=PASSWORD, **extra):
    return client.post(LOGIN, {"login": login, "password": password, **extra})


def _errors(response):
    return list(response.context["form"].non_field_errors())


@pytest.mark.parametrize("login", ["AB12", "ab12", " ab12 ", "LAN@donduong.example", "lan@donduong.example\u200b"])
def test_account_signs_in_by_code_or_address_however_it_is_typed(client, login):
    user = UserFactory(staff_code="AB12", email="lan@donduong.example")

    _sign_in(client, login)

    assert client.session["_auth_user_id"] == str(user.pk)


def test_password_is_the_same_in_both_spellings_of_its_accents(client):
    user = UserFactory(password="Mật khẩu thật dài")

    _sign_in(client, user.staff_code, unicodedata.normalize("NFD", "Mật khẩu thật dài"))

    assert client.session["_auth_user_id"] == str(user.pk)


def test_wrong_unknown_and_inactive_read_alike(client):
    right = UserFactory(staff_code="A1")
    UserFactory(staff_code="A2", is_active=False)

    answers = [_sign_in(client, right.staff_code, "wrong"), _sign_in(client, "A9"), _sign_in(client, "A2")]

    first = _errors(answers[0])
    assert ([a.status_code for a in answers], [_errors(a) for a in answers]) == ([200] * 3, [first] * 3)
    assert len(first) == 1


def test_session_gets_a_new_key_at_sign_in_and_dies_at_sign_out(client):
    user = UserFactory()
    session = client.session
    session["before"] = 1
    session.save()
    planted = session.session_key

    _sign_in(client, user.staff_code)
    used = client.session.session_key
    client.post("/tai-khoan/logout/")
    client.cookies["sessionid"] = used

    assert planted != used
    assert client.get(reverse("my_learning")).status_code == 302


@pytest.mark.parametrize("change", ["password", "active"])
def test_session_is_dead_after_a_new_password_or_deactivation(client, change):
    user = UserFactory()
    _sign_in(client, user.staff_code)

    if change == "password":
        user.set_password("Mot-mat-khau-khac-2025")
    else:
        user.is_active = False
    user.save()

    assert client.get(reverse("my_learning")).status_code == 302


def test_two_hundred_people_of_one_office_sign_in_behind_one_address(client):
    users = UserFactory.create_batch(200)

    statuses = [_sign_in(type(client)(), user.staff_code).status_code for user in users]

    assert statuses == [302] * 200


@pytest.mark.parametrize("length", [129, 4097, 1_000_000])
def test_book_as_a_password_is_refused(client, length):
    user = UserFactory()

    response = _sign_in(client, user.staff_code, "x" * length)

    assert (response.status_code, list(response.context["form"].errors)) == (200, ["password"])


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example", "//evil.example", "///evil.example", "////evil.example", "/\\evil.example",
        "\\\\evil.example", "http:evil.example", "https:/evil.example", "https:///evil.example",
        "javascript:alert(1)", "data:text/html,x", " https://evil.example", "\thttps://evil.example",
        "https://testserver@evil.example", "ftp://evil.example",
    ],
)  # fmt: skip
def test_sign_in_never_leads_to_another_site(client, target):
    user = UserFactory()

    response = _sign_in(client, user.staff_code, next=target)

    assert (response.status_code, response.url) == (302, reverse("home"))


def test_sign_up_is_closed(client):
    response = client.post("/tai-khoan/signup/", {"username": "x", "password1": PASSWORD, "password2": PASSWORD})

    assert (response.status_code, "_auth_user_id" in client.session) == (200, False)


def test_user_cannot_add_an_address(client):
    user = UserFactory()
    client.force_login(user)

    client.post("/tai-khoan/email/", {"action_add": "", "email": "mine@evil.example"})

    user.refresh_from_db()
    assert "evil" not in user.email
    assert not user.emailaddress_set.filter(email__contains="evil").exists()


def _reset_link(client, email):
    client.post("/tai-khoan/password/reset/", {"email": email})
    send_waiting()
    return re.search(r"https?://\S+", mail.outbox[-1].body).group()


def test_reset_reads_alike_for_known_and_unknown_and_mails_only_the_known(client):
    user = UserFactory()

    answers = [
        client.post("/tai-khoan/password/reset/", {"email": email}, follow=True).content
        for email in (user.email, "nobody@donduong.example")
    ]

    send_waiting()
    masks = [re.sub(rb'(value|nonce)="[^"]*"', b"", answer) for answer in answers]
    assert (masks[0] == masks[1], [m.to for m in mail.outbox]) == (True, [[user.email]])


def test_reset_link_works_once_and_leads_to_our_address(client, settings):
    user = UserFactory()
    link = _reset_link(client, user.email)
    path = link.removeprefix(settings.SITE_URL)
    form = client.get(path).url
    new = {"password1": "Mot-mat-khau-khac-2025", "password2": "Mot-mat-khau-khac-2025"}
    client.post(form, new)

    again = type(client)().get(path)

    user.refresh_from_db()
    assert link.startswith(settings.SITE_URL)
    assert (user.check_password("Mot-mat-khau-khac-2025"), again.status_code) == (True, 200)
    assert again.context["token_fail"] is True
