"""How often one token may ask."""

from django.core.cache import cache
from django.utils.translation import gettext as _

from staff import clock
from staff.api.problems import Problem

MINUTE = 60


def count_request(whose: str, most: int) -> None:
    """Counts a request of this minute; beyond ``most`` raises a Problem that says when to come again."""
    seconds = int(clock.now().timestamp())
    key = f"api.{whose}.{seconds // MINUTE}"
    cache.add(key, 0, timeout=2 * MINUTE)
    try:
        count = cache.incr(key)
    except ValueError:  # it ended between the two
        count = 1
    if count and count > most:
        wait = MINUTE - seconds % MINUTE
        detail = _("At most %(most)s requests a minute. Come again in %(wait)s seconds.") % {"most": most, "wait": wait}
        raise Problem(429, "too_many", detail, {"Retry-After": str(wait)})
