"""PAdES B-B, B-T, B-LT, B-LTA with an authority on loopback; upgrades append, and every file of the chain verifies."""

import os
import shutil
import subprocess

import pytest
from django.core.files.storage import storages

from certificates import services, signing
from certificates.enums import SignatureLevel
from certificates.errors import AuthorityAway, NotSound
from certificates.models import Certificate
from certificates.services import upgrading
from certificates.signing import authorities
from certificates.verification import verify_file
from staff import clock
from tests.factories.certificates import passed_qualification
from tests.factories.pdfs import bare_pdf

pytestmark = pytest.mark.django_db


def issue(learner) -> Certificate:
    return services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)


def contents(certificate) -> list[bytes]:
    found = []
    for stored in certificate.files.all():
        with storages["private"].open(stored.name) as file:
            found.append(file.read())
    return found


def levels(certificate) -> list[str]:
    return [SignatureLevel(level).label for level in certificate.files.values_list("level", flat=True)]


def free_claims():
    Certificate.objects.update(claimed_until=None)
    authorities.note_presence()


@pytest.mark.parametrize("level", ["B-B", "B-T", "B-LT", "B-LTA"])
def test_each_level_is_reached_and_each_file_of_the_chain_verifies(real_key, learner, level):
    real_key(level)

    certificate = issue(learner)
    services.upgrade_waiting()
    signing.fetch_lists(signing.current_key())

    certificate.refresh_from_db()
    assert (SignatureLevel(certificate.level).label, levels(certificate)[-1]) == (level, level)
    files = contents(certificate)
    assert [verify_file(content).genuine for content in files] == [True] * len(files)
    assert [signing.level_of(content).label for content in files] == levels(certificate)
    assert services.upgrade_waiting() == 0


def test_without_a_network_it_is_issued_at_once_and_upgraded_when_the_authority_is_back(real_key, authority, learner):
    real_key("B-LTA")
    authority.is_away = True

    certificate = issue(learner)
    assert (certificate.status, levels(certificate)) == ("issued", ["B-B"])
    assert services.upgrade_waiting() == 0
    certificate.refresh_from_db()
    assert certificate.tries == 0
    assert "dấu thời gian" in certificate.last_error
    authority.is_away = False
    free_claims()
    assert services.upgrade_waiting() == 1
    signing.fetch_lists(signing.current_key())

    certificate.refresh_from_db()
    first, second = contents(certificate)
    assert (levels(certificate), second.startswith(first)) == (["B-B", "B-LTA"], True)
    assert certificate.files.last().earlier == certificate.files.first()
    assert (verify_file(first).genuine, verify_file(second).genuine) == (True, True)


def test_an_authority_that_is_away_is_asked_once_and_not_again_for_each_certificate(real_key, authority, learner):
    real_key("B-T")
    authority.is_away = True
    for number in range(4):
        passed_qualification(learner.staff_member, code=f"CB-0{number}")

    assert services.issue_waiting() == 4
    assert authority.asked == {"/tsa": 1}
    assert services.upgrade_waiting() == 0
    assert authority.asked == {"/tsa": 2}


def test_what_can_be_had_is_kept_while_the_proof_is_away(real_key, authority, learner):
    real_key("B-LTA")
    authority.has_proof = False
    certificate = issue(learner)
    assert levels(certificate) == ["B-T"]

    assert services.upgrade_waiting() == 0
    authority.has_proof = True
    free_claims()
    assert services.upgrade_waiting() == 1

    certificate.refresh_from_db()
    assert levels(certificate) == ["B-T", "B-LTA"]


def test_a_stamp_over_something_else_is_not_used(real_key, authority, learner):
    real_key("B-T")
    authority.breaks_stamps = True

    certificate = issue(learner)
    free_claims()
    services.upgrade_waiting()

    certificate.refresh_from_db()
    assert levels(certificate) == ["B-B"]
    assert certificate.last_error
    signing.fetch_lists(signing.current_key())
    assert verify_file(contents(certificate)[0]).genuine is True


def test_a_stamp_of_an_authority_that_we_do_not_trust_is_not_used(real_key, learner, settings, tmp_path):
    real_key("B-T")
    settings.SIGNING_TSA_CHAIN_FILES = []
    settings.SIGNING_KEY_FILE = str(_key_of_another_authority(tmp_path))

    assert levels(issue(learner)) == ["B-B"]


