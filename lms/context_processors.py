"""What every template may ask for."""

from django.conf import settings


def page(request):
    """``DEMO`` says whether this is the demonstration; ``request_id`` names the request on error pages."""
    return {"DEMO": getattr(settings, "DEMO", False), "request_id": getattr(request, "id", "-")}
