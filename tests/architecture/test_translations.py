"""Every word that people see has its Vietnamese."""

import shutil

import polib
import pytest

from lms.management.commands.update_catalogue import found_in_sources
from lms.settings.base import BASE_DIR

CATALOGUE = BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"


def test_no_msgid_is_without_its_vietnamese():
    catalogue = polib.pofile(str(CATALOGUE))

    assert [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy] == []


@pytest.mark.system
@pytest.mark.skipif(not shutil.which("xgettext"), reason="needs Debian's gettext")
def test_the_catalogue_is_that_of_the_sources():
    known = {entry.msgid for entry in polib.pofile(str(CATALOGUE))}

    found = {entry.msgid for entry in found_in_sources()}

    assert len(found) > 500  # it did look
    assert sorted(found ^ known) == []
