"""How answers look: pages by key, days, and tags that tell whether anything changed."""

import hashlib
from datetime import date

from django.http import HttpResponseNotModified
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from ninja import NinjaAPI, Query

from staff import clock
from staff.api.problems import Problem, ProblemOut, not_found
from staff.api.tokens import Sight
from staff.models import Unit

MOST_ON_A_PAGE = 500
# Nothing is recorded of earlier years.
FIRST_YEAR = 1990
LAST_KEY = 2**63 - 1

# The words of every list: what was last on the page before, and how many lines.
After = Query(0, ge=0, le=LAST_KEY, description="the `next` of the page before")
Limit = Query(100, ge=1, le=MOST_ON_A_PAGE)
On = Query(None, description="a day (YYYY-MM-DD), today unless said; not in the future")

# What may come instead of an answer, for the description.
REFUSALS = {401: ProblemOut, 403: ProblemOut, 404: ProblemOut, 422: ProblemOut, 429: ProblemOut}


class Api(NinjaAPI):
    """Answers carry a tag of what they say: who sends it back with If-None-Match is told when nothing changed."""

    def create_response(self, request, data, *, status=None, temporal_response=None):
        response = super().create_response(request, data, status=status, temporal_response=temporal_response)
        if request.method == "GET" and response.status_code == 200:
            tag = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
            known = parse_etags(request.headers.get("If-None-Match", ""))
            # behind a compressing proxy tags come back weak
            if "*" in known or tag in {one.removeprefix("W/") for one in known}:
                response = HttpResponseNotModified()
            response["ETag"] = tag
        response["Cache-Control"] = "private, no-cache"
        response["Content-Language"] = translation.get_language()
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response


def day_of(on: date | None) -> date:
    """The day that was asked about, today unless said; a Problem for one ahead, or before anything is known."""
    today = clock.today()
    if on is not None and on > today:
        raise Problem(422, "bad_parameter", _("The cut-off day must not lie in the future."))
    if on is not None and on.year < FIRST_YEAR:
        words = _("There are no figures before the year %(year)s.") % {"year": FIRST_YEAR}
        raise Problem(422, "bad_parameter", words)
    return on or today


def unit_of(sight: Sight, code: str) -> Unit:
    """The unit that the token sees, or the Problem that there is none."""
    unit = sight.units.filter(code=code).first()
    if unit is None:
        raise not_found()
    return unit


def page_of(rows, limit: int, key) -> tuple[list, int | None]:
    """(the first ``limit`` of ``rows``, the key that the next page begins after: None on the last page). One query."""
    found = list(rows[: limit + 1])
    if len(found) <= limit:
        return found, None
    return found[:limit], key(found[limit - 1])
