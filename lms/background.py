"""Finds what every room has to do in the background, and runs it so that one failing function stops no other.

The two lists are described in ``staff.background``. `manage.py work` runs them in an embedded
installation, Celery's beat in production; both take them from here.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.db import close_old_connections
from django.utils.module_loading import module_has_submodule

logger = logging.getLogger(__name__)

LAST_SWEEP = "lms.last-sweep"
LONGEST_PAUSE = 300.0
# The functions that have more to do than one short round, are woken by messages, or by the second in `manage.py work`.
PROMPT_SECONDS = 5.0
SWEEP_SECONDS = 60.0


def note_sweep() -> None:
    """Leaves the moment of the last round of sweepers where the health page finds it."""
    cache.set(LAST_SWEEP, time.time(), timeout=24 * 3600)


def _listed(name: str) -> list[Callable[[], object]]:
    found = []
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "tasks"):
            found.extend(getattr(import_module(f"{config.name}.tasks"), name, []))
    return found


def prompt() -> list[Callable[[], object]]:
    """The functions to run every second, of every installed room."""
    return _listed("PROMPT")


def sweepers() -> list[Callable[[], object]]:
    """The functions to run every minute, of every installed room."""
    return [*_listed("SWEEPERS"), note_sweep]


def name_of(function: Callable) -> str:
    """The dotted name by which messages call ``function``. A Celery task answers with its own name."""
    return getattr(function, "name", None) or f"{function.__module__}.{function.__qualname__}"


def find(name: str) -> Callable[[], object]:
    """The listed function of that name; nothing that is not on a list can be called by a message."""
    for function in (*prompt(), *sweepers()):
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
class Patience:
    """Runs functions one after the other; one that fails is logged once in full and then tried less and less often."""

    clock: Callable[[], float] = time.monotonic
    failures: dict[str, int] = field(default_factory=dict)
    not_before: dict[str, float] = field(default_factory=dict)

    def run(self, functions: list[Callable[[], object]], *, stopping: Callable[[], bool] = lambda: False) -> list[str]:
        """Runs what is due and returns the names of those that failed in this round."""
        failed = []
        for function in functions:
            if stopping():
                break
            name = name_of(function)
            if self.clock() < self.not_before.get(name, 0.0):
                continue
            if not self._run_one(name, function):
                failed.append(name)
        return failed

    def _run_one(self, name: str, function: Callable[[], object]) -> bool:
        try:
            function()
        except Exception:  # noqa: BLE001 - the edge of the program: logged, and tried again later
            self.failures[name] = self.failures.get(name, 0) + 1
            pause = min(2.0 ** self.failures[name], LONGEST_PAUSE)
            self.not_before[name] = self.clock() + pause
            if self.failures[name] == 1:
                logger.exception("%s failed; next try in %.0f s", name, pause)
            else:
                logger.warning("%s failed again (%d times); next try in %.0f s", name, self.failures[name], pause)
            return False
        finally:
            if not settings.CELERY_TASK_ALWAYS_EAGER:
                close_old_connections()
        if self.failures.pop(name, 0):
            logger.info("%s works again", name)
        self.not_before.pop(name, None)
        return True
