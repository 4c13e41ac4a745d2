"""Production settings in a process of their own, because settings are read once."""

import os
import subprocess
import sys

import pytest

from certificates import signing
from lms.settings import base
from tests.factories.keys import signing_key

WORKING = {
    "SECRET_KEY": "k3y-" + "aB3dE6gH9jK2mN5pQ8" * 4,
    "PERSONAL_DATA_KEY": "p-" + "zY8xW5vU2tS9rQ6" * 3,
    "SITE_URL": "https://hoc.example",
    "ALLOWED_HOSTS": "hoc.example",
    "DATABASE_URL": "postgres://lms:secret@127.0.0.1/lms",
    "CACHE_URL": "redis://127.0.0.1:6379/1",
    "CELERY_BROKER_URL": "redis://127.0.0.1:6379/0",
    "EMAIL_URL": "smtp://127.0.0.1:25",
    "DEFAULT_FROM_EMAIL": "hoc@hoc.example",
}


def check_deploy(tmp_path, **changes):
    keys = signing_key(tmp_path / "keys")
    working = {**WORKING, "SIGNING_KEY_FILE": str(keys.key), "SIGNING_CERT_FILE": str(keys.certificate)}
    chosen = {name: value for name, value in {**working, **changes}.items() if value is not None}
    environment = {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "lms.settings.production",
        **chosen,
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=base.BASE_DIR, env=environment, capture_output=True, text=True, check=False)


def test_production_passes_the_deployment_check(tmp_path):
    done = check_deploy(tmp_path)

    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        "System check identified no issues (0 silenced).\n",
        "",
    )


@pytest.mark.parametrize("name", [*sorted(WORKING), "SIGNING_KEY_FILE", "SIGNING_CERT_FILE"])
def test_a_missing_value_stops_the_start_and_names_itself(tmp_path, name):
    done = check_deploy(tmp_path, **{name: None})

    assert done.returncode == 1
    assert f"Set {name} (or {name}_FILE): it has no default in this environment." in done.stderr


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"SECRET_KEY": "demo" * 20}, "SECRET_KEY is the demonstration's or an example; make one of your own."),
        ({"PERSONAL_DATA_KEY": "short"}, "PERSONAL_DATA_KEY must have at least 32 characters."),
        ({"DATABASE_URL": "sqlite:////tmp/x"}, "DATABASE_URL must name a PostgreSQL database in production."),
        ({"DEMO": "1"}, "DEMO is set: the demonstration does not run with production settings."),
        ({"SITE_URL": "http://hoc.example"}, "SITE_URL must begin with https://, not 'http://hoc.example'."),
        ({"SIGNING_KEY_FILE": "/nowhere"}, "SIGNING_KEY_FILE names /nowhere, which cannot be read: No such file"),
        ({"SIGNING_CERT_FILE": __file__}, "which is no certificate in PEM form."),
    ],
)
def test_an_unsafe_value_stops_the_start_and_names_itself(tmp_path, changes, sentence):
    done = check_deploy(tmp_path, **changes)

    assert done.returncode == 1
    assert sentence in done.stderr


def test_the_demonstration_key_stops_the_start(tmp_path):
    folder = signing.ensure_demonstration_key(tmp_path / "demonstration")

    done = check_deploy(tmp_path, SIGNING_CERT_FILE=str(folder / "demo-cert.pem"))

    assert done.returncode == 1
    assert "SIGNING_CERT_FILE is the demonstration's; certificates need a key of your own." in done.stderr


def test_the_site_names_itself_by_the_port_it_was_given(tmp_path):
    command = [sys.executable, "-c", "from lms.settings import embedded; print(embedded.SITE_URL)"]
    environment = {"PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path), "PORT": "8102"}

    done = subprocess.run(command, cwd=base.BASE_DIR, env=environment, capture_output=True, text=True, check=True)

    assert done.stdout == "http://127.0.0.1:8102\n"


def test_messages_and_sessions_are_json_only(settings):
    assert settings.CELERY_TASK_SERIALIZER == "json"
    assert settings.CELERY_ACCEPT_CONTENT == ["json"]
    assert settings.SESSION_SERIALIZER == "django.contrib.sessions.serializers.JSONSerializer"


def test_signing_outside_needs_the_certificates_of_both_who_sign_and_no_key(tmp_path):
    keys = signing_key(tmp_path / "agency")
    chosen = {"SIGNING_MODE": "outside", "SIGNING_KEY_FILE": None, "SIGNING_CERT_FILE": None}
    chosen["SIGNING_OUTSIDE_SIGNER_FILES"] = str(keys.certificate)

    refused = check_deploy(tmp_path, **chosen)
    accepted = check_deploy(tmp_path, **chosen, SIGNING_OUTSIDE_SEAL_FILES=str(keys.certificate))

    assert (refused.returncode, accepted.returncode) == (1, 0)
    assert "Set SIGNING_OUTSIDE_SEAL_FILES (or SIGNING_OUTSIDE_SEAL_FILES_FILE)" in refused.stderr