def _key_of_another_authority(tmp_path):
    from tests.factories.authority import LocalAuthority

    other = LocalAuthority(tmp_path / "other")
    other._server.server_close()
    return other.pkcs12()


def test_a_revoked_key_gets_no_proof_and_its_certificate_stays_as_it_was(real_key, authority, learner):
    real_key("B-LT")
    certificate = issue(learner)
    authority.revoke(authority.latest)

    assert services.upgrade_waiting() == 0

    certificate.refresh_from_db()
    assert (levels(certificate), certificate.last_error) == (["B-T"], "NotSound")


@pytest.mark.parametrize("step", ["signing.upgrade", "store", "log"])
def test_a_crash_at_any_step_of_an_upgrade_is_healed(real_key, authority, learner, monkeypatch, step):
    real_key("B-LTA")
    authority.is_away = True
    certificate = issue(learner)
    authority.is_away = False
    free_claims()

    def crash(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(f"certificates.services.upgrading.{step}", crash)
        with pytest.raises(KeyboardInterrupt):
            services.upgrade_waiting()
    assert levels(certificate) == ["B-B"]
    assert services.upgrade_waiting() == 0  # the claim of the process that died
    free_claims()

    assert services.upgrade_waiting() == 1
    assert levels(certificate) == ["B-B", "B-LTA"]


def test_a_stored_file_that_was_damaged_is_never_continued(real_key, authority, learner):
    real_key("B-B")
    certificate = issue(learner)
    stored = certificate.files.get()
    storages["private"].delete(stored.name)
    with storages["private"].open(stored.name, "wb") as file:
        file.write(b"other")
    real_key("B-T")

    assert services.upgrade_waiting() == 0
    certificate.refresh_from_db()
    assert (levels(certificate), certificate.last_error, certificate.tries) == (["B-B"], "OSError", 1)


def test_a_revoked_certificate_is_not_upgraded(real_key, authority, learner, admin):
    real_key("B-B")
    certificate = issue(learner)
    services.revoke_certificate(certificate=certificate, reason="Nhầm người", by=admin)
    real_key("B-T")

    assert upgrading.upgradable(SignatureLevel.T).count() == 0


def test_upgrading_refuses_what_is_not_signed_or_was_changed(real_key):
    real_key("B-T")
    with pytest.raises(NotSound):
        signing.upgrade(bare_pdf(), to=SignatureLevel.T)
    signed = signing.sign(bare_pdf(), key=signing.current_key(), signed_at=clock.now().replace(microsecond=0))

    with pytest.raises(NotSound):
        signing.upgrade(signed.content.replace(b"200", b"201", 1), to=SignatureLevel.LTA)


def test_a_certificate_that_names_no_service_is_proved_by_no_silence(settings, tmp_path, authority):
    """pyHanko's own "hard-fail" passes such a certificate."""
    from tests.factories.keys import signing_key

    files = signing_key(tmp_path / "silent")
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    settings.SIGNING_KEY_FILE, settings.SIGNING_CERT_FILE = str(files.key), str(files.certificate)
    settings.SIGNING_CHAIN_FILE = str(files.authority)
    settings.SIGNING_LEVEL, settings.SIGNING_TSA_URL = "B-LT", f"{authority.address}/tsa"
    settings.SIGNING_TSA_CHAIN_FILES = [str(authority.root)]
    signed = signing.sign(bare_pdf(), key=signing.current_key(), signed_at=clock.now().replace(microsecond=0))
    assert signed.level == SignatureLevel.T

    with pytest.raises(AuthorityAway):
        signing.upgrade(signed.content, to=SignatureLevel.LT)


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("pdfsig") and not os.environ.get("CI"), reason="poppler-utils is not installed")
def test_poppler_agrees(real_key, authority, learner, tmp_path):
    real_key("B-LTA")
    certificate = issue(learner)
    services.upgrade_waiting()
    trust = tmp_path / "nss"
    trust.mkdir()
    subprocess.run(["certutil", "-N", "-d", f"sql:{trust}", "--empty-password"], check=True)
    subprocess.run(
        ["certutil", "-A", "-d", f"sql:{trust}", "-n", "root", "-t", "C,C,C", "-i", authority.root], check=True
    )

    for number, content in enumerate(contents(certificate)):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(content)
        said = subprocess.run(["pdfsig", "-nssdir", f"sql:{trust}", path], capture_output=True, text=True).stdout

        assert "Signature Validation: Signature is Valid." in said
        assert "Certificate Validation: Certificate is Trusted." in said
