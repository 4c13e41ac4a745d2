"""docs/operation.md, followed to the letter: installation, upgrade under watch, backup, restore on another machine."""

import json
import os
import re
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from lms.settings.base import BASE_DIR
from tests.deploy import steps
from tests.deploy.machine import Machine, Watcher
from tests.factories.keys import signing_key
from tests.production import servers

pytestmark = [pytest.mark.deploy, pytest.mark.system]

PASSWORD = "Quan-tri-vien-2026"
NEEDED = {"nginx": "/usr/sbin/nginx", "redis-server": "redis-server", "git": "git", "openssl": "openssl"}

# Three people who passed a course, as the rows that the product itself would write.
PASSED = """
from datetime import date
from certificates.models import Issuer
from courses.enums import Origin
from courses.models import Course, Enrolment, Qualification
from staff import clock
from staff.models import StaffMember
Issuer.objects.get_or_create(code="TN", valid_from=date(2020, 1, 1), defaults=dict(superior="UBND tỉnh Thử Nghiệm",
    name="Sở Thử Nghiệm", place="Thử Nghiệm", signer_post="Giám đốc", signer_name="Trần Văn Thử", decision="QĐ 1"))
course = Course.objects.get(code="CB-01")
for name in %r:
    person = StaffMember.objects.create(full_name=name)
    enrolment = Enrolment.objects.create(staff_member=person, course=course, cycle=1, enrolled_at=clock.now())
    Qualification.objects.create(staff_member=person, track=course.track, course=course, origin=Origin.PASSED,
        enrolment=enrolment, code=course.code, title=course.title, hours=8, mark="8", valid_from=clock.today())
"""
COUNTS = """
import json
from django.apps import apps
counts = {m._meta.label: m.objects.count() for m in apps.get_models() if hasattr(m, "objects") and m._meta.managed}
from certificates.models import CertificateFile
counts["files"] = sorted(CertificateFile.objects.values_list("sha256", flat=True))
print(json.dumps(counts))
"""
# Written by the work that goes on, whatever is saved.
RESTLESS = {"staff.BackgroundFunction", "sessions.Session"}


def needs(found: bool, name: str) -> None:
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"needs Debian's {name}")


@pytest.fixture(scope="module")
def stack():
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """A repository with what lies here, as the branch main."""
    folder = tmp_path_factory.mktemp("source")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=BASE_DIR, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (BASE_DIR / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(BASE_DIR / name, folder / name)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder)
    return folder


def git(folder, *arguments):
    identity = ["-c", "user.name=Test", "-c", "user.email=test@localhost", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL)


def commit(folder):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A release")


def machine_in(folder: Path, stack: ExitStack, source: Path) -> Machine:
    needs(Path("/usr/lib/postgresql").exists() or bool(shutil.which("postgres")), "postgresql")
    for name, program in NEEDED.items():
        needs(bool(shutil.which(program)), name)
    # nginx and PostgreSQL give up root's rights, and pass through here.
    for parent in (folder, *folder.parents[:2]):
        parent.chmod(0o755)
    (folder / "servers").mkdir()
    database = stack.enter_context(servers.postgresql(folder / "servers", owner="postgres"))
    broker = stack.enter_context(servers.redis(folder / "servers"))
    keys = signing_key(folder / "keys")
    variables = {
        "LMS_SOURCE": f"file://{source}",
        "LMS_ADMIN_PASSWORD": PASSWORD,
        "LMS_SIGNING_KEY": str(keys.key),
        "LMS_SIGNING_CERT": str(keys.certificate),
        "LMS_SIGNING_CHAIN": str(keys.authority),
    }
    machine = Machine(folder / "machine", database, broker, variables)
    stack.callback(machine.end)
    return machine


def until(condition, seconds=240):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    return found


def health(client) -> dict:
    status, _headers, text = client.ask("/suc-khoe/?strict")
    return {"answer": status, **(json.loads(text) if text.startswith("{") else {})}


@pytest.fixture(scope="module")
def machine(tmp_path_factory, stack, source):
    """Steps 1 to 10, and three certificates that its workers have issued."""
    machine = machine_in(tmp_path_factory.mktemp("first"), stack, source)
    machine.follow(*steps.numbered().values())
    machine.python(PASSED % (["Nguyễn Thị Một", "Lê Văn Hai", "Đỗ Thị Ba"],))
    until(lambda: "3 certificate files are whole" in machine.manage("check_certificate_files"))
    return machine


def test_the_installed_site_is_well_in_every_part(machine):
    client = machine.client()

    well = until(lambda: (found := health(client))["answer"] == 200 and found)

    assert well == {
        "answer": 200,
        "status": "ok",
        "database": "ok",
        "cache": "ok",
        "broker": "ok",
        "storage": "ok",
        "signing_key": "ok",
        "work": "ok",
    }


