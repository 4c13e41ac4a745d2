from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from staff.imports.reading import FileRefused
from staff.imports.staff_list import import_staff


class Command(BaseCommand):
    help = "Reads a staff list from a CSV file; postings begin on the day of the list."

    def add_arguments(self, parser):
        parser.add_argument("staff", type=Path, metavar="STAFF.csv")
        parser.add_argument("--on", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD")

    def handle(self, *args, staff, on, **options):
        try:
            report = import_staff(staff, on=on)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("\n".join(report.lines()))
