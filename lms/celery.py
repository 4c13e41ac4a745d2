"""The Celery application: carries in production what `manage.py work` carries in an embedded installation."""

import os

from celery import Celery
from celery.signals import import_modules

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.settings.production")

app = Celery("lms")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.task(name="lms.run_listed", ignore_result=True)
def run_listed(name: str) -> None:
    """Runs one function of the rooms' PROMPT and SWEEPERS lists. It may run twice: each of them claims its rows."""
    from lms import background

    background.find(name)()


@import_modules.connect(sender=app)
def schedule_lists(sender, **kwargs):
    """Workers and beat know the schedule; the web process has no need to import every room's tasks for it."""
    from lms import background

    sender.conf.beat_schedule = background.beat_schedule()
