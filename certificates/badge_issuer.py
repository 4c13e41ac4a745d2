"""Who issues badges and the list of what no longer counts: one address, which says so in JSON."""

from datetime import date

from django.conf import settings

from certificates.models import Issuer

CONTEXTS = ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"]


def issuer_id() -> str:
    """The address of the profile: the installation's, because one key signs for all its bodies."""
    return f"{settings.SITE_URL.rstrip('/')}/kt/ho-so-co-quan/"


def profile(*, on: date) -> dict:
    """The installation as an Open Badges profile, and the bodies in whose name it issues on that day."""
    bodies = Issuer.objects.on(on).filter(is_demonstration=bool(getattr(settings, "DEMO", False)))
    names = list(dict.fromkeys(bodies.order_by("-valid_from", "-pk").values_list("name", flat=True)))
    found = {"@context": CONTEXTS, "id": issuer_id(), "type": ["Profile"], "url": settings.SITE_URL.rstrip("/")}
    found["name"] = names[0] if names else "Học CNTT"
    if len(names) > 1:
        found["description"] = "; ".join(names)
    return found
