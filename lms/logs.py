"""Log lines: one a line, with the id of the request that they belong to; as JSON in production.

A line may carry ``extra={"facts": {...}}``: its names stand beside the message. Nothing that somebody sent is in a line
except as a value that cannot end it.
"""

import json
import logging
import re
from datetime import UTC, datetime

from django.conf import settings

from staff import security_log

requests = logging.getLogger("lms.requests")

# json.dumps escapes CR and LF; readers that split at any line break also know these.
_OTHER_BREAKS = re.compile("[\x7f\x85\u2028\u2029]")
_BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")
_QUIET_ROUTES = {"health"}


def _escaped(match: re.Match) -> str:
    return f"\\u{ord(match[0]):04x}"


class JsonFormatter(logging.Formatter):
    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "request": getattr(record, "request_id", "-"),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return _OTHER_BREAKS.sub(_escaped, json.dumps(line, ensure_ascii=False, default=str))


class LineFormatter(logging.Formatter):
    """For people at a terminal: the same in words; a trace follows on lines of its own."""

    def __init__(self):
        super().__init__("{asctime} {levelname} {request_id} {name} {message}", style="{", defaults={"request_id": "-"})

    def formatMessage(self, record):  # noqa: N802 - logging's own name
        return _BREAKS.sub(_escaped, super().formatMessage(record))


class NoPathFilter(logging.Filter):
    """Django names the path of a request that failed; paths carry reset keys and codes, routes do not."""

    def filter(self, record):
        if request := getattr(record, "request", None):
            record.msg, record.args = "The request failed: %s", (route_of(request),)
        return True


def route_of(request) -> str:
    """The name of the route that took the request, "-" if none did."""
    match = getattr(request, "resolver_match", None)
    return match.view_name if match and match.view_name else "-"


def log_request(request, response, *, seconds: float) -> None:
    """One line for each request: which route, whose account, how it ended, how long it took.

    Whom the page never asked for is not asked for here either. A refusal to somebody who is signed in gets a line
    of its own, with the ids that were asked for.
    """
    route, status = route_of(request), response.status_code
    user = getattr(request, "_cached_user", None)
    facts = {
        "event": "request",
        "method": request.method if request.method in _METHODS else "other",
        "route": route,
        "status": status,
        "ms": round(seconds * 1000),
        "user": user.pk if user is not None else None,
    }
    level = _level(request, route, status)
    requests.log(level, "%s %s %s", facts["method"], route, status, extra={"facts": facts})
    if status in {403, 404} and user is not None and user.pk and request.resolver_match:
        ids = {name: value for name, value in request.resolver_match.kwargs.items() if isinstance(value, int)}
        security_log.note("refused", request=request, route=route, status=status, asked_for=ids)


_METHODS = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}


def _level(request, route: str, status: int) -> int:
    if status >= 500 and route not in _QUIET_ROUTES:
        return logging.ERROR
    if route in _QUIET_ROUTES or request.path_info.startswith(settings.STATIC_URL):
        return logging.DEBUG
    return logging.WARNING if status >= 400 and status not in {401, 404} else logging.INFO
