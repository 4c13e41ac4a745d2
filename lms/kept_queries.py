"""Queries of every page, whose SQL is worked out once a process instead of once a request."""

from collections.abc import Callable
from datetime import date

from django.db import connection
from django.db.models import QuerySet

# Stand for the values while the SQL is worked out. No person and no day of ours is any of them, so wherever one turns
# up among the parameters, the value that it stands for belongs.
NOBODY, NO_DAY = -7_000_000_001, date(1000, 1, 1)


class KeptQuery:
    """``build(user_id, day)`` is a queryset of values that depends on nothing but these two.

    Django works out the SQL of such a query anew for each request; for one with many conditions that costs more than
    running it. Rows come as the database gives them: what SQLite calls true is 1.
    """

    def __init__(self, build: Callable[[int, date], QuerySet]):
        self._build = build
        self._kept: dict[str, tuple[str, tuple]] = {}

    def first(self, user_id: int, day: date) -> tuple | None:
        """The first row for these values, None without one."""
        sql, parameters = self._kept_for(connection.vendor)
        values = {NOBODY: user_id, self._written(NO_DAY): self._written(day)}
        with connection.cursor() as cursor:
            cursor.execute(sql, [values.get(parameter, parameter) for parameter in parameters])
            return cursor.fetchone()

    def _kept_for(self, vendor: str) -> tuple[str, tuple]:
        if vendor not in self._kept:
            self._kept[vendor] = self._build(NOBODY, NO_DAY)[:1].query.sql_with_params()
        return self._kept[vendor]

    def _written(self, day: date):
        """The day as this database takes it for a parameter."""
        return connection.ops.adapt_datefield_value(day)
