"""manage.py import_register FILE --trust DIR"""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from certificates.errors import CertificateError, TrustFolderProblem
from certificates.handover import import_register
from certificates.trust_folder import TrustFolder


class Command(BaseCommand):
    help = "Takes over the register of another installation: its codes and files answer here. Twice changes nothing."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--trust",
            type=Path,
            required=True,
            metavar="DIR",
            help="root certificate and revocation lists of that body",
        )

    def handle(self, *args, file, trust, **options):
        try:
            done = import_register(file, trust=TrustFolder.read(trust))
        except TrustFolderProblem as error:
            raise CommandError(_("%(folder)s holds no authority to trust.") % {"folder": error}) from error
        except (CertificateError, OSError) as error:
            raise CommandError(str(error)) from error
        words = _("Register of %(body)s: %(lines)s lines, %(new)s new, %(changed)s changed.")
        facts = {"body": done.body, "lines": done.lines, "new": done.new, "changed": done.changed}
        self.stdout.write(words % facts)
