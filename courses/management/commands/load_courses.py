"""Loads the catalogue and the lessons from the files of the repository."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

import courses
from courses.errors import ContentBroken
from courses.loading import load_catalogue


class Command(BaseCommand):
    help = "Loads tracks, courses, lessons and tests from courses/content. What trainers changed is left alone."

    def add_arguments(self, parser):
        parser.add_argument("folder", nargs="?", default=str(Path(courses.__file__).parent / "content"))

    def handle(self, *, folder, verbosity, **options):
        try:
            report = load_catalogue(Path(folder))
        except ContentBroken as error:
            raise CommandError(str(error)) from error
        if verbosity:
            self.stdout.write(
                f"created {len(report.created)}, changed {len(report.changed)}, "
                f"unchanged {len(report.unchanged)}, left alone {len(report.left_alone)}"
            )
        for key in report.left_alone:
            self.stderr.write(f"left alone, changed by a person: {key}")
