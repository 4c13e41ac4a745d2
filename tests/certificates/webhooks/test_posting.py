"""Where messages may go, and how long anybody is waited for."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from certificates.enums import PostFault
from certificates.webhooks import addresses, posting, sending
from certificates.webhooks.posting import Outcome
from lms.checks import networks_are_networks
from tests.certificates.webhooks.conftest import Receiver, listening

INSIDE = [
    "127.0.0.1",
    "127.8.9.10",
    "0.0.0.0",  # noqa: S104
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fe80::1%eth0",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::a00:1",
    "2002:7f00:1::",
    "2001:0:1::1",
]


@pytest.mark.parametrize("number", INSIDE)
def test_nothing_goes_to_numbers_that_are_not_public(number):
    assert not addresses.is_allowed(number)


@pytest.mark.parametrize("number", ["8.8.8.8", "2606:4700:4700::1111", "203.162.4.190"])
def test_public_numbers_are_allowed(number):
    assert addresses.is_allowed(number)


def test_a_network_of_ours_is_allowed_where_the_settings_name_it(settings):
    settings.WEBHOOK_NETWORKS = ["10.20.0.0/16"]

    assert [addresses.is_allowed(number) for number in ("10.20.3.4", "10.21.3.4", "127.0.0.1")] == [True, False, False]


@pytest.mark.parametrize(
    "address",
    [
        "http://outside.example/",
        "ftp://outside.example/",
        "//outside.example/",
        "https://",
        "https:///x",
        "https://user:secret@outside.example/",
        "https://user@outside.example/",
        "https://outside.example/#part",
        "https://outside.example:99999/",
        "https://outside.example:0/",
        "https://outside.example/a b",
        "https://outside.example/\r\nHost: inside",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://169.254.169.254/latest",
        "https://localhost/",
        "https://printer.localhost./",
        "https://[nonsense/",
    ],
)
def test_addresses_that_cannot_be_entered(address):
    assert addresses.objection_to(address)


def test_a_usual_address_can_be_entered():
    assert addresses.objection_to("https://nhan-su.example.gov.vn:8443/nhan-tin?khoa=1") == ""


def test_plain_http_is_for_developers(settings):
    settings.DEBUG = True

    assert addresses.objection_to("http://outside.example/") == ""


@pytest.mark.parametrize("numbers", [["10.0.0.5"], ["8.8.8.8", "127.0.0.1"], ["::ffff:192.168.0.1"]])
def test_a_name_that_leads_inside_is_not_followed(monkeypatch, numbers):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, 443)) for number in numbers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)
    monkeypatch.setattr(socket, "create_connection", lambda *args: pytest.fail("connected"))

    assert posting.post("https://outside.example/", b"{}", {}) == Outcome(PostFault.FORBIDDEN)


def test_the_number_that_was_judged_is_the_one_connected_to(monkeypatch):
    """A name that leads outside when it is judged and inside a moment later reaches nothing inside."""
    asked, connected = [], []

    def resolve(host, port, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("8.8.8.8" if len(asked) == 1 else "127.0.0.1", port))]

    def connect(address, timeout):
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(socket, "create_connection", connect)

    outcome = posting.post("https://outside.example:8443/", b"{}", {})

    assert (asked, connected) == (["outside.example"], [("8.8.8.8", 8443)])
    assert outcome == Outcome(PostFault.UNREACHABLE)


def test_what_is_stored_is_judged_again_when_it_is_sent_to(monkeypatch):
    """Allowed when it was entered (DEBUG, another setting), not allowed now."""
    monkeypatch.setattr(socket, "create_connection", lambda *args: pytest.fail("connected"))

    assert posting.post("http://127.0.0.1:8000/", b"{}", {}) == Outcome(PostFault.FORBIDDEN)


def test_a_name_that_leads_nowhere(monkeypatch):
    def resolve(*args, **kwargs):
        raise socket.gaierror(-2, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)

    assert posting.post("https://nowhere.example/", b"{}", {}) == Outcome(PostFault.NAME)


def test_a_redirect_is_not_followed(receiver):
    inside = Receiver()
    with listening(inside):
        receiver.status, receiver.location = 302, inside.address

        outcome = posting.post(receiver.address, b"{}", {})

    assert outcome == Outcome(PostFault.REDIRECT, 302)
    assert inside.came == []


@pytest.mark.parametrize(
    ("status", "fault"), [(200, ""), (202, ""), (204, ""), (400, "answer"), (410, "answer"), (500, "answer")]
)
def test_only_2xx_says_that_it_arrived(receiver, status, fault):
    receiver.status = status

    assert posting.post(receiver.address, b"{}", {}) == Outcome(fault, status)


def test_a_slow_receiver_is_given_up(receiver, monkeypatch):
    """Its answer comes in the end: whoever waited for it would say that the message arrived."""
    monkeypatch.setattr(posting, "ALL_SECONDS", 0.3)
    monkeypatch.setattr(posting, "CONNECT_SECONDS", 60)
    receiver.seconds = 10

    assert posting.post(receiver.address, b"{}", {}) == Outcome(PostFault.TIMEOUT)


def test_a_receiver_that_drips_is_given_up(inside_allowed, monkeypatch):
    """A byte now and then never runs into the timeout of a single read; this one hangs up itself after 300 of them."""
    monkeypatch.setattr(posting, "ALL_SECONDS", 0.5)
    stopped = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip():
            connection, _address = server.accept()
            with connection:
                for _number in range(300):
                    if stopped.wait(0.05):
                        return
                    try:
                        connection.sendall(b"H")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        outcome = posting.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        stopped.set()
        thread.join()

    assert outcome == Outcome(PostFault.TIMEOUT)


def test_who_speaks_no_http_is_told_apart_from_silence(inside_allowed):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def greet():
            connection, _address = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(b"220 mail ready\r\n")

        thread = threading.Thread(target=greet, daemon=True)
        thread.start()
        outcome = posting.post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {})
        thread.join()

    assert outcome == Outcome(PostFault.UNREACHABLE)


@pytest.fixture
def certificate_of_here(tmp_path):
    """A certificate for 127.0.0.1 that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = (
        builder.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    )
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    certificate = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    path = tmp_path / "here.pem"
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path.write_bytes(pem + certificate.public_bytes(serialization.Encoding.PEM))
    return path


