"""A real receiver on this machine, certificates to tell of, and endpoints that are told."""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import time_machine

from certificates import services
from certificates.enums import EventKind
from certificates.services import add_endpoint
from tests.factories.certificates import passed_qualification
from tests.factories.staff import LONG_AGO

ALL_KINDS = tuple(EventKind.values)


@dataclass
class Receiver:
    """Answers every POST as it is told to, and keeps what came."""

    status: int = 204
    seconds: float = 0.0
    location: str = ""
    came: list = field(default_factory=list)
    port: int = 0
    scheme: str = "http"

    @property
    def address(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/nhan-tin?nguon=hoc"


@contextmanager
def listening(receiver: Receiver, wrap=None):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.came.append((self.path, dict(self.headers), body))
            time.sleep(receiver.seconds)
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args):
            return

    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), Handler)
    # who hung up on it is none of this test's business
    server.handle_error = lambda *args: None
    if wrap:
        server.socket = wrap(server.socket)
    receiver.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def inside_allowed(settings):
    """What the tests need and no installation has: plain http to this machine."""
    settings.DEBUG = True
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]


@pytest.fixture
def receiver(inside_allowed):
    with listening(Receiver()) as found:
        yield found


@pytest.fixture
def tell(db, admin, inside_allowed):
    """An endpoint of a unit, and its secret; made long before any day that a test speaks of, unless said otherwise."""
    made = iter(range(1000))

    def tell(unit, address, kinds=ALL_KINDS, *, tells_staff_code=False, at=LONG_AGO):
        with time_machine.travel(at):
            return add_endpoint(
                name=f"Hệ thống {unit.name}",
                unit=unit,
                address=address,
                kinds=kinds,
                tells_staff_code=tells_staff_code,
                form_key=f"form-key-{next(made):012d}",
                by=admin,
            )

    return tell


@pytest.fixture
def issue(settings, tmp_path):
    """Issues a certificate of a person."""
    settings.SIGNING_KEY_DIR = tmp_path / "keys"

    def issue(person, **words):
        return services.issue_certificate(qualification_id=passed_qualification(person, **words).pk)

    return issue
