"""The one clock. Days are local dates, moments are UTC; nothing else in the project asks the time.

Deadlines are decided by the database's clock (``database_now``), because several web hosts never
agree to the second and their clocks may step in the middle of an exam.
"""

from datetime import UTC, date, datetime

from django.db import connection
from django.utils import timezone


def now() -> datetime:
    """This moment, in UTC, by the host's clock: for stamps that nothing is decided by."""
    return timezone.now()


def today() -> date:
    """Today's date in local time (Asia/Ho_Chi_Minh)."""
    return timezone.localdate()


def local_day(moment: datetime) -> date:
    """The local date of ``moment``."""
    return timezone.localdate(moment)


def database_now() -> datetime:
    """This moment by the one clock that all web hosts share: PostgreSQL's, which moves on within a transaction.

    With SQLite there is one host, so its own clock is that clock.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].astimezone(UTC)
