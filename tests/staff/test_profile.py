"""One's own account: language, phone, address, sessions."""

import re

import pytest
from django.core import mail

from staff.models import User
from staff.services import send_waiting
from tests.factories.staff import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
PROFILE, ADDRESS, CONFIRM = "/tai-khoan/", "/tai-khoan/thu-dien-tu/", "/tai-khoan/thu-dien-tu/xac-nhan/"
REMOVE, ELSEWHERE = "/tai-khoan/thu-dien-tu/bo/", "/tai-khoan/dang-xuat-noi-khac/"
NEW = "moi@donduong.example"


@pytest.fixture
def owner(client, learner):
    learner.set_password(PASSWORD)
    learner.save()
    client.force_login(learner)
    return learner


def _code_in_mail():
    send_waiting()
    return re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", mail.outbox[-1].body)[0]


def _ask(client, email=NEW, password=PASSWORD):
    return client.post(ADDRESS, {"email": email, "password": password})


def test_only_phone_and_language_can_be_changed_here(client, owner, hr):
    client.post(
        PROFILE,
        {"phone": "0263 3847 000", "language": "en", "full_name": "X", "staff_code": "X", "email": "x@evil.example",
         "is_superuser": "on", "staff_member": hr.staff_member_id, "national_id_hash": "x"},
    )  # fmt: skip

    now = User.objects.get(pk=owner.pk)
    assert (now.language, now.staff_member.phone) == ("en", "0263 3847 000")
    assert (now.full_name, now.staff_code, now.email, now.is_superuser) == (
        owner.full_name,
        owner.staff_code,
        owner.email,
        False,
    )


@pytest.mark.parametrize("phone", ["<script>", "12", "gọi tôi"])
def test_a_phone_that_is_none_is_refused_and_what_was_typed_stays(client, owner, phone):
    response = client.post(PROFILE, {"phone": phone, "language": "vi"})

    assert (response.status_code, response.context["form"]["phone"].value()) == (200, phone)


def test_a_new_address_counts_once_its_code_was_typed_and_the_old_one_is_told(client, owner):
    before = owner.email
    _ask(client)
    code = _code_in_mail()
    assert User.objects.get(pk=owner.pk).email == before

    client.post(CONFIRM, {"code": code.lower()})
    send_waiting()

    assert User.objects.get(pk=owner.pk).email == NEW
    assert [letter.to[0] for letter in mail.outbox] == [NEW, before]


def test_an_account_without_address_gets_one(client, owner):
    User.objects.filter(pk=owner.pk).update(email=None)
    _ask(client)

    client.post(CONFIRM, {"code": _code_in_mail()})

    assert User.objects.get(pk=owner.pk).email == NEW


def test_a_wrong_password_sends_nothing(client, owner):
    response = _ask(client, password="wrong")

    assert (response.status_code, send_waiting()) == (200, 0)


def test_an_address_that_another_account_has_reads_alike_and_is_never_taken(client, owner):
    other = UserFactory(email=NEW)

    asked = _ask(client)
    send_waiting()
    tried = client.post(CONFIRM, {"code": "0" * 12})

    assert (asked.url, tried.status_code) == (CONFIRM, 200)
    assert re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", mail.outbox[0].body) == []
    assert User.objects.get(email=NEW) == other


def test_five_wrong_codes_end_it(client, owner):
    from staff import codes

    _ask(client)
    right = _code_in_mail()
    for number in range(5):
        client.post(CONFIRM, {"code": codes.one_time_code(token=f"{number}", account_id=1)})

    assert client.post(CONFIRM, {"code": right}).url == ADDRESS
    assert User.objects.get(pk=owner.pk).email == owner.email


def test_the_address_can_be_removed_with_the_password(client, owner):
    refused = client.post(REMOVE, {"password": "wrong"})
    client.post(REMOVE, {"password": PASSWORD})

    assert (refused.status_code, User.objects.get(pk=owner.pk).email) == (200, None)


def test_signing_out_elsewhere_ends_every_session_but_this(client, owner):
    elsewhere = type(client)()
    elsewhere.force_login(owner)

    client.post(ELSEWHERE)

    assert (client.get(PROFILE).status_code, elsewhere.get(PROFILE).status_code) == (200, 302)


def test_the_language_of_the_profile_is_spoken_after_sign_in_and_not_to_the_next_person(client, owner):
    client.logout()
    User.objects.filter(pk=owner.pk).update(language="en")
    client.post("/tai-khoan/login/", {"login": owner.staff_code, "password": PASSWORD})

    during = client.get("/")["Content-Language"]
    client.post("/tai-khoan/logout/")

    assert (during, client.get("/")["Content-Language"]) == ("en", "vi")


def test_a_language_chosen_while_signed_in_is_kept_in_the_profile(client, owner):
    client.post("/ngon-ngu/", {"language": "en"})

    assert (client.get("/")["Content-Language"], User.objects.get(pk=owner.pk).language) == ("en", "en")


def test_account_of_nobody_on_a_staff_list_has_a_profile_too(client, admin):
    client.force_login(admin)

    assert client.post(PROFILE, {"language": "en", "phone": "0263 3847 000"}).status_code == 302
