"""The sender's own thread with a database of its own connections; needs PostgreSQL."""

import pytest

from certificates.models import WebhookDelivery
from certificates.webhooks import sending

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def test_the_thread_sends_what_waits_while_its_waker_goes_on(learner, commune, receiver, tell, issue, settings):
    tell(commune, receiver.address)
    issue(learner.staff_member)
    sending.spread_events()
    settings.CELERY_TASK_ALWAYS_EAGER = False
    receiver.seconds = 3  # slower than the waker, and well within the five seconds in which a side must begin to answer
    sender = sending.Sender()

    sender.wake()
    assert WebhookDelivery.objects.filter(sent_at=None).count() == 1
    sender.join(20)

    assert WebhookDelivery.objects.filter(sent_at=None).count() == 0
    assert len(receiver.came) == 1
    sender.wake()  # nothing is raised, nothing is left
    sender.join(20)
