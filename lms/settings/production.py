"""A real installation: PostgreSQL, Redis, https behind a proxy. A missing secret stops the start and names itself."""

from pathlib import Path

from cryptography import x509
from cryptography.x509.oid import NameOID
from django.core.exceptions import ImproperlyConfigured

from lms import env
from lms.settings.base import *  # noqa: F403


def _secret(name: str, shortest: int) -> str:
    """A secret that is neither short nor the demonstration's."""
    value = env.text(name)
    if "demo" in value.lower() or "test-only" in value or "change-me" in value.lower():
        raise ImproperlyConfigured(f"{name} is the demonstration's or an example; make one of your own.")
    if len(value) < shortest:
        raise ImproperlyConfigured(f"{name} must have at least {shortest} characters.")
    return value


DEBUG = False
DEMO = False
if env.boolean("DEMO", False):
    raise ImproperlyConfigured("DEMO is set: the demonstration does not run with production settings.")

# --- Secrets ----------------------------------------------------------------

SECRET_KEY = _secret("SECRET_KEY", 50)
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS", [])
PERSONAL_DATA_KEY = _secret("PERSONAL_DATA_KEY", 32)

# --- Signing key ------------------------------------------------------------


def _key_file(name: str) -> str:
    """The path of a file that is there and can be read."""
    path = env.text(name)
    try:
        Path(path).read_bytes()
    except OSError as error:
        raise ImproperlyConfigured(f"{name} names {path}, which cannot be read: {error.strerror}.") from error
    return path


def _refuse_the_demonstration_key(path: str, name: str = "SIGNING_CERT_FILE") -> None:
    """An expired key only delays certificates; the demonstration's would put worthless ones among the real."""
    try:
        subject = x509.load_pem_x509_certificate(Path(path).read_bytes()).subject
    except OSError as error:
        raise ImproperlyConfigured(f"{name} names {path}, which cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} names {path}, which is no certificate in PEM form.") from error
    if any("TRÌNH DIỄN" in str(part.value) for part in subject.get_attributes_for_oid(NameOID.COMMON_NAME)):
        raise ImproperlyConfigured(f"{name} is the demonstration's; certificates need a key of your own.")


def _is_pem(path: str) -> bool:
    return b"-----BEGIN" in Path(path).read_bytes()


if SIGNING_MODE == "outside":  # noqa: F405
    for _name in ("SIGNING_OUTSIDE_SIGNER_FILES", "SIGNING_OUTSIDE_SEAL_FILES"):
        _named = env.words(_name)
        for _path in _named:
            _refuse_the_demonstration_key(_path, _name)
elif not SIGNING_PKCS11_MODULE:  # noqa: F405
    SIGNING_KEY_FILE = _key_file("SIGNING_KEY_FILE")
    if _is_pem(SIGNING_KEY_FILE):
        # a PKCS#12 file brings its certificate along
        SIGNING_CERT_FILE = _key_file("SIGNING_CERT_FILE")
        _refuse_the_demonstration_key(SIGNING_CERT_FILE)

# --- Addresses --------------------------------------------------------------

SITE_URL = env.text("SITE_URL").rstrip("/")
if not SITE_URL.startswith("https://"):
    raise ImproperlyConfigured(f"SITE_URL must begin with https://, not {SITE_URL!r}.")
WAGTAILADMIN_BASE_URL = SITE_URL
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must name the site's hosts; * lets anybody forge links in our e-mails.")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS", [])

# --- https ------------------------------------------------------------------

SECURE_SSL_REDIRECT = env.boolean("SECURE_SSL_REDIRECT", True)
# The health page is asked by the balancer over plain http.
SECURE_REDIRECT_EXEMPT = [r"^suc-khoe/$"]
SECURE_HSTS_SECONDS = env.integer("SECURE_HSTS_SECONDS", 365 * 24 * 3600)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.boolean("SECURE_HSTS_INCLUDE_SUBDOMAINS", True)
SECURE_HSTS_PRELOAD = env.boolean("SECURE_HSTS_PRELOAD", True)
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
# Only where a proxy sets the headers and removes the visitor's own: else anybody could claim https or another address.
BEHIND_PROXY = env.boolean("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# --- Database, cache, sessions ----------------------------------------------

DATABASES = {"default": env.database("DATABASE_URL")}
if not DATABASES["default"]["ENGINE"].endswith("postgresql"):
    raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL database in production.")
DATABASES["default"].setdefault("OPTIONS", {})["connect_timeout"] = 2
DATABASES["default"]["CONN_MAX_AGE"] = env.integer("DATABASE_CONN_MAX_AGE", 60)
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
# Only the statements of every request (lms.postgresql). A pooler that changes lines between transactions forbids it.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 2 if env.boolean("DATABASE_PREPARE", True) else None

CACHES = {
    "default": {"BACKEND": "lms.cache.PatientRedisCache", "LOCATION": env.text("CACHE_URL")},
    # Wagtail keeps whole model objects here, which JSON cannot carry: in the process's own memory.
    "renditions": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "renditions"},
}

# --- Mail -------------------------------------------------------------------

import environ  # noqa: E402

vars().update(environ.Env.email_url_config(env.text("EMAIL_URL")))
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Background work --------------------------------------------------------

CELERY_BROKER_URL = env.text("CELERY_BROKER_URL")

# --- Logs -------------------------------------------------------------------

LOGGING["formatters"]["line"] = {"()": "lms.logs.JsonFormatter"}  # noqa: F405
