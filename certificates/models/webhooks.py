"""What happens to certificates, and who is told of it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from certificates.enums import EventKind, PostFault
from certificates.models.certificates import Certificate
from certificates.webhooks.posting import Outcome
from staff import clock
from staff.models.fields import NfcCharField


class CertificateEvent(models.Model):
    """Something happened to a certificate: written in the transaction of the verb that did it, once of each kind.

    ``key`` is what receivers know it by. Until ``spread_at`` nobody has looked yet who is to be told.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    certificate = models.ForeignKey(Certificate, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=12, choices=EventKind)
    occurred_at = models.DateTimeField(default=timezone.now)
    spread_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("event of a certificate")
        indexes = [models.Index(fields=["id"], name="events_to_spread", condition=Q(spread_at=None))]
        constraints = [
            models.UniqueConstraint(fields=["certificate", "kind"], name="one_event_of_a_kind_per_certificate")
        ]

    def __str__(self):
        return f"{self.certificate_id} · {self.kind}"


class WebhookEndpointQuerySet(models.QuerySet):
    def live(self):
        """Those to whom something may be sent: neither removed nor switched off."""
        return self.filter(ended_at=None, switched_off_at=None)

    def for_list(self):
        """With how many messages arrived, wait and were given up."""
        return (
            self.select_related("unit__parent")
            .annotate(
                arrived=Count("deliveries", filter=Q(deliveries__sent_at__isnull=False)),
                waiting=Count("deliveries", filter=Q(deliveries__sent_at=None, deliveries__given_up_at=None)),
                given_up=Count("deliveries", filter=Q(deliveries__given_up_at__isnull=False)),
            )
            .order_by("-pk")
        )


class WebhookEndpoint(models.Model):
    """Another system that is told of events of a unit's people, and of all below it, at an address of its own.

    ``secret_sealed`` signs what is sent and is kept encrypted; ``form_hash`` knows a form that was sent twice. Since
    ``failing_since`` nothing has arrived; ``switched_off_at`` says that we gave up until an administrator
    switches it on. Like a scope it ends with its unit.
    """

    name = NfcCharField(_("system"), max_length=120)
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    address = models.CharField(_("address"), max_length=500)
    kinds = models.JSONField(default=list)
    tells_staff_code = models.BooleanField(default=False)
    secret_sealed = models.BinaryField(editable=False)
    form_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    failing_since = models.DateTimeField(null=True, blank=True)
    switched_off_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = _("system that is told of certificates")

    def __str__(self):
        return self.name

    @property
    def state(self) -> str:
        """ "on", "failing", "off", "ended", or "closed" where its unit is no more."""
        if self.ended_at is not None:
            return "ended"
        if self.switched_off_at is not None:
            return "off"
        if not self.unit.existed_on(clock.today()):
            return "closed"
        return "failing" if self.failing_since is not None else "on"

    @property
    def kind_labels(self) -> list:
        return [EventKind(kind).label for kind in self.kinds]


class WebhookDeliveryQuerySet(models.QuerySet):
    def waiting(self):
        """What has neither arrived nor been given up."""
        return self.filter(sent_at=None, given_up_at=None)

    def due(self, now):
        """Of these, what may be sent now and nobody is at work on."""
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        return self.waiting().filter(free, not_before__lte=now)


class WebhookDelivery(models.Model):
    """An event that an endpoint is told. ``body`` is frozen, so that every try sends the same bytes."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.PROTECT, related_name="deliveries")
    event = models.ForeignKey(CertificateEvent, on_delete=models.PROTECT, related_name="deliveries")
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveIntegerField(default=0)
    fault = models.CharField(max_length=12, choices=PostFault, blank=True)
    last_status = models.PositiveSmallIntegerField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    objects = WebhookDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("message to another system")
        indexes = [
            models.Index(fields=["not_before"], name="webhooks_waiting", condition=Q(sent_at=None, given_up_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event"], name="one_delivery_per_endpoint_and_event"),
            models.CheckConstraint(
                name="webhook_not_sent_and_given_up", condition=Q(sent_at=None) | Q(given_up_at=None)
            ),
        ]

    def __str__(self):
        return f"{self.endpoint_id} · {self.event_id}"

    @property
    def fault_words(self) -> str:
        """What went wrong at the last try, in words."""
        return Outcome(self.fault, self.last_status).words
