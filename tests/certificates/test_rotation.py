"""Keys are replaced while everything runs: no certificate fails, old files stay genuine, no secret is written."""

import io
import logging
import shutil
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.apps import apps
from django.core.files.storage import storages
from django.db import transaction

from certificates import services, signing
from certificates.enums import CertificateStatus
from certificates.models import Certificate, CertificateFile, Register
from certificates.verification import verify_file
from courses.signals import qualification_granted
from lms.alarms import raise_alarms
from staff import clock
from staff.models import Alarm
from tests.certificates.test_signing_token import LABEL, _softhsm, token  # noqa: F401 - a fixture
from tests.certificates.test_signing_token import pytestmark as needs_softhsm
from tests.factories.agency import Agency
from tests.factories.certificates import passed_qualification
from tests.factories.keys import signing_key

pytestmark = pytest.mark.django_db

PASSPHRASE, NEXT_PASSPHRASE = "Mat-Khau-Thu-Nhat", "Mat-Khau-Thu-Hai"


@pytest.fixture
def key_file(settings, tmp_path, authority):
    """``key_file(passphrase, **facts)`` puts a new PKCS#12 key in place by one rename, and its passphrase beside it."""
    place, secret = tmp_path / "signing.p12", tmp_path / "passphrase"
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    settings.SIGNING_KEY_FILE, settings.SIGNING_KEY_PASSPHRASE_FILE = str(place), str(secret)
    (tmp_path / "keys/crls").mkdir(parents=True)
    (tmp_path / "keys/crls/put-there.crl").write_bytes(authority.revocation_list())

    def put(passphrase, **facts):
        made = authority.pkcs12(passphrase=passphrase, **facts)
        secret.write_text(passphrase + "\n")
        shutil.move(made, place)
        return authority.latest

    return put


def issue(learner, number) -> Certificate:
    qualification = passed_qualification(learner.staff_member, code=f"CB-{number:02d}")
    return services.issue_certificate(qualification_id=qualification.pk)


def test_a_key_with_another_passphrase_is_taken_at_once_and_all_files_stay_genuine(key_file, learner):
    first_key = key_file(PASSPHRASE)
    earlier = [issue(learner, number) for number in (1, 2)]

    second_key = key_file(NEXT_PASSPHRASE)
    later = [issue(learner, number) for number in (3, 4)]

    states = {(c.status, c.tries, c.last_error) for c in (*earlier, *later)}
    assert states == {(CertificateStatus.ISSUED, 0, "")}
    signing_keys = [c.files.get().key_fingerprint for c in (*earlier, *later)]
    expected = [_fingerprint(first_key)] * 2 + [_fingerprint(second_key)] * 2
    assert signing_keys == expected
    for file in CertificateFile.objects.all():
        with storages["private"].open(file.name) as stored:
            assert verify_file(stored.read()).genuine is True


def _fingerprint(certificate):
    from cryptography.hazmat.primitives import hashes

    return certificate.fingerprint(hashes.SHA256()).hex()


def test_between_key_and_passphrase_certificates_wait_and_none_is_lost(key_file, learner, settings, tmp_path):
    key_file(PASSPHRASE)
    (tmp_path / "passphrase").write_text("not yet")

    waiting = issue(learner, 1)
    assert (waiting.status, waiting.tries) == (CertificateStatus.PENDING, 0)
    assert "Không đọc được khóa ký" in waiting.last_error
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    Certificate.objects.update(claimed_until=None)

    assert services.issue_waiting() == 1


@pytest.mark.parametrize("days", [59, 29, 6, -1])
def test_the_administrators_are_told_before_the_key_ends_and_the_next_one_ends_the_alarm(
    settings, tmp_path, admin, days
):
    ends = clock.now() + timedelta(days=days, hours=1)
    begins = clock.now() - timedelta(days=90)
    files = signing_key(tmp_path / "old", valid_from=begins, valid_until=ends)
    settings.DEMO, settings.SIGNING_KEY_DIR = False, tmp_path / "keys"
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)
    settings.SIGNING_CHAIN_FILE = str(files.authority)
    word = {59: "expires_60", 29: "expires_30", 6: "expires_7", -1: "expired"}[days]

    raise_alarms()
    raise_alarms()
    [alarm] = Alarm.objects.filter(key__startswith="signing-key")
    assert (alarm.key.rsplit(":", 1)[1], alarm.ended_at) == (word, None)
    signing_key(tmp_path / "old")
    raise_alarms()

    alarm.refresh_from_db()
    assert alarm.ended_at is not None
    assert admin.notices.filter(kind="operations.alarm", key=f"alarm:{alarm.pk}").count() == 1


