"""Production's settings, asked over plain http on loopback, with further pages to compare with."""

from lms.settings.production import *  # noqa: F403

# The load client speaks http; nothing else differs from production.
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = False
# Hundreds of learners sign in before anything is measured: signing in is not what is measured.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ROOT_URLCONF = "benchmarks.urls"
# … and it is one network from which all of them do, faster than any office.
ACCOUNT_RATE_LIMITS = False
