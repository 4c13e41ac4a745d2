"""A production installation (PostgreSQL, Redis, gunicorn) whose servers are killed while a room sits its test.

Every test ends with the same questions to the rows themselves (``exam_room.breaches``). Chance is seeded; a run with
another seed is FAULTS_SEED=… and a failure says which it was.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from lms.settings.base import BASE_DIR
from tests.factories.keys import signing_key
from tests.faults.exam_room import CuttingProxy, Learner, _token, all_at_once, breaches, stopped
from tests.production import servers

pytestmark = [pytest.mark.faults, pytest.mark.system]

SEED = int(os.environ.get("FAULTS_SEED", "20261126"))
PASSWORD = "thi-cu-" + "x" * 12
LEARNERS, QUESTIONS = 60, 8


class Site:
    """The installation, its processes, and the learners who have not sat yet."""

    def __init__(self, folder, database, broker):
        self.folder, self.database, self.broker = folder, database, broker
        self.port, keys = servers.free_port(), signing_key(folder / "keys")
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "lms.settings.production",
            "SECRET_KEY": secrets.token_urlsafe(60),
            "PERSONAL_DATA_KEY": secrets.token_urlsafe(40),
            "SIGNING_KEY_FILE": str(keys.key),
            "SIGNING_CERT_FILE": str(keys.certificate),
            "SITE_URL": "https://localhost",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": database.address,
            "CACHE_URL": broker.address.replace("/0", "/1"),
            "CELERY_BROKER_URL": broker.address,
            "EMAIL_URL": f"filemail:///{folder}/mail",
            "DEFAULT_FROM_EMAIL": "lms@localhost",
            "VAR_DIR": str(folder / "var"),
            "STATIC_ROOT": str(folder / "static"),
            "SECURE_SSL_REDIRECT": "false",
            "PYTHONWARNINGS": "ignore",
        }
        self.web = None

    def run(self, *arguments) -> str:
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=BASE_DIR, env=self.environment, check=True, text=True, stdout=subprocess.PIPE, timeout=900
        ).stdout

    def scene(self, *arguments) -> dict:
        return json.loads(self.run("-m", "tests.faults.scenes", *arguments).splitlines()[-1])

    def start_web(self):
        command = [sys.executable, "-m", "gunicorn", "lms.wsgi", "--bind", f"127.0.0.1:{self.port}", "--workers", "2"]
        command += ["--worker-class", "gthread", "--threads", "4", "--log-level", "warning", "--no-control-socket"]
        with (self.folder / "web.log").open("ab") as log:
            self.web = subprocess.Popen(command, cwd=BASE_DIR, env=self.environment, stdout=log, stderr=log)
        self.wait()

    def wait(self) -> float:
        """The seconds until the site answers."""
        begun = time.monotonic()
        Learner(self.port, "").ask_until_answered("GET", "/suc-khoe/")
        return time.monotonic() - begun

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.web.pid}/task/{self.web.pid}/children").read_text()
        return [int(pid) for pid in children.split()]

    def learners(self, count: int, *, port: int | None = None) -> list[Learner]:
        """So many who have not sat yet."""
        taken, self.sessions = self.sessions[:count], self.sessions[count:]
        assert len(taken) == count
        return [Learner(port or self.port, session, SEED + number) for number, session in enumerate(taken)]


@pytest.fixture(scope="module")
def site():
    missing = not list(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if missing:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs Debian's postgresql and redis-server")
    with tempfile.TemporaryDirectory(prefix="lms-exam-room-") as name:
        folder = Path(name)
        with servers.postgresql_server(folder, fsync="on") as database, servers.redis_server(folder) as broker:
            site = Site(folder, database, broker)
            site.run("manage.py", "migrate", "--verbosity", "0")
            site.run("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
            site.sessions = site.scene("exam_room", str(LEARNERS), str(QUESTIONS), PASSWORD)["sessions"]
            site.start_web()
            try:
                yield site
            finally:
                servers.end(site.web)


@pytest.fixture(autouse=True)
def _every_mark_can_be_made_anew(site):
    """A mark is a function of the stored answers: another process gets the same (after every test)."""
    yield
    assert site.scene("marks_anew") == {"differ": []}


def test_workers_killed_during_saves_and_handing_in_lose_nothing(site):
    """A1, A2: SIGKILL to a worker again and again, then to both."""
    learners, enough = site.learners(8), threading.Event()

    def kill(times):
        for turn in range(times):
            time.sleep(0.7)
            workers = site.workers()
            for pid in workers if turn % 3 == 2 else workers[:1]:
                os.kill(pid, signal.SIGKILL)
            site.wait()  # a new one needs its time to start
        enough.set()

    def answer(learner):
        while not enough.is_set():
            learner.answer(1)

    all_at_once([lambda: kill(2), *(learner.begin for learner in learners)])
    enough.clear()
    all_at_once([lambda: kill(6), *(lambda learner=learner: answer(learner) for learner in learners)])
    all_at_once([lambda: kill(1), *(lambda learner=learner: _answer_and_hand_in(learner) for learner in learners)])

    assert breaches(site.database.address, learners) == []
    broken = sum(learner.statuses[name] for learner in learners for name in learner.statuses if isinstance(name, str))
    assert broken > 8  # the kills did reach them


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_database_that_is_restarted_during_saves_and_handing_in_loses_nothing(site, how):
    """B1, B2: nobody restarts a worker, and the site serves within fifteen seconds of the database."""
    learners, seconds, over = site.learners(6), [], threading.Event()
    for learner in learners:
        learner.begin()

    def restart():
        time.sleep(0.8)
        site.database.stop(how)
        time.sleep(1)
        site.database.start()
        seconds.append(site.wait())
        over.set()

    def answer(learner):
        """For as long as the fault lasts, however fast this machine saves."""
        while not over.is_set():
            learner.answer(1)
        learner.answer(20)

    def hand_in_during_it(learner, turn):
        """Two of them after the restart, two as it begins, two before."""
        if turn % 3 == 0:
            answer(learner)
        else:
            until = time.monotonic() + (0.6 if turn % 3 == 1 else 0.78)
            while time.monotonic() < until:
                learner.answer(1)
        learner.hand_in()

    before = site.workers()
    all_at_once([restart, *(lambda learner=learner: answer(learner) for learner in learners)])
    # The fault did reach them, and reached nobody as a page of its own.
    assert sum(learner.statuses[503] + learner.statuses[500] for learner in learners) > 0
    over.clear()
    turns = enumerate(learners)
    all_at_once([restart, *(lambda turn=turn, each=each: hand_in_during_it(each, turn) for turn, each in turns)])

    assert breaches(site.database.address, learners) == []
    assert max(seconds) < 15
    assert sorted(site.workers()) == sorted(before)
    assert all(learner.statuses[200] > 20 for learner in learners)


def _answer_and_hand_in(learner):
    learner.answer(35)
    learner.hand_in()


def test_without_redis_people_sign_in_sit_hand_in_and_verify(site):
    """B6: the exam needs the database alone; what waits for the worker waits in rows."""
    learner, *others = site.learners(4)
    for other in others[:2]:
        other.begin()
    site.broker.stop(signal.SIGKILL)
    try:
        learner.cookies = {}
        page = learner.ask_until_answered("GET", "/tai-khoan/login/")[2]
        learner.token = _token(page)
        code = f"DO{LEARNERS - len(site.sessions) - 3:04d}"
        status, headers, _text = learner.post("/tai-khoan/login/", f"login={code}&password={PASSWORD}")
        signed_in = (status, headers["Location"])
        for sitter in (learner, others[2]):
            sitter.begin()
        for sitter in (learner, *others):
            sitter.answer(QUESTIONS)
            sitter.hand_in()
        verified = learner.ask_until_answered("GET", "/kt/")[0]
    finally:
        site.broker.start()
    again = learner.ask_until_answered("GET", learner.result)[0]

    assert signed_in == (302, "/")
    assert verified == 200
    assert breaches(site.database.address, [learner, *others]) == []
    assert [sitter.statuses[500] for sitter in (learner, *others)] == [0] * 4
    assert again == 200


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
def test_a_line_that_breaks_at_any_byte_loses_and_doubles_nothing(site, seed):
    """A8, A20: the start, the exam page, saves and handing in, cut anywhere in what is asked and what is answered."""
    proxy = CuttingProxy(site.port, seed)
    learners = site.learners(4, port=proxy.port)
    try:
        all_at_once([learner.begin for learner in learners])
        all_at_once([lambda learner=learner: learner.answer(40) for learner in learners])
        all_at_once([learner.hand_in for learner in learners])
    finally:
        proxy.close()

    assert breaches(site.database.address, learners) == [], f"FAULTS_SEED={seed}"
    assert proxy.cuts > 50, f"FAULTS_SEED={seed}"


def test_fifty_starts_and_fifty_submits_at_once_are_one(site):
    """A9, A11: over HTTP, each on a line of its own."""
    (learner,) = site.learners(1)
    session = learner.cookies["sessionid"]
    tabs = [Learner(site.port, session, number) for number in range(50)]

    all_at_once([tab.begin for tab in tabs])
    tabs[0].answer(QUESTIONS)
    all_at_once([tab.hand_in for tab in tabs])

    assert len({tab.attempt for tab in tabs}) == 1
    assert {tab.result for tab in tabs} == {tabs[0].result}
    assert breaches(site.database.address, tabs[:1]) == []
    assert [sum(tab.statuses[number] for tab in tabs) for number in (500, 502, 503)] == [0, 0, 0]


def test_two_tabs_never_overwrite_each_other_silently(site):
    """A7, A8: both save at once what their windows show; who is behind is told, and takes over the newest."""
    (one,) = site.learners(1)
    one.begin()
    other = Learner(site.port, one.cookies["sessionid"], 1)
    other.open(one.path)
    told = {}

    def work(tab, place):
        for _turn in range(120):
            number = tab.random.choice(list(tab.options))
            mine = [tab.options[number][place]]  # each tab has an option of its own
            status = tab.save(number, mine)
            if status == 200:
                key = number, tab.sent[number]
                assert told.setdefault(key, mine) == mine, "two windows were told that they saved the same turn"
            else:
                assert status == 409
                tab.open(tab.path)  # what the script does: the newest answers, with their sequences
                tab.told_stale = True

    all_at_once([lambda: work(one, 0), lambda: work(other, 1)])

    newest = {number: max(s for n, s in told if n == number) for number in one.options}
    with psycopg.connect(site.database.address) as line:
        rows = line.execute(
            "SELECT number, sequence, response FROM quizzes_answer WHERE attempt_id = %s ORDER BY 1", [one.attempt]
        ).fetchall()
    assert rows == [(number, newest[number], told[number, newest[number]]) for number in sorted(newest)]
    assert hasattr(one, "told_stale") or hasattr(other, "told_stale")


def test_an_attempt_whose_tab_was_closed_is_closed_at_its_deadline(site):
    """A12, A13: at once for whoever looks, though nobody writes; by the work within a minute, with what was saved."""
    one, other = site.learners(2)
    for learner in (one, other):
        learner.begin()
        learner.answer(QUESTIONS)
    with psycopg.connect(site.database.address) as line:
        line.execute(
            "UPDATE quizzes_attempt SET deadline = clock_timestamp() + interval '1 second', grace_seconds = 0 "
            "WHERE id = ANY(%s)",
            [[one.attempt, other.attempt]],
        )
    time.sleep(1.2)

    before = dict(other.acknowledged)
    late = other.save(1)  # stored, and counts for nothing
    seen = one.ask_until_answered("GET", f"{one.path}ket-qua/")
    with psycopg.connect(site.database.address) as line:
        nobody_wrote = line.execute("SELECT count(*) FROM quizzes_grading WHERE attempt_id = %s", [one.attempt])
        assert nobody_wrote.fetchone() == (0,)
    begun = time.monotonic()
    work = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=BASE_DIR, env=site.environment)
    try:
        closed = []
        while len(closed) < 2 and time.monotonic() - begun < 60:
            time.sleep(0.2)
            with psycopg.connect(site.database.address) as line:
                closed = line.execute(
                    "SELECT finish_cause, finished_at = deadline FROM quizzes_attempt "
                    "WHERE id = ANY(%s) AND finished_at IS NOT NULL",
                    [[one.attempt, other.attempt]],
                ).fetchall()
    finally:
        servers.end(work)

    assert seen[0] == 200
    assert late == 200
    assert other.acknowledged == before
    assert closed == [("sweeper", True), ("sweeper", True)]
    assert breaches(site.database.address, [one]) == []
    with psycopg.connect(site.database.address) as line:
        kept = line.execute(
            "SELECT response, late_response FROM quizzes_answer WHERE attempt_id = %s AND number = 1", [other.attempt]
        ).fetchone()
    in_time = other.response(1, before[1]) if 1 in before else []
    assert kept == (in_time, other.response(1, other.sent[1]))


def _answer_until(over, learners):
    """Each learner saves for as long as the fault lasts, and a little longer."""

    def answer(learner):
        while not over.is_set():
            learner.answer(1)
        learner.answer(QUESTIONS)
        learner.hand_in()

    return [lambda learner=learner: answer(learner) for learner in learners]


def test_a_database_that_stands_still_during_saves_loses_nothing(site):
    """Nothing answers and nothing breaks off (SIGSTOP): saves wait, and each that was acknowledged is there."""
    learners, over, waited = site.learners(4), threading.Event(), []
    for learner in learners:
        learner.begin()

    def stand_still():
        try:
            for with_postmaster in (True, False):
                time.sleep(0.5)
                with stopped(site.database.pid, with_postmaster=with_postmaster):
                    time.sleep(3)
                begun = time.monotonic()
                site.wait()
                waited.append(time.monotonic() - begun)
        finally:
            over.set()

    all_at_once([stand_still, *_answer_until(over, learners)])

    assert breaches(site.database.address, learners) == []
    assert [sum(learner.statuses[number] for learner in learners) for number in (500, 502)] == [0, 0]
    assert max(waited) < 15


def test_connections_that_are_used_up_are_answered_as_an_absent_database_and_lose_nothing(site):
    """Somebody takes every connection there is, when the workers have just lost theirs."""
    learners, over, held = site.learners(4), threading.Event(), []
    for learner in learners:
        learner.begin()

    def take_one() -> bool:
        try:
            held.append(psycopg.connect(site.database.address, connect_timeout=5))
        except psycopg.OperationalError:
            return False
        return True

    def use_up():
        try:
            while take_one():
                pass
            for pid in site.workers():
                os.kill(pid, signal.SIGKILL)
            until = time.monotonic() + 60  # the new ones need their time to start
            while time.monotonic() < until and sum(learner.statuses[503] for learner in learners) < 4:
                take_one() or time.sleep(0.05)
        finally:
            for line in held:
                line.close()
            over.set()

    all_at_once([use_up, *_answer_until(over, learners)])

    assert breaches(site.database.address, learners) == []
    assert len(held) >= 90  # of PostgreSQL's hundred
    assert sum(learner.statuses[503] for learner in learners) > 0
    assert sum(learner.statuses[500] for learner in learners) == 0


@pytest.fixture
def small_disk(site):
    """The database's journal on a disk of 48 MB of its own; yields the place where a file may fill it."""
    disk, journal = site.folder / "small", site.folder / "postgresql/pg_wal"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], check=False)
    if mounted.returncode != 0:
        pytest.skip("may not mount a small disk here")
    try:
        site.database.stop()
        shutil.copytree(journal, disk / "wal")
        shutil.rmtree(journal)
        journal.symlink_to(disk / "wal")
        subprocess.run(["chown", "-R", f"--reference={site.folder / 'postgresql'}", disk], check=True)
        site.database.start()
        site.wait()
        yield disk / "ballast"
        (disk / "ballast").unlink(missing_ok=True)
        site.database.stop()
        journal.unlink()
        shutil.copytree(disk / "wal", journal)
        subprocess.run(["chown", "-R", f"--reference={site.folder / 'postgresql'}", journal], check=True)
        (journal).chmod(0o700)
        site.database.start()
        site.wait()
    finally:
        subprocess.run(["umount", disk], check=True)


