"""The one clock. Days are local dates, moments are UTC; nothing else in the project asks the time.

Deadlines are decided by the database's clock (``database_now``), because several web hosts never
agree to the second and their clocks may step in the middle of an exam.
"""

from datetime import UTC, date, datetime, time

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format

from staff.kept_queries import planned_cursor


def now() -> datetime:
    """This moment, in UTC, by the host's clock: for stamps that nothing is decided by."""
    return timezone.now()


def today() -> date:
    """Today's date in local time (Asia/Ho_Chi_Minh)."""
    return timezone.localdate()


def local_hour() -> int:
    """The hour of this moment in local time."""
    return timezone.localtime(now()).hour


def local_day(moment: datetime) -> date:
    """The local date of ``moment``."""
    return timezone.localdate(moment)


def database_now() -> datetime:
    """This moment by the one clock that all web hosts share: PostgreSQL's, which moves on within a transaction.

    With SQLite there is one host, so its own clock is that clock.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with planned_cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0].astimezone(UTC)


def database_now_as_sql() -> tuple[str, dict]:
    """``database_now`` within a statement: the expression that stands for it, and the parameters that it needs."""
    if connection.vendor == "postgresql":
        return "clock_timestamp()", {}
    return "%(now)s", {"now": connection.ops.adapt_datetimefield_value(timezone.now())}


def end_of_day(day: date) -> datetime:
    """The last moment of ``day`` in local time: "until the 30th" includes the 30th."""
    return timezone.make_aware(datetime.combine(day, time.max.replace(microsecond=0)))


def shown_moment(moment: datetime) -> str:
    """``moment`` as a sentence says it, in local time: 10:42 26/11/2026."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M} {date_format(local, 'SHORT_DATE_FORMAT')}"
