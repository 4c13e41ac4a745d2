"""The feed is read in commit order, and nothing in it is ever skipped."""

import threading
from datetime import date

import pytest
from django.db import connection, transaction

from staff import feed, services
from staff.models import Change
from tests.factories.staff import ChangeFactory, StaffMemberFactory


@pytest.mark.django_db
def test_feed_is_read_by_transaction_and_then_by_row():
    rows = [ChangeFactory(transaction=number) for number in (2, 1, 1, 3)]

    after_one = feed.read_after(1, rows[1].pk, 10)

    assert (feed.read_after(0, 0, 2), after_one) == ([rows[1], rows[2]], [rows[2], rows[0], rows[3]])


@pytest.mark.django_db
def test_change_goes_with_the_verb_when_it_fails():
    def verb():
        services.record_change(staff_member=StaffMemberFactory(), since=date(2025, 1, 1), cause="test")
        raise ValueError

    with pytest.raises(ValueError, match="^$"):
        transaction.atomic(verb)()

    assert not Change.objects.exists()


# A transaction of any database of the server holds the feed back: nothing else may run beside this test.
@pytest.mark.alone
@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_row_that_commits_late_is_not_skipped():
    if connection.vendor != "postgresql":
        pytest.skip("SQLite's writers queue")
    written, go_on = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            services.record_change(since=date(2025, 1, 1), cause="slow")
            written.set()
            go_on.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    services.record_change(since=date(2025, 1, 1), cause="fast")
    while_running = [change.cause for change in feed.read_after(0, 0, 10)]
    go_on.set()
    thread.join()

    assert (while_running, [c.cause for c in feed.read_after(0, 0, 10)]) == ([], ["slow", "fast"])