def test_https_is_believed_only_with_a_certificate_that_is_trusted(settings, certificate_of_here, monkeypatch):
    """Nothing is said to a side that cannot prove who it is; outside DEBUG this is the only way."""
    settings.WEBHOOK_NETWORKS = ["127.0.0.0/8"]
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(certificate_of_here)
    receiver = Receiver(scheme="https")
    usual = ssl.create_default_context

    with listening(receiver, wrap=lambda sock: serving.wrap_socket(sock, server_side=True)):
        doubted = posting.post(receiver.address, b"{}", {})
        assert receiver.came == []
        monkeypatch.setattr(ssl, "create_default_context", lambda: usual(cafile=certificate_of_here))
        believed = posting.post(receiver.address, b"{}", {})

    assert (doubted, believed) == (Outcome(PostFault.TLS), Outcome("", 204))
    assert len(receiver.came) == 1


def test_whoever_wakes_the_sender_does_not_wait_for_a_receiver(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False
    begun, go_on, rounds = threading.Event(), threading.Event(), []

    def slow():
        rounds.append("begun")
        begun.set()
        go_on.wait(20)
        rounds.append("ended")

    monkeypatch.setattr(sending, "send_waiting", slow)
    sender = sending.Sender()

    sender.wake()
    assert begun.wait(20)
    sender.wake()  # one round at a time
    assert rounds == ["begun"]
    go_on.set()
    sender.join(20)

    assert rounds == ["begun", "ended"]


def test_what_a_round_failed_with_is_counted_by_the_next_wake(settings, monkeypatch):
    settings.CELERY_TASK_ALWAYS_EAGER = False

    def broken():
        raise LookupError("broken")

    monkeypatch.setattr(sending, "send_waiting", broken)
    sender = sending.Sender()

    sender.wake()
    sender.join(5)

    with pytest.raises(LookupError):
        sender.wake()


def test_a_mistyped_network_stops_the_start(settings):
    settings.WEBHOOK_NETWORKS = ["10.20.0.0/16", "10.20.1.1/16", "fd00::/8"]

    [error] = networks_are_networks(None)

    assert "10.20.1.1/16" in error.msg
    assert "fd00" not in error.msg
