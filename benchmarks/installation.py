"""A production installation on this machine, for measuring: PostgreSQL, Redis and gunicorn on loopback."""

import contextlib
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.factories.keys import signing_key  # noqa: E402
from tests.production import servers  # noqa: E402


@dataclass(frozen=True)
class Installation:
    """``pid`` is the top web process, ``database`` an address; ``environment`` is what manage.py needs."""

    address: str
    pid: int
    database: str
    database_pid: int
    environment: dict[str, str]


def manage(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment, check=True)


@contextlib.contextmanager
def installation(*, prepare, settings: str = "benchmarks.settings", workers: int = 1, threads: int = 4):
    """Yields an Installation with migrated tables, collected files and whatever ``prepare(environment)`` puts in."""
    with tempfile.TemporaryDirectory(prefix="lms-benchmark-") as name:
        folder = Path(name)
        settings_of_server = {"shared_preload_libraries": "pg_stat_statements", "fsync": "on"}
        with servers.postgresql(folder, **settings_of_server) as database, servers.redis(folder) as broker:
            environment = _environment(folder, database, broker, settings)
            manage(environment, "compile_catalogues")
            manage(environment, "migrate", "--verbosity", "0")
            manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
            prepare(environment)
            with _web(environment, folder, workers, threads) as (address, pid):
                server = int((folder / "postgresql" / "postmaster.pid").read_text().split()[0])
                yield Installation(address, pid, database, server, environment)


def _environment(folder, database, broker, settings) -> dict[str, str]:
    keys = signing_key(folder / "keys")
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": settings,
        "SECRET_KEY": "measured-" + "aB3dE6gH9jK2" * 5,
        "PERSONAL_DATA_KEY": "measured-" + "zY8xW5vU2t" * 4,
        "SIGNING_KEY_FILE": str(keys.key),
        "SIGNING_CERT_FILE": str(keys.certificate),
        "SIGNING_CHAIN_FILE": str(keys.authority),
        "SITE_URL": "https://hoc.example",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECURE_SSL_REDIRECT": "false",
        "DATABASE_URL": database,
        "CACHE_URL": broker.replace("/0", "/1"),
        "CELERY_BROKER_URL": broker,
        "EMAIL_URL": "dummymail://",
        "DEFAULT_FROM_EMAIL": "hoc@hoc.example",
        "VAR_DIR": str(folder / "var"),
        "STATIC_ROOT": str(folder / "static"),
    }


@contextlib.contextmanager
def _web(environment, folder, workers, threads):
    port = servers.free_port()
    command = [sys.executable, "-m", "gunicorn", "lms.wsgi", "--config", str(ROOT / "deploy" / "gunicorn.conf.py")]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", str(threads)]
    # In a crowd a line waits for its turn longer than gunicorn's two seconds, and would end just then.
    command += ["--keep-alive", "30"]
    with (folder / "web.log").open("wb") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
        try:
            _wait(f"http://127.0.0.1:{port}/suc-khoe/", process, folder / "web.log")
            yield f"http://127.0.0.1:{port}", process.pid
        finally:
            servers.end(process)


def _wait(address, process, log):
    for _attempt in range(150):
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        if process.poll() is not None:
            break
        time.sleep(0.2)
    sys.exit(f"The web process did not start:\n{log.read_text(errors='replace')[-3000:]}")
