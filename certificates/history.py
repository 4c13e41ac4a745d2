"""What happened to one certificate: when, by whom and why, from the audit log, as people read it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from certificates.models import Certificate


@dataclass(frozen=True, slots=True)
class Event:
    """``by`` is empty for what the program did by itself."""

    at: datetime
    what: str
    by: str
    why: str


def history_of(certificate: Certificate) -> list[Event]:
    """Every entry of the log about ``certificate``, newest first. One query."""
    entries = ModelLogEntry.objects.for_instance(certificate).select_related("user").order_by("-timestamp", "-pk")
    return [Event(entry.timestamp, entry.message, _author(entry), _reason(entry)) for entry in entries]


def _author(entry) -> str:
    return entry.user.full_name if entry.user else ""


def _reason(entry) -> str:
    data, said = entry.data, []
    if data.get("reason"):
        said.append(data["reason"].rstrip("."))
    if entry.action == "certificates.revoke" and data.get("from"):
        said.append(_("does not count from %(day)s on") % {"day": f"{date.fromisoformat(data['from']):%d/%m/%Y}"})
    if data.get("decision"):
        said.append(data["decision"])
    if data.get("level"):
        said.append(data["level"])
    return " · ".join(said)
