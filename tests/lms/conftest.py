"""What the tests of the roof share."""

import pytest

from staff.services import background_runs
from tests.quizzes.conftest import attempt, categories, host_clock, quiz

__all__ = ["attempt", "categories", "host_clock", "quiz"]


@pytest.fixture(autouse=True)
def _nothing_noted_yet(monkeypatch):
    """A process notes a function once a minute; each test is a new process in that."""
    monkeypatch.setattr(background_runs, "_noted", {})
