"""Production's servers come from tests/production/servers.py; without them these tests skip."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection

from lms.settings.base import BASE_DIR


@pytest.fixture
def servers(transactional_db):
    """The broker's address. What a test writes is committed: the worker uses the same test database."""
    broker = os.environ.get("CELERY_BROKER_URL", "")
    if not broker or connection.vendor != "postgresql":
        pytest.skip("needs DATABASE_URL and CELERY_BROKER_URL: make test-production")
    return broker


@pytest.fixture
def worker(servers, tmp_path):
    """A real Celery worker with beat, on the test database. Ended by its id, also when the test fails."""
    settings = connection.settings_dict
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lms.settings.test",
        "REAL_WORKER": "1",
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": f"postgres://{settings['USER']}@{settings['HOST']}:{settings['PORT']}/{settings['NAME']}",
    }
    log = tmp_path / "worker.log"
    command = [sys.executable, "-m", "celery", "-A", "lms", "worker", "-B", "-c", "1", "-l", "INFO"]
    command += ["-s", str(tmp_path / "beat"), "--without-gossip", "--without-mingle"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=output, stderr=output)
    try:
        deadline = time.monotonic() + 60
        while b" ready." not in log.read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                pytest.fail(f"The worker did not start:\n{log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.2)
        yield log
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
