"""Calls that start together, each in a thread with a database connection of its own: PostgreSQL only."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection, connections

PATIENCE = 60

ON_POSTGRESQL = [
    pytest.mark.postgresql,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs PostgreSQL: set DATABASE_URL"),
]


def at_once(*calls, refusals=()):
    """Runs the calls in threads that start together; their results, in order, a refusal in its result's place."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait(PATIENCE)
            return call()
        except refusals as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))
