"""Settings that every environment shares. The environments (embedded, production, test) only add what differs."""

from pathlib import Path

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from lms import env

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))

# Printed on certificates and in mails. PORT is the one `make run` was given.
SITE_URL = env.text("SITE_URL", f"http://127.0.0.1:{env.text('PORT', '8000')}")

# --- Applications -----------------------------------------------------------

INSTALLED_APPS = [
    # ours, from the roof down
    "lms",
    "unit_coverage",
    "certificates",
    "courses",
    "quizzes",
    "documents",
    "staff",
    # Wagtail
    "wagtail.contrib.settings",
    "wagtail.embeds",
    "wagtail.sites",
    "lms.apps.AccountsConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    # sign-in
    "allauth",
    "allauth.account",
    "allauth.mfa",
    # Django
    "django_htmx",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
]

# Whether a proxy of ours stands before the web process and writes X-Forwarded-For and -Proto itself.
BEHIND_PROXY = False

MIDDLEWARE = [
    "lms.middleware.RequestIdMiddleware",
    "lms.middleware.ProxyMiddleware",
    "lms.middleware.HeadersMiddleware",
    "lms.middleware.WellFormedMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms.middleware.CacheControlMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms.middleware.LanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "lms.middleware.AccountMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "lms.context_processors.page",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# --- Language and time ------------------------------------------------------

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
FORMAT_MODULE_PATH = ["lms.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
LANGUAGE_COOKIE_NAME = "language"

# --- Static files and media -------------------------------------------------

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env.text("STATIC_ROOT", str(BASE_DIR / "staticfiles")))
MEDIA_URL = "/media/"
MEDIA_ROOT = VAR_DIR / "media"

# Certificates, evidence and imports are private: no URL leads to them, views that ask `access` serve them.
PRIVATE_ROOT = VAR_DIR / "private"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": PRIVATE_ROOT, "base_url": None},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# --- Accounts and sign-in ---------------------------------------------------

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["staff.accounts.SignInBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "staff.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "staff.accounts.SignInForm",
    "add_email": "staff.accounts.AddressForm",
    "reset_password": "staff.accounts.ResetForm",
}
# Strangers' addresses get no mail from us.
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_USER_MODEL_USERNAME_FIELD = "staff_code"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Học CNTT] "
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Failed tries are counted by staff.sign_in_limits; these only keep machines off (a commune office shares one line).
ACCOUNT_RATE_LIMITS = {
    "login": "600/m/ip",
    "reset_password": "120/m/ip,5/h/key",
    "reset_password_from_key": "60/m/ip",
    "change_password": "10/m/user",
    "reauthenticate": "10/m/user",
    "activate": "600/m/ip",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "staff.passwords.NotOneselfValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "staff.passwords.MaximumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# --- Sessions, cookies, headers ---------------------------------------------

# In the database alone: one indexed statement brings session and account, and signing out is final. A copy in a cache
# could outlive it where the cache was away at that moment.
SESSION_ENGINE = "staff.session_store"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_AGE = 12 * 60 * 60
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "lms.views.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# The site's own pages load nothing but our files. The CMS and its preview have a policy of their
# own (lms.middleware), because Wagtail's edit pages carry inline scripts.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- Background work --------------------------------------------------------

# A restored copy must neither send old mails nor issue: it serves pages, and its work waits until this is taken away.
WORK_HELD = env.boolean("WORK_HELD", False)
CELERY_BROKER_URL = env.text("CELERY_BROKER_URL", "")
# Without a broker the rows wait for `manage.py work`, which claims the same rows by the same functions.
CELERY_TASK_ALWAYS_EAGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}

# --- Wagtail ----------------------------------------------------------------

