"""The web process, killed while learners' answers arrive."""

import http.client
import json
import os
import signal
import threading
import time

import pytest

pytestmark = pytest.mark.faults

QUESTIONS = 4


class Learner:
    """Saves answers by HTTP, as the script of the exam page does, and notes what the server acknowledged."""

    def __init__(self, port, scene):
        self.port, self.options = port, scene["options"]
        self.path = f"/thi/{scene['attempt']}/luu/"
        self.cookies = f"sessionid={scene['session']}"
        self.acknowledged = {}

    def ask(self, method, body=None, headers=()):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, self.path, body, {"Cookie": self.cookies, **dict(headers)})
            response = connection.getresponse()
            return response.status, response.headers, json.loads(response.read())
        finally:
            connection.close()

    def open(self):
        """Reads the state, with a token for the saves."""
        _status, headers, state = self.ask("GET")
        for cookie in headers.get_all("Set-Cookie") or []:
            if cookie.startswith("csrftoken="):
                self.cookies += "; " + cookie.partition(";")[0]
        self.token = state["csrf_token"]
        return state

    def response(self, number, sequence):
        """Another option with every save, so that an older answer cannot pass for a newer one."""
        options = self.options[str(number)]
        return [options[sequence % len(options)]]

    def save(self, number, sequence):
        body = {"number": number, "response": self.response(number, sequence), "sequence": sequence, "flagged": False}
        headers = {"Content-Type": "application/json", "X-CSRFToken": self.token}
        status, _headers, _answer = self.ask("POST", json.dumps(body), headers)
        assert status == 200
        self.acknowledged[number] = sequence

    def save_until_the_server_is_gone(self, number):
        sequence = 0
        while sequence < 2_000:
            sequence += 1
            try:
                self.save(number, sequence)
            except (OSError, http.client.HTTPException):
                return


@pytest.fixture
def web(installation, free_port):
    """Starts the web process and waits until it answers; ends its whole group by its id."""
    started = []

    def begin():
        command = ["-m", "gunicorn", "lms.wsgi", "--bind", f"127.0.0.1:{free_port}", "--workers", "2"]
        command += ["--worker-class", "gthread", "--threads", "4", "--log-level", "warning", "--no-control-socket"]
        process = installation.start(*command)
        started.append(process)
        wait_for_the_site(free_port, process)
        return process

    yield begin
    for process in started:
        if process.poll() is None:
            kill_group(process)


def wait_for_the_site(port, process):
    begun = time.monotonic()
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/suc-khoe/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            assert process.poll() is None
            assert time.monotonic() - begun < 40
            time.sleep(0.1)
        finally:
            connection.close()


def kill_group(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)


def test_every_save_that_was_acknowledged_before_the_kill_is_in_the_database(installation, web, free_port):
    scene = installation.scene("open_attempt", str(QUESTIONS))
    process = web()
    learner = Learner(free_port, scene)
    learner.open()
    savers = [
        threading.Thread(target=learner.save_until_the_server_is_gone, args=[number], daemon=True)
        for number in range(1, QUESTIONS + 1)
    ]

    for saver in savers:
        saver.start()
    begun = time.monotonic()
    while sum(learner.acknowledged.values()) < 60:
        assert time.monotonic() - begun < 20
        time.sleep(0.01)
    kill_group(process)
    for saver in savers:
        saver.join(15)

    assert [saver.is_alive() for saver in savers] == [False] * QUESTIONS
    acknowledged = dict(learner.acknowledged)  # a question whose saver had no turn yet has none
    rows = installation.rows(
        "SELECT number, sequence, response FROM quizzes_answer WHERE attempt_id = ? ORDER BY number", scene["attempt"]
    )
    assert [number for number, sequence, _response in rows if sequence < acknowledged.get(number, 0)] == []
    # The save that was under way may have been stored without being acknowledged, but no other.
    assert [number for number, sequence, _response in rows if sequence > acknowledged.get(number, 0) + 1] == []
    wanted = [learner.response(number, sequence) if sequence else [] for number, sequence, _response in rows]
    assert [json.loads(response) for _n, _s, response in rows] == wanted

    web()
    state = learner.open()
    assert [(answer["number"], answer["sequence"]) for answer in state["answers"]] == [row[:2] for row in rows]
    learner.save(1, rows[0][1] + 1)
