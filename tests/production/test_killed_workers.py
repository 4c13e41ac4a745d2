"""Celery workers, killed with all their processes while they issue certificates: each is issued once, without a gap.

KILLED_COUNT, KILLED_WORKERS, KILLED_TIMES and KILLED_SEED make the run larger, or the same again.
"""

import hashlib
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from django.db import connection

from certificates.enums import CertificateStatus
from certificates.models import Certificate, CertificateFile, Register
from certificates.tasks import issue_for_qualification
from lms.celery import app
from lms.settings.base import BASE_DIR
from staff.models import Notice
from tests.factories.certificates import passed_qualification
from tests.factories.staff import PostingFactory

pytestmark = pytest.mark.production
COUNT = int(os.environ.get("KILLED_COUNT", "60"))
WORKERS = int(os.environ.get("KILLED_WORKERS", "6"))
TIMES = int(os.environ.get("KILLED_TIMES", "5"))
LONGEST = 600


@pytest.fixture
def messages(settings, servers):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    app.conf.update(task_always_eager=False, broker_url=servers)
    yield
    app.conf.update(task_always_eager=True)


@pytest.fixture
def begin(servers, tmp_path):
    """``begin()`` starts a worker of ``WORKERS`` processes with beat, in a process group of its own."""
    settings = connection.settings_dict
    database = f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}"
    ours = {"DJANGO_SETTINGS_MODULE": "lms.settings.test", "REAL_WORKER": "1", "VAR_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "celery", "-A", "lms", "worker", "-B", "-c", str(WORKERS), "-l", "WARNING"]
    command += ["-s", str(tmp_path / "beat"), "--without-gossip", "--without-mingle"]
    started = []

    def start():
        with (tmp_path / "worker.log").open("ab") as log:
            environment = {**os.environ, **ours, "DATABASE_URL": database}
            started.append(
                subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=log, stderr=log, start_new_session=True)
            )
        return started[-1]

    yield start
    for process in started:
        kill(process)


def kill(process) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


def issued() -> int:
    return Certificate.objects.filter(status=CertificateStatus.ISSUED).count()


def wait_until(condition) -> None:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < LONGEST
        time.sleep(0.05)


def test_killed_workers_issue_each_certificate_once_and_tell_each_holder_once(servers, messages, begin, tmp_path):
    seed = int(os.environ.get("KILLED_SEED") or random.randrange(10**6))  # noqa: S311 - moments, no secret
    chance = random.Random(seed)  # noqa: S311
    wanted = {passed_qualification(PostingFactory().staff_member).pk for _number in range(COUNT)}
    for qualification_id in [*wanted, *wanted]:  # as the news and a second delivery of it
        issue_for_qualification.delay(qualification_id=qualification_id)

    begun, seen = time.monotonic(), []
    for turn in range(TIMES):
        process = begin()
        goal = COUNT * turn // (TIMES + 1)
        wait_until(lambda goal=goal: issued() > goal)
        time.sleep(chance.uniform(0, 0.5))
        kill(process)
        seen.append(issued())
        # The claims of what was in hand end after two minutes: the test does not wait for them.
        Certificate.objects.filter(status=CertificateStatus.PENDING).update(claimed_until=None)
    begin()
    wait_until(lambda: issued() >= COUNT)
    took = time.monotonic() - begun
    sys.stdout.write(f"seed {seed}: {COUNT} certificates, {WORKERS} processes, killed at {seen}, {took:.0f} s\n")

    assert min(seen) < COUNT
    rows = Certificate.objects.order_by("number")
    assert list(rows.values_list("number", flat=True)) == list(range(1, COUNT + 1))
    assert sorted(rows.values_list("qualification_id", flat=True)) == sorted(wanted)
    assert list(Register.objects.values_list("last_number", flat=True)) == [COUNT]
    files = list(CertificateFile.objects.values_list("certificate_id", "name", "sha256"))
    assert len(files) == len({pk for pk, _name, _sha256 in files}) == COUNT
    contents = [(tmp_path / "private" / name).read_bytes() for _pk, name, _sha256 in files]
    assert [hashlib.sha256(content).hexdigest() for content in contents] == [sha256 for *_rest, sha256 in files]
    assert Notice.objects.filter(kind="certificate.issued").count() == COUNT
    assert {content[:5] for content in contents} == {b"%PDF-"}
