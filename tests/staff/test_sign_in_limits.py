"""How often a password may be guessed, and who is spared (E9, E10)."""

from contextlib import contextmanager
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client

from staff.models import Letter
from staff.services import issue_one_time_code, send_waiting
from tests.factories.staff import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/login/"
OFFICE, HOME = "203.0.113.7", "198.51.100.9"
STRANGERS = [f"192.0.2.{n}" for n in range(40)]


@contextmanager
def hashing():
    """Counts how often a password is hashed."""
    count = []
    encode = MD5PasswordHasher.encode

    def counted(self, *args, **kwargs):
        count.append(1)
        return encode(self, *args, **kwargs)

    with patch.object(MD5PasswordHasher, "encode", counted):
        yield count


def _sign_in(client, login, password=PASSWORD, address=OFFICE):
    return client.post(LOGIN, {"login": login, "password": password}, REMOTE_ADDR=address)


def _guess(user, times, addresses):
    """How many of so many guesses were really compared with the password."""
    effective = 0
    for number in range(times):
        with hashing() as count:
            _sign_in(Client(), user.staff_code, f"wrong-{number}", address=addresses[number % len(addresses)])
        effective += bool(count)
    return effective


def _is_in(client, user):
    return client.session.get("_auth_user_id") == str(user.pk)


def test_a_thousand_guesses_from_one_address_are_five_in_an_hour():
    assert _guess(UserFactory(), 1000, [HOME]) == 5


def test_guesses_from_forty_addresses_are_seven_in_an_hour():
    assert _guess(UserFactory(), 80, STRANGERS) == 7


def test_strangers_and_the_owners_office_together_get_ten_in_an_hour():
    user = UserFactory()
    _sign_in(Client(), user.staff_code, address=OFFICE)

    assert _guess(user, 164, [OFFICE, *STRANGERS]) == 10


def test_code_and_address_of_an_account_share_the_tries():
    user = UserFactory(staff_code="A1", email="a1@donduong.example")
    for number in range(5):
        _sign_in(Client(), ["A1", "a1@donduong.example"][number % 2], "wrong")
    client = Client()

    _sign_in(client, "A1")

    assert not _is_in(client, user)


@pytest.mark.parametrize("strangers", [[HOME], STRANGERS])
def test_the_owner_comes_in_from_the_office_whatever_strangers_tried(strangers):
    user = UserFactory()
    _sign_in(Client(), user.staff_code, address=OFFICE)
    _guess(user, 50, strangers)
    another_computer = Client()

    _sign_in(another_computer, user.staff_code, address=OFFICE)

    assert _is_in(another_computer, user)


def test_the_owner_comes_in_from_a_new_place_while_one_stranger_tries():
    user = UserFactory()
    _guess(user, 20, [HOME])
    client = Client()

    _sign_in(client, user.staff_code, address="192.0.2.77")

    assert _is_in(client, user)


def test_the_owner_comes_in_on_the_own_device_whatever_is_tried_in_the_office():
    user = UserFactory()
    device = Client()
    _sign_in(device, user.staff_code)
    device.post("/tai-khoan/logout/")
    _guess(user, 20, [OFFICE])

    _sign_in(device, user.staff_code)

    assert _is_in(device, user)


def test_a_code_from_hr_works_whatever_was_tried(hr, learner):
    learner.set_password(PASSWORD)
    learner.save()
    _guess(learner, 50, STRANGERS)
    issued = issue_one_time_code(user=learner, by=hr, reason="Quên mật khẩu", token="t" * 22)
    client = Client()

    client.post("/tai-khoan/kich-hoat/", {"staff_code": learner.staff_code, "code": issued.code})
    client.post("/tai-khoan/kich-hoat/mat-khau/", {"password1": "Mat-khau-moi-2026", "password2": "Mat-khau-moi-2026"})

    assert _is_in(client, learner)


def test_success_takes_no_try_away():
    user = UserFactory()

    for _day in range(20):
        client = Client()
        _sign_in(client, user.staff_code)
        assert _is_in(client, user)


def test_two_hundred_people_of_one_office_sign_in_at_eight_though_each_mistypes_once():
    users = UserFactory.create_batch(200)

    came_in = 0
    for user in users:
        client = Client()
        _sign_in(client, user.staff_code, "sai-mot-lan")
        _sign_in(client, user.staff_code)
        came_in += _is_in(client, user)

    assert came_in == 200


def test_one_network_that_tries_one_password_on_many_accounts_is_stopped():
    effective = 0
    for number in range(80):
        with hashing() as count:
            _sign_in(Client(), f"TD{number:05}", "Matkhau@2026", address=HOME)
        effective += bool(count)

    assert effective == 60


def test_the_refusal_says_what_to_do():
    user = UserFactory(staff_code="A1")
    _guess(user, 5, [HOME])

    response = _sign_in(Client(), user.staff_code, "wrong", address=HOME)

    assert [str(error) for error in response.context["form"].non_field_errors()] == [
        "Tài khoản này đã bị nhập sai quá nhiều lần. Anh/chị thử lại sau một giờ, đặt lại mật khẩu qua thư điện tử, "
        "hoặc xin cán bộ tổ chức mã dùng một lần: có mã là vào được ngay."
    ]


@pytest.mark.parametrize(
    ("known", "unknown"),
    [("A1", "A9"), ("a1@donduong.example", "a9@donduong.example"), ("closed", "A9"), ("slip", "A9")],
)
def test_a_known_and_an_unknown_account_cost_the_same_hashes(known, unknown):
    UserFactory(staff_code="A1", email="a1@donduong.example")
    UserFactory(staff_code="CLOSED", is_active=False)
    waiting = UserFactory(staff_code="SLIP")
    waiting.set_unusable_password()
    waiting.save()

    hashes = []
    for login in (known, unknown):
        with hashing() as count:
            _sign_in(Client(), login, "wrong")
        hashes.append(len(count))

    assert hashes == [1, 1]


def test_asking_for_a_new_password_does_the_same_for_known_and_unknown(django_assert_num_queries):
    user = UserFactory()

    for email in (user.email, "nobody@donduong.example"):
        with hashing() as count, django_assert_num_queries(1):  # one letter
            Client().post("/tai-khoan/password/reset/", {"email": email})
        assert count == []

    assert [letter.subject + letter.body for letter in Letter.objects.all()] == ["", ""]


def test_a_new_password_by_mail_opens_the_way_that_strangers_had_closed(mailoutbox):
    import re

    user = UserFactory()
    _guess(user, 50, STRANGERS)
    client = Client()
    client.post("/tai-khoan/password/reset/", {"email": user.email})
    send_waiting()
    path = re.search(r"https?://[^/]+(\S+)", mailoutbox[0].body)[1]
    client.post(client.get(path).url, {"password1": "Mat-khau-moi-2026", "password2": "Mat-khau-moi-2026"})

    _sign_in(client, user.staff_code, "Mat-khau-moi-2026", address="192.0.2.200")

    assert _is_in(client, user)


def test_a_mistyped_staff_code_is_told_as_such():
    response = _sign_in(Client(), "CF3 4568", "wrong")

    assert len(response.context["form"].non_field_errors()) == 2
