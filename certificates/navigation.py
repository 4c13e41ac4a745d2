"""The pages of this room that stand beside each other."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from certificates.access import can_sign_outside
from certificates.signing import is_outside


def tabs_for(user, current: str) -> list[tuple[str, str, bool]]:
    """(words, address, whether it is this page) of the pages that ``user`` may open."""
    pages = [("desk", _("Issuing desk")), ("register", _("Register")), ("expiring", _("Expiring soon"))]
    if is_outside() and can_sign_outside(user):
        pages.append(("batches", pgettext("certificates", "Signing")))
    if user.is_superuser:
        pages += [
            ("templates", _("Templates")),
            ("issuers", _("Issuing bodies")),
            ("inherited", _("Registers taken over")),
        ]
    return [(words, reverse(f"certificates:{name}"), name == current) for name, words in pages]
