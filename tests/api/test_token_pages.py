"""Administrators give and end tokens on a page, or by a command; what is shown once is kept by nobody."""

import hashlib
import re
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse
from wagtail.models import ModelLogEntry

from staff import clock
from staff.models import ApiToken

pytestmark = pytest.mark.django_db
NEW = "/ket-noi/them/"


def form(commune, **words):
    return {
        "name": "Phần mềm thống kê",
        "unit": commune.code,
        "permissions": ["units", "figures"],
        "valid_until": f"{clock.today() + timedelta(days=90):%d/%m/%Y}",
        "form_key": "k" * 32,
        **words,
    }


def shown(response) -> str:
    return re.search(r"hoc_[\w-]{43}", response.text)[0]


def test_a_token_is_shown_once_and_opens_what_was_chosen(client, admin, commune):
    client.force_login(admin)

    given = client.post(NEW, form(commune))
    words = shown(given)
    told = client.get("/api/v1/token", headers={"Authorization": f"Bearer {words}"}).json()

    token = ApiToken.objects.get()
    assert told["unit"] == commune.code
    assert told["permissions"] == ["units", "figures"]
    assert token.token_hash == hashlib.sha256(words.encode()).hexdigest()
    assert words not in client.get("/ket-noi/").text
    assert "no-store" in given["Cache-Control"]
    assert [entry.action for entry in ModelLogEntry.objects.for_instance(token)] == ["staff.token.give"]
    assert words not in str(list(ModelLogEntry.objects.values_list("data", flat=True)))


def test_the_same_form_twice_gives_one_token(client, admin, commune):
    client.force_login(admin)

    words = [shown(client.post(NEW, form(commune))) for _ in range(2)]

    assert words[0] == words[1]
    assert ApiToken.objects.count() == 1


def test_another_officer_does_not_get_it_by_the_same_form(client, admin, commune, django_user_model):
    other = django_user_model.objects.create_superuser(staff_code="QT9999")
    words = []
    for user in (admin, other):
        client.force_login(user)
        words.append(shown(client.post(NEW, form(commune))))

    assert words[0] != words[1]


@pytest.mark.parametrize(
    ("field", "words", "said"),
    [
        ("unit", "khong co", "Không có đơn vị nào hiện nay"),
        ("valid_until", "01/01/2020", "Ngày này đã qua"),
        ("valid_until", "01/01/2199", "tối đa hai năm"),
        ("permissions", [], "Mục này không được để trống"),
        ("name", "", "Mục này không được để trống"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_else_is_lost(client, admin, commune, field, words, said):
    client.force_login(admin)

    response = client.post(NEW, form(commune, **{field: words}))

    assert said in response.text
    if field != "name":
        assert 'value="Phần mềm thống kê"' in response.text
    assert not ApiToken.objects.exists()


def test_a_unit_is_found_by_its_name_and_several_are_named(client, admin, commune, other_commune):
    client.force_login(admin)

    response = client.post(NEW, form(commune, unit="xa"))
    assert "Xã Ka Đô (24934-2)" in response.text

    client.post(NEW, form(commune, unit="xa don duong"))
    assert ApiToken.objects.get().unit == commune


def test_a_token_is_ended_after_a_look_at_its_use(client, admin, commune):
    client.force_login(admin)
    words = shown(client.post(NEW, form(commune)))
    address = reverse("connections:end_token", args=[ApiToken.objects.get().pk])

    assert "Phần mềm thống kê" in client.get(address).text
    assert ApiToken.objects.get().ended_at is None
    client.post(address)
    client.post(address)

    token = ApiToken.objects.get()
    assert (token.state, token.ended_by) == ("ended", admin)
    assert client.get("/api/v1/token", headers={"Authorization": f"Bearer {words}"}).status_code == 401
    actions = [entry.action for entry in ModelLogEntry.objects.for_instance(token)]
    assert sorted(actions) == ["staff.token.end", "staff.token.give"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_equally_many_queries(client, admin, commune, count, django_assert_num_queries):
    client.force_login(admin)
    for number in range(count):
        client.post(NEW, form(commune, form_key=f"{number}" * 32))

    # session with account; the tokens with units and authors; the page's head
    with django_assert_num_queries(3):
        response = client.get("/ket-noi/")

    assert response.text.count("Phần mềm thống kê") >= count


def test_the_command_gives_and_ends(client, commune):
    out = StringIO()
    call_command("allow_reading", "Kho dữ liệu", unit=commune.code, may="units, staff", stdout=out)
    headers = {"Authorization": f"Bearer {out.getvalue().split()[-1]}"}

    told = client.get("/api/v1/token", headers=headers).json()
    call_command("allow_reading", "Kho dữ liệu", end=True, stdout=StringIO())

    assert (told["name"], told["permissions"]) == ("Kho dữ liệu", ["units", "staff"])
    assert client.get("/api/v1/token", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "words",
    [
        {"unit": "khong-co", "may": "units"},
        {"unit": "24931-2", "may": "everything"},
        {"unit": "24931-2", "may": ""},
        {"unit": "24931-2", "may": "units", "until": "2020-01-01"},
    ],
)
def test_the_command_refuses_in_a_sentence(commune, words):
    until = words.pop("until", None)
    arguments = ["allow_reading", "x", *(["--until", until] if until else [])]

    with pytest.raises(CommandError):
        call_command(*arguments, **words, stdout=StringIO())

    assert not ApiToken.objects.exists()


def test_strangers_may_read_the_guide(client):
    assert "/api/v1/openapi.json" in client.get("/ket-noi/huong-dan/").text
