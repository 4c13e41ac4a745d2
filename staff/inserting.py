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
    head = f"INSERT INTO {quote(model._meta.db_table)} ({quoted}) VALUES "
    marks = f"({', '.join([*['%s'] * (len(names) + len(others)), *expressions.values()])})"
    prepare = [_prepared(known[name], database) for name in names]
    defaults = [field.get_db_prep_save(field.get_default(), database) for field in others]
    rows = iter(rows)
    with database.cursor() as cursor:
        while batch := list(islice(rows, _TOGETHER)):
            values = []
            for row in batch:
                values += [prepared(value) if prepared else value for prepared, value in zip(prepare, row, strict=True)]
                values += defaults
            cursor.execute(head + ", ".join([marks] * len(batch)), values)


def _prepared(field, database):
    """What makes of a value of ``field`` one of the database; None where it is one already."""
    if type(field) in _AS_THEY_ARE:
        return None
    prepared = partial(field.get_db_prep_save, connection=database)
    # A list says the same days and posts in every row.
    return prepared if isinstance(field, models.JSONField) else lru_cache(maxsize=1_000)(prepared)
