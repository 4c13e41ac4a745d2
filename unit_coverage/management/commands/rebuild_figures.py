"""manage.py rebuild_figures [--check]"""

from django.core.management.base import BaseCommand
from django.db import transaction

from staff.models import StaffMember
from unit_coverage.checks import check_figures, check_people
from unit_coverage.services import only_writer, rebuild_all


class Command(BaseCommand):
    help = "Counts everybody and every kept figure anew from the facts, or with --check only names what differs."

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="repair nothing")

    def handle(self, *, check, **options):
        if not check:
            self.stdout.write(f"{rebuild_all()} standings were wrong")
            return
        with transaction.atomic():
            only_writer()
            people = check_people(list(StaffMember.objects.values_list("pk", flat=True)))
            figures = check_figures()
        self.stdout.write(f"{people} people and {figures} figures differ from the facts")
