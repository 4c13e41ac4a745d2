"""The services of others that a signature leans on: the time-stamp authority, and who says what was revoked."""

import time

from django.conf import settings
from pyhanko.sign.timestamps.requests_client import RequestsHTTPTimeStamper
from pyhanko_certvalidator.fetchers.requests_fetchers import RequestsFetcherBackend

from certificates.enums import SignatureLevel

# An authority that did not answer is left alone for so long, so that issuing does not wait for it each time.
REST = 60
_away: dict[str, float] = {}


def wanted_level() -> SignatureLevel:
    """The level that every certificate shall reach: SIGNING_LEVEL, as far as there is an authority for it."""
    level = SignatureLevel.named(settings.SIGNING_LEVEL)
    return level if settings.SIGNING_TSA_URL else SignatureLevel.B


def time_stamper():
    """A client of the time-stamp authority, or None if there is none."""
    if not settings.SIGNING_TSA_URL:
        return None
    return RequestsHTTPTimeStamper(settings.SIGNING_TSA_URL, timeout=settings.SIGNING_TSA_SECONDS)


def is_away() -> bool:
    """Whether the authority failed this process within the last minute."""
    return time.monotonic() < _away.get(settings.SIGNING_TSA_URL, 0)


def note_absence() -> None:
    _away[settings.SIGNING_TSA_URL] = time.monotonic() + REST


def note_presence() -> None:
    _away.pop(settings.SIGNING_TSA_URL, None)


def fetchers() -> RequestsFetcherBackend:
    """Asks the authorities' revocation services over the network."""
    return RequestsFetcherBackend(per_request_timeout=settings.SIGNING_TSA_SECONDS)
