"""PostgreSQL that neither answers nor goes away: its processes are stopped under a running web process (B3)."""

import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lms.settings.base import BASE_DIR
from tests.factories.keys import signing_key
from tests.faults.exam_room import stopped
from tests.production import servers

pytestmark = [pytest.mark.faults, pytest.mark.system]

PAUSE = 5.0
# The page promises two seconds; the rest is for a busy machine and the way there and back.
PATIENCE = 2.5


@pytest.fixture(scope="module")
def cluster():
    """(address, id of its main process) of an empty PostgreSQL."""
    if not list(Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        (pytest.fail if os.environ.get("CI") else pytest.skip)("needs Debian's postgresql")
    # Not below pytest's own folder: another run of pytest closes that one to PostgreSQL, which gives up root's rights.
    with tempfile.TemporaryDirectory(prefix="lms-paused-") as name, servers.postgresql(Path(name)) as address:
        yield address, int((Path(name) / "postgresql/postmaster.pid").read_text().split()[0])


@pytest.fixture(scope="module")
def site(cluster, tmp_path_factory):
    """The address of a web process with production's settings, whose threads keep their lines to the database."""
    folder = tmp_path_factory.mktemp("site")
    keys = signing_key(folder)
    port, nothing = servers.free_port(), servers.free_port()
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "lms.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "PERSONAL_DATA_KEY": secrets.token_urlsafe(40),
        "SIGNING_KEY_FILE": str(keys.key),
        "SIGNING_CERT_FILE": str(keys.certificate),
        "SITE_URL": "https://localhost",
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": cluster[0],
        "CACHE_URL": f"redis://127.0.0.1:{nothing}/1",
        "CELERY_BROKER_URL": f"redis://127.0.0.1:{nothing}/0",
        "EMAIL_URL": f"filemail:///{folder}/mail",
        "DEFAULT_FROM_EMAIL": "lms@localhost",
        "VAR_DIR": str(folder),
        "STATIC_ROOT": str(folder),
        "SECURE_SSL_REDIRECT": "false",
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-m", "gunicorn", "lms.wsgi", "--bind", f"127.0.0.1:{port}", "--no-control-socket"]
    command += ["--worker-class", "gthread", "--threads", "4"]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=environment)
    address = f"http://127.0.0.1:{port}/suc-khoe/"
    try:
        deadline = time.monotonic() + 90
        while ask(address)[0] != "ok":
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        yield address
    finally:
        servers.end(process)


def ask(address) -> tuple[str, float]:
    """(the state of the database, seconds until it was told)."""
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(address, timeout=30) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        text = error.read()
    except urllib.error.URLError:
        return "no site", time.monotonic() - begun
    return json.loads(text)["database"], time.monotonic() - begun


@pytest.mark.parametrize("with_postmaster", [True, False], ids=["all", "lines"])
def test_the_health_page_answers_in_time_while_the_database_stands_still(cluster, site, with_postmaster):
    _address, postmaster = cluster
    answers = []
    with ThreadPoolExecutor(8) as crowd:  # so that every thread has its line
        assert {state for state, _seconds in crowd.map(ask, [site] * 16)} == {"ok"}

    with stopped(postmaster, with_postmaster=with_postmaster):
        begun = time.monotonic()
        while time.monotonic() - begun < PAUSE:
            answers.append(ask(site))
            time.sleep(0.1)
    until = time.monotonic() + 15
    while (after := ask(site)[0]) != "ok" and time.monotonic() < until:
        time.sleep(0.1)

    assert max(seconds for _state, seconds in answers) < PATIENCE
    assert not with_postmaster or {state for state, _seconds in answers} == {"away"}
    assert after == "ok"


def test_a_restarted_database_fails_no_request_that_comes_on_a_kept_line(cluster, site, tmp_path):
    """The last test here: the cluster ends with it. Every thread's line is dead, and none says so by an error (B1)."""
    address, postmaster = cluster
    with ThreadPoolExecutor(8) as crowd:
        assert {state for state, _seconds in crowd.map(ask, [site] * 16)} == {"ok"}
    command = Path(f"/proc/{postmaster}/cmdline").read_text().split("\0")[:-1]
    told = Path(command[command.index("-D") + 1]) / "postmaster.pid"

    os.kill(postmaster, signal.SIGINT)  # a fast shutdown: the server closes every line
    until = time.monotonic() + 20
    while told.exists() and time.monotonic() < until:
        time.sleep(0.1)
    log = tmp_path / "again.log"
    with log.open("wb") as output:
        again = subprocess.Popen(command, cwd="/", stdout=output, stderr=output, **servers.unprivileged())
        try:
            servers.wait_for(urlsplit(address).port, again, "PostgreSQL", log)
            with ThreadPoolExecutor(8) as crowd:
                after = [state for state, _seconds in crowd.map(ask, [site] * 16)]
        finally:
            servers.end(again)

    assert after == ["ok"] * 16
