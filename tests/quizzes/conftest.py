"""A published quiz of four questions from two categories, and the learner's open attempt at it."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection

from quizzes.services import publish_quiz, start_attempt
from staff import clock
from tests.factories.quizzes import CategoryFactory, PartFactory, QuizFactory, SectionFactory, fill

START = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)  # 10:00 in Việt Nam


@pytest.fixture
def categories(db):
    return [CategoryFactory(code="IU01"), CategoryFactory(code="IU02")]


@pytest.fixture
def quiz(categories):
    quiz = QuizFactory(attempts_allowed=2)
    part = PartFactory(quiz=quiz, title="Trắc nghiệm")
    for position, category in enumerate(categories, 1):
        fill(category, 3)
        SectionFactory(
            part=part, category=category, quota=2, position=position, floor_mark="4.00", title=f"Mục {category.code}"
        )
    return publish_quiz(quiz=quiz)


def _now_as_sql():
    """The host's moment in a statement of PostgreSQL, which has a clock of its own."""
    return "CAST(%(now)s AS timestamptz)", {"now": clock.now()}


@pytest.fixture
def host_clock(monkeypatch):
    """The moment every attempt of these tests starts; moves only when told, PostgreSQL's clock with it."""
    monkeypatch.setattr("staff.clock.database_now", clock.now)
    if connection.vendor == "postgresql":
        monkeypatch.setattr("staff.clock.database_now_as_sql", _now_as_sql)
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def attempt(quiz, learner, host_clock):
    return start_attempt(quiz=quiz, staff_member=learner.staff_member)
