"""Every word that people see has its Vietnamese."""

import shutil
import subprocess
import sys

import polib
import pytest

from lms.settings.base import BASE_DIR

CATALOGUE = BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"
SKIPPED = (".venv", ".tools", "var", "tests", "staticfiles")


def test_no_msgid_is_without_its_vietnamese():
    catalogue = polib.pofile(str(CATALOGUE))

    assert [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy] == []


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs Debian's gettext")
def test_every_msgid_of_the_sources_is_in_the_catalogue(tmp_path):
    known = {entry.msgid for entry in polib.pofile(str(CATALOGUE))}
    for name in [*(path.name for path in BASE_DIR.iterdir() if path.is_dir()), "manage.py"]:
        if name not in SKIPPED and not name.startswith("."):
            (tmp_path / name).symlink_to(BASE_DIR / name)
    (tmp_path / "locale").unlink()
    (tmp_path / "locale").mkdir()

    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "vi", "--no-location", "--symlinks", "-v", "0"],
        cwd=tmp_path,
        check=True,
        timeout=120,
    )

    found = {entry.msgid for entry in polib.pofile(str(tmp_path / "locale" / "vi" / "LC_MESSAGES" / "django.po"))}
    assert len(found) > 500  # it did look
    assert sorted(found - known) == []
