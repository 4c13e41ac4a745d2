"""manage.py verify_certificate FILE.pdf [--trust DIR] [--at DATE] [--json]"""

import json
import sys
from datetime import UTC, date, datetime, time
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from certificates.errors import TrustFolderProblem
from certificates.trust_folder import TrustFolder
from certificates.verification import LARGEST, verify_file
from certificates.verification_words import SIGNATURES, STATUSES, VERDICTS


class Command(BaseCommand):
    help = "Says whether FILE is one of our certificates. Ends with 0 only when it is genuine, with 1 otherwise."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--trust",
            type=Path,
            metavar="DIR",
            help="certificates and revocation lists to trust instead of this installation's; a key counts only where a "
            "current list says that it was not revoked",
        )
        parser.add_argument(
            "--at", type=date.fromisoformat, metavar="DATE", help="judge the signature as of that day (YYYY-MM-DD)"
        )
        parser.add_argument("--json", action="store_true")

    def handle(self, *args, file, **options):
        try:
            with open(file, "rb") as opened:
                content = opened.read(LARGEST + 1)
        except OSError as error:
            raise CommandError(_("%(file)s cannot be read: %(error)s") % {"file": file, "error": error.strerror})
        try:
            trust = TrustFolder.read(options["trust"]) if options["trust"] else None
        except TrustFolderProblem as error:
            raise CommandError(_("%(folder)s holds no authority to trust.") % {"folder": error})
        at = datetime.combine(options["at"], time(12), UTC) if options["at"] else None
        verdict = verify_file(content, trust=trust, at=at)
        if options["json"]:
            self.stdout.write(json.dumps(verdict.as_dict(), ensure_ascii=False))
        else:
            self._in_words(verdict)
        if not verdict.genuine:
            sys.exit(1)

    def _in_words(self, verdict):
        yes_or_no = {True: _("yes"), False: _("no")}
        rows = [
            (_("In our register"), yes_or_no[verdict.registered]),
            (_("File unchanged"), yes_or_no[verdict.unchanged]),
            (_("Signature valid"), yes_or_no[verdict.signature_valid]),
            (_("Status today"), STATUSES[verdict.status]),
            (_("Digital signature"), SIGNATURES[verdict.signature]),
            (_("Number"), verdict.number),
            (_("Register of"), verdict.predecessor),
        ]
        for words, answer in rows:
            if answer:
                self.stdout.write(f"{words}: {answer}")
        self.stdout.write(_("GENUINE") if verdict.genuine else _("NOT GENUINE"))
        self.stdout.write(str(VERDICTS[verdict.verdict]))
