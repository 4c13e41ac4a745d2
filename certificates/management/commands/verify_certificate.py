"""manage.py verify_certificate FILE.pdf [--json]"""

import json
import sys
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from certificates.verification import verify_file


class Command(BaseCommand):
    help = "Says whether FILE is one of our certificates. Ends with 0 only when it is genuine, with 1 otherwise."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, file, **options):
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(_("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror})
        verdict = verify_file(content)
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_dict(), ensure_ascii=False))
        else:
            self._in_words(verdict)
        if not verdict.genuine:
            sys.exit(1)

    def _in_words(self, verdict):
        rows = [
            (_("In our register"), verdict.registered),
            (_("File unchanged"), verdict.unchanged),
            (_("Signature valid"), verdict.signature_valid),
        ]
        for words, answer in rows:
            self.stdout.write(f"{words}: {_('yes') if answer else _('no')}")
        self.stdout.write(f"{_('Status today')}: {_status_in_words(verdict.status)}")
        if verdict.number:
            self.stdout.write(f"{_('Number')}: {verdict.number}")
        self.stdout.write(_("GENUINE") if verdict.genuine else _("NOT GENUINE"))


def _status_in_words(status: str) -> str:
    words = {
        "valid": _("in force"),
        "expired": _("expired"),
        "revoked": _("revoked"),
        "superseded": _("superseded"),
        "pending": _("waiting to be signed"),
    }
    return words.get(status, _("unknown"))
