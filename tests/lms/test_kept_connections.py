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


@pytest.mark.parametrize(("threshold", "planned"), [(1, ["SELECT 40 + $1::int"]), (None, [])])
def test_only_statements_of_every_request_are_planned_once_and_only_where_that_is_allowed(db, threshold, planned):
    options = {**connection.settings_dict["OPTIONS"], "prepare_threshold": threshold}
    wrapper = DatabaseWrapper({**connection.settings_dict, "OPTIONS": options})
    try:
        found = []
        for _request in range(4):
            with wrapper.planned_cursor() as cursor:
                cursor.execute("SELECT 40 + %s::int", [2])
                found.append(cursor.fetchone()[0])
            with wrapper.cursor() as cursor:
                cursor.execute("SELECT 50 + %s::int", [2])
        with wrapper.cursor() as cursor:
            cursor.execute("SELECT statement FROM pg_prepared_statements")
            kept = [statement for (statement,) in cursor.fetchall()]
    finally:
        wrapper.close()

    assert (found, kept) == ([42] * 4, planned)


def test_the_time_zone_of_a_planned_statement_is_that_of_every_other(db):
    sql = "SELECT '2026-11-26 10:00+00'::timestamptz"
    rows = []
    for cursor_of in (connection.cursor, connection.planned_cursor):
        with cursor_of() as cursor:
            cursor.execute(sql)
            rows.append(cursor.fetchone()[0])

    assert str(rows[0]) == str(rows[1])
