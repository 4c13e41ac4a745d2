"""A room full of learners over HTTP, what each was told that is saved, and what must be true whatever broke."""

import contextlib
import http.client
import json
import os
import random
import re
import signal
import socket
import struct
import threading
import time
from collections import Counter
from pathlib import Path

import psycopg

COURSE = "DO-02"  # of benchmarks.exam_people
# How long a learner's script goes on trying before this test calls it lost.
PATIENCE = 120


class Lost(AssertionError):
    """The site did not come back."""


class Learner:
    """What a browser with our script does: tries again with the same sequence until the server acknowledges."""

    def __init__(self, port: int, session: str, seed: int = 0):
        self.port, self.random = port, random.Random(seed)
        self.cookies = {"sessionid": session} if session else {}
        self.statuses = Counter()
        self.sent: dict[int, int] = {}
        self.acknowledged: dict[int, int] = {}
        self.attempt = self.result = None

    # --- One request ---------------------------------------------------------------

    def ask(self, method, path, body=None, **headers):
        """(status, headers, text), or the error of a broken line."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        sent = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()), "Accept": "text/html"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            line.request(method, path, body, sent)
            response = line.getresponse()
            text = response.read().decode()
            # The last header that we write; http.client takes half of a head for a whole one, browsers do not.
            if len(response.headers.get("X-Request-ID", "")) != 32:
                raise http.client.IncompleteRead(b"")
            for cookie in response.headers.get_all("Set-Cookie") or []:
                name, _equals, value = cookie.partition(";")[0].partition("=")
                self.cookies[name] = value
            return response.status, response.headers, text
        finally:
            line.close()

    def ask_until_answered(self, method, path, body=None, **headers):
        """The first answer that is no fault of the server's; each fault is counted."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                answer = self.ask(method, path, body, **headers)
            except (OSError, http.client.HTTPException, UnicodeDecodeError) as error:
                self.statuses[type(error).__name__] += 1
            else:
                self.statuses[answer[0]] += 1
                assert "Traceback" not in answer[2]
                if answer[0] < 500:
                    return answer
            time.sleep(0.1 + self.random.random() / 5)
        raise Lost(dict(self.statuses))

    def post(self, path, fields: str, **headers):
        headers = {"Content_Type": "application/x-www-form-urlencoded", "X_CSRFToken": self.token} | headers
        return self.ask_until_answered("POST", path, fields, **headers)

    # --- The exam --------------------------------------------------------------------

    def begin(self):
        self.token = _token(self.ask_until_answered("GET", f"/hoc/{COURSE}/")[2])
        status, headers, _text = self.post(f"/hoc/{COURSE}/kiem-tra/bat-dau/", "")
        assert status == 302, status
        return self.open(headers["Location"])

    def open(self, path):
        self.path = path
        page = self.ask_until_answered("GET", path)[2]
        self.token = _token(page)
        self.attempt = int(re.search(r'data-attempt="(\d+)"', page)[1])
        self.options = {
            int(number): re.findall(rf'name="q{number}" value="([^"]+)"', page)
            for number in re.findall(r'id="cau-(\d+)"', page)
        }
        self.sent = {
            int(number): int(sequence)
            for number, sequence in re.findall(r'data-number="(\d+)"[^>]*data-sequence="(\d+)"', page)
        }
        return self

    def response(self, number, sequence):
        """Another option with every save, so that an older answer cannot pass for a newer one."""
        options = self.options[number]
        return [options[sequence % len(options)]]

    def save(self, number, response=None):
        """The status of the answer; 200 is noted as acknowledged."""
        self.sent[number] += 1
        sequence = self.sent[number]
        body = {"number": number, "response": response or self.response(number, sequence), "sequence": sequence}
        headers = {"Content_Type": "application/json", "X_CSRFToken": self.token}
        status, _headers, text = self.ask_until_answered("POST", f"{self.path}luu/", json.dumps(body), **headers)
        if status == 200 and not json.loads(text)["late"]:
            self.acknowledged[number] = sequence
        return status

    def answer(self, saves: int):
        for _save in range(saves):
            assert self.save(self.random.choice(list(self.options))) == 200

    def hand_in(self):
        status, _headers, text = self.post(f"{self.path}nop-bai/", "cause=submitted", Accept="application/json")
        assert status == 200, (status, text)
        self.result = json.loads(text)["result"]
        assert self.ask_until_answered("GET", self.result)[0] == 200


def _token(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]


