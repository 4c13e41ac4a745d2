"""Which certificates no longer count, as a list of bits that anybody may fetch (W3C Bitstring Status List), signed.

A place in the list says nothing: places are dealt out in an order that only looks random, the whole list is fetched
at once, and what was never issued looks like what is in force.
"""

import base64
import gzip
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.db.models import Q

from certificates import signing
from certificates.badge_issuer import issuer_id
from certificates.enums import CertificateStatus
from certificates.models import Certificate
from certificates.signing.statements import sign_statement
from staff import clock

BITS = 131_072
# An odd factor makes a permutation of the places of a list.
_FACTOR, _OFFSET = 40_503, 12_345
# Seconds for which a signed list is served again: whoever revokes waits no longer than that.
KEPT = 45
VALID_FOR = timedelta(days=1)


def place_of(pk: int) -> tuple[int, int]:
    """The number of the list and the place in it for a certificate."""
    number, rest = divmod(pk, BITS)
    return number, (rest * _FACTOR + _OFFSET) % BITS


def address_of(number: int) -> str:
    return f"{settings.SITE_URL.rstrip('/')}/kt/trang-thai/{number}/"


def entry_of(pk: int) -> dict:
    """What a credential says about where its status is found."""
    number, place = place_of(pk)
    return {
        "id": f"{address_of(number)}#{place}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(place),
        "statusListCredential": address_of(number),
    }


def exists(number: int) -> bool:
    """Whether a certificate has its place there; the first list is always there."""
    last = Certificate.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    return number <= last // BITS


def signed_list(number: int) -> str:
    """The list as a signed credential (JWT), at most KEPT seconds old. Raises KeyProblem if nothing can be signed."""
    key = signing.current_key()
    name = f"certificates.status_list.{number}.{key.fingerprint}"
    kept = cache.get(name)
    if kept is None:
        kept = sign_statement(_credential(number), key=key, kind="vc+jwt")
        cache.set(name, kept, KEPT)
    return kept


def _credential(number) -> dict:
    now = clock.now().replace(microsecond=0)
    address, issuer = address_of(number), issuer_id()
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": now.isoformat(),
        "validUntil": (now + VALID_FOR).isoformat(),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encoded(number),
            "ttl": KEPT * 1000,
        },
        "iss": issuer,
        "jti": address,
        "nbf": int(now.timestamp()),
        "exp": int((now + VALID_FOR).timestamp()),
    }


def encoded(number: int) -> str:
    """The bits, the first one highest, packed (GZIP) and written in base64url with its mark "u"."""
    bits = bytearray(BITS // 8)
    for pk in _withdrawn().filter(pk__gte=number * BITS, pk__lt=(number + 1) * BITS).values_list("pk", flat=True):
        _number, place = place_of(pk)
        bits[place // 8] |= 0x80 >> place % 8
    packed = gzip.compress(bytes(bits), mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def _withdrawn():
    today = clock.today()
    revoked = Q(status=CertificateStatus.REVOKED, revoked_from__lte=today) | Q(qualification__revoked_from__lte=today)
    return Certificate.objects.filter(revoked | Q(status=CertificateStatus.SUPERSEDED))
