"""Sessions that bring their account along: one statement, and every way to end a session works as before."""

from datetime import timedelta

import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.test import Client
from django.urls import reverse

from staff import clock
from staff.models import Session, User
from staff.session_store import SessionStore, account_brought_by, brought_account
from tests.factories.staff import UserFactory


@pytest.fixture
def signed_in(db):
    user = UserFactory()
    client = Client()
    client.force_login(user)
    return user, client


def state_of(client) -> int:
    """200 for who is signed in; 302, to the sign-in, for others."""
    return client.get(reverse("my_learning")).status_code


def test_session_and_account_come_in_one_statement_as_the_models_give_them(signed_in, django_assert_num_queries):
    user, client = signed_in
    store = SessionStore(client.session.session_key)

    with django_assert_num_queries(1):
        user_id = store[SESSION_KEY]

    assert user_id == str(user.pk)
    values = [
        {f.attname: getattr(u, f.attname) for f in User._meta.fields} for u in (store.account, User.objects.get())
    ]
    assert values[0] == values[1]


def test_the_row_says_whose_session_it_is_and_an_anonymous_one_is_nobodys(signed_in):
    user, _client = signed_in
    nobody = SessionStore()
    nobody["language"] = "vi"
    nobody.save()

    rows = dict(Session.objects.values_list("session_key", "account"))

    assert rows == {nobody.session_key: None, signed_in[1].session.session_key: user.pk}
    assert SessionStore(nobody.session_key).get("language") == "vi"


@pytest.mark.parametrize(
    "change",
    [{"is_active": False}, {"password": "another"}, {"session_generation": 1}],
    ids=["deactivated", "password changed", "signed out everywhere"],
)
def test_a_change_of_the_account_ends_its_sessions_with_the_next_request(signed_in, change):
    user, client = signed_in
    before = state_of(client)
    User.objects.filter(pk=user.pk).update(**change)

    assert (before, state_of(client)) == (200, 302)


def test_signing_out_and_the_end_of_a_session_are_final(signed_in):
    user, client = signed_in
    key = client.session.session_key
    other = Client()
    other.force_login(user)

    Session.objects.filter(pk=other.session.session_key).update(expire_date=clock.now() - timedelta(seconds=1))
    client.post(reverse("account_logout"))
    client.cookies["sessionid"] = key

    assert (state_of(client), state_of(other)) == (302, 302)
    assert not Session.objects.filter(pk=key).exists()


def test_the_column_alone_signs_nobody_in(signed_in):
    """What counts are the signed words; the column only says which account to bring along."""
    user, client = signed_in
    stranger = UserFactory()
    Session.objects.update(account=stranger)

    page = client.get(reverse("my_learning"))

    assert page.wsgi_request.user == user
    store = SessionStore(client.session.session_key)
    with account_brought_by(store):
        assert brought_account(user.pk) is None
        assert brought_account(stranger.pk) == stranger
    assert brought_account(stranger.pk) is None


def test_a_session_without_the_right_hash_is_nobodys(signed_in):
    _user, client = signed_in
    session = client.session
    session[HASH_SESSION_KEY] = "0" * 64
    session.save()

    assert state_of(client) == 302
