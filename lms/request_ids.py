"""The id that ties together a request, the lines that it logged and the work that it caused."""

import logging
from contextvars import ContextVar

NONE = "-"
_request_id: ContextVar[str] = ContextVar("request_id", default=NONE)


def current_request_id() -> str:
    """The id of the request being served, or of the one whose work is being done; "-" outside of one."""
    return _request_id.get()


def begin(request_id: str):
    """From here on, in this thread, lines belong to ``request_id``. Returns what ``end`` wants."""
    return _request_id.set(request_id)


def end(token) -> None:
    _request_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Puts the request id on every log line, so that an error page and its log entry find each other."""

    def filter(self, record):
        record.request_id = current_request_id()
        return True