def test_a_full_disk_under_the_database_loses_nothing_and_heals_with_space(site, small_disk):
    """B12: the journal can neither grow nor begin a new file. PostgreSQL stops; whoever looks after it starts it."""
    learners, over, seconds = site.learners(4), threading.Event(), []
    for learner in learners:
        learner.begin()

    def fill():
        try:
            time.sleep(0.5)
            with small_disk.open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
                while ballast.write(b"0" * 65536):
                    pass
            with contextlib.suppress(psycopg.Error), psycopg.connect(site.database.address) as line:
                line.autocommit = True
                for _file in range(4):  # those that are kept for use again are used up
                    line.execute("SELECT pg_switch_wal()")
                    line.execute("SELECT pg_logical_emit_message(false, 'full', repeat('x', 9000))")
            time.sleep(2)
            small_disk.unlink()
            begun = time.monotonic()
            if not site.database.runs:
                site.database.start()
            site.wait()
            seconds.append(time.monotonic() - begun)
        finally:
            over.set()

    all_at_once([fill, *_answer_until(over, learners)])

    assert breaches(site.database.address, learners) == []
    assert sum(learner.statuses[503] for learner in learners) > 0  # it did reach them
    assert max(seconds) < 60


def test_a_long_run_of_attempts_takes_no_more_memory_and_no_more_connections(site):
    """B17, in haste: attempt after attempt by the same workers."""
    learners = site.learners(4)

    def sit(learner, attempts):
        sat = []
        for turn in range(attempts):
            again = Learner(site.port, learner.cookies["sessionid"], turn)
            again.begin()
            again.answer(QUESTIONS)
            again.hand_in()
            sat.append(again)
        return sat

    def run(attempts):
        return sum(all_at_once([lambda learner=learner: sit(learner, attempts) for learner in learners]), [])

    run(15)
    before = (_memory(site), _connections(site), sorted(site.workers()))
    sat = run(50)
    after = (_memory(site), _connections(site), sorted(site.workers()))

    assert breaches(site.database.address, sat) == []
    assert len({learner.attempt for learner in sat}) == 200
    assert after[0] < before[0] * 1.1
    assert after[1] <= before[1]
    assert after[2] == before[2]


def _memory(site) -> int:
    """Pages of both workers."""
    return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in site.workers())


def _connections(site) -> int:
    with psycopg.connect(site.database.address) as line:
        return line.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'").fetchone()[0]
