from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from staff.imports import lists
from staff.imports.errors import errors_workbook, table_with_headings, with_headings
from staff.imports.reading import FileRefused, has_columns
from staff.imports.staff_list import COLUMNS, import_staff
from staff.lists.keeping import reduced
from staff.lists.report import as_json as json_of
from staff.lists.report import parts_of
from staff.lists.workbook import sheets_of


class Command(BaseCommand):
    help = "Reads a staff list: a workbook or text file as offices send it, or a table with our own columns (CSV)."

    def add_arguments(self, parser):
        parser.add_argument("staff", type=Path, metavar="FILE")
        parser.add_argument("--on", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")
        parser.add_argument("--dry-run", action="store_true", help="says what would happen and changes nothing")
        parser.add_argument("--json", action="store_true", help="prints every row with its verdict and its flags")
        parser.add_argument(
            "--errors", type=Path, metavar="WORKBOOK", help="writes the rows not taken, with the reason beside each"
        )

    def handle(self, *args, staff, on, dry_run=False, json=False, errors=None, **options):
        try:
            with transaction.atomic():
                said = self._read(staff, on, as_json=json, errors=errors)
                transaction.set_rollback(dry_run)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        for words in said:
            self.stdout.write(words, ending="")
        self.stdout.write("")

    def _read(self, path, on, *, as_json, errors=None) -> Iterable[str]:
        """Takes the list; what there is to say of it comes in pieces, once all is written."""
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path.name}: {error.strerror}") from error
        if has_columns(content, COLUMNS):
            report = import_staff(path, on=on)
            if errors:
                self._write(errors, table_with_headings(sheets_of(content, path.name)), report)
            return json_of([("rows", _results(report))]) if as_json else ["\n".join(report.lines())]
        file = lists.read_file(content, path.name, on=on)
        report = lists.take_list(file, on=on)
        if errors:
            self._write(errors, with_headings(reduced(sheets_of(content, path.name))[0]), report)
        if as_json:
            parts = parts_of(file.judged, noise=file.noise, unread_sheets=file.unread_sheets)
            return json_of(chain(parts, [("results", _results(report))]))
        return ["\n".join([lists.summary_of(file), *report.lines()])]

    def _write(self, path, sheets, report) -> None:
        reasons = {(row.sheet, row.number): row.reason for row in report.rows if row.reason and row.action == "skipped"}
        try:
            path.write_bytes(errors_workbook(sheets, reasons))
        except OSError as error:
            raise CommandError(f"{path.name}: {error.strerror}") from error


def _results(report) -> Iterator[dict]:
    for row in report.rows:
        yield {"sheet": row.sheet, "row": row.number, "result": row.action, "reason": row.reason}
