"""Statements of every page and of every save, whose SQL is worked out once a process instead of once a request."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache

from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators

# Stand for the values while the SQL is worked out. Nothing of ours is any of them, so wherever one turns up among the
# parameters, the value that it stands for belongs.
_STAND_INS = {
    int: lambda place: 2_013_456_001 + place,  # within every column of whole numbers, else Django asks nothing
    str: lambda place: f"stand-in {place} 4f0c7a7e",
    date: lambda place: date(1000, 1, 1 + place),
    datetime: lambda place: datetime(1000, 1, 1, 1, 1, place, tzinfo=UTC),
}


def planned_cursor():
    """A cursor for statements of every request, which PostgreSQL then plans once a line instead of every time."""
    return connection.planned_cursor() if connection.vendor == "postgresql" else connection.cursor()


@dataclass(frozen=True, slots=True)
class _Kept:
    """A statement, its parameters (the place among the values, or None and what it always is), and what makes of a row
    what the queryset gives."""

    sql: str
    parameters: tuple[tuple[int | None, object], ...]
    converters: dict
    made: Callable[[tuple], object]


class KeptQuery:
    """``build`` makes a queryset that depends on nothing but its arguments, which are of ``kinds``.

    Django works out the SQL of such a query anew for each request; for one with many conditions or columns that costs
    more than running it. Rows come as Django gives them: tuples of a ``values_list``, or objects, with what
    ``select_related``, ``only`` and ``annotate`` bring; nothing is prefetched. A lock (``select_for_update``) holds
    where the caller is in a transaction, and she has to see to it that she is.
    """

    def __init__(self, build: Callable[..., QuerySet], *kinds: type):
        self._build = build
        self._stand_ins = tuple(_STAND_INS[kind](place) for place, kind in enumerate(kinds))
        self._kept: dict[tuple[str, str], _Kept] = {}

    def first(self, *values):
        """The first row for these values, None without one."""
        return next(iter(self._rows(values, "first")), None)

    def rows(self, *values) -> list:
        """Every row for these values."""
        return self._rows(values, "rows")

    def _rows(self, values, how) -> list:
        kept = self._kept_for(connection.vendor, how)
        meant = [_written(value) for value in values]
        parameters = [always if place is None else meant[place] for place, always in kept.parameters]
        with planned_cursor() as cursor:
            cursor.execute(kept.sql, parameters)
            found = cursor.fetchall()
        return [kept.made(_converted(row, kept.converters)) for row in found]

    def _kept_for(self, vendor: str, how: str) -> _Kept:
        if (vendor, how) not in self._kept:
            queryset = self._build(*self._stand_ins)
            if queryset._prefetch_related_lookups:
                raise ValueError("A kept query prefetches nothing.")
            query = (queryset[:1] if how == "first" else queryset).query
            compiler = query.get_compiler(connection=connection)
            sql, parameters = compiler.as_sql()
            places = {_written(stand_in): place for place, stand_in in enumerate(self._stand_ins)}
            if not places.keys() <= set(parameters):
                raise ValueError("A value of this query is worked into a pattern: it cannot be kept.")
            columns = [selected[0] for selected in compiler.select[: compiler.col_count]]
            made = _maker_of_objects(compiler) if issubclass(queryset._iterable_class, ModelIterable) else tuple
            parameters = tuple((places.get(parameter), parameter) for parameter in parameters)
            self._kept[vendor, how] = _Kept(sql, parameters, compiler.get_converters(columns), made)
        return self._kept[vendor, how]


def insert_one(row: Model, *, unless_there: bool = False) -> Model:
    """Stores ``row``, which is new, as its ``save`` would, and sends no signal: the SQL is worked out once a process.

    With ``unless_there`` nothing happens where a constraint says that it is there already; ``row`` then keeps no id.
    Raises what ``save`` raises.
    """
    database, fields = connection, _fields_of(type(row))
    values = [field.get_db_prep_save(field.pre_save(row, True), database) for field in fields]
    with planned_cursor() as cursor:
        cursor.execute(_insert_of(database.vendor, type(row), unless_there), values)
        found = cursor.fetchone()
    if found is not None:
        row.pk, row._state.adding, row._state.db = found[0], False, database.alias
    return row


@cache
def _fields_of(model: type[Model]) -> list:
    return [field for field in model._meta.concrete_fields if not field.primary_key]


@cache
def _insert_of(_vendor: str, model: type[Model], unless_there: bool) -> str:
    """For both databases in the same words; the marks are written as Django's cursors take them."""
    quote, fields = connection.ops.quote_name, _fields_of(model)
    columns, marks = ", ".join(quote(field.column) for field in fields), ", ".join(["%s"] * len(fields))
    return (
        f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({marks})"
        f"{' ON CONFLICT DO NOTHING' if unless_there else ''} RETURNING {quote(model._meta.pk.column)}"
    )


def put_related(owner: Model, name: str, rows: list) -> None:
    """Lets ``owner.<name>.all()`` give ``rows`` without asking, as a prefetch leaves it."""
    found = getattr(owner, name).get_queryset()
    found._result_cache, found._prefetch_done = rows, True
    owner._prefetched_objects_cache = {**getattr(owner, "_prefetched_objects_cache", {}), name: found}


def _maker_of_objects(compiler) -> Callable[[tuple], Model]:
    """Makes of a row what Django's own ``ModelIterable`` makes of it."""
    info, alias = compiler.klass_info, connection.alias
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column.target.attname for column, *_rest in compiler.select[start:end]]
    related = get_related_populators(info, compiler.select, alias)
    annotated = tuple(compiler.annotation_col_map.items()) if compiler.annotation_col_map else ()

    def made(row):
        found = info["model"].from_db(alias, names, row[start:end])
        for populator in related:
            populator.populate(row, found)
        for name, place in annotated:
            setattr(found, name, row[place])
        return found

    return made


def _written(value):
    """The value as this database takes it for a parameter."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return str(value) if isinstance(value, str) else value  # a choice is written as what it stores


def _converted(row, converters) -> tuple:
    if not converters:
        return row
    values = list(row)
    for place, (functions, expression) in converters.items():
        for function in functions:
            values[place] = function(values[place], expression, connection)
    return tuple(values)
