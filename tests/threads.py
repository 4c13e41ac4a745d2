"""Calls that start together, each in a thread with a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

PATIENCE = 60


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
