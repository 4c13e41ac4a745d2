"""Tokens by which other systems read."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import ApiPermission
from staff.models.fields import NfcCharField


class ApiTokenQuerySet(models.QuerySet):
    def usable(self):
        """Tokens that nobody has ended and whose last day is not over."""
        return self.filter(ended_at=None, valid_until__gte=clock.today())

    def newest_first(self):
        """Everything the page of tokens prints, in one query."""
        return self.select_related("unit__parent", "created_by").order_by("-pk")


class ApiToken(models.Model):
    """Another system that may read about a unit and all below it, as an HR officer of that unit could.

    Only a hash of the token is kept; ``beginning`` is what its owner recognises it by. ``permissions`` are values of
    ApiPermission. Like a scope it ends with its unit. ``last_used_at`` is at most an hour old: a request that comes
    sooner writes nothing.
    """

    name = NfcCharField(_("system"), max_length=120)
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="+")
    permissions = models.JSONField(default=list)
    beginning = models.CharField(max_length=12)
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    valid_until = models.DateField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("token of another system")
        constraints = [
            models.CheckConstraint(name="api_token_may_something", condition=~Q(permissions=[])),
        ]

    def __str__(self):
        return self.name

    @property
    def heads(self) -> list:
        """The units that head what it sees today: its own, or none once that has closed."""
        return [self.unit] if self.unit.existed_on(clock.today()) else []

    def may(self, permission: ApiPermission) -> bool:
        return permission in self.permissions

    @property
    def state(self) -> str:
        """ "active", "ended", "expired", or "closed" where its unit is no more."""
        if self.ended_at is not None:
            return "ended"
        if self.valid_until < clock.today():
            return "expired"
        return "active" if self.heads else "closed"

    @property
    def permission_labels(self) -> list:
        return [ApiPermission(value).label for value in self.permissions]
