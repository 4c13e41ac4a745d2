"""Finds what every room has to do in the background, and runs it so that one failing function stops no other.

The two lists are described in ``staff.background``. `manage.py work` runs them in an embedded
installation, Celery's beat in production; both take them from here.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils.module_loading import module_has_submodule

from staff import clock
from staff.background import JobSource
from staff.services import failing_functions, note_failure, note_success

logger = logging.getLogger(__name__)

LONGEST_PAUSE = 300.0
# The functions that have more to do than one short round, are woken by messages, or by the second in `manage.py work`.
PROMPT_SECONDS = 5.0
SWEEP_SECONDS = 60.0


def note_sweep() -> None:
    """Does nothing but run: the moment of its last run is that of the last round of sweepers."""


def _listed(name: str) -> list:
    found = []
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "tasks"):
            found.extend(getattr(import_module(f"{config.name}.tasks"), name, []))
    return found


def prompt() -> list[Callable[[], object]]:
    """The functions to run every second, of every installed room; none in a copy that is held."""
    return [] if settings.WORK_HELD else _listed("PROMPT")


def sweepers() -> list[Callable[[], object]]:
    """The functions to run every minute, of every installed room; none in a copy that is held."""
    return [] if settings.WORK_HELD else [*_listed("SWEEPERS"), note_sweep]


def job_sources() -> list[JobSource]:
    """What every room calls work, in the order of the floors, by kind."""
    return _listed("JOBS")


def name_of(function: Callable) -> str:
    """The dotted name by which messages call ``function``. A Celery task answers with its own name."""
    return getattr(function, "name", None) or f"{function.__module__}.{function.__qualname__}"


def find(name: str) -> Callable[[], object]:
    """The listed function of that name; nothing that is not on a list can be called by a message."""
    for function in (*_listed("PROMPT"), *_listed("SWEEPERS"), note_sweep):
        if name_of(function) == name:
            return function
    raise LookupError(f"No room lists {name} among its background functions.")


def beat_schedule() -> dict:
    """Celery beat's schedule for both lists. A message that waited too long is dropped: the next is already there."""
    entries = [(function, PROMPT_SECONDS) for function in prompt()]
    entries += [(function, SWEEP_SECONDS) for function in sweepers()]
    return {
        name_of(function): {
            "task": "lms.run_listed",
            "args": [name_of(function)],
            "schedule": seconds,
            "options": {"expires": seconds},
        }
        for function, seconds in entries
    }


@dataclass
class Memory:
    """What this process remembers of failures: all there is while the database is away."""

    clock: Callable[[], float] = time.monotonic
    failures: dict[str, int] = field(default_factory=dict)
    not_before: dict[str, float] = field(default_factory=dict)

    def failing(self) -> dict[str, tuple[int, bool]]:
        """By name: failures in a row, and whether the function still rests."""
        now = self.clock()
        return {name: (count, now < self.not_before[name]) for name, count in self.failures.items()}

    def failed(self, name, count, pause, **facts) -> None:
        self.failures[name], self.not_before[name] = count, self.clock() + pause

    def succeeded(self, name, **facts) -> None:
        self.failures.pop(name, None)
        self.not_before.pop(name, None)


class SharedMemory:
    """The same in the database, so that it outlives processes and every host sees it."""

    def __init__(self):
        self._own = Memory()

    def failing(self):
        try:
            return {**self._own.failing(), **failing_functions()}
        except (DatabaseError, InterfaceError):
            return self._own.failing()

    def failed(self, name, count, pause, *, started_at, error):
        try:
            note_failure(name=name, started_at=started_at, error=error, pause=timedelta(seconds=pause))
            self._own.succeeded(name)
        except (DatabaseError, InterfaceError):
            self._own.failed(name, count, pause)

    def succeeded(self, name, *, started_at, was_failing):
        self._own.succeeded(name)
        try:
            note_success(name=name, started_at=started_at, was_failing=was_failing)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The state of %s cannot be written: %s", name, error)


@dataclass
class Patience:
    """Runs functions one after the other; one that fails is logged once in full and then tried less and less often."""

    memory: Memory | SharedMemory = field(default_factory=SharedMemory)

    def run(self, functions: list[Callable[[], object]], *, stopping: Callable[[], bool] = lambda: False) -> list[str]:
        """Runs what is due and returns the names of those that failed in this round."""
        failing = self.memory.failing()
        failed = []
        for function in functions:
            if stopping():
                break
            name = name_of(function)
            failures, rests = failing.get(name, (0, False))
            if not rests and not self._run_one(name, function, failures):
                failed.append(name)
        return failed

    def _run_one(self, name: str, function: Callable[[], object], failures: int) -> bool:
        started_at, begun = clock.now(), time.monotonic()
        try:
            result = function()
        except Exception as error:  # noqa: BLE001 - the edge of the program: logged, and tried again later
            self._note_failure(name, error, failures + 1, started_at, begun)
            return False
        finally:
            if not settings.CELERY_TASK_ALWAYS_EAGER:
                close_old_connections()
        self.memory.succeeded(name, started_at=started_at, was_failing=failures > 0)
        facts = {"event": "job", "job": name, "state": "ok", "ms": _ms(begun)}
        if isinstance(result, int) and result:
            logger.info("%s did %s", name, result, extra={"facts": {**facts, "done": int(result)}})
        else:
            logger.debug("%s had nothing to do", name, extra={"facts": facts})
        if failures:
            logger.info("%s works again", name, extra={"facts": facts})
        return True

    def _note_failure(self, name, error, failures, started_at, begun):
        pause = min(2.0**failures, LONGEST_PAUSE)
        facts = {"event": "job", "job": name, "state": "failed", "ms": _ms(begun), "failures": failures}
        if failures == 1:
            logger.exception("%s failed; next try in %.0f s", name, pause, extra={"facts": facts})
        else:
            logger.warning(
                "%s failed again (%d times); next try in %.0f s", name, failures, pause, extra={"facts": facts}
            )
        self.memory.failed(name, failures, pause, started_at=started_at, error=error)


def _ms(begun: float) -> int:
    return round((time.monotonic() - begun) * 1000)