@pytest.mark.parametrize("fault", ["expired", "wrong usage", "revoked"])
def test_what_waits_under_a_key_that_must_not_sign_goes_on_with_the_next_one(
    learner, settings, tmp_path, authority, fault
):
    settings.SIGNING_KEY_DIR, settings.SIGNING_KEY_PASSPHRASE = tmp_path / "keys", ""
    days = {"valid_from": clock.now() - timedelta(days=9), "valid_until": clock.now() - timedelta(hours=1)}
    facts = {"expired": days, "wrong usage": {"may_sign": False}, "revoked": {}}[fault]
    files = signing_key(tmp_path / "signing", **facts)
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)
    settings.SIGNING_CHAIN_FILE = str(files.authority)
    if fault == "revoked":
        settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(authority.pkcs12()), ""
        settings.SIGNING_CHAIN_FILE, settings.SIGNING_KEY_PASSPHRASE = "", "mật khẩu"
        authority.revoke(signing.current_key().certificate)
        signing.fetch_lists(signing.current_key())

    waiting = [issue(learner, number) for number in (1, 2)]

    assert {(c.status, c.tries, c.files.count()) for c in waiting} == {(CertificateStatus.PENDING, 0, 0)}
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)
    settings.SIGNING_CHAIN_FILE, settings.SIGNING_KEY_PASSPHRASE = str(files.authority), ""
    signing_key(tmp_path / "signing")
    Certificate.objects.update(claimed_until=None)
    assert services.issue_waiting() == 2
    assert list(Certificate.objects.order_by("number").values_list("status", "number")) == [
        ("issued", 1),
        ("issued", 2),
    ]


def test_of_one_key_each_alarm_is_told_once_and_gives_way_to_the_next(settings, tmp_path, admin):
    ends = clock.now() + timedelta(days=61, hours=1)
    files = signing_key(tmp_path / "old", valid_until=ends)
    settings.DEMO, settings.SIGNING_KEY_DIR = False, tmp_path / "keys"
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)
    settings.SIGNING_CHAIN_FILE = str(files.authority)

    told = []
    for left in (61, 59, 45, 30, 29, 12, 7, 6, 1, -1, -5):
        with time_machine.travel(ends - timedelta(days=left, hours=-1), tick=False):
            raise_alarms()
            raise_alarms()
        told.append(Alarm.objects.filter(key__startswith="signing-key").count())

    assert told == [0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4]
    alarms = Alarm.objects.filter(key__startswith="signing-key").order_by("pk")
    assert [(a.key.rsplit(":", 1)[1], a.ended_at is None) for a in alarms] == [
        ("expires_60", False),
        ("expires_30", False),
        ("expires_7", False),
        ("expired", True),
    ]
    assert admin.notices.filter(kind="operations.alarm", key__in=[f"alarm:{a.pk}" for a in alarms]).count() == 4


@pytest.mark.parametrize(("days", "word"), [(400, "ok"), (59, "expires_60"), (29, "expires_30"), (6, "expires_7")])
def test_who_signs_outside_is_watched_in_the_same_way(settings, tmp_path, days, word):
    agency = Agency.at(tmp_path / "agency")
    for name, value in agency.settings().items():
        setattr(settings, name, value)
    begins = clock.now() - timedelta(days=90)
    seal = signing_key(tmp_path / "seal", valid_from=begins, valid_until=clock.now() + timedelta(days=days, hours=1))
    settings.SIGNING_OUTSIDE_SEAL_FILES = [str(seal.certificate)]

    assert signing.key_condition().word == word
    # the next certificate stands beside the one that ends: nothing is urgent any more
    settings.SIGNING_OUTSIDE_SEAL_FILES = [str(seal.certificate), str(agency.seal.certificate)]
    assert signing.key_condition().word == "ok"
    settings.SIGNING_OUTSIDE_SEAL_FILES = []
    assert signing.key_condition().word == "missing"


