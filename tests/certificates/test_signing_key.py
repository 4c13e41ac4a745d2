"""The key of a real installation: used as named, refused when it must not be used, changed without a restart."""

import io
import shutil
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from django.core.files.storage import storages
from pyhanko.pdf_utils.reader import PdfFileReader

from certificates import services, signing
from certificates.enums import CertificateStatus
from certificates.errors import KeyProblem
from certificates.models import Issuer
from certificates.signing import keys
from certificates.verification import verify_file
from staff import clock
from tests.factories.certificates import passed_qualification
from tests.factories.keys import signing_key
from tests.factories.pdfs import bare_pdf

REAL_ISSUER = {
    "code": "XA",
    "superior": "UBND tỉnh Thử Nghiệm",
    "name": "UBND xã Thử Nghiệm",
    "place": "Thử Nghiệm",
    "signer_post": "Chủ tịch",
    "signer_name": "Nguyễn Văn Thử",
    "decision": "Quyết định số 1/QĐ-UBND",
}
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


def test_a_key_that_is_not_there_is_named_without_its_path(use, tmp_path):
    files = signing_key(tmp_path)
    use(files)
    files.key.unlink()

    with pytest.raises(KeyProblem) as refused:
        signing.current_key()

    assert str(refused.value) == "Không đọc được khóa ký: không có tệp"


@pytest.mark.parametrize("part", ["key", "certificate"])
@pytest.mark.parametrize(
    "content", [b"-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n", b"", b"\x30\x03abc"]
)
def test_of_a_broken_file_the_reader_is_told_in_her_language(use, tmp_path, part, content):
    files = signing_key(tmp_path)
    use(files)
    getattr(files, part).write_bytes(content)

    with pytest.raises(KeyProblem) as refused:
        signing.current_key()

    assert str(refused.value) == "Không đọc được khóa ký: tệp hỏng, không phải tệp khóa, hoặc mật khẩu sai"


def test_the_days_of_a_key_are_written_as_everywhere(use, tmp_path):
    days = {"valid_from": datetime(2024, 3, 1, 5, tzinfo=UTC), "valid_until": datetime(2025, 3, 1, 5, tzinfo=UTC)}
    use(signing_key(tmp_path, **days))

    with pytest.raises(KeyProblem, match="từ 01/03/2024 đến 01/03/2025"):
        signing.current_key()


def test_a_wrong_passphrase_or_a_foreign_certificate_is_named(use, tmp_path, settings):
    files = signing_key(tmp_path / "a", passphrase="đúng")
    use(files, passphrase="sai")
    with pytest.raises(KeyProblem, match="^Không đọc được khóa ký: tệp hỏng, không phải tệp khóa, hoặc mật khẩu sai$"):
        signing.current_key()

    use(files, passphrase="đúng")
    settings.SIGNING_CERT_FILE = str(signing_key(tmp_path / "b").certificate)

    with pytest.raises(KeyProblem, match="khóa và chứng thư số không thuộc về nhau"):
        signing.current_key()


def test_a_fault_of_the_key_delays_the_certificate_and_nothing_else(use, tmp_path, learner, settings):
    settings.DEMO = True
    qualification = passed_qualification(learner.staff_member)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "refuse_unusable", _expired)
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


def test_further_signatures_are_put_together_from_the_first_and_say_the_same(use, tmp_path):
    use(signing_key(tmp_path))
    key, moment = signing.current_key(), clock.now().replace(microsecond=0)
    first, second, third = (signing.sign_pdf(bare_pdf(), key=key, signed_at=moment) for _again in range(3))

    assert [verify_file(pdf).signature_valid for pdf in (first, second, third)] == [True, True, True]
    assert verify_file(third.replace(b"200", b"201", 1)).signature_valid is False
    messages = [PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0].signed_data for pdf in (first, third)]
    for name in ("version", "digest_algorithms", "encap_content_info", "certificates"):
        assert messages[0][name].dump() == messages[1][name].dump()
    signers = [message["signer_infos"][0] for message in messages]
    assert signers[0]["sid"].dump() == signers[1]["sid"].dump()
    assert [attribute["type"].native for attribute in signers[0]["signed_attrs"]] == [
        attribute["type"].native for attribute in signers[1]["signed_attrs"]
    ]


def test_a_key_is_replaced_without_a_stop_and_what_the_earlier_one_signed_stays_genuine(use, tmp_path, learner):
    Issuer.objects.create(**{**REAL_ISSUER, "valid_from": "2020-01-01"})
    use(signing_key(tmp_path / "2025"))
    first = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)

    use(signing_key(tmp_path / "2026", holder="Khóa mới"))
    shutil.rmtree(tmp_path / "2025")
    second = services.issue_certificate(qualification_id=passed_qualification(learner.staff_member, code="CB-02").pk)

    files = [certificate.files.get() for certificate in (first, second)]
    assert files[0].key_fingerprint != files[1].key_fingerprint == signing.current_key().fingerprint
    for stored in files:
        with storages["private"].open(stored.name) as file:
            assert verify_file(file.read()).genuine is True


def test_a_pkcs12_file_needs_nothing_beside_it(settings, tmp_path, authority):
    settings.SIGNING_KEY_DIR = tmp_path / "kept"
    settings.SIGNING_KEY_FILE, settings.SIGNING_KEY_PASSPHRASE = str(authority.pkcs12(passphrase="đúng")), "đúng"

    assert signing.current_key().holder == "UBND xã Thử Nghiệm"
    settings.SIGNING_KEY_PASSPHRASE = "sai"
    assert signing.key_condition().word == "missing"


def test_a_key_on_a_revocation_list_is_refused_and_a_list_of_strangers_counts_for_nothing(
    settings, tmp_path, authority
):
    settings.SIGNING_KEY_DIR = tmp_path / "kept"
    settings.SIGNING_KEY_FILE, settings.SIGNING_KEY_PASSPHRASE = str(authority.pkcs12()), "mật khẩu"
    key = signing.current_key()
    lists = settings.SIGNING_KEY_DIR / "crls"
    lists.mkdir(parents=True)
    (lists / "broken.crl").write_bytes(b"no list")
    authority.revoke(key.certificate)
    (lists / "forged.crl").write_bytes(authority.revocation_list(signed_with=ec.generate_private_key(ec.SECP256R1())))
    assert signing.key_condition().word == "ok"

    assert signing.fetch_lists(key) == 1

    assert signing.key_condition().word == "unusable"
    with pytest.raises(KeyProblem, match="đã bị thu hồi"):
        signing.current_key()
    authority.is_away = True
    assert signing.fetch_lists(key) == 0
    assert signing.key_condition().word == "unusable"


def test_many_threads_may_make_the_first_signatures_of_a_key_at_once(use, tmp_path):
    for number in range(3):
        use(signing_key(tmp_path / str(number)))
        key, moment, pdf = signing.current_key(), clock.now().replace(microsecond=0), bare_pdf()

        with ThreadPoolExecutor(8) as pool:
            signed = list(
                pool.map(lambda _n, k=key, m=moment, p=pdf: signing.sign_pdf(p, key=k, signed_at=m), range(16))
            )

        assert {signing.level_of(content).label for content in signed} == {"B-B"}
