"""The Celery application: carries in production what `manage.py work` carries in an embedded installation."""

import logging
import os
import time

from celery import Celery
from celery.signals import before_task_publish, import_modules, setup_logging, task_postrun, task_prerun

from lms import request_ids

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.production")

logger = logging.getLogger(__name__)

app = Celery("lms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="lms.run_listed", ignore_result=True)
def run_listed(name: str) -> None:
    """Runs one function of the rooms' PROMPT and SWEEPERS lists. It may run twice: each of them claims its rows."""
    from django.conf import settings

    from lms import background

    if not settings.WORK_HELD:
        background.Patience().run([background.find(name)])


@import_modules.connect(sender=app)
def schedule_lists(sender, **kwargs):
    """Workers and beat know the schedule; the web process has no need to import every room's tasks for it."""
    from lms import background

    sender.conf.beat_schedule = background.beat_schedule()


# --- Logs: ours, with the id of the request that caused the work --------------


@setup_logging.connect
def keep_our_logging(loglevel=logging.INFO, **kwargs):
    """Celery would replace the handlers that the settings named; where they name none, its level alone is taken."""
    if not logging.getLogger().handlers:
        logging.basicConfig(level=loglevel or logging.INFO)


@before_task_publish.connect
def send_request_id(headers=None, **kwargs):
    if headers is not None:
        headers.setdefault("request_id", request_ids.current_request_id())


@task_prerun.connect
def take_request_id(task=None, **kwargs):
    task.request.begun = time.monotonic()
    if not task.request.is_eager:
        sent = getattr(task.request, "request_id", None)
        request_ids.begin(sent if sent and sent != request_ids.NONE else f"task-{task.request.id}")


@task_postrun.connect
def log_run(task=None, state=None, **kwargs):
    """One line a task. The lists run every few seconds: what they did is logged where they do it."""
    begun = getattr(task.request, "begun", None)
    facts = {"event": "task", "task": task.name, "state": (state or "").lower()}
    if begun is not None:
        facts["ms"] = round((time.monotonic() - begun) * 1000)
    level = logging.DEBUG if task.name == run_listed.name else logging.INFO
    logger.log(level, "%s ran", task.name, extra={"facts": facts})
    if not task.request.is_eager:
        request_ids.begin(request_ids.NONE)
