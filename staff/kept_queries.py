"""Queries of every page and of every save, whose SQL is worked out once a process instead of once a request."""

from collections.abc import Callable
from datetime import UTC, date, datetime

from django.db import connection
from django.db.models import QuerySet

# Stand for the values while the SQL is worked out. Nothing of ours is any of them, so wherever one turns up among the
# parameters, the value that it stands for belongs.
_STAND_INS = {
    int: lambda place: -7_000_000_001 - place,
    str: lambda place: f"stand-in {place} 4f0c7a7e",
    date: lambda place: date(1000, 1, 1 + place),
    datetime: lambda place: datetime(1000, 1, 1, 1, 1, place, tzinfo=UTC),
}


def planned_cursor():
    """A cursor for statements of every request, which PostgreSQL then plans once a line instead of every time."""
    return connection.planned_cursor() if connection.vendor == "postgresql" else connection.cursor()


class KeptQuery:
    """``build`` makes a queryset of values that depends on nothing but its arguments, which are of ``kinds``.

    Django works out the SQL of such a query anew for each request; for one with many conditions or columns that costs
    more than running it. Rows come as Django gives them.
    """

    def __init__(self, build: Callable[..., QuerySet], *kinds: type):
        self._build = build
        self._kinds = kinds
        self._kept: dict[tuple[str, str], tuple[str, tuple, dict]] = {}

    def first(self, *values) -> tuple | None:
        """The first row for these values, None without one."""
        return next(iter(self._rows(values, "first")), None)

    def rows(self, *values) -> list[tuple]:
        """Every row for these values."""
        return self._rows(values, "rows")

    def _rows(self, values, how) -> list[tuple]:
        sql, parameters, converters = self._kept_for(connection.vendor, how)
        meant = dict(zip(self._stand_ins(), map(_written, values), strict=True))
        with planned_cursor() as cursor:
            cursor.execute(sql, [meant.get(parameter, parameter) for parameter in parameters])
            found = cursor.fetchall()
        return [_converted(row, converters) for row in found] if converters else found

    def _kept_for(self, vendor: str, how: str) -> tuple[str, tuple, dict]:
        if (vendor, how) not in self._kept:
            queryset = self._build(*(_STAND_INS[kind](place) for place, kind in enumerate(self._kinds)))
            query = (queryset[:1] if how == "first" else queryset).query
            compiler = query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            if not set(self._stand_ins()) <= set(parameters):
                raise ValueError("A value of this query is worked into a pattern: it cannot be kept.")
            columns = [selected[0] for selected in compiler.select[: compiler.col_count]]
            self._kept[vendor, how] = sql, parameters, compiler.get_converters(columns)
        return self._kept[vendor, how]

    def _stand_ins(self):
        return [_written(_STAND_INS[kind](place)) for place, kind in enumerate(self._kinds)]


def _written(value):
    """The value as this database takes it for a parameter."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def _converted(row, converters) -> tuple:
    values = list(row)
    for place, (functions, expression) in converters.items():
        for function in functions:
            values[place] = function(values[place], expression, connection)
    return tuple(values)
