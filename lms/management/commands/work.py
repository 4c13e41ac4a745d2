"""The background of an embedded installation: claims the same rows by the same functions as a Celery worker."""

import signal
import threading
import time

from django.core.management.base import BaseCommand, CommandError

from lms import background

SECONDS_BETWEEN_ROUNDS = 1.0


class Command(BaseCommand):
    help = "Runs every room's background work: prompt functions each second, sweepers each minute."

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help="run each function once and stop")

    def handle(self, *, once, **options):
        if once:
            self._once()
            return
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        work_until(stop)

    def _once(self):
        failed = background.Patience().run([*background.prompt(), *background.sweepers()])
        if failed:
            raise CommandError(f"Failed: {', '.join(failed)}. The log says why.")


def work_until(stop: threading.Event, *, clock=time.monotonic) -> None:
    """Rounds of work until ``stop`` is set. The function that is running then finishes; no further one begins."""
    patience = background.Patience()
    prompt, sweepers = background.prompt(), background.sweepers()
    next_sweep = clock()
    while not stop.is_set():
        patience.run(prompt, stopping=stop.is_set)
        if clock() >= next_sweep:
            patience.run(sweepers, stopping=stop.is_set)
            next_sweep = clock() + background.SWEEP_SECONDS
        stop.wait(SECONDS_BETWEEN_ROUNDS)
