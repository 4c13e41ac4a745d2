"""Is the service well? For the balancer and the person on duty; says no more than that."""

import logging
import time

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.http import JsonResponse
from django.views.decorators.http import require_safe

from lms.background import LAST_SWEEP, SWEEP_SECONDS

logger = logging.getLogger(__name__)

LATE_AFTER = 5 * SWEEP_SECONDS


@login_not_required
@require_safe
def page(request):
    """200 while pages can be served, which needs the database only; with ``?strict``, 503 when anything is amiss.

    A balancer asks without ``strict``: taking the site away because the cache or the worker is away would make a
    small fault a large one. Monitoring asks with it.
    """
    parts = {"database": _database(), "cache": _cache(), "work": _work()}
    well = all(state == "ok" for state in parts.values())
    serving = parts["database"] == "ok"
    status = 200 if (well if "strict" in request.GET else serving) else 503
    return JsonResponse({"status": "ok" if well else "degraded" if serving else "down", **parts}, status=status)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        logger.exception("The database does not answer")
        return "away"
    return "ok"


def _cache() -> str:
    try:
        cache.set("lms.health", "ok", timeout=10)
        return "ok" if cache.get("lms.health") == "ok" and not getattr(cache, "is_away", False) else "away"
    except DatabaseError:
        return "away"


def _work() -> str:
    """Whether the sweepers ran within the last minutes; "unknown" before their first round."""
    try:
        last = cache.get(LAST_SWEEP)
    except DatabaseError:
        return "unknown"
    if last is None:
        return "unknown"
    return "ok" if time.time() - last < LATE_AFTER else "late"
