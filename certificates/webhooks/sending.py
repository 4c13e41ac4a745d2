"""Who is told of what, and the telling itself: at least once, later and later after a failure, given up after days.

``spread_events`` reads what verbs have written; ``send_waiting`` posts. Only the second one waits for strangers, and it
does so in a thread of its own, so that a dead receiver holds up no other work of the process.
"""

import atexit
import logging
import threading
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from functools import partial
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.db import connections, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.enums import CertificateStatus, EventKind, PostFault
from certificates.models import Certificate, CertificateEvent, WebhookDelivery, WebhookEndpoint
from certificates.queries import public_records
from certificates.webhooks import posting
from certificates.webhooks.messages import body_of, headers_of, trial_body
from staff import clock
from staff.models import StaffMember, User
from staff.personal_numbers import unseal_secret
from staff.services import notify

logger = logging.getLogger(__name__)

SPREAD_AT_ONCE, SENT_A_ROUND = 200, 50
CLAIM = timedelta(seconds=60)
_MINUTE, _HOUR = 60, 3600
# The pauses after the first failures; afterwards twice a day.
PAUSES = [30, 2 * _MINUTE, 10 * _MINUTE, 30 * _MINUTE, _HOUR, 3 * _HOUR, 6 * _HOUR]
LAST_PAUSE = 12 * _HOUR
# A little more than five days of pauses: an endpoint at which nothing arrived for five days is switched off by then.
MOST_TRIES = 18
PATIENCE = timedelta(days=5)
# How far back it is looked for certificates that have expired; once an hour.
EXPIRED_WITHIN = timedelta(days=60)
# Without an answer in HTTP it is the receiver that is away, not this message that is refused.
AWAY = {PostFault.NAME, PostFault.FORBIDDEN, PostFault.UNREACHABLE, PostFault.TLS, PostFault.TIMEOUT}


def note_event(certificate: Certificate, kind: EventKind) -> None:
    """Write down, in the transaction of the verb, that this happened to the certificate; a second time is the same."""
    event = CertificateEvent(certificate=certificate, kind=kind, occurred_at=clock.now())
    CertificateEvent.objects.bulk_create([event], ignore_conflicts=True)


def note_expired() -> int:
    """Write down which certificates expired lately; how many were new. Looks once an hour, if anybody wants to know."""
    wanted = any(EventKind.EXPIRED in kinds for kinds in WebhookEndpoint.objects.live().values_list("kinds", flat=True))
    if not wanted or not cache.add("certificates.webhooks.expired", True, timeout=_HOUR):
        return 0
    today = clock.today()
    noted = CertificateEvent.objects.filter(certificate=OuterRef("pk"), kind=EventKind.EXPIRED)
    over = Certificate.objects.filter(
        ~Exists(noted),
        status=CertificateStatus.ISSUED,
        qualification__valid_until__lt=today,
        qualification__valid_until__gte=today - EXPIRED_WITHIN,
    )
    found = over.values_list("pk", "qualification__valid_until")
    rows = [
        CertificateEvent(certificate_id=pk, kind=EventKind.EXPIRED, occurred_at=_midnight_after(last))
        for pk, last in found
    ]
    CertificateEvent.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def _midnight_after(day) -> datetime:
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time()))


def spread_events() -> int:
    """Write a message to every endpoint that is to be told of what happened; how many were written."""
    if not CertificateEvent.objects.filter(spread_at=None).exists():
        return 0
    with transaction.atomic():
        locked = CertificateEvent.objects.select_for_update(of=("self",)).filter(spread_at=None)
        person = "certificate__qualification__staff_member"
        rows = locked.select_related(f"{person}__user", f"{person}__merged_into__user").order_by("pk")
        events = list(rows[:SPREAD_AT_ONCE])
        endpoints = list(WebhookEndpoint.objects.live().select_related("unit").order_by("pk"))
        deliveries = list(_deliveries(events, endpoints)) if endpoints else []
        WebhookDelivery.objects.bulk_create(deliveries, ignore_conflicts=True)
        CertificateEvent.objects.filter(pk__in=[event.pk for event in events]).update(spread_at=clock.now())
    return len(deliveries)


def _deliveries(events: list[CertificateEvent], endpoints: list[WebhookEndpoint]) -> Iterable[WebhookDelivery]:
    today, now = clock.today(), clock.now()
    records = public_records([event.certificate.code for event in events], on=today)
    people = {event.certificate.qualification.staff_member_id for event in events}
    for endpoint in endpoints:
        if not endpoint.unit.existed_on(today):
            continue
        seen = StaffMember.objects.seen_from([endpoint.unit])
        hers = Q(pk__in=seen, merged_into=None) | Q(merged_into__in=seen)
        theirs = set(StaffMember.objects.filter(hers, pk__in=people).values_list("pk", flat=True))
        for event in events:
            person = event.certificate.qualification.staff_member
            if event.kind not in endpoint.kinds or person.pk not in theirs or event.occurred_at < endpoint.created_at:
                continue
            account = getattr(person.merged_into or person, "user", None)
            code = (account.staff_code if account else "") if endpoint.tells_staff_code else None
            body = body_of(event, records[event.certificate.code], code)
            yield WebhookDelivery(endpoint=endpoint, event=event, body=body, created_at=now, not_before=now)


