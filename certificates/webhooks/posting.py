"""Sends one message and hears one answer: pinned to the number that was judged, no redirect, an end to patience."""

import http.client
import socket
import ssl
import threading
from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from certificates.enums import PostFault
from certificates.webhooks.addresses import Forbidden, numbers_of, objection_to

CONNECT_SECONDS = 5.0
# From the first byte to the head of the answer, however slowly either comes.
ALL_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """``fault`` is empty where the message arrived; ``status`` is what was answered, if anything was."""

    fault: str = ""
    status: int | None = None

    @property
    def words(self) -> str:
        """What went wrong, in words; "" where nothing did."""
        words = str(PostFault(self.fault).label) if self.fault else ""
        return f"{words} ({self.status})" if words and self.status else words


def post(address: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """Sends ``body``; never raises for what the other side does."""
    if objection_to(address):
        return Outcome(PostFault.FORBIDDEN)
    parts = urlsplit(address)
    is_tls = parts.scheme == "https"
    port = parts.port or (443 if is_tls else 80)
    try:
        numbers = numbers_of(parts.hostname, port)
    except (OSError, UnicodeError):  # UnicodeError: a name that is none
        return Outcome(PostFault.NAME)
    except Forbidden:
        return Outcome(PostFault.FORBIDDEN)
    connection = _Pinned(parts.hostname, port, numbers=numbers, is_tls=is_tls)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    with _Patience(connection) as patience:
        try:
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            with closing(connection.getresponse()) as response:
                status = response.status
        except TimeoutError:
            return Outcome(PostFault.TIMEOUT)
        except ssl.SSLError:
            return Outcome(PostFault.TIMEOUT if patience.is_over else PostFault.TLS)
        except (OSError, http.client.HTTPException, ValueError):
            return Outcome(PostFault.TIMEOUT if patience.is_over else PostFault.UNREACHABLE)
    if 200 <= status < 300:
        return Outcome("", status)
    return Outcome(PostFault.REDIRECT if 300 <= status < 400 else PostFault.ANSWER, status)


class _Pinned(http.client.HTTPConnection):
    """Connects to one of the numbers that were judged; the name is only for the certificate and the Host header."""

    def __init__(self, host: str, port: int, *, numbers: list[str], is_tls: bool):
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self.numbers, self.is_tls = numbers, is_tls
        if is_tls:
            self.default_port = 443

    def connect(self):
        failed = None
        for number in self.numbers:
            try:
                self.sock = socket.create_connection((number, self.port), self.timeout)
                break
            except OSError as error:
                failed = error
        if self.sock is None:
            raise failed or OSError("no number")
        if self.is_tls:
            context = ssl.create_default_context()
            self.sock = context.wrap_socket(self.sock, server_hostname=self.host, do_handshake_on_connect=False)
            self.sock.do_handshake()


class _Patience:
    """Hangs up when it ends: a side that sends a byte now and then would never run into a timeout of its own."""

    def __init__(self, connection: _Pinned):
        self.connection = connection
        self.is_over = False
        self._timer = threading.Timer(ALL_SECONDS, self._hang_up)
        self._timer.daemon = True

    def __enter__(self):
        self._timer.start()
        return self

    def __exit__(self, *exception):
        self._timer.cancel()
        self.connection.close()

    def _hang_up(self):
        self.is_over = True
        if (sock := self.connection.sock) is not None:
            try:
                # of the plain socket: the encrypted one would first say goodbye to who is not listening
                socket.socket.shutdown(sock, socket.SHUT_RDWR)
            except OSError:
                return
