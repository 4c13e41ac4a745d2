"""A small world to count in: rules for the basic track, and the feed readable within a test's transaction."""

from datetime import date

import pytest

from courses.enums import TrackCode
from staff import feed
from tests.factories.staff import AudienceFactory, AudienceRuleFactory
from tests.factories.unit_coverage import CourseFactory, RequirementFactory, TrackFactory


@pytest.fixture(autouse=True)
def _read_own_changes(monkeypatch):
    """On PostgreSQL the feed holds back rows of running transactions, and a test is one itself."""
    monkeypatch.setattr(feed, "_settled", lambda changes: changes)


@pytest.fixture
def tracks(db):
    return {code: TrackFactory(code=code) for code in TrackCode.values}


@pytest.fixture
def course(tracks):
    return CourseFactory(code="CB-01", track=tracks["basic"], title="Hiểu biết CNTT cơ bản")


@pytest.fixture
def everybody(db):
    rule = AudienceRuleFactory(audience=AudienceFactory(name="Toàn thể"))
    return rule.audience


@pytest.fixture
def requirement(course, everybody):
    """Everybody must hold CB-01 by the end of 2026."""
    return RequirementFactory(
        code="YC-CB", audience=everybody, track=course.track, course=course, due_on=date(2026, 12, 31)
    )
