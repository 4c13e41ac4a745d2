"""Who may see and do what about which units."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from staff import clock
from staff.enums import Capability
from staff.models.dated import Dated, DatedQuerySet


class ScopeQuerySet(DatedQuerySet):
    def of(self, user, *capabilities: Capability):
        """The scopes of ``user`` that grant one of ``capabilities`` (any, if none is named)."""
        scopes = self.filter(user=user)
        return scopes.filter(capability__in=capabilities) if capabilities else scopes

    def units_of(self, user, *capabilities: Capability) -> list:
        """The units that head the subtrees of ``user`` today. A scope ends with its unit."""
        today = clock.today()
        scopes = self.of(user, *capabilities).on(today).select_related("unit")
        return [scope.unit for scope in scopes if scope.unit.existed_on(today)]


class Scope(Dated):
    """An account may act as ``capability`` for a unit and all below it, from a day until a day.

    It ends with its unit; the reorganisation proposes new ones that an administrator confirms.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="scopes")
    unit = models.ForeignKey("staff.Unit", on_delete=models.PROTECT, related_name="scopes")
    capability = models.CharField(max_length=10, choices=Capability)

    objects = ScopeQuerySet.as_manager()

    class Meta:
        verbose_name = _("scope")
        constraints = [Dated.ends_after_it_begins("scope_ends_after_it_begins")]

    def __str__(self):
        return f"{self.user} · {self.get_capability_display()} · {self.unit}"
