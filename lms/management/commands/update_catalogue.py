"""Brings the catalogue up to the sources, one entry a line, sorted, so that two changes seldom touch the same place."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

NOT_SOURCES = {".venv", ".tools", "var", "tests", "staticfiles", "locale"}


def found_in_sources() -> polib.POFile:
    """Every msgid that the sources use, as makemessages finds them; CommandError without Debian's gettext."""
    if not shutil.which("xgettext"):
        raise CommandError("xgettext is missing: apt-get install gettext")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        for entry in settings.BASE_DIR.iterdir():
            if entry.is_dir() and entry.name not in NOT_SOURCES and not entry.name.startswith("."):
                # makemessages writes files beside the templates that it reads: into a copy, so that whoever copies the
                # sources meanwhile does not take them along
                shutil.copytree(entry, here / entry.name, ignore=shutil.ignore_patterns("__pycache__"))
        (here / "locale").mkdir()
        options = ["-l", "vi", "--no-location", "-v", "0"]
        subprocess.run([sys.executable, "-m", "django", "makemessages", *options], cwd=here, check=True, timeout=120)
        return polib.pofile(str(here / "locale" / "vi" / "LC_MESSAGES" / "django.po"))


class Command(BaseCommand):
    help = "Adds new msgids to locale/vi, drops those that nothing uses, and lists what is to be translated."
    requires_system_checks = []

    def handle(self, **options):
        path = settings.BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"
        catalogue = polib.pofile(str(path), wrapwidth=0)
        known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
        found = {(entry.msgctxt, entry.msgid): entry for entry in found_in_sources() if not entry.obsolete}
        for place, entry in known.items():
            if place not in found:
                catalogue.remove(entry)
        for place, entry in found.items():
            if place not in known:
                entry.flags = [flag for flag in entry.flags if flag != "fuzzy"]
                entry.msgstr, entry.msgstr_plural = "", dict.fromkeys(entry.msgstr_plural, "")
                catalogue.append(entry)
        catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
        catalogue.metadata_is_fuzzy = False
        catalogue.save(str(path))
        missing = [entry.msgid for entry in catalogue if not entry.translated()]
        for msgid in missing:
            self.stdout.write(f"to translate: {msgid}")
        self.stdout.write(f"{len(catalogue)} entries, {len(missing)} without their Vietnamese")
