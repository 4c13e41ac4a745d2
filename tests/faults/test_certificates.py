"""`manage.py work`, killed in the middle of issuing, upgrading, drawing and attaching; and given another key."""

import copy
import hashlib
import os
import shutil
import signal
import time
import zipfile

import pytest

from tests.factories.agency import Agency
from tests.factories.authority import LocalAuthority

pytestmark = pytest.mark.faults

# So many that most are still ahead when this process has noticed the first.
COUNT = 24


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

    def begin(place=installation):
        started.append(place.start("manage.py", "work"))
        return started[-1]

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
            process.wait(10)


def wait_until(condition, seconds=120):
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


def with_settings(installation, **names):
    """The same installation, its processes started with these settings."""
    other = copy.copy(installation)
    other.environment = {**installation.environment, **names}
    return other


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait(10)


def one(installation, query, *values):
    return installation.rows(query, *values)[0][0]


def test_whenever_the_work_is_killed_what_goes_out_and_comes_back_is_whole(installation, work, tmp_path):
    agency = Agency.at(tmp_path / "agency")
    said = {name: value if isinstance(value, str) else ",".join(value) for name, value in agency.settings().items()}
    outside = with_settings(installation, **said)
    made = outside.scene("batch_out", str(COUNT), "99001-2")
    batch = made["batch"]
    drawn = "SELECT count(*) FROM certificates_batchitem WHERE batch_id = ? AND name <> ''"
    for enough in (1, 5):
        process = work(outside)
        wait_until(lambda enough=enough: one(installation, drawn, batch) >= enough, 60)
        kill(process)
        installation.rows("UPDATE certificates_signingbatch SET claimed_until = NULL")
    process = work(outside)
    ready = "SELECT count(*) FROM certificates_signingbatch WHERE id = ? AND drawn_at IS NOT NULL"
    wait_until(lambda: one(installation, ready, batch), 60)
    kill(process)
    sheets = installation.rows("SELECT name, sha256 FROM certificates_batchitem WHERE batch_id = ?", batch)
    contents = [(installation.folder / "private" / name).read_bytes() for name, _sha256 in sheets]
    assert [hashlib.sha256(content).hexdigest() for content in contents] == [sha256 for _name, sha256 in sheets]

    with zipfile.ZipFile(tmp_path / "ky.zip", "w") as archive:
        for number, content in enumerate(contents):
            archive.writestr(f"{number}.pdf", agency.both(content))
    upload = outside.scene("handed_in", str(batch), str(tmp_path / "ky.zip"))["upload"]
    attached = "SELECT count(*) FROM certificates_batchitem WHERE batch_id = ? AND received_id IS NOT NULL"
    seen = []
    for enough in (1, 4):
        process = work(outside)
        wait_until(lambda enough=enough: one(installation, attached, batch) >= enough, 120)
        kill(process)
        seen.append(one(installation, attached, batch))
        installation.rows("UPDATE certificates_signingupload SET claimed_until = NULL")
    process = work(outside)
    done = "SELECT count(*) FROM certificates_signingupload WHERE id = ? AND done_at IS NOT NULL AND name = ''"
    wait_until(lambda: one(installation, done, upload), 120)
    kill(process)

    assert min(seen) < COUNT
    wanted = ",".join(map(str, made["certificates"]))
    states = installation.rows(f"SELECT status FROM certificates_certificate WHERE id IN ({wanted})")  # noqa: S608
    assert states == [("issued",)] * COUNT
    files = installation.rows(
        f"SELECT certificate_id, name, sha256 FROM certificates_certificatefile WHERE certificate_id IN ({wanted})"  # noqa: S608
    )
    assert len(files) == len({row[0] for row in files}) == COUNT
    kept = [(installation.folder / "private" / name).read_bytes() for _certificate, name, _sha256 in files]
    assert [hashlib.sha256(content).hexdigest() for content in kept] == [row[2] for row in files]
    keys = ",".join(f"'certificate:{pk}'" for pk in made["certificates"])
    assert one(installation, f"SELECT count(*) FROM staff_notice WHERE key IN ({keys})") == COUNT  # noqa: S608
    assert list((installation.folder / "private/signing-uploads").rglob("*.*")) == []


def test_another_key_is_taken_by_running_work_and_no_certificate_fails(installation, work, tmp_path):
    with LocalAuthority(tmp_path / "authority") as authority:
        place, count = tmp_path / "key.p12", 60
        shutil.move(authority.pkcs12(), place)
        following = authority.pkcs12()
        keyed = with_settings(installation, SIGNING_KEY_FILE=str(place), SIGNING_KEY_PASSPHRASE="mật khẩu")
        wanted = keyed.scene("waiting_certificates", str(count), "99002-2")["qualifications"]
        ids = ",".join(map(str, wanted))
        issued = (
            f"SELECT count(*) FROM certificates_certificate WHERE status = 'issued' AND qualification_id IN ({ids})"  # noqa: S608
        )
        # Everything waits before the work begins, so that it is still at it when the key changes.
        work(keyed)
        wait_until(lambda: one(installation, issued) >= 3, 60)
        shutil.move(following, place)
        wait_until(lambda: one(installation, issued) == count, 120)

    rows = installation.rows(
        "SELECT f.key_fingerprint, c.tries, c.last_error FROM certificates_certificatefile f"  # noqa: S608
        f" JOIN certificates_certificate c ON c.id = f.certificate_id WHERE c.qualification_id IN ({ids}) ORDER BY f.id"
    )
    prints = [row[0] for row in rows]
    assert (len(rows), {row[1:] for row in rows}, len(set(prints))) == (count, {(0, "")}, 2)
    assert prints == sorted(prints, key=prints.index)


def test_whenever_the_work_is_killed_signatures_are_upgraded_once(installation, work, tmp_path):
    count = 8
    with LocalAuthority(tmp_path / "authority") as authority:
        keyed = with_settings(
            installation,
            SIGNING_KEY_FILE=str(authority.pkcs12()),
            SIGNING_KEY_PASSPHRASE="mật khẩu",
            SIGNING_TSA_URL=f"{authority.address}/tsa",
            SIGNING_TSA_CHAIN_FILES=str(authority.root),
        )
        installation.rows("UPDATE certificates_certificate SET level = 4")
        ids = ",".join(map(str, keyed.scene("issued_certificates", str(count), "99003-2")["certificates"]))
        stronger = with_settings(keyed, SIGNING_LEVEL="B-LTA")
        files = f"SELECT count(*) FROM certificates_certificatefile WHERE level = 4 AND certificate_id IN ({ids})"  # noqa: S608
        for enough in (1, 4):
            process = work(stronger)
            wait_until(lambda enough=enough: one(installation, files) >= enough, 120)
            kill(process)
            installation.rows("UPDATE certificates_certificate SET claimed_until = NULL")
        process = work(stronger)
        wait_until(lambda: one(installation, files) == count, 120)
        kill(process)

    rows = installation.rows(
        f"SELECT certificate_id, name, sha256, earlier_id FROM certificates_certificatefile"  # noqa: S608
        f" WHERE certificate_id IN ({ids}) ORDER BY certificate_id, id"
    )
    assert len(rows) == 2 * count
    contents = [(installation.folder / "private" / name).read_bytes() for _pk, name, _sha256, _earlier in rows]
    assert [hashlib.sha256(content).hexdigest() for content in contents] == [row[2] for row in rows]
    assert all(later.startswith(earlier) for earlier, later in zip(contents[::2], contents[1::2], strict=True))
