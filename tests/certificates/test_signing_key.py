"""The key of a real installation: used as named, refused when it must not be used, changed without a restart."""

from datetime import timedelta

import pytest
from django.core.files.storage import storages

from certificates import services, signing
from certificates.enums import CertificateStatus
from certificates.errors import KeyProblem
from certificates.signing import keys
from certificates.verification import verify_file
from staff import clock
from tests.factories.certificates import passed_qualification
from tests.factories.keys import signing_key
from tests.factories.pdfs import bare_pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def use(settings, tmp_path):
    """Names a key as production does."""
    settings.DEMO = False
    settings.SIGNING_KEY_DIR = tmp_path / "kept"

    def name(files, passphrase=""):
        settings.SIGNING_KEY_FILE = str(files.key)
        settings.SIGNING_CERT_FILE = str(files.certificate)
        settings.SIGNING_CHAIN_FILE = str(files.authority)
        settings.SIGNING_KEY_PASSPHRASE = passphrase

    return name


@pytest.mark.parametrize("is_rsa", [False, True], ids=["P-256", "RSA"])
def test_a_named_key_signs_and_its_signature_is_accepted(use, tmp_path, learner, is_rsa, monkeypatch):
    use(signing_key(tmp_path, passphrase="mật khẩu khóa", is_rsa=is_rsa), passphrase="mật khẩu khóa")

    key = signing.current_key()
    pdf = signing.sign_pdf(bare_pdf(), key=key, signed_at=clock.now().replace(microsecond=0))

    assert (key.holder, key.is_demonstration) == ("UBND xã Thử Nghiệm", False)
    verdict = verify_file(pdf)
    assert (verdict.signature_valid, verdict.registered, verdict.genuine) == (True, False, False)


def test_a_signature_by_another_authority_is_not_accepted(use, tmp_path):
    use(signing_key(tmp_path / "theirs"))
    pdf = signing.sign_pdf(bare_pdf(), key=signing.current_key(), signed_at=clock.now().replace(microsecond=0))
    use(signing_key(tmp_path / "ours"))

    assert verify_file(pdf).signature_valid is False


def test_an_earlier_authority_that_is_kept_is_still_trusted(use, tmp_path, settings):
    earlier = signing_key(tmp_path / "earlier")
    use(earlier)
    pdf = signing.sign_pdf(bare_pdf(), key=signing.current_key(), signed_at=clock.now().replace(microsecond=0))
    use(signing_key(tmp_path / "now"))
    folder = settings.SIGNING_KEY_DIR / "trusted"
    folder.mkdir(parents=True)

    (folder / "2025.pem").write_bytes(earlier.authority.read_bytes())

    assert verify_file(pdf).signature_valid is True


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (
            {"valid_until": timedelta(hours=-1), "valid_from": timedelta(days=-9)},
            "Chứng thư số ký chỉ có hiệu lực từ",
        ),
        ({"valid_from": timedelta(days=1), "valid_until": timedelta(days=9)}, "Chứng thư số ký chỉ có hiệu lực từ"),
        ({"may_sign": False}, "Chứng thư số này không dùng để ký."),
    ],
    ids=["expired", "not yet valid", "wrong usage"],
)
def test_a_key_that_must_not_sign_is_refused(use, tmp_path, made, sentence):
    moments = {name: clock.now() + value for name, value in made.items() if isinstance(value, timedelta)}
    use(signing_key(tmp_path, **{**made, **moments}))

    with pytest.raises(KeyProblem, match=sentence):
        signing.current_key()


def test_a_wrong_passphrase_or_a_foreign_certificate_is_named(use, tmp_path, settings):
    files = signing_key(tmp_path / "a", passphrase="đúng")
    use(files, passphrase="sai")
    with pytest.raises(KeyProblem, match="Không đọc được khóa ký"):
        signing.current_key()

    use(files, passphrase="đúng")
    settings.SIGNING_CERT_FILE = str(signing_key(tmp_path / "b").certificate)

    with pytest.raises(KeyProblem, match="does not belong to the certificate"):
        signing.current_key()


def test_a_fault_of_the_key_delays_the_certificate_and_nothing_else(use, tmp_path, learner, settings):
    settings.DEMO = True
    qualification = passed_qualification(learner.staff_member)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "_refuse_unusable", _expired)
        waiting = services.issue_certificate(qualification_id=qualification.pk)
        assert (waiting.status, waiting.tries, waiting.files.count()) == (CertificateStatus.PENDING, 0, 0)
        assert "expired" in waiting.last_error

    type(waiting).objects.update(claimed_until=None)
    services.issue_waiting()

    waiting.refresh_from_db()
    assert (waiting.status, waiting.files.count(), waiting.number) == (CertificateStatus.ISSUED, 1, 1)
    with storages["private"].open(waiting.files.get().name) as file:
        assert verify_file(file.read()).genuine is True


def test_a_key_file_that_changes_is_read_again(use, tmp_path):
    use(signing_key(tmp_path))
    before = signing.current_key().fingerprint

    signing_key(tmp_path)

    assert signing.current_key().fingerprint != before


def _expired(certificate):
    raise KeyProblem("expired")
