"""manage.py export_register FILE --body NAME"""

import os
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from certificates.errors import CertificateError
from certificates.handover import export_register


class Command(BaseCommand):
    help = "Writes every certificate issued here, signed, for the installation that takes the register over."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--body", required=True, help="whose register it is, as the check page will name it")

    def handle(self, *args, file, body, **options):
        try:
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
                count = export_register(target, body=body)
        except FileExistsError as error:
            raise CommandError(_("%(file)s is there already.") % {"file": file}) from error
        except CertificateError as error:
            file.unlink()
            raise CommandError(str(error)) from error
        self.stdout.write(_("%(count)s certificates written to %(file)s.") % {"count": count, "file": file})
