"""The benchmark of coverage builds a small country and finds in it what it promises; seconds are not looked at."""

import pytest
from django.db import connection

from benchmarks import coverage, coverage_data
from unit_coverage import keeping

pytestmark = pytest.mark.django_db


@pytest.mark.skipif(connection.vendor != "postgresql", reason="builds its data set with PostgreSQL")
def test_small_country_is_counted_alike_in_every_way(monkeypatch):
    monkeypatch.setattr(keeping, "MONTHS", keeping.MONTHS)  # the benchmark keeps fewer: put back after it
    size = coverage_data.Size.of(2_000)
    coverage_data.fill(size)

    found = coverage.measure(size, 3)

    assert {name: found[name] for name in ("people", "units", "qualifications", "queries", "queries_country")} == {
        "people": 2_000,
        "units": 60,
        "qualifications": 5_000,
        "queries": 4,
        "queries_country": 4,
    }
    assert (found["units_that_differ"], found["standings_not_as_the_facts_give"]) == (0, 0)
    assert (found["country_agrees"], found["event_moves"]) == (True, [1, 1])
