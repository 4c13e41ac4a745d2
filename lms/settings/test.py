"""What the tests use. DATABASE_URL and CELERY_BROKER_URL choose production's servers."""

import tempfile
from pathlib import Path

from lms import env
from lms.settings.base import *  # noqa: F403
from lms.settings.base import PRIVATE_ROOT

DEBUG = False
SECRET_KEY = "test-only-" + "x" * 50
PERSONAL_DATA_KEY = "test-only-personal-data-key"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
DATABASES = {"default": env.database("DATABASE_URL", "sqlite://:memory:")}
if _file := env.text("TEST_DATABASE_FILE", ""):
    DATABASES["default"]["TEST"] = {"NAME": _file}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CACHES = {
    "default": {"BACKEND": "lms.cache.JsonMemoryCache"},
    # As in production: Wagtail keeps whole model objects here, which JSON cannot carry.
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "private": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
_TEMPORARY = Path(tempfile.gettempdir()) / "staff-ict-lms-test"
MEDIA_ROOT = _TEMPORARY / "media"
# Filled by tests/conftest.py, for every process that reads these settings.
SIGNING_KEY_DIR = _TEMPORARY / "signing-key"
# A real worker, started by tests/production, reads these settings too.
CELERY_TASK_ALWAYS_EAGER = not env.boolean("REAL_WORKER", False)
if not CELERY_TASK_ALWAYS_EAGER:
    # Test and worker are two processes: what one stores the other must find.
    STORAGES["private"] = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT},
    }
CELERY_TASK_EAGER_PROPAGATES = True
DEMO = True
SILENCED_SYSTEM_CHECKS = []
LOGGING = {"version": 1, "disable_existing_loggers": False}
# Static files as they are in the source folders: nothing has to be collected before the tests.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
