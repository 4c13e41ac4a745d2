"""What every response of the site shares."""

import re
import time
import uuid
from contextlib import suppress
from functools import partial
from ipaddress import ip_address
from urllib.parse import unquote_plus

from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware, get_user
from django.core.exceptions import BadRequest, MiddlewareNotUsed
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.functional import SimpleLazyObject

from lms import request_ids
from lms.logs import log_request
from staff.session_store import account_brought_by
from staff.sessions import LANGUAGE_SESSION_KEY

_WELL_FORMED_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")


class RequestIdMiddleware:
    """Gives each request an id (the proxy's, where it sent a well-formed one) and returns it as ``X-Request-ID``.

    Outermost of all, it also writes the request's one line in the log.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        sent = request.headers.get("X-Request-ID", "")
        request.id = sent if _WELL_FORMED_ID.match(sent) else uuid.uuid4().hex
        token, begun = request_ids.begin(request.id), time.monotonic()
        try:
            response = self.get_response(request)
            log_request(request, response, seconds=time.monotonic() - begun)
        finally:
            request_ids.end(token)
        response["X-Request-ID"] = request.id
        return response


class WellFormedMiddleware:
    """Refuses an address with a NUL in it: no word of anybody's has one, and PostgreSQL takes none."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\x00" in request.path_info or "\x00" in unquote_plus(request.META.get("QUERY_STRING", "")):
            raise BadRequest("a NUL in the address")
        return self.get_response(request)


class ProxyMiddleware:
    """Behind our own proxy, the client's address is the last one the proxy wrote, not the proxy's.

    Without it all clients look like one, and limits that count per client would count everybody together. What
    stands before the last address was sent by the client and is not believed.
    """

    def __init__(self, get_response):
        if not settings.BEHIND_PROXY:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request):
        written = request.headers.get("X-Forwarded-For", "").rsplit(",", 1)[-1].strip()
        with suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(ip_address(written))
        return self.get_response(request)


class CacheControlMiddleware:
    """Keeps private pages out of every cache: on a shared computer Back must not show the last person's marks."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


class LanguageMiddleware:
    """Vietnamese, unless the reader chose English: in the profile of the account, or by the language switch.

    The profile holds for as long as its session does; the next person at a shared computer finds Vietnamese again.
    ``Accept-Language`` is ignored, because the browsers of shared office computers say nothing about who sits there.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        chosen = self._of_the_profile(request) or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME)
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    def _of_the_profile(self, request) -> str | None:
        """From the session, which is read anyway to know who is signed in; without its cookie nothing is asked."""
        if settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        return request.session.get(LANGUAGE_SESSION_KEY)


class AccountMiddleware(AuthenticationMiddleware):
    """Who is signed in, judged by Django as always, but of the account that was read together with the session."""

    def process_request(self, request):
        super().process_request(request)
        request.user = SimpleLazyObject(partial(_account_of, request))


def _account_of(request):
    with account_brought_by(request.session):
        return get_user(request)


class HeadersMiddleware:
    """The headers that every response carries: pages, errors, redirects, static files. It stands outermost for that.

    The site's policy is strict. The CMS has its own, because Wagtail's edit pages carry inline scripts and
    show previews in a frame; a preview has been through here already, as the page it shows, so that the CMS's
    headers replace what they find. These are all policies there are: django-csp writes them once, not once a response,
    and its nonces and decorators for single views are not used.
    """

    CMS = "/cms/"
    CMS_POLICY = {
        "script-src": ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "frame-src": ["'self'"],
        "frame-ancestors": ["'self'"],
    }
    PERMISSIONS = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"

    def __init__(self, get_response):
        self.get_response = get_response
        self._policy, self._cms_policy = build_policy(), build_policy(replace=self.CMS_POLICY)

    def __call__(self, request):
        headers = (response := self.get_response(request)).headers
        if request.path_info.startswith(self.CMS):
            headers["Content-Security-Policy"] = self._cms_policy
            headers["X-Frame-Options"] = "SAMEORIGIN"
        else:
            headers.setdefault("Content-Security-Policy", self._policy)
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Permissions-Policy"] = self.PERMISSIONS
        return response
