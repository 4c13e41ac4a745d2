from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from staff.imports.reading import FileRefused
from staff.imports.transfers import import_transfers


class Command(BaseCommand):
    help = "Reads moves between units from a CSV file; without a new unit the person leaves."

    def add_arguments(self, parser):
        parser.add_argument("transfers", type=Path, metavar="TRANSFERS.csv")

    def handle(self, *args, transfers, **options):
        try:
            report = import_transfers(transfers)
        except FileRefused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("\n".join(report.lines()))