def send_waiting() -> int:
    """Post what is due; how many messages arrived. One that fails stops no other."""
    now = clock.now()
    due = WebhookDelivery.objects.due(now).filter(endpoint__in=WebhookEndpoint.objects.live())
    arrived = 0
    for pk in list(due.order_by("not_before", "pk").values_list("pk", flat=True)[:SENT_A_ROUND]):
        now = clock.now()
        free = WebhookDelivery.objects.due(now).filter(pk=pk)
        # nothing else is known before it was tried: a process that dies here leaves a try behind
        if free.update(claimed_until=now + CLAIM, tries=F("tries") + 1):
            arrived += _send(pk)
    return arrived


def _send(pk: int) -> bool:
    delivery = WebhookDelivery.objects.select_related("endpoint", "event").get(pk=pk)
    endpoint = delivery.endpoint
    outcome = _post(endpoint, str(delivery.event.key), delivery.body)
    if outcome.fault:
        _postpone(delivery, outcome)
        return False
    WebhookDelivery.objects.filter(pk=pk).update(
        sent_at=clock.now(), claimed_until=None, fault="", last_status=outcome.status, given_up_at=None
    )
    WebhookEndpoint.objects.filter(pk=endpoint.pk).exclude(failing_since=None).update(failing_since=None)
    return True


def send_trial(endpoint: WebhookEndpoint, *, by) -> posting.Outcome:
    """Post a message of type "trial", signed as all others, and tell at once what came of it. Logged, nothing else."""
    key = str(uuid4())
    outcome = _post(endpoint, key, trial_body(key, clock.now()))
    data = {"fault": str(outcome.fault), "status": outcome.status}
    log(instance=endpoint, action="certificates.webhook.trial", user=by, data=data)
    return outcome


def _post(endpoint: WebhookEndpoint, key: str, body: str) -> posting.Outcome:
    headers = headers_of(key, unseal_secret(endpoint.secret_sealed), int(clock.now().timestamp()), body)
    return posting.post(endpoint.address, body.encode(), headers)


def pause_after(tries: int) -> timedelta:
    """How long nothing is tried after so many failures."""
    return timedelta(seconds=PAUSES[tries - 1] if tries <= len(PAUSES) else LAST_PAUSE)


def _postpone(delivery: WebhookDelivery, outcome: posting.Outcome) -> None:
    now = clock.now()
    again = now + pause_after(delivery.tries)
    with transaction.atomic():
        WebhookDelivery.objects.filter(pk=delivery.pk, sent_at=None).update(
            claimed_until=None,
            not_before=again,
            fault=outcome.fault,
            last_status=outcome.status,
            given_up_at=now if delivery.tries >= MOST_TRIES else None,
        )
        endpoint = WebhookEndpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
        if outcome.fault in AWAY:
            # whoever does not answer is not asked again for each message that waits
            waiting = WebhookDelivery.objects.waiting().filter(endpoint=endpoint, not_before__lt=again)
            waiting.update(not_before=again)
        if endpoint.failing_since is None:
            endpoint.failing_since = now
            endpoint.save(update_fields=["failing_since"])
        elif now - endpoint.failing_since > PATIENCE and endpoint.switched_off_at is None:
            _switch_off(endpoint, now)
    logger.warning("Message %s did not arrive (%s %s)", delivery.pk, outcome.fault, outcome.status or "")


def _switch_off(endpoint: WebhookEndpoint, now) -> None:
    endpoint.switched_off_at = now
    endpoint.save(update_fields=["switched_off_at"])
    WebhookDelivery.objects.waiting().filter(endpoint=endpoint).update(given_up_at=now)
    log(instance=endpoint, action="certificates.webhook.off", data={"since": endpoint.failing_since.isoformat()})
    for administrator in User.objects.filter(is_superuser=True, is_active=True):
        notify(
            to=administrator,
            kind="webhook.off",
            key=f"webhook-off:{endpoint.pk}:{now:%Y%m%d%H%M%S}",
            words=partial(_off_words, endpoint.name),
            path=reverse("webhooks:endpoint", args=[endpoint.pk]),
        )


def _off_words(name: str) -> tuple[str, str]:
    return _("No more messages to %(name)s") % {"name": name}, _(
        "For five days no message about certificates has arrived at %(name)s, so none is sent any more. When the other "
        "side is mended, switch it on again: what was given up is then sent."
    ) % {"name": name}


class Sender:
    """``send_waiting`` in a thread of its own, one at a time in a process; whoever wakes it does not wait."""

    def __init__(self):
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._error: Exception | None = None

    def wake(self) -> None:
        """Sends what waits. What the last round failed with is raised here, where failures are counted."""
        if settings.CELERY_TASK_ALWAYS_EAGER:
            send_waiting()
            return
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            error, self._error = self._error, None
            if error is None:
                if self._thread is None:
                    # a process that ends, as `manage.py work --once` does, first hears the answer it waits for
                    atexit.register(self.join, posting.ALL_SECONDS + 1)
                self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
                self._thread.start()
        if error is not None:
            raise error

    def join(self, seconds: float) -> None:
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            send_waiting()
        except Exception as error:  # noqa: BLE001 - told by the next wake
            self._error = error
        finally:
            connections.close_all()


sender = Sender()
