"""Is every issued file where it belongs, byte for byte? For the day after a restore, and for every night."""

import hashlib

from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError

from certificates.models import CertificateFile


class Command(BaseCommand):
    help = "Compares every stored certificate with the SHA-256 in its row; fails, and names them, if any differs."

    def handle(self, **options):
        wrong = []
        count = 0
        for name, sha256 in CertificateFile.objects.order_by("pk").values_list("name", "sha256").iterator():
            count += 1
            if digest_of(name) != sha256:
                wrong.append(name)
        for name in wrong:
            self.stderr.write(name)
        if wrong:
            raise CommandError(f"{len(wrong)} of {count} certificate files are missing or differ.")
        self.stdout.write(f"{count} certificate files are whole.")


def digest_of(name: str) -> str | None:
    """The SHA-256 of the stored file; None if it is not there."""
    try:
        with storages["private"].open(name) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
