from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from staff.imports.reading import FileRefused
from staff.imports.units import import_units


class Command(BaseCommand):
    help = "Reads units and their successions from two CSV files; a second reading changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("units", type=Path, metavar="UNITS.csv")
        parser.add_argument("successions", type=Path, metavar="SUCCESSIONS.csv")

    def handle(self, *args, units, successions, **options):
        try:
            reports = import_units(units, successions)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        for report in reports:
            self.stdout.write("\n".join(report.lines()))
