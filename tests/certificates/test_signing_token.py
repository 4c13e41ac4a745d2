"""A key on a token (PKCS#11): SoftHSM stands in for the agency's own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certificates import services, signing
from certificates.enums import CertificateStatus
from certificates.errors import KeyProblem
from certificates.signing import tokens
from certificates.verification import verify_file
from staff import clock
from tests.factories.certificates import passed_qualification
from tests.factories.pdfs import bare_pdf

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN, LABEL = "246810", "chu-ky"

pytestmark = [
    pytest.mark.system,
    pytest.mark.django_db,
    pytest.mark.skipif(
        not (MODULE.exists() and shutil.which("softhsm2-util")) and not os.environ.get("CI"),
        reason="needs Debian's softhsm2",
    ),
]


@pytest.fixture
def token(settings, tmp_path, monkeypatch, authority):
    """``token(key)`` puts ``key`` on a new token and names it in the settings."""
    folder = tmp_path / "tokens"
    folder.mkdir()
    configuration = tmp_path / "softhsm2.conf"
    configuration.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\nlog.level = ERROR\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(configuration))
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    (tmp_path / "keys/crls").mkdir(parents=True)
    (tmp_path / "keys/crls/put-there.crl").write_bytes(authority.revocation_list())

    def put(key):
        _softhsm("--init-token", "--free", "--label", "van-phong", "--so-pin", "135791", "--pin", PIN)
        private = tmp_path / "private.pem"
        pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        private.write_bytes(key.private_bytes(pem, form, serialization.NoEncryption()))
        _softhsm("--import", private, "--token", "van-phong", "--label", LABEL, "--id", "a1", "--pin", PIN)
        certificate = tmp_path / "certificate.pem"
        certificate.write_bytes(authority.issue("UBND xã Thử Nghiệm", key.public_key()).public_bytes(pem))
        settings.SIGNING_PKCS11_MODULE, settings.SIGNING_PKCS11_TOKEN = str(MODULE), "van-phong"
        settings.SIGNING_PKCS11_KEY, settings.SIGNING_PKCS11_PIN = LABEL, PIN
        settings.SIGNING_CERT_FILE, settings.SIGNING_CHAIN_FILE = str(certificate), str(authority.root)

    yield put
    tokens.forget()


def _softhsm(*arguments):
    subprocess.run(["softhsm2-util", *map(str, arguments)], check=True, capture_output=True)


@pytest.mark.parametrize("kind", ["P-256", "RSA"])
def test_a_key_on_a_token_signs_again_and_again(token, kind):
    token(ec.generate_private_key(ec.SECP256R1()) if kind == "P-256" else rsa.generate_private_key(65537, 2048))

    key = signing.current_key()
    signed = [
        signing.sign_pdf(bare_pdf(), key=key, signed_at=clock.now().replace(microsecond=0)) for _again in range(3)
    ]

    assert key.holder == "UBND xã Thử Nghiệm"
    assert [verify_file(pdf).signature_valid for pdf in signed] == [True, True, True]


def test_a_wrong_pin_delays_the_certificate_and_is_never_repeated(token, learner, settings):
    token(ec.generate_private_key(ec.SECP256R1()))
    settings.SIGNING_PKCS11_PIN = "111222"
    qualification = passed_qualification(learner.staff_member)
    services.ensure_demonstration_issuer()

    with pytest.raises(KeyProblem) as problem:
        signing.current_key()
    waiting = services.issue_certificate(qualification_id=qualification.pk)

    assert "111222" not in str(problem.value)
    assert (waiting.status, waiting.tries, waiting.files.count()) == (CertificateStatus.PENDING, 0, 0)
    settings.SIGNING_PKCS11_PIN = PIN
    type(waiting).objects.update(claimed_until=None)
    services.issue_waiting()
    waiting.refresh_from_db()
    assert waiting.status == CertificateStatus.ISSUED


def test_another_process_opens_a_session_of_its_own(token):
    token(ec.generate_private_key(ec.SECP256R1()))
    signing.current_key()

    child = os.fork()
    if not child:
        code = 1
        try:
            key = signing.current_key()
            signing.sign_pdf(bare_pdf(), key=key, signed_at=clock.now().replace(microsecond=0))
            code = 0
        finally:
            os._exit(code)

    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
