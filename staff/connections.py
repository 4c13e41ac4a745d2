"""The pages about other systems that stand beside each other. A room above adds its own."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

# (route, words), in the order of the tabs.
PAGES: list[tuple[str, object]] = [("connections:tokens", _("Tokens"))]


def tabs_for(current: str) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is this page) of every page."""
    return [(str(words), reverse(route), route == current) for route, words in PAGES]