def all_at_once(calls, *, seconds=PATIENCE * 3) -> list:
    """The results of the calls, each in a thread, all let go together."""
    results: list = [None] * len(calls)
    gate = threading.Barrier(len(calls))

    def run(place, call):
        gate.wait(30)
        try:
            results[place] = call()
        except BaseException as error:  # noqa: BLE001 - told to the test below
            results[place] = error

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(calls)]
    for thread in threads:
        thread.start()
    until = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.1, until - time.monotonic()))
    assert not any(thread.is_alive() for thread in threads), "a learner is still waiting"
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return results


def breaches(database: str, learners: list[Learner]) -> list[tuple]:
    """What is not as it must be after any fault, by the rows themselves; empty if all is well."""
    with psycopg.connect(database, connect_timeout=5) as line:
        return [*_answers_lost(line, learners), *_finished_wrongly(line, learners), *_late_ones_counted(line)]


def _answers_lost(line, learners):
    """Every acknowledged save is there, the newest won, and no row is there twice."""
    for learner in learners:
        rows = line.execute(
            "SELECT number, sequence, response FROM quizzes_answer WHERE attempt_id = %s", [learner.attempt]
        ).fetchall()
        stored = {number: (sequence, response) for number, sequence, response in rows}
        if sorted(stored) != sorted(learner.options) or len(rows) != len(stored):
            yield "rows", learner.attempt, len(rows)
        for number, sequence in learner.acknowledged.items():
            kept, response = stored[number]
            if not sequence <= kept <= learner.sent[number] or response != learner.response(number, kept):
                yield "answer", learner.attempt, number, sequence, kept


def _finished_wrongly(line, learners):
    """One attempt a learner, at most one of them open, one marking of each that is finished and none of others."""
    asked = [learner.attempt for learner in learners]
    rows = line.execute(
        """SELECT a.id, a.finished_at IS NOT NULL, count(g.id),
                  (SELECT count(*) FROM quizzes_attempt o WHERE o.quiz_id = a.quiz_id
                      AND o.staff_member_id = a.staff_member_id AND o.finished_at IS NULL),
                  (SELECT count(*) FROM courses_sitting s WHERE s.attempt_id = a.id)
           FROM quizzes_attempt a LEFT JOIN quizzes_grading g ON g.attempt_id = a.id WHERE a.id = ANY(%s) GROUP BY a.id
        """,
        [asked],
    ).fetchall()
    if sorted(row[0] for row in rows) != sorted(asked):
        yield "attempts", len(rows), len(asked)
    for attempt, finished, markings, still_open, sittings in rows:
        if markings != int(finished) or still_open > 1 or sittings != 1:
            yield "finished", attempt, finished, markings, still_open, sittings
    finished = {row[0] for row in rows if row[1]}
    yield from (("told", learner.attempt) for learner in learners if learner.result and learner.attempt not in finished)


def _late_ones_counted(line):
    found = line.execute(
        """SELECT a.id, answer.number FROM quizzes_answer answer JOIN quizzes_attempt a ON a.id = attempt_id
           WHERE saved_at > deadline + grace_seconds * interval '1 second'"""
    ).fetchall()
    yield from (("late", *row) for row in found)


class CuttingProxy:
    """A line to the web process that breaks after so many bytes of either direction as the seed says, by a reset."""

    def __init__(self, port: int, seed: int):
        self._target, self._random, self.cuts = port, random.Random(seed), 0
        self._door = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._let_in, daemon=True).start()

    def close(self):
        self._door.close()

    def _let_in(self):
        while True:
            try:
                near, _address = self._door.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target), timeout=30)
            # Most saves are a few hundred bytes, the exam page is a hundred thousand: cuts fall into all of it.
            left = [int(10 ** self._random.uniform(1, 5.5)) if self._random.random() < 0.5 else 10**9]
            for one, other in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(one, other, left), daemon=True).start()

    def _pass_on(self, one, other, left):
        try:
            while data := one.recv(4096):
                other.sendall(data[: left[0]])
                left[0] -= len(data)
                if left[0] <= 0:
                    self.cuts += 1
                    break
        except OSError:
            pass
        for side in (one, other):
            with contextlib.suppress(OSError):  # the other direction was first
                if left[0] <= 0:
                    side.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                side.shutdown(socket.SHUT_RDWR)
                side.close()


@contextlib.contextmanager
def stopped(postmaster: int, *, with_postmaster: bool):
    """The processes of the cluster stand still meanwhile; without its main one new lines can still be made."""
    children = [int(pid) for pid in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()]
    pids = [postmaster, *children] if with_postmaster else children
    try:
        _signal(pids, signal.SIGSTOP)
        yield
    finally:
        _signal(pids, signal.SIGCONT)


def _signal(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