def test_nothing_of_passphrase_or_key_is_in_logs_rows_or_pages(key_file, learner, admin, client, settings, tmp_path):
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    logging.getLogger().addHandler(handler)
    try:
        key_file(PASSPHRASE)
        issue(learner, 1)
        (tmp_path / "passphrase").write_text(NEXT_PASSPHRASE)
        issue(learner, 2)
        settings.SIGNING_KEY_FILE = str(tmp_path / "gone.p12")
        issue(learner, 3)
        raise_alarms()
        client.force_login(admin)
        pages = [client.get(address).text for address in ("/van-hanh/", "/van-hanh/cong-viec/", "/suc-khoe/")]
    finally:
        logging.getLogger().removeHandler(handler)
    rows = [repr(list(model.objects.values_list())) for model in apps.get_models() if model._meta.managed]
    everything = "\n".join([said.getvalue(), *pages, *rows])

    assert Certificate.objects.filter(status=CertificateStatus.PENDING).count() == 2
    assert [words for words in (PASSPHRASE, NEXT_PASSPHRASE, "PRIVATE KEY") if words in everything] == []


def test_a_grant_that_is_rolled_back_issues_nothing(learner, settings, tmp_path, django_capture_on_commit_callbacks):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        qualification = passed_qualification(learner.staff_member)
        qualification_granted.send(sender=None, qualification_id=qualification.pk)
        transaction.set_rollback(True)

    assert (services.issue_waiting(), Certificate.objects.count(), Register.objects.count()) == (0, 0, 0)


def test_a_new_year_begins_a_new_register(learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    # 17:00 UTC is midnight here
    for moment, number in (
        (datetime(2026, 12, 31, 16, 59, tzinfo=UTC), 1),
        (datetime(2026, 12, 31, 17, tzinfo=UTC), 2),
    ):
        with time_machine.travel(moment, tick=False):
            issue(learner, number)

    assert [c.serial for c in Certificate.objects.order_by("pk")] == ["0001/2026", "0001/2027"]


class TestToken:
    pytestmark = needs_softhsm

    def test_another_pin_and_another_token_are_taken_without_a_restart(
        self,
        token,  # noqa: F811
        learner,
        settings,
        tmp_path,
        authority,
        caplog,
    ):
        pin = tmp_path / "pin"
        pin.write_text("246810\n")
        token(ec.generate_private_key(ec.SECP256R1()))
        settings.SIGNING_PKCS11_PIN, settings.SIGNING_PKCS11_PIN_FILE = "", str(pin)
        first = issue(learner, 1)

        # the next token lies in another slot, with a key, a label and a PIN of its own
        _softhsm("--init-token", "--free", "--label", "van-phong-2", "--so-pin", "135791", "--pin", "975310")
        key = ec.generate_private_key(ec.SECP256R1())
        pem, private = serialization.Encoding.PEM, tmp_path / "next.pem"
        hidden = serialization.NoEncryption()
        private.write_bytes(key.private_bytes(pem, serialization.PrivateFormat.PKCS8, hidden))
        _softhsm("--import", private, "--token", "van-phong-2", "--label", LABEL, "--id", "b2", "--pin", "975310")
        settings.SIGNING_PKCS11_TOKEN = "van-phong-2"
        waiting = issue(learner, 2)
        pin.write_text("975310\n")
        certificate = authority.issue("UBND xã Thử Nghiệm", key.public_key())
        (tmp_path / "certificate.pem").write_bytes(certificate.public_bytes(pem))
        Certificate.objects.update(claimed_until=None)
        services.issue_waiting()

        assert (first.status, waiting.status, waiting.tries) == ("issued", "pending", 0)
        waiting.refresh_from_db()
        prints = [c.files.get().key_fingerprint for c in (first, waiting)]
        assert (waiting.status, prints[1]) == ("issued", _fingerprint(certificate))
        for file in CertificateFile.objects.all():
            with storages["private"].open(file.name) as stored:
                assert verify_file(stored.read()).genuine is True
        rows = repr(list(Certificate.objects.values_list()))
        assert [pin for pin in ("246810", "975310") if pin in rows or pin in caplog.text] == []
