"""Redis away, nothing to write on: pages go on, health says so, and what waited comes by itself."""

import pytest

from certificates.enums import CertificateStatus
from certificates.models import Certificate
from certificates.services import issue_certificate, issue_waiting
from tests.factories.certificates import passed_qualification
from tests.factories.staff import UserFactory

pytestmark = pytest.mark.django_db

NOWHERE = "redis://127.0.0.1:1/0"


def test_without_redis_pages_and_sign_in_go_on_and_health_says_what_is_away(client, settings):
    settings.CACHES = {"default": {"BACKEND": "lms.cache.PatientRedisCache", "LOCATION": NOWHERE}}
    settings.CELERY_BROKER_URL = NOWHERE
    UserFactory(staff_code="HV0007", password="Mat-khau-rat-dai-7")

    health = client.get("/suc-khoe/")
    signed_in = client.post("/tai-khoan/login/", {"login": "HV0007", "password": "Mat-khau-rat-dai-7"})
    page = client.get("/hoc/")

    found = health.json()
    assert (health.status_code, found["status"]) == (200, "degraded")
    assert [found[part] for part in ("database", "cache", "broker")] == ["ok", "away", "away"]
    assert (signed_in.status_code, page.status_code) == (302, 200)


def test_while_nothing_can_be_stored_certificates_wait_and_come_by_themselves(client, learner, settings, tmp_path):
    settings.SIGNING_KEY_DIR = tmp_path / "keys"
    folder = tmp_path / "private"
    settings.STORAGES = {
        **settings.STORAGES,
        "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(folder)}},
    }
    # Root may write everywhere, but nobody can write below a file.
    folder.write_text("")

    waiting = issue_certificate(qualification_id=passed_qualification(learner.staff_member).pk)
    during = client.get("/suc-khoe/").json()["storage"], client.get("/").status_code
    folder.unlink()
    Certificate.objects.update(claimed_until=None)
    issued = issue_waiting()

    assert (waiting.status, bool(waiting.last_error)) == (CertificateStatus.PENDING, True)
    assert during == ("unwritable", 200)
    assert issued == 1
    assert client.get("/suc-khoe/").json()["storage"] == "ok"
    assert len(list(folder.rglob("*.pdf"))) == 1