def test_the_first_administrator_signs_in_and_sees_how_it_is(machine):
    client = machine.client()

    wrong = client.sign_in("QT0001", "khong-phai-mat-khau")
    right = client.sign_in("qt0001", PASSWORD)
    status, _headers, page = client.ask("/van-hanh/")

    assert (wrong, right, status) == (200, 302, 200)
    assert "PostgreSQL 1" in page
    assert {cookie.name: cookie.secure for cookie in client.cookies}["sessionid"] is True


def test_http_leads_to_https_and_files_may_be_kept_for_ever(machine):
    client = machine.client()
    plain = f"http://localhost:{machine.variables['LMS_HTTP_PORT']}/kt/?code=1"

    status, headers, _text = client.ask(plain)
    _status, of_page, page = client.ask("/")
    style = re.search(r'href="(/static/css/site\.[0-9a-f]+\.css)"', page)[1]
    _status, of_file, _text = client.ask(style)

    assert (status, headers["Location"]) == (301, "https://localhost/kt/?code=1")
    assert of_file["Cache-Control"] == "max-age=315360000, public, immutable"
    assert of_page["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_every_process_writes_json_lines(machine):
    for unit in ("lms-web", "lms-worker", "lms-beat"):
        text = [line for line in machine.log_of(unit).splitlines() if line.strip()]
        # Celery greets with a picture before the logging begins.
        broken = [line for line in text if not line.startswith("{") and unit == "lms-web"]
        lines = [json.loads(line) for line in text if line.startswith("{")]

        assert broken == [], unit
        assert all({"at", "level", "request", "logger", "message"} <= line.keys() for line in lines), unit
    events = {line.get("event") for line in map(json.loads, machine.log_of("lms-web").splitlines())}
    assert {"request", "signed_in", "sign_in_failed"} <= events
    worked = [json.loads(line) for line in machine.log_of("lms-worker").splitlines() if '"event": "job"' in line]
    assert {line["job"] for line in worked} >= {"certificates.tasks.issue_new"}
    assert all(line["request"].startswith("task-") for line in worked)


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_finds_nothing_wrong_with_the_units(machine):
    units = sorted((machine.folder / "units").glob("*.service"))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )

    ours = [line for line in done.stderr.splitlines() if "lms-" in line]
    assert (len(units), ours) == (3, [])


@pytest.fixture(scope="module")
def upgraded(machine, source):
    """A second release with a migration and a changed page, put in place while somebody watches."""
    page = source / "templates/base.html"
    words = page.read_text(encoding="utf-8").replace("</html>", "<!-- second release --></html>")
    page.write_text(words, encoding="utf-8")
    migrations = sorted(path.stem for path in (source / "staff/migrations").glob("0*.py"))
    (source / f"staff/migrations/{int(migrations[-1][:4]) + 1:04d}_second_release.py").write_text(
        "from django.db import migrations\n\n\nclass Migration(migrations.Migration):\n"
        f'    dependencies = [("staff", "{migrations[-1]}")]\n'
        '    operations = [migrations.RunSQL("CREATE TABLE second_release (id int)", "DROP TABLE second_release")]\n'
    )
    commit(source)
    numbered = steps.numbered()
    new_release = "".join(numbered[3].splitlines(keepends=True)[:4])
    before = machine.log_of("lms-web").count("Booting worker")
    with Watcher(machine.client()) as watcher:
        machine.follow(numbered[1], new_release, numbered[7], steps.marked("upgrade"))
        until(lambda: machine.log_of("lms-web").count("Booting worker") >= before + 4)
        until(lambda: "second release" in machine.client().ask("/quyen-rieng-tu/")[2])
        time.sleep(3)
    return watcher


def test_during_an_upgrade_no_request_fails(upgraded, capsys):
    failed = [answer for answer in upgraded.answers if answer[0] != 200]
    slowest = max(seconds for _status, seconds in upgraded.answers)

    with capsys.disabled():
        os.write(1, f"\nupgrade: {len(upgraded.answers)} answers, slowest {slowest:.1f} s\n".encode())

    # How long the slowest waited depends on how fast this machine starts the new processes; nginx waits for a minute.
    assert failed == []
    assert len(upgraded.answers) > 20


def test_after_an_upgrade_everything_is_of_the_new_release(machine, upgraded):
    client = machine.client()
    pages = {"second release" in client.ask("/quyen-rieng-tu/")[2] for _page in range(20)}

    assert pages == {True}
    assert "[X] 000" in machine.manage("showmigrations", "staff")
    assert "second_release" in machine.manage("showmigrations", "staff")
    until(lambda: health(client)["answer"] == 200)


