"""manage.py allow_checks NAME [--until DATE]"""

import secrets
from datetime import date

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from certificates.models import CheckingBody
from staff import clock
from staff.services.api_tokens import hash_of


class Command(BaseCommand):
    help = "Gives a body a token with which it may check many certificates at once; a second time ends the first token."

    def add_arguments(self, parser):
        parser.add_argument("name")
        parser.add_argument("--until", type=date.fromisoformat, metavar="DATE", help="the last day (YYYY-MM-DD)")
        parser.add_argument("--end", action="store_true", help="the token ends now, and there is no other")

    def handle(self, *args, name, until, end, **options):
        token = secrets.token_urlsafe(32)
        facts = {"token_hash": hash_of(token), "created_at": clock.now(), "valid_until": until}
        body, _is_new = CheckingBody.objects.update_or_create(name=name, defaults=facts)
        log(instance=body, action="certificates.allow_checks", data={"until": str(until or ""), "ended": end})
        if end:
            self.stdout.write(_("The token of %(name)s has ended.") % {"name": name})
            return
        self.stdout.write(_("Token of %(name)s, shown only now:") % {"name": name})
        self.stdout.write(token)
