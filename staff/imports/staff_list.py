"""A staff list as a table of ours: people, where they are posted on its day, and the duties it names."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from staff.enums import PostingStatus, StaffCategory
from staff.imports.planning import GONE, CarryingOut, Planner, heads_among
from staff.imports.reading import Row, read_table
from staff.imports.runs import Report
from staff.imports.units import unit_named
from staff.models import Posting, StaffMember, Unit
from staff.models.imports import ImportKind, RowAction
from staff.signals import staff_list_imported

# New people of one list, from which on the tables are another size than PostgreSQL knows.
MANY = 1000

COLUMNS = {"key", "full_name", "unit_code", "position", "category", "status"}


@transaction.atomic
def import_staff(path, *, on: date, by=None) -> Report:
    """Take the list of the day ``on``: new people are added and posted from that day, known ones corrected.

    A person who is missing from the list stays as he is. Retired and transferred people are kept
    without a posting. Somebody posted elsewhere on that day is reported, not moved.
    """
    table = read_table(path, COLUMNS)
    for row in table.rows:
        row.required("key")
    report = Report(ImportKind.STAFF, table, on=on, by=by)
    take_people(table.rows, report=report, on=on, by=by)
    return finished(report)


def finished(report: Report) -> Report:
    """The report stored, and those told who listen for staff lists."""
    report.store()
    if connection.vendor == "postgresql" and report.counts[RowAction.CREATED] >= MANY:
        _count_anew()
    transaction.on_commit(lambda: staff_list_imported.send_robust(sender=None, run_id=report.run.pk))
    return report


def _count_anew() -> None:
    """Until PostgreSQL has looked at a table that grew, it plans for a small one: a second list of a hundred thousand
    people that came within that minute waited more than ten minutes for one statement."""
    with connection.cursor() as cursor:
        for model in (StaffMember, Posting):
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def take_people(rows: Iterable[Row], *, report: Report, on: date, by=None) -> dict[int, StaffMember]:
    """Add and correct the people of ``rows`` and post them from ``on``; what becomes of each row goes to ``report``.

    Returns the people by the position of their row. Raises FileRefused, naming the row, for an unknown unit, category
    or status.
    """
    rows = list(rows)
    units = {unit.code: unit for unit in Unit.objects.all()}
    for row in rows:
        check(row, units, on)
    planner = Planner(units=units, on=on)
    planner.turn_to(rows)
    outcomes = [planner.plan(row) for row in rows]
    carrying_out = CarryingOut(on=on, heads=heads_among(outcomes), report=report, by=by)
    carrying_out.take(outcomes)
    carrying_out.finish()
    return {index: outcome.person for index, outcome in enumerate(outcomes) if outcome.person}


def check(row: Row, units: dict[str, Unit], on: date) -> None:
    """FileRefused, naming the row, for a unit, category or status that cannot be."""
    unit = unit_named(row, "unit_code", units)
    row.choice("category", StaffCategory.values)
    status = row.choice("status", {*PostingStatus.values, *GONE})
    if status not in GONE and not unit.existed_on(on):
        raise row.refusal("unit_code", _("“%(value)s” does not exist on that day") % {"value": unit.code})
