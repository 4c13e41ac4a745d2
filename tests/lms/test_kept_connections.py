"""A kept connection is known to be dead before anything is asked of it, and to be alive without asking."""

import time

import pytest
from django.db import connection

from lms.postgresql.base import DatabaseWrapper
from tests.threads import ON_POSTGRESQL

pytestmark = ON_POSTGRESQL


@pytest.fixture
def kept(db):
    """A connection as a web process keeps it between requests."""
    wrapper = DatabaseWrapper({**connection.settings_dict, "CONN_HEALTH_CHECKS": True, "CONN_MAX_AGE": 60})
    wrapper.ensure_connection()
    yield wrapper
    wrapper.close()


def _begin_request(wrapper):
    wrapper.close_if_unusable_or_obsolete()


def _number(wrapper) -> int:
    with wrapper.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_living_connection_is_kept_without_a_question(kept, monkeypatch):
    first = _number(kept)
    asked = []
    monkeypatch.setattr(kept.connection, "cursor", lambda *args: asked.append(args))

    _begin_request(kept)
    monkeypatch.undo()
    usable = kept.is_usable()

    assert (usable, asked) == (True, [])
    assert _number(kept) == first


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(kept):
    first = _number(kept)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [first])
    _until(lambda: not kept.is_usable())

    _begin_request(kept)

    assert _number(kept) != first


def test_a_connection_with_a_harmless_message_waiting_is_kept(kept):
    first = _number(kept)
    with kept.cursor() as cursor:
        cursor.execute("LISTEN gossip")
    with connection.cursor() as cursor:
        cursor.execute("NOTIFY gossip, 'hello'")
    time.sleep(0.2)

    _begin_request(kept)

    assert kept.is_usable()
    assert _number(kept) == first


def _until(holds) -> None:
    for _attempt in range(50):
        if holds():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")