@pytest.fixture(scope="module")
def backup(machine, upgraded):
    """(its folder, what was in the database then)."""
    machine.follow(steps.numbered()[1], "systemctl stop lms-worker lms-beat\n", steps.marked("backup"))
    (folder,) = (machine.folder / "backups").iterdir()
    return folder, json.loads(machine.python(COUNTS))


def test_a_backup_holds_the_database_and_the_files_and_no_secret(backup):
    folder, _counts = backup

    names = subprocess.run(["tar", "-tzf", folder / "files.tar.gz"], capture_output=True, text=True, check=True).stdout

    assert sorted(file.name for file in folder.iterdir()) == ["SHA256SUMS", "database.dump", "files.tar.gz"]
    assert folder.stat().st_mode & 0o077 == 0
    assert names.count(".pdf\n") == 3
    assert "lms.env" not in names


@pytest.fixture(scope="module")
def restored(tmp_path_factory, stack, source, machine, backup):
    """Another machine, brought up from the backup and the kept settings as the document says; its work is held."""
    folder, _counts = backup
    other = machine_in(tmp_path_factory.mktemp("second"), stack, source)
    other.variables["LMS_BACKUP"] = str(folder)
    numbered = steps.numbered()
    other.follow(*(numbered[number] for number in range(1, 7)))
    kept = (Path(machine.variables["LMS_ETC"]) / "lms.env").read_text()
    secrets = re.findall(r"^(?:SECRET_KEY|PERSONAL_DATA_KEY)=.*$", kept, flags=re.MULTILINE)
    file = Path(other.variables["LMS_ETC"]) / "lms.env"
    for line in secrets:
        file.write_text(re.sub(rf"^{line.split('=')[0]}=.*$", line, file.read_text(), flags=re.MULTILINE))
    file.write_text(file.read_text() + "WORK_HELD=true\n")
    last_release = f'release="$(ls -d {other.variables["LMS_HOME"]}/releases/*)"\n'
    other.follow(numbered[1], last_release, steps.marked("restore"), numbered[7], steps.marked("restored"))
    return other


def test_a_restored_copy_has_every_row_and_every_byte(restored, backup):
    _folder, counts = backup

    found = json.loads(restored.python(COUNTS))

    assert {name: count for name, count in found.items() if name not in RESTLESS} == {
        name: count for name, count in counts.items() if name not in RESTLESS
    }
    assert len(found["files"]) == 3
    assert "3 certificate files are whole" in restored.manage("check_certificate_files")


def test_a_restored_copy_serves_but_neither_mails_nor_issues_until_it_may(restored):
    restored.python(PASSED % (["Phạm Thị Bốn"],))
    restored.python(
        "from staff.models import Alarm, Letter, User; Alarm.objects.create(key='old', text='cũ'); "
        "Letter.objects.create(purpose='notice', address='lan@localhost', subject='Thư', body='Chưa gửi'); "
        "User.objects.filter(staff_code='QT0001').update(email='admin@localhost')"
    )
    numbered = steps.numbered()

    restored.follow(numbered[1], numbered[9], numbered[10])
    client = restored.client()
    signed_in = client.sign_in("QT0001", PASSWORD)
    time.sleep(12)
    held = (health(client)["work"], restored.mails(), restored.manage("check_certificate_files").split()[0])
    file = Path(restored.variables["LMS_ETC"]) / "lms.env"
    file.write_text(file.read_text().replace("WORK_HELD=true\n", ""))
    restored.follow("systemctl restart lms-web lms-worker lms-beat\n")
    until(lambda: "4 certificate files are whole" in restored.manage("check_certificate_files"))
    until(lambda: restored.mails() == 1)

    assert signed_in == 302
    assert held == ("held", 0, "3")


def test_a_backup_that_was_damaged_is_not_restored(restored, backup, tmp_path):
    folder, _counts = backup
    shutil.copytree(folder, tmp_path / "damaged")
    with (tmp_path / "damaged/database.dump").open("r+b") as file:
        file.seek(200)
        file.write(b"x")

    with pytest.raises(AssertionError, match="computed checksum did NOT match"):
        restored._as_lms("deploy/restore", str(tmp_path / "damaged"))


def test_the_log_of_the_steps_is_kept(machine, restored):
    target = BASE_DIR / "var"
    target.mkdir(exist_ok=True)

    log = (machine.folder / "steps.log").read_text() + (restored.folder / "steps.log").read_text()
    (target / "steps.log").write_text(log)

    assert log.count("+ ") > 40
