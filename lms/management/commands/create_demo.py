"""Fills an empty database with the demonstration."""

from django.core.management.base import BaseCommand, CommandError

from lms import demo, env


class Command(BaseCommand):
    help = "Loads the demonstration: real units, invented people, course CB-01. Refuses a database with other people."

    def handle(self, *, verbosity, **options):
        password = env.text("DEMO_PASSWORD", "hoc-cntt-2026")
        if not demo.is_complete():
            try:
                demo.create_demo(password=password)
            except demo.OtherPeopleHere as refusal:
                raise CommandError(str(refusal)) from refusal
        if verbosity:
            for account in demo.ACCOUNTS:
                self.stdout.write(f"{account.email}")
            self.stdout.write(f"password: {password}")
