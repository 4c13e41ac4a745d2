"""How the web process runs. It is read again at each reload, from the release that `current` then leads to."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path

# Not resolved: after an upgrade the same path leads to the new release, and reloaded workers take it from there.
chdir = str(Path(__file__).parent.parent)
workers = 4
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 30
# A new process costs seconds of a processor, as much as some thirty attempts at a test: it comes rarely.
max_requests = 50_000
max_requests_jitter = 5_000
# A sign of life is given with every request; on a disk it would wait for the disk.
worker_tmp_dir = "/dev/shm"
control_socket_disable = True


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
