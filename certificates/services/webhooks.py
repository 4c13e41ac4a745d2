"""Which other systems are told of certificates, and what becomes of messages that did not arrive."""

import base64
import hashlib
from collections.abc import Sequence

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.enums import EventKind
from certificates.errors import EndpointRefused
from certificates.models import WebhookDelivery, WebhookEndpoint
from certificates.webhooks.addresses import objection_to
from staff import clock
from staff.models import Unit
from staff.personal_numbers import seal_secret


@transaction.atomic
def add_endpoint(
    *, name: str, unit: Unit, address: str, kinds: Sequence[str], tells_staff_code: bool, form_key: str, by
) -> tuple[WebhookEndpoint, str]:
    """From now on another system is told; with the secret that both sides know, shown once. Logged.

    The same form sent twice (``form_key``) gives the same secret and one row. Raises EndpointRefused.
    """
    if objection := objection_to(address):
        raise EndpointRefused(objection)
    if not unit.existed_on(clock.today()):
        raise EndpointRefused(_("No unit of today has this code or name."))
    chosen = [kind for kind in EventKind.values if kind in kinds]
    if not chosen:
        raise EndpointRefused(_("Choose at least one event."))
    secret = _secret(form_key, by)
    found, is_new = WebhookEndpoint.objects.get_or_create(
        form_hash=hashlib.sha256(secret.encode()).hexdigest(),
        defaults={
            "name": name,
            "unit": unit,
            "address": address,
            "kinds": chosen,
            "tells_staff_code": tells_staff_code,
            "secret_sealed": seal_secret(secret),
            "created_at": clock.now(),
            "created_by": by,
        },
    )
    if is_new:
        facts = {"name": name, "unit": unit.code, "address": address, "kinds": chosen, "codes": tells_staff_code}
        log(instance=found, action="certificates.webhook.add", user=by, data=facts)
    return found, secret


@transaction.atomic
def end_endpoint(*, endpoint: WebhookEndpoint, by) -> WebhookEndpoint:
    """Nothing more is sent; what waits is given up. A second call changes nothing. Logged."""
    found = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    if found.ended_at is None:
        found.ended_at = clock.now()
        found.save(update_fields=["ended_at"])
        WebhookDelivery.objects.waiting().filter(endpoint=found).update(given_up_at=found.ended_at)
        log(instance=found, action="certificates.webhook.end", user=by, data={"name": found.name})
    return found


@transaction.atomic
def switch_endpoint_on(*, endpoint: WebhookEndpoint, by) -> int:
    """Send again to an endpoint that was switched off, first what was given up; how many messages that are. Logged."""
    found = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    if found.switched_off_at is None or found.ended_at is not None:
        return 0
    found.switched_off_at = found.failing_since = None
    found.save(update_fields=["switched_off_at", "failing_since"])
    again = _wait_again(WebhookDelivery.objects.filter(endpoint=found))
    log(instance=found, action="certificates.webhook.on", user=by, data={"messages": again})
    return again


@transaction.atomic
def send_webhook_again(*, delivery_id: int, user) -> bool:
    """Let a message be sent at once, with all its tries, though it arrived, was postponed or given up. Logged.

    False where its endpoint is off or removed, or where the message waits or is under way anyway.
    """
    rows = WebhookDelivery.objects.filter(pk=delivery_id, endpoint__in=WebhookEndpoint.objects.live())
    now = clock.now()
    idle = rows.exclude(claimed_until__gt=now).exclude(sent_at=None, given_up_at=None, not_before__lte=now)
    found = idle.select_related("endpoint").first()
    if found is None or not _wait_again(idle, arrived_too=True):
        return False
    log(instance=found.endpoint, action="certificates.webhook.again", user=user, data={"message": str(found.event_id)})
    return True


def _wait_again(rows, *, arrived_too: bool = False) -> int:
    rows = rows if arrived_too else rows.exclude(given_up_at=None)
    return WebhookDelivery.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(
        sent_at=None, given_up_at=None, claimed_until=None, tries=0, not_before=clock.now(), fault=""
    )


def _secret(form_key: str, by) -> str:
    digest = salted_hmac("certificates.webhook", f"{form_key}:{by.pk}", algorithm="sha256").digest()
    return "whs_" + base64.urlsafe_b64encode(digest).decode().rstrip("=")
