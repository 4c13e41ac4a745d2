"""`manage.py work`, killed in the middle of issuing certificates."""

import hashlib
import os
import signal
import time

import pytest

pytestmark = pytest.mark.faults

COUNT = 12


@pytest.fixture
def count(installation):
    """``count(what)``: how many lines of the register, files on the disk, rows of files, or issued certificates."""
    queries = {
        "lines": "SELECT count(*) FROM certificates_certificate",
        "rows of files": "SELECT count(*) FROM certificates_certificatefile",
        "issued": "SELECT count(*) FROM certificates_certificate WHERE status = 'issued'",
    }

    def counted(what):
        if what == "files":
            return sum(1 for _path in (installation.folder / "private").rglob("*.pdf"))
        return installation.rows(queries[what])[0][0]

    return counted


@pytest.fixture
def work(installation):
    """Starts the background work; ends what is left of it."""
    started = []

    def begin():
        started.append(installation.start("manage.py", "work"))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait(10)


def wait_until(condition, seconds=20):
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < seconds
        time.sleep(0.01)


def test_whenever_the_work_is_killed_each_certificate_is_issued_once_without_a_gap(installation, count, work):
    qualifications = installation.scene("waiting_certificates", str(COUNT))["qualifications"]

    seen = []
    # Each line, file and row appears at another step of the issuing: the kill strikes right after it.
    for what, enough in (("lines", 2), ("files", 5), ("rows of files", 8)):
        process = work()
        wait_until(lambda what=what, enough=enough: count(what) >= enough)
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)
        seen.append(count("issued"))
        # The claim of the certificate in hand ends after two minutes: the test does not wait for them.
        installation.rows("UPDATE certificates_certificate SET claimed_until = NULL WHERE status = 'pending'")
    work()
    wait_until(lambda: count("issued") == COUNT)

    assert max(seen) < COUNT
    certificates = installation.rows("SELECT qualification_id, number, status FROM certificates_certificate ORDER BY 2")
    assert sorted(row[0] for row in certificates) == qualifications
    assert [row[1:] for row in certificates] == [(number, "issued") for number in range(1, COUNT + 1)]
    assert installation.rows("SELECT last_number FROM certificates_register") == [(COUNT,)]
    files = installation.rows("SELECT certificate_id, name, sha256 FROM certificates_certificatefile")
    assert len(files) == len({row[0] for row in files}) == COUNT
    contents = [(installation.folder / "private" / name).read_bytes() for _certificate, name, _sha256 in files]
    assert [hashlib.sha256(content).hexdigest() for content in contents] == [row[2] for row in files]
