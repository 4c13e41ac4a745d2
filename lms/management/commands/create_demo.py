"""Fills an empty database with the demonstration."""

from django.core.management.base import BaseCommand, CommandError

from lms import demo


class Command(BaseCommand):
    help = "Loads the demonstration: real units, invented people, course CB-01. Refuses a database with other people."

    def handle(self, *, verbosity, **options):
        password = demo.chosen_password()
        if not demo.is_complete():
            try:
                demo.create_demo(password=password)
            except demo.OtherPeopleHere as refusal:
                raise CommandError(str(refusal)) from refusal
        if verbosity:
            for account in demo.ACCOUNTS:
                self.stdout.write(f"{account.email}")
            self.stdout.write(f"password: {demo.password_words(password)}")
