"""Work in the background: the domain row is the truth, a message only wakes the one who would look anyway.

Every room's ``tasks.py`` names two lists of functions without arguments: ``PROMPT`` (rows that wait
for somebody: cheap when there are none, run every second by `manage.py work`) and ``SWEEPERS`` (what a lost
message, a crash or mere passage of time left behind, run every minute). In production Celery's beat runs both lists.
"""

import logging
from functools import partial

from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)


def wake(task, **ids) -> None:
    """After this transaction commits, ask a worker to run ``task`` with ``ids``.

    Without a broker, or while it is away, nothing is lost: the row waits for the task's sweeper.
    """
    transaction.on_commit(partial(_send, task, ids), robust=True)


def _send(task, ids) -> None:
    if not settings.CELERY_BROKER_URL and not settings.CELERY_TASK_ALWAYS_EAGER:
        return
    try:
        task.delay(**ids)
    except OperationalError:
        logger.warning("The broker is away; %s %s waits for its sweeper", task.name, ids)
