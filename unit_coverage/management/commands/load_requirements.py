"""manage.py load_requirements FILE [--dry-run]"""

import csv
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from staff.spreadsheets import safe_cell
from unit_coverage.previews import effect_rows
from unit_coverage.rulebook import RuleFileError, load_rules, rehearse_rules


class Command(BaseCommand):
    help = (
        "Loads audiences, track rules and requirements from a YAML file. A second run changes nothing. With --dry-run"
        " nothing is stored: who becomes bound or free, whose day moves and which figures change is printed as CSV."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *, file: Path, dry_run: bool, **options):
        try:
            text = file.read_text(encoding="utf-8")
            if dry_run:
                result, effect = rehearse_rules(text=text)
                rows = csv.writer(self.stdout, lineterminator="\n")
                rows.writerows([safe_cell(cell) for cell in row] for row in effect_rows(effect))
            else:
                result = load_rules(text=text)
        except OSError as error:
            raise CommandError(_("The file cannot be read: %s") % error) from error
        except RuleFileError as error:
            raise CommandError(str(error)) from error
        if dry_run:
            told = self.stderr
            words = _(
                "Nothing was stored. Rules: %(created)s would be created, %(ended)s ended, %(unchanged)s unchanged."
            )
        else:
            told = self.stdout
            words = _("Rules: %(created)s created, %(ended)s ended, %(unchanged)s unchanged.")
        told.write(words % {"created": result.created, "ended": result.ended, "unchanged": result.unchanged})
