import time

import pytest
from django.core.cache import cache
from django.db import DatabaseError

from lms import health
from lms.background import LAST_SWEEP

pytestmark = pytest.mark.django_db


def test_health_is_public_and_well_after_a_sweep(client):
    cache.set(LAST_SWEEP, time.time())

    response = client.get("/suc-khoe/?strict")

    assert response.status_code == 200
    assert response.json() == {"status": "ok", "database": "ok", "cache": "ok", "work": "ok"}


def test_health_serves_without_a_worker_but_not_strictly(client):
    cache.set(LAST_SWEEP, time.time() - 3600)

    assert client.get("/suc-khoe/").status_code == 200
    strict = client.get("/suc-khoe/?strict")
    assert (strict.status_code, strict.json()["work"]) == (503, "late")


def test_health_is_down_without_the_database(client, monkeypatch):
    def broken():
        raise DatabaseError("away")

    monkeypatch.setattr(health.connection, "cursor", broken)

    response = client.get("/suc-khoe/")

    assert (response.status_code, response.json()["status"]) == (503, "down")
