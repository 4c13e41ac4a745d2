"""Runs a command with a PostgreSQL cluster and a Redis server of its own, and ends both by their ids afterwards.

    python tests/production/servers.py pytest …

Needs Debian's packages postgresql and redis-server. Everything lies in a temporary folder, on free ports of loopback.
"""

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit


def free_port() -> int:
    """A port that nobody listens on, below those that the system gives to outgoing lines.

    Among those another line could take it until the server begins, or while it is away.
    """
    while True:
        port = random.randrange(20_000, 32_000)  # noqa: S311 - no secret
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port


def postgresql_program(name: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[4]))
    found = str(versions[-1]) if versions else shutil.which(name)
    if not found:
        sys.exit("PostgreSQL is missing: apt-get install postgresql")
    return found


def unprivileged() -> dict:
    """PostgreSQL refuses to run as root: then it runs as its own account, or as nobody."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            account = pwd.getpwnam(name)
            return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    sys.exit("There is no account postgres or nobody to run PostgreSQL as.")


def wait_for(port: int, process: subprocess.Popen, name: str, log: Path) -> None:
    for _attempt in range(150):
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    sys.exit(f"{name} did not start:\n{log.read_text(errors='replace')[-2000:]}")


class Server:
    """A server of this machine that can be ended in any way and started again on the same port with the same files."""

    def __init__(self, name: str, address: str, command: list, log: Path, **account):
        self.name, self.address = name, address
        self._command, self._log, self._account = command, log, account
        self._process = None

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(self._command, cwd="/", stdout=output, stderr=output, **self._account)
        wait_for(urlsplit(self.address).port, self._process, self.name, self._log)

    def stop(self, number: int = signal.SIGINT) -> None:
        """Ends it by this signal: PostgreSQL takes SIGINT for "fast" and SIGQUIT for "immediate", as in a crash."""
        self._process.send_signal(number)
        self._process.wait(30)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process.poll() is None

    def end(self) -> None:
        if self._process is not None:
            end(self._process)


@contextlib.contextmanager
def postgresql_server(folder: Path, *, owner: str = "lms", **settings: str):
    """Yields a running Server: UTF-8, C collation, no synchronous writes unless ``settings`` say so (tests only).

    ``owner`` is its superuser; ``settings`` are further lines of its configuration.
    """
    account = unprivileged()
    data = folder / "postgresql"
    data.mkdir()
    if account:
        folder.chmod(0o755)
        os.chown(data, account["user"], account["group"])
    log = folder / "postgresql.log"
    port = free_port()
    with log.open("wb") as output:
        subprocess.run(
            [postgresql_program("initdb"), "-D", data, "-U", owner, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"],
            cwd="/",
            check=True,
            stdout=output,
            stderr=output,
            **account,
        )
    options = {"port": port, "listen_addresses": "127.0.0.1", "unix_socket_directories": "", "fsync": "off"} | settings
    arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    address = f"postgres://{owner}@127.0.0.1:{port}/postgres"
    server = Server("PostgreSQL", address, [postgresql_program("postgres"), "-D", data, *arguments], log, **account)
    try:
        server.start()
        yield server
    finally:
        server.end()


@contextlib.contextmanager
def postgresql(folder: Path, **options: str):
    """Yields the address of a database on a new cluster; ``options`` as for ``postgresql_server``."""
    with postgresql_server(folder, **options) as server:
        yield server.address


@contextlib.contextmanager
def redis_server(folder: Path):
    program = shutil.which("redis-server") or sys.exit("Redis is missing: apt-get install redis-server")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    server = Server("Redis", f"redis://127.0.0.1:{port}/0", command, folder / "redis.log")
    try:
        server.start()
        yield server
    finally:
        server.end()


@contextlib.contextmanager
def redis(folder: Path):
    with redis_server(folder) as server:
        yield server.address


def end(process: subprocess.Popen) -> None:
    if process.poll() is None:
        process.send_signal(2)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="lms-servers-") as name:
        folder = Path(name)
        with postgresql(folder) as database, redis(folder) as broker:
            environment = {**os.environ, "DATABASE_URL": database, "CELERY_BROKER_URL": broker}
            return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
