"""Is the service well, part by part? For the balancer, monitoring and the person on duty; a word a part, no more.

Whatever hangs, the answer comes within two seconds: parts outside this process are asked at the same time, each in a
thread of its own, and one that has not answered by then counts as away. One that still hangs is not asked again.
"""

import logging
import os
import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.files.storage import FileSystemStorage, storages
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections
from django.http import JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from certificates.signing import key_condition
from lms.background import SWEEP_SECONDS, name_of, note_sweep
from staff import clock
from staff.models import BackgroundFunction

logger = logging.getLogger(__name__)

LATE_AFTER = timedelta(seconds=5 * SWEEP_SECONDS)
PATIENCE_SECONDS = 1.5
ROOM_LOW, ROOM_FULL = 0.15, 0.05

# Anything else is bad. Worth a look are states in which everything still works.
WELL = {"ok", "none"}
WORTH_A_LOOK = {"low", "expires_60", "expires_30", "held"}


@login_not_required
@require_safe
def page(request):
    """200 while pages can be served, which needs the database only; with ``?strict``, 503 when anything is bad.

    A balancer asks without ``strict``: taking the site away because the cache or the worker is away would make a
    small fault a large one. Monitoring asks with it.
    """
    found = parts()
    bad = any(kind_of(state) == "bad" for state in found.values())
    serving = found["database"] == "ok"
    status = 200 if (not bad if "strict" in request.GET else serving) else 503
    word = "down" if not serving else "degraded" if bad else "ok"
    return JsonResponse({"status": word, **found}, status=status)


def kind_of(state: str) -> str:
    """ok, warn or bad."""
    return "ok" if state in WELL else "warn" if state in WORTH_A_LOOK else "bad"


def parts() -> dict[str, str]:
    """The state of every part, in one word each, within two seconds."""
    outside = {"broker": _broker, "storage": storage_state, "signing_key": lambda: key_condition().word}
    if not _cache_is_in_the_database():
        outside["cache"] = _cache
    answers = _ask_all(outside)
    found = {"database": answers["database"], "cache": answers.get("cache") or "away"}
    if found["database"] == "ok" and _cache_is_in_the_database():
        found["cache"] = _cache()
    found |= {name: answers[name] or "away" for name in ("broker", "storage", "signing_key")}
    return found | {"work": _work() if found["database"] == "ok" else "unknown"}


# --- Asking without waiting for ever ------------------------------------------

_asked: dict[str, "_Question"] = {}
_asking = threading.Lock()


class _Question:
    """A part that is being asked. One question at a time: whoever asks meanwhile waits for the same answer."""

    def __init__(self, name: str, probe: Callable[[], str]):
        self._probe = probe
        self._answer: str | None = None
        self._thread = threading.Thread(target=self._ask, daemon=True, name=f"health-{name}")

    @classmethod
    def put(cls, name: str, probe: Callable[[], str]) -> "_Question":
        with _asking:
            question = _asked.get(name)
            if question is None or not question._thread.is_alive():
                question = _asked[name] = cls(name, probe)
                question._thread.start()
            return question

    def _ask(self) -> None:
        self._answer = self._probe()

    def wait_until(self, deadline: float) -> str | None:
        """The answer; None if it has not come by then."""
        self._thread.join(max(0.0, deadline - time.monotonic()))
        return self._answer


def _ask_all(probes) -> dict[str, str | None]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    questions = {name: _Question.put(name, probe) for name, probe in probes.items()}
    answers = {"database": _database(deadline)}
    return answers | {name: question.wait_until(deadline) for name, question in questions.items()}


# --- The parts ----------------------------------------------------------------


def _database(deadline: float) -> str:
    """Asked over this thread's line, if it has one: a watchman hangs up when the server keeps silent.

    A line that is not there yet cannot be hung up: whether one comes about is tried in another thread.
    """
    # The connection itself: ``django.db.connection`` would lead the watchman's thread to one of its own.
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        return _answers(database)
    if database.connection is not None:
        watchman = threading.Timer(max(0.1, deadline - time.monotonic()), _hang_up, [database])
        watchman.daemon = True
        watchman.start()
        try:
            if database.is_usable():
                return _answers(database)
        finally:
            watchman.cancel()
        if database.in_atomic_block:
            return "away"
        # Hung up, or broken since it was last used: then a new one is had at once.
        database.close()
    return _Question.put("database", _connects).wait_until(deadline) or "away"


def _answers(database) -> str:
    try:
        with database.cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError):
        logger.exception("The database does not answer")
        return "away"
    return "ok"


def _connects() -> str:
    """Whether this thread gets a line of its own; a thread cannot use another's."""
    try:
        connection.ensure_connection()
    except (DatabaseError, InterfaceError):
        logger.exception("The database cannot be reached")
        return "away"
    finally:
        connection.close()
    return "ok"


def _hang_up(database) -> None:
    """Closes the line to PostgreSQL under whoever waits at it."""
    if database.connection is not None:
        line = socket.socket(fileno=os.dup(database.connection.fileno()))
        try:
            line.shutdown(socket.SHUT_RDWR)
        except OSError as error:
            logger.info("The line to the database was closed already: %s", error)
        finally:
            line.close()


def _cache_is_in_the_database() -> bool:
    return settings.CACHES["default"]["BACKEND"].endswith("db.DatabaseCache")


def _cache() -> str:
    try:
        cache.set("lms.health", "ok", timeout=10)
        return "ok" if cache.get("lms.health") == "ok" and not getattr(cache, "is_away", False) else "away"
    except DatabaseError:
        return "away"


def _broker() -> str:
    return "none" if not settings.CELERY_BROKER_URL else "away" if waiting_messages() is None else "ok"


def waiting_messages() -> int | None:
    """Messages that wait at the broker; None while it is away."""
    try:
        with redis.Redis.from_url(
            settings.CELERY_BROKER_URL, socket_connect_timeout=1, socket_timeout=1, retry=None
        ) as client:
            return client.llen("celery")
    except (RedisError, OSError, ValueError):
        return None


def storage_state() -> str:
    """Whether a file can be written where certificates are kept, and whether there is room."""
    storage = storages["private"]
    if not isinstance(storage, FileSystemStorage):
        return "ok"
    try:
        Path(storage.location).mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=storage.location) as file:
            file.write(b"ok")
    except OSError:
        return "unwritable"
    free, total = room_of(storage.location)
    return "full" if free < total * ROOM_FULL else "low" if free < total * ROOM_LOW else "ok"


def room_of(folder) -> tuple[int, int]:
    """Bytes that are free for us where ``folder`` lies, and of how many that we could ever have."""
    usage = shutil.disk_usage(folder)
    return usage.free, usage.used + usage.free


def last_sweep() -> datetime | None:
    """When the last round of sweepers ended."""
    row = BackgroundFunction.objects.filter(name=name_of(note_sweep)).values_list("last_ok_at", flat=True)
    return row.first()


def _work() -> str:
    """Whether the sweepers ran within the last minutes; "unknown" before their first round."""
    if settings.WORK_HELD:
        return "held"
    try:
        last = last_sweep()
    except DatabaseError:
        return "unknown"
    if last is None:
        return "unknown"
    return "ok" if clock.now() - last < LATE_AFTER else "late"
