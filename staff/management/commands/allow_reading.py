"""manage.py allow_reading NAME --unit CODE --may units,staff --until DATE"""

import secrets
from datetime import date, timedelta

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from staff import clock
from staff.enums import ApiPermission
from staff.models import ApiToken, Unit
from staff.services import StaffError, end_token, give_token


class Command(BaseCommand):
    help = "Gives another system a token to read by, shown only now; or ends all tokens of a system."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--unit", metavar="CODE", help="the unit that it may read about, with all below it")
        parser.add_argument("--may", default="", metavar="LIST", help=", ".join(ApiPermission.values))
        parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="the last day; else in a year")
        parser.add_argument("--end", action="store_true", help="end every token of this name, give none")

    def handle(self, *args, name, unit, may, until, end, **options):
        if end:
            rows = list(ApiToken.objects.filter(name=name, ended_at=None))
            for token in rows:
                end_token(token=token)
            self.stdout.write(_("Tokens ended: %(count)s.") % {"count": len(rows)})
            return
        found = Unit.objects.filter(code=unit or "").first()
        if found is None:
            raise CommandError(_("There is no unit of the code %(code)s.") % {"code": unit or "?"})
        permissions = [word.strip() for word in may.split(",") if word.strip()]
        if unknown := set(permissions) - set(ApiPermission.values):
            raise CommandError(_("There is no such permission: %(words)s.") % {"words": ", ".join(sorted(unknown))})
        until = until or clock.today() + timedelta(days=365)
        key = secrets.token_urlsafe(24)
        try:
            _token, words = give_token(name=name, unit=found, permissions=permissions, valid_until=until, form_key=key)
        except StaffError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(_("Token of %(name)s, shown only now:") % {"name": name})
        self.stdout.write(words)
