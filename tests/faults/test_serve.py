"""`make run`'s process pair, killed for real."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

from lms.settings.base import BASE_DIR
from tests.production import servers

pytestmark = pytest.mark.faults


@pytest.fixture
def start(installation):
    """Starts the pair and waits until it answers; ends what is left of it, by its ids."""
    started = []

    def begin():
        port = servers.free_port()
        command = [sys.executable, "manage.py", "serve", "--no-demo", "--port", str(port)]
        process = subprocess.Popen(
            command,
            cwd=BASE_DIR,
            env=installation.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        begun = time.monotonic()
        while not answers(port):
            assert process.poll() is None, process.stdout.read()
            assert time.monotonic() - begun < 120
            time.sleep(0.2)
        return process, port

    yield begin
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(40)
        process.stdout.close()


def answers(port) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/suc-khoe/", timeout=2) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False


def children(process) -> dict[str, int]:
    """The ids of the pair, by what they run."""
    with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
        ids = [int(number) for number in file.read().split()]
    commands = {}
    for number in ids:
        with open(f"/proc/{number}/cmdline", encoding="utf-8") as file:
            commands["web" if "gunicorn" in file.read() else "work"] = number
    return commands


def test_an_interrupt_ends_both_processes_and_frees_the_port(start):
    process, port = start()
    pair = children(process)

    process.send_signal(signal.SIGINT)

    assert process.wait(40) == 0
    assert set(pair) == {"web", "work"}
    assert [os.path.exists(f"/proc/{number}") for number in pair.values()] == [False, False]
    assert not answers(port)


@pytest.mark.parametrize("victim", ["work", "web"])
def test_when_one_process_is_killed_the_other_ends_and_the_name_is_said(start, victim):
    process, port = start()

    os.kill(children(process)[victim], signal.SIGKILL)

    assert process.wait(40) == 1
    assert f"The {victim} process ended by itself with status -9." in process.stdout.read()
    if victim == "work":
        assert not answers(port)


def test_a_killed_web_worker_is_replaced_while_the_site_answers(start):
    process, port = start()
    master = children(process)["web"]
    with open(f"/proc/{master}/task/{master}/children", encoding="ascii") as file:
        workers = [int(number) for number in file.read().split()]

    os.kill(workers[0], signal.SIGKILL)

    time.sleep(1)
    assert [answers(port) for _request in range(10)] == [True] * 10