WAGTAIL_SITE_NAME = "Học CNTT"
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILEMBEDS_FINDERS = []
WAGTAIL_I18N_ENABLED = False
WAGTAIL_DATE_FORMAT = "%d/%m/%Y"
WAGTAIL_DATETIME_FORMAT = "%d/%m/%Y %H:%M"
WAGTAILADMIN_PERMITTED_LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_EMAIL_MANAGEMENT_ENABLED = False
WAGTAILDOCS_EXTENSIONS = ["csv", "docx", "odt", "ods", "odp", "pdf", "pptx", "txt", "xlsx", "zip"]
WAGTAILDOCS_INLINE_CONTENT_TYPES = []
WAGTAILDOCS_SERVE_METHOD = "serve_view"
WAGTAILDOCS_DOCUMENT_FORM_BASE = "courses.uploads.CheckedDocumentForm"
WAGTAILIMAGES_IMAGE_FORM_BASE = "courses.uploads.CheckedImageForm"
WAGTAILIMAGES_EXTENSIONS = ["gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 10 * 1024 * 1024
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILSEARCH_BACKENDS = {"default": {"BACKEND": "wagtail.search.backends.database"}}

# --- Mail -------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", "khong-tra-loi@localhost")

# --- Our own rules ----------------------------------------------------------

# Encrypts personal numbers at rest and keys their search hash; see staff.models.people.
PERSONAL_DATA_KEY = ""
# Who signs certificates: a key of this installation ("here"), or the agency with its own tool ("outside").
SIGNING_MODE = env.choice("SIGNING_MODE", ["here", "outside"], "here")
# Outside: the certificates (PEM) of the persons who sign, of the agency, and those above them.
SIGNING_OUTSIDE_SIGNER_FILES = env.words("SIGNING_OUTSIDE_SIGNER_FILES", [])
SIGNING_OUTSIDE_SEAL_FILES = env.words("SIGNING_OUTSIDE_SEAL_FILES", [])
SIGNING_OUTSIDE_CHAIN_FILES = env.words("SIGNING_OUTSIDE_CHAIN_FILES", [])
# Where the signing key lives; see certificates.signing.
SIGNING_KEY_DIR = VAR_DIR / "keys"
SIGNING_KEY_FILE = env.text("SIGNING_KEY_FILE", "")
SIGNING_CERT_FILE = env.text("SIGNING_CERT_FILE", "")
SIGNING_CHAIN_FILE = env.text("SIGNING_CHAIN_FILE", "")
SIGNING_KEY_PASSPHRASE = env.text("SIGNING_KEY_PASSPHRASE", "")
# Read again when the key is: the next key may have another passphrase, the token another PIN.
SIGNING_KEY_PASSPHRASE_FILE = env.path_of("SIGNING_KEY_PASSPHRASE")
# A token (PKCS#11) instead of a key file: the library's path, the labels of token and key, and the PIN.
SIGNING_PKCS11_MODULE = env.text("SIGNING_PKCS11_MODULE", "")
SIGNING_PKCS11_TOKEN = env.text("SIGNING_PKCS11_TOKEN", "")
SIGNING_PKCS11_KEY = env.text("SIGNING_PKCS11_KEY", "")
SIGNING_PKCS11_PIN = env.text("SIGNING_PKCS11_PIN", "")
SIGNING_PKCS11_PIN_FILE = env.path_of("SIGNING_PKCS11_PIN")
# How far signatures shall go; beyond B-B they need a time-stamp authority, which is asked for so many seconds at most.
SIGNING_LEVEL = env.choice("SIGNING_LEVEL", ["B-B", "B-T", "B-LT", "B-LTA"], "B-B")
SIGNING_TSA_URL = env.text("SIGNING_TSA_URL", "")
SIGNING_TSA_CHAIN_FILES = env.words("SIGNING_TSA_CHAIN_FILES", [])
SIGNING_TSA_SECONDS = 2
# Networks of our own to which messages about certificates may go all the same, as 10.20.0.0/16; else only public ones.
WEBHOOK_NETWORKS = env.words("WEBHOOK_NETWORKS", [])
ATTEMPT_GRACE_SECONDS = 30
# The code on a printed slip, and the one HR gives to somebody who forgot the password.
ACTIVATION_CODE_DAYS = 14
ONE_TIME_CODE_MINUTES = 30
CODE_TRIES = 10

# --- Logs -------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "lms.request_ids.RequestIdFilter"},
        "no_path": {"()": "lms.logs.NoPathFilter"},
    },
    "formatters": {"line": {"()": "lms.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["request_id"]}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO").upper()},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # What it says of refused requests is in the line that we write for each request.
        "django.request": {"level": "ERROR", "filters": ["no_path"]},
        "django.security": {"level": "ERROR"},
        # Two lines for every page that is indexed hide the lines that matter.
        "django_tasks": {"level": "WARNING"},
        "fontTools": {"level": "WARNING"},
        # Titles as they were typed, and paths; its own log of actions keeps who did what to which page.
        "wagtail": {"level": "WARNING"},
        # Two lines for each message, every few seconds; lms.celery writes one.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
