"""Production's settings, asked over plain http on loopback, with two further pages to compare with."""

from lms.settings.production import *  # noqa: F403

# The load client speaks http; nothing else differs from production.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
ROOT_URLCONF = "benchmarks.urls"
