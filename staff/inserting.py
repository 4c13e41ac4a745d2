"""Many rows at once, without an object for each: what a list of a hundred thousand people writes beside the people."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache, partial
from itertools import islice
from types import MappingProxyType

from django.db import DEFAULT_DB_ALIAS, connections, models

# Times the columns of the widest of these tables, far below what a statement may hold.
_TOGETHER = 400
_AS_THEY_ARE = {models.CharField, models.ForeignKey, models.PositiveIntegerField}


def insert(
    model, names: Sequence[str], rows: Iterable[Sequence], *, expressions: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Rows of ``model`` with the values of the fields ``names`` (columns of foreign keys by theirs, as "unit_id").

    ``expressions`` are SQL for further fields, the same in each row; every other field has its default. No signal is
    sent and no id told.
    """
    known = {field.attname: field for field in model._meta.concrete_fields if not field.primary_key}
    others = [field for name, field in known.items() if name not in names and name not in expressions]
    database = connections[DEFAULT_DB_ALIAS]
    quote = database.ops.quote_name
    columns = [*names, *(field.attname for field in others), *expressions]
    quoted = ", ".join(quote(known[name].column) for name in columns)
    head = f"INSERT INTO {quote(model._meta.db_table)} ({quoted})"
    prepare = [_prepared(known[name], database) for name in names]
    defaults = [field.get_db_prep_save(field.get_default(), database) for field in others]
    always = ["%s"] * len(others) + list(expressions.values())
    if database.vendor == "postgresql":
        written = partial(_in_columns, head, [known[name].db_type(database) for name in names], always, defaults)
    else:
        written = partial(_in_lines, head, always, defaults)
    rows = iter(rows)
    with database.cursor() as cursor:
        while batch := list(islice(rows, _TOGETHER)):
            ready = [[do(value) if do else value for do, value in zip(prepare, row, strict=True)] for row in batch]
            cursor.execute(*written(ready))


def _in_columns(head, kinds, always, defaults, rows):
    """A list for each column: PostgreSQL then plans and binds a few values, however many rows there are."""
    marks = ", ".join(f"%s::{kind}[]" for kind in kinds)
    names = [f"c{place}" for place in range(len(kinds))]
    sql = f"{head} SELECT {', '.join([*names, *always])} FROM UNNEST({marks}) AS given ({', '.join(names)})"
    return sql, [*defaults, *map(list, zip(*rows, strict=True))]


def _in_lines(head, always, defaults, rows):
    marks = f"({', '.join([*['%s'] * len(rows[0]), *always])})"
    values = [value for row in rows for value in (*row, *defaults)]
    return f"{head} VALUES {', '.join([marks] * len(rows))}", values


def _prepared(field, database):
    """What makes of a value of ``field`` one of the database; None where it is one already."""
    if type(field) in _AS_THEY_ARE:
        return None
    prepared = partial(field.get_db_prep_save, connection=database)
    # A list says the same days and posts in every row.
    return prepared if isinstance(field, models.JSONField) else lru_cache(maxsize=1_000)(prepared)
