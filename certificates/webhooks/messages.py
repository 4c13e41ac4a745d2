"""What a message says, and how the receiver knows that it is ours."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

from django.conf import settings
from django.urls import reverse

from certificates.models import CertificateEvent
from certificates.queries import PublicRecord

# No more than the check page shows to whoever has the code.
_TOLD = (
    "code",
    "number",
    "holder",
    "unit",
    "course_code",
    "course",
    "hours",
    "issuer",
    "issued_on",
    "status",
    "valid_until",
    "revoked_from",
    "replaced_by",
    "is_demonstration",
)


def body_of(event: CertificateEvent, record: PublicRecord, staff_code: str | None) -> str:
    """The message in JSON; ``staff_code`` only where the endpoint is told codes (None: it is not)."""
    certificate = {name: getattr(record, name) for name in _TOLD}
    certificate["check_address"] = settings.SITE_URL + reverse("verification:check", args=[record.code])
    message = {
        "id": str(event.key),
        "type": f"certificate.{event.kind}",
        "occurred_at": _instant(event.occurred_at),
        "certificate": certificate,
    }
    if staff_code is not None:
        message["staff_code"] = staff_code
    return json.dumps(message, ensure_ascii=False, default=lambda day: day.isoformat())


def trial_body(key: str, moment: datetime) -> str:
    """A message about no certificate, by which both sides see that the way is open."""
    return json.dumps({"id": key, "type": "trial", "occurred_at": _instant(moment)})


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def signature_of(secret: str, timestamp: int, body: str) -> str:
    """HMAC-SHA256 over the timestamp, a full stop and the body, in hex."""
    return hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


def headers_of(key: str, secret: str, timestamp: int, body: str) -> dict[str, str]:
    return {
        "User-Agent": "hoc-cntt-webhooks/1",
        "Webhook-Id": key,
        "Webhook-Timestamp": str(timestamp),
        "Webhook-Signature": f"v1={signature_of(secret, timestamp, body)}",
    }
