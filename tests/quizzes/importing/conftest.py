"""The corpora of real files, where they are at hand, and small files written in the tests."""

import json

import pytest
from django.conf import settings

from quizzes.importing.plans import judged, parsed_file

CORPORA = settings.BASE_DIR.parent / "shared" / "corpora"


def corpus(folder: str) -> list[dict]:
    """The records of a folder's manifest; none where the corpora are absent."""
    manifest = CORPORA / folder / "manifest.json"
    return json.loads(manifest.read_text()) if manifest.exists() else []


@pytest.fixture
def verdicts():
    """Judges a file written in a test."""

    def judge(content, form="gift"):
        content = content.encode() if isinstance(content, str) else content
        return judged(parsed_file(content, form=form))

    return judge
