"""manage.py load_requirements FILE"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from unit_coverage.rulebook import RuleFileError, load_rules


class Command(BaseCommand):
    help = "Loads audiences, track rules and requirements from a YAML file. A second run changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options):
        try:
            result = load_rules(text=file.read_text(encoding="utf-8"))
        except OSError as error:
            raise CommandError(_("The file cannot be read: %s") % error) from error
        except RuleFileError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Rules: %(created)s created, %(ended)s ended, %(unchanged)s unchanged.")
            % {"created": result.created, "ended": result.ended, "unchanged": result.unchanged}
        )
