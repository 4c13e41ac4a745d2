"""`make run`: prepares an embedded installation, then runs the web process and the background work together."""

import hashlib
import os
import signal
import socket
import subprocess  # noqa: S404 - the two processes of this installation, with fixed arguments
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from lms import env

HOST = "127.0.0.1"
# Two processes, so that one that dies leaves the other serving while gunicorn replaces it.
WEB_PROCESSES = "2"
THREADS = "4"
SECONDS_TO_STOP = 15


class Command(BaseCommand):
    help = "Prepares database, demonstration and static files, then serves the site and works in the background."

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=env.integer("PORT", 8000))
        parser.add_argument("--no-demo", action="store_true", help="do not load the demonstration")

    def handle(self, *, port, no_demo, **options):
        refuse_a_taken_port(port)
        self._prepare(demo=settings.DEMO and not no_demo)
        stopping = []
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda signum, frame: stopping.append(signum))
        # The settings of both processes name the site by it, on certificates and in mails.
        os.environ["PORT"] = str(port)
        processes = {"web": start_web(port), "work": start_work()}
        try:
            self._wait_until_ready(port, processes, stopping)
            while not stopping:
                for name, process in processes.items():
                    if process.poll() is not None:
                        raise CommandError(f"The {name} process ended by itself with status {process.returncode}.")
                time.sleep(0.3)
        finally:
            stop_all(processes.values())

    def _prepare(self, *, demo):
        call_command("compile_catalogues")
        self._collect_static()
        self._migrate()
        if demo and "create_demo" in get_commands():
            call_command("create_demo", verbosity=0)  # the accounts are named once the site answers

    def _migrate(self):
        """Migrates when something is to be migrated, or when what follows a migration was interrupted.

        The table of the cache, groups and rights are made after the last migration: the plan alone does not tell.
        """
        executor = MigrationExecutor(connections["default"])
        newest = sorted(executor.loader.graph.leaf_nodes())
        stamp = settings.VAR_DIR / ".migrated"
        fingerprint = hashlib.sha256(repr(newest).encode()).hexdigest()
        is_done = stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint
        if is_done and not executor.migration_plan(newest):
            return
        self.stdout.write("Preparing the database: a minute or two the first time …")
        call_command("migrate", interactive=False, verbosity=0)
        stamp.write_text(fingerprint, encoding="ascii")

    def _collect_static(self):
        """Collects the static files when one of them changed; compressing all of Wagtail's takes a while."""
        stamp = Path(settings.STATIC_ROOT) / ".collected"
        fingerprint = static_fingerprint()
        if stamp.exists() and stamp.read_text(encoding="ascii") == fingerprint:
            return
        self.stdout.write("Collecting static files …")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(fingerprint, encoding="ascii")

    def _wait_until_ready(self, port, processes, stopping):
        address = f"http://{HOST}:{port}"
        for _attempt in range(300):
            if stopping or any(process.poll() is not None for process in processes.values()):
                return
            if answers(f"{address}/suc-khoe/"):
                self._say_ready(address)
                return
            time.sleep(0.2)
        raise CommandError(f"{address} does not answer; the lines above say why.")

    def _say_ready(self, address):
        self.stdout.write(f"\nReady: {address}")
        if settings.DEMO:
            from django.contrib.auth import get_user_model

            from lms import demo

            accounts = get_user_model().objects.filter(email__endswith="@donduong.example").order_by("pk")
            for email in accounts.values_list("email", flat=True):
                self.stdout.write(f"  {email}")
            self.stdout.write(f"  password of all: {demo.password_words(demo.chosen_password())}")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()


def refuse_a_taken_port(port: int) -> None:
    """Says in a sentence what gunicorn would say in a traceback."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used ({error.strerror}). Choose another: make run PORT=8080"
            ) from error


def static_fingerprint() -> str:
    """Changes when any static file changes its size or age."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in finder.list([]):
            facts = os.stat(storage.path(path))
            digest.update(f"{path}|{facts.st_size}|{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def start_web(port: int) -> subprocess.Popen:
    command = [sys.executable, "-m", "gunicorn", "lms.wsgi", "--bind", f"{HOST}:{port}"]
    command += ["--workers", WEB_PROCESSES, "--worker-class", "gthread", "--threads", THREADS]
    command += ["--log-level", "warning", "--graceful-timeout", "10", "--no-control-socket"]
    return _start(command)


def start_work() -> subprocess.Popen:
    return _start([sys.executable, "manage.py", "work"])


def _start(command: list[str]) -> subprocess.Popen:
    # A session of its own: Ctrl-C reaches this process only, which then ends both in order.
    root = Path(apps.get_app_config("lms").path).parent
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": os.environ["DJANGO_SETTINGS_MODULE"]}
    return subprocess.Popen(command, cwd=root, env=environment, start_new_session=True)  # noqa: S603 - fixed arguments


def stop_all(processes) -> None:
    """Asks all to stop, waits for them, and kills what does not listen."""
    for process in processes:
        if process.poll() is None:
            process.terminate()
    for process in processes:
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 - our own address on loopback
            return response.status == 200
    except (urllib.error.URLError, OSError):
        return False
