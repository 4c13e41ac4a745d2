"""manage.py coverage_report --on DATE [--unit CODE] --format csv|json"""

import csv
import json
from datetime import date, datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from courses.enums import TrackCode
from staff.models import Unit
from staff.spreadsheets import safe_cell
from unit_coverage.queries import UnitCoverage, coverage_tree
from unit_coverage.services import drain_changes
from unit_coverage.shares import percent_text


def read_day(text: str) -> date:
    """A day written as 2024-09-30 or 30/09/2024."""
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise CommandError(_("“%s” is not a date. Write it as 2024-09-30 or 30/09/2024.") % text)


class Command(BaseCommand):
    help = "Prints the share of trained staff of a unit and every unit below it that existed on a day."

    def add_arguments(self, parser):
        parser.add_argument("--on", required=True, help="the cut-off day, 2024-09-30 or 30/09/2024")
        parser.add_argument("--unit", help="the unit's code; without it all units")
        parser.add_argument("--format", choices=["csv", "json"], default="csv")

    def handle(self, *, on, unit, format, **options):
        day = read_day(on)
        top = None
        if unit:
            top = Unit.objects.filter(code=unit).first()
            if top is None:
                raise CommandError(_("There is no unit with the code “%s”.") % unit)
            if not top.existed_on(day):
                raise CommandError(
                    _("%(unit)s (%(code)s) did not exist on %(day)s.")
                    % {"unit": top.name, "code": top.code, "day": f"{day:%d/%m/%Y}"}
                )
        drain_changes()
        rows = coverage_tree(top, day)
        if format == "json":
            report = {"on": day.isoformat(), "units": [_unit(row) for row in rows]}
            self.stdout.write(json.dumps(report, ensure_ascii=False, indent=1))
        else:
            self._write_csv(rows)

    def _write_csv(self, rows: list[UnitCoverage]) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        heads = [f"{track}_{name}" for track in TrackCode.values for name in ("bound", "trained", "percent")]
        writer.writerow(["code", "name", "headcount", "has_figures", *heads])
        for row in rows:
            cells = [row.unit.code, row.unit.name, row.headcount, int(row.has_figures)]
            for track in TrackCode.values:
                figure = row.figures[track]
                cells += [figure.bound, figure.trained, percent_text(figure.trained, figure.bound)]
            writer.writerow([safe_cell(cell) for cell in cells])


def _unit(row: UnitCoverage) -> dict:
    return {
        "code": row.unit.code,
        "name": row.unit.name,
        "headcount": row.headcount,
        "tracks": {
            track: {"bound": row.figures[track].bound, "trained": row.figures[track].trained}
            for track in TrackCode.values
        },
    }
