"""A machine to install on, as far as a folder can be one: PostgreSQL, Redis, nginx of its own, systemd's stand-in."""

import http.cookiejar
import os
import re
import shutil
import signal
import ssl
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from lms.settings.base import BASE_DIR
from tests.production.servers import free_port

NGINX = """
user root;
pid {folder}/systemd/nginx.pid;
error_log {folder}/systemd/nginx.log;
events {{}}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {folder}/nginx/body;
    proxy_temp_path {folder}/nginx/proxy;
    fastcgi_temp_path {folder}/nginx/fastcgi;
    uwsgi_temp_path {folder}/nginx/uwsgi;
    scgi_temp_path {folder}/nginx/scgi;
    include {folder}/site.conf;
}}
"""

# Each command of the log begins with the time.
CLOCK = "PS4='+ \\t '\n"

# Of the tests' own settings nothing may reach the installation.
FOREIGN = {
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "DJANGO_SETTINGS_MODULE",
    "TEST_DATABASE_FILE",
    "VAR_DIR",
    "VIRTUAL_ENV",
}


@dataclass
class Machine:
    """Its folder, the values that step 1 keeps, and the log of the steps."""

    folder: Path
    database: str
    broker: str
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self):
        for name in ("bin", "systemd", "units", "nginx", "mail"):
            (self.folder / name).mkdir(parents=True)
        shutil.copy(BASE_DIR / "tests/deploy/systemctl", self.folder / "bin/systemctl")
        main = self.folder / "nginx.conf"
        main.write_text(NGINX.format(folder=self.folder))
        # As root nginx keeps its workers root: they must reach this folder.
        wrapper = self.folder / "bin/nginx"
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin")
        wrapper.write_text(f'#!/bin/sh\nexec {program} -c {main} "$@"\n')
        wrapper.chmod(0o755)
        host, port = re.search(r"@([\d.]+):(\d+)/", self.database).groups()
        self.variables = {
            "LMS_HOST": "localhost",
            "LMS_USER": "root",
            "LMS_HOME": str(self.folder / "opt"),
            "LMS_ETC": str(self.folder / "etc"),
            "LMS_VAR": str(self.folder / "var"),
            "LMS_TLS": str(self.folder / "tls"),
            "LMS_UNITS": str(self.folder / "units"),
            "LMS_SITE": str(self.folder / "site.conf"),
            "LMS_BACKUPS": str(self.folder / "backups"),
            "LMS_HTTP_PORT": str(free_port()),
            "LMS_HTTPS_PORT": str(free_port()),
            "LMS_WEB_PORT": str(free_port()),
            "LMS_AS_POSTGRES": f"env PGHOST={host} PGPORT={port} PGUSER=postgres",
            "LMS_DATABASE_URL": f"postgres://lms@{host}:{port}/lms",
            "LMS_CACHE_URL": self.broker.replace("/0", "/1"),
            "LMS_CELERY_BROKER_URL": self.broker,
            "LMS_EMAIL_URL": f"filemail:///{self.folder}/mail",
            **self.variables,
            "FAKE_SYSTEMD": str(self.folder / "systemd"),
        }

    @property
    def url(self) -> str:
        return f"https://localhost:{self.variables['LMS_HTTPS_PORT']}"

    def follow(self, *commands: str) -> str:
        """Runs the commands of some steps in one shell, as somebody would; what they print goes into the log."""
        path = f"{self.folder / 'bin'}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        done = subprocess.run(
            ["/bin/bash", "-euxo", "pipefail", "-c", "".join([CLOCK, *commands])],
            cwd=self.folder,
            env={**kept, "PATH": path, "LANG": "C.UTF-8", **self.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=1500,
            check=False,
        )
        with (self.folder / "steps.log").open("a") as log:
            log.write(done.stdout)
        assert done.returncode == 0, done.stdout[-4000:]
        return done.stdout

    def manage(self, *arguments: str) -> str:
        """A management command of the running release."""
        return self._as_lms(".venv/bin/python", "manage.py", *arguments)

    def python(self, script: str) -> str:
        return self.manage("shell", "--verbosity", "0", "-c", script)

    def _as_lms(self, *command: str) -> str:
        program = Path(self.variables["LMS_HOME"]) / "current/deploy/as-lms"
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        done = subprocess.run(
            [program, *command], env={**kept, **self.variables}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def log_of(self, unit: str) -> str:
        return (self.folder / f"systemd/{unit}.log").read_text(errors="replace")

    def mails(self) -> int:
        return sum(file.read_text(errors="replace").count("\nMessage-ID:") for file in (self.folder / "mail").iterdir())

    def client(self) -> "Client":
        return Client(self.url, self.folder / "tls/fullchain.pem")

    def end(self) -> None:
        """Ends every process that was started here, by its id."""
        pids = []
        for file in (self.folder / "systemd").glob("*.pid"):
            with suppress(ProcessLookupError, ValueError):
                pids.append(int(file.read_text()))
                os.kill(pids[-1], signal.SIGTERM)
        deadline = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
            time.sleep(0.1)
        for pid in pids:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args, **kwargs):
        return None


class Client:
    """A browser of the barest kind: cookies, https with the machine's own certificate, no redirects followed."""

    def __init__(self, url: str, authority: Path):
        self.url = url
        self.cookies = http.cookiejar.CookieJar()
        secure = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority))
        cookies = urllib.request.HTTPCookieProcessor(self.cookies)
        self._opener = urllib.request.build_opener(secure, cookies, _Stay)

    def ask(self, path: str, form: dict[str, str] | None = None):
        """(status, headers, text) of ``path``."""
        address = path if path.startswith("http") else self.url + path
        data = urllib.parse.urlencode(form).encode() if form else None
        headers = {"Referer": self.url + "/", "Origin": self.url} if form else {}
        request = urllib.request.Request(address, data=data, headers=headers)
        try:
            with self._opener.open(request, timeout=60) as response:
                return response.status, response.headers, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def sign_in(self, login: str, password: str) -> int:
        _status, _headers, page = self.ask("/tai-khoan/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        return self.ask("/tai-khoan/login/", {"login": login, "password": password, "csrfmiddlewaretoken": token})[0]


class Watcher(threading.Thread):
    """Somebody who asks for the health page several times a second and notes each answer."""

    def __init__(self, client: Client):
        super().__init__(daemon=True)
        self._client, self._over = client, threading.Event()
        self.answers: list[tuple[object, float]] = []

    def run(self):
        while not self._over.wait(0.25):
            begun = time.monotonic()
            try:
                status = self._client.ask("/suc-khoe/")[0]
            except OSError as error:
                status = repr(error)
            self.answers.append((status, time.monotonic() - begun))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *details):
        self._over.set()
        self.join(70)
