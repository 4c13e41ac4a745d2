"""How the web process runs. It is read again at each reload, from the release that `current` then leads to."""

import json
import logging
from collections import deque
from concurrent import futures
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue
from threading import Lock, Thread

from gunicorn.workers.gthread import ThreadWorker

# Not resolved: after an upgrade the same path leads to the new release, and reloaded workers take it from there.
chdir = str(Path(__file__).parent.parent)
workers = 4
threads = 8
timeout = 60
graceful_timeout = 30
# A new process costs seconds of a processor, as much as some thirty attempts at a test: it comes rarely.
max_requests = 50_000
max_requests_jitter = 5_000
# A sign of life is given with every request; on a disk it would wait for the disk.
worker_tmp_dir = "/dev/shm"
control_socket_disable = True


class LatestThreadFirst(futures.Executor):
    """At most ``threads`` threads; of those that wait, the one that worked last takes the next call.

    Python's own pool hands work around in a circle. Each of our threads has its own line to the database, where plans
    and caches would then be cold at each turn: a tenth of what an attempt at a test costs.
    """

    def __init__(self, threads: int):
        self._room, self._is_open, self._lock = threads, True, Lock()
        self._idle: list[SimpleQueue] = []
        self._waiting: deque = deque()

    def submit(self, call, /, *args, **kwargs):
        future = futures.Future()
        work = future, partial(call, *args, **kwargs)
        with self._lock:
            if not self._is_open:
                raise RuntimeError("no work is taken after the end")
            if self._idle:
                self._idle.pop().put(work)
            elif self._room:
                self._room -= 1
                Thread(target=self._run, args=(*work, SimpleQueue())).start()
            else:
                self._waiting.append(work)
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        """What was taken is still done; threads end after it. gunicorn neither waits nor cancels."""
        with self._lock:
            self._is_open = False
            while self._idle:
                self._idle.pop().put(None)

    def _run(self, future, call, calls: SimpleQueue):
        while True:
            told = self._told(future, call)
            # Ready before the answer is told: who waits for it may send the next call at once.
            with self._lock:
                if self._waiting:
                    calls.put(self._waiting.popleft())
                elif self._is_open:
                    self._idle.append(calls)
                else:
                    calls.put(None)
            told()
            work = calls.get()
            if work is None:
                return
            future, call = work

    def _told(self, future, call):
        if not future.set_running_or_notify_cancel():
            return lambda: None
        try:
            return partial(future.set_result, call())
        except BaseException as error:  # noqa: BLE001 - as any pool: whoever asks for the result gets it
            return partial(future.set_exception, error)


class Worker(ThreadWorker):
    def get_thread_pool(self):
        return LatestThreadFirst(self.cfg.threads)


# Here and not in a module of ours, which the main process would keep from the release it was started with.
worker_class = Worker


class JsonFormatter(logging.Formatter):
    """As lms.logs, without its code: the main process must keep no module of a release."""

    def format(self, record):
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "request": "-",
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line)


logconfig_dict = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": JsonFormatter}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "gunicorn.error": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "gunicorn.access": {"handlers": [], "level": "CRITICAL", "propagate": False},
    },
}
