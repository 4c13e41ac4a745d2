"""The change feed: written in the transaction of the verb, read in commit order, no row ever skipped."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from staff.inserting import insert
from staff.models import Change

# 0, the field's default, on SQLite.
_CURRENT_TRANSACTION = "pg_current_xact_id()::text::bigint"


def write(*, staff_members: Iterable[int | None], since: date, cause: str) -> None:
    """One row for each person (None: everybody), in the transaction that is running now."""
    now = timezone.now()
    rows = ((pk, since, cause, now) for pk in staff_members)
    number = {"transaction": _CURRENT_TRANSACTION} if connection.vendor == "postgresql" else {}
    insert(Change, ("staff_member_id", "since", "cause", "recorded_at"), rows, expressions=number)


def read_after(transaction: int, change_id: int, limit: int) -> list[Change]:
    """Up to ``limit`` changes behind the cursor (``transaction``, ``change_id``), in commit order.

    Rows of transactions that still run are held back together with all that began after them, so
    a reader that moves its cursor to the last row it got misses nothing that commits later.
    """
    return list(after(transaction, change_id).order_by("transaction", "id")[:limit])


def after(transaction: int, change_id: int):
    """All changes behind the cursor that readers may take by now."""
    behind = Q(transaction__gt=transaction) | Q(transaction=transaction, id__gt=change_id)
    return _settled(Change.objects.filter(behind))


def settled_end() -> tuple[int, int]:
    """The cursor behind the last change that readers may take by now."""
    newest = _settled(Change.objects.all()).order_by("-transaction", "-id")
    return newest.values_list("transaction", "id").first() or (0, 0)


def written_here(*, after: int):
    """The rows behind ``after`` that the transaction running now has written."""
    rows = Change.objects.filter(pk__gt=after)
    return rows.filter(transaction=RawSQL(_CURRENT_TRANSACTION, [])) if connection.vendor == "postgresql" else rows


def _settled(changes):
    """Only rows older than every running transaction. SQLite's writers queue: there every row that shows is settled."""
    if connection.vendor != "postgresql":
        return changes
    return changes.filter(transaction__lt=RawSQL("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", []))
