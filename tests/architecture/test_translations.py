"""Every word that people see has its Vietnamese."""

import ast
import shutil

import polib
import pytest

from lms.management.commands.update_catalogue import found_in_sources
from lms.settings.base import BASE_DIR

CATALOGUE = BASE_DIR / "locale" / "vi" / "LC_MESSAGES" / "django.po"
ASKING = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy", "npgettext"}


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


def test_no_word_hides_from_the_catalogue():
    """xgettext does not look into the braces of an f-string: what is asked for there never reaches a translator."""
    hidden = [
        f"{path.relative_to(BASE_DIR)}:{call.lineno}"
        for folder in ("lms", "unit_coverage", "certificates", "courses", "quizzes", "staff", "documents")
        for path in (BASE_DIR / folder).rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and ast.unparse(call.func).split(".")[-1] in ASKING
    ]

    assert hidden == []
