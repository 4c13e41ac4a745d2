"""The threads of a web process: the warm one first, none beside their number, nothing lost."""

import runpy
import threading
from concurrent.futures import CancelledError
from pathlib import Path

import pytest

CONFIGURATION = Path(__file__).parents[2] / "deploy" / "gunicorn.conf.py"
PATIENCE = 20


@pytest.fixture
def pool():
    made = runpy.run_path(str(CONFIGURATION))["LatestThreadFirst"](4)
    yield made
    made.shutdown()


def _together(pool, number):
    """Identities of the threads that served ``number`` calls, all of which wait for each other."""
    meeting = threading.Barrier(number)

    def call():
        meeting.wait(PATIENCE)
        return threading.get_ident()

    return {future.result(PATIENCE) for future in [pool.submit(call) for _number in range(number)]}


def test_gunicorn_takes_the_pool_from_its_configuration():
    worker = runpy.run_path(str(CONFIGURATION))["worker_class"]
    assert worker.get_thread_pool.__qualname__ == "Worker.get_thread_pool"


def test_one_call_after_another_is_served_by_one_thread(pool):
    assert len(_together(pool, 4)) == 4
    assert len({pool.submit(threading.get_ident).result(PATIENCE) for _number in range(40)}) == 1


def test_there_are_no_more_threads_than_asked_for_and_what_waits_is_served(pool):
    start = threading.Event()

    def call(number):
        start.wait(PATIENCE)
        return number, threading.get_ident()

    asked = [pool.submit(call, number) for number in range(50)]
    start.set()
    served = [future.result(PATIENCE) for future in asked]
    assert [number for number, _thread in served] == list(range(50))
    assert len({thread for _number, thread in served}) <= 4


def test_an_error_goes_to_whoever_asks_and_the_thread_serves_on(pool):
    def fail():
        raise ValueError("unusable")

    with pytest.raises(ValueError, match="unusable"):
        pool.submit(fail).result(PATIENCE)
    assert pool.submit(int, "7").result(PATIENCE) == 7


def test_a_call_that_was_given_up_is_not_made(pool):
    start, made = threading.Event(), []
    busy = [pool.submit(start.wait, PATIENCE) for _number in range(4)]
    given_up = pool.submit(made.append, "given up")
    assert given_up.cancel()
    start.set()
    assert all(future.result(PATIENCE) for future in busy)
    assert pool.submit(int, "7").result(PATIENCE) == 7
    with pytest.raises(CancelledError):
        given_up.result(PATIENCE)
    assert made == []


def test_after_the_end_what_was_taken_is_done_and_the_threads_end():
    before = set(threading.enumerate())
    pool = runpy.run_path(str(CONFIGURATION))["LatestThreadFirst"](2)
    start = threading.Event()
    taken = [pool.submit(start.wait, PATIENCE) for _number in range(5)]
    threads = set(threading.enumerate()) - before
    pool.shutdown()
    with pytest.raises(RuntimeError):
        pool.submit(int, "7")
    start.set()
    assert all(future.result(PATIENCE) for future in taken)
    for thread in threads:
        thread.join(PATIENCE)
        assert not thread.is_alive()
