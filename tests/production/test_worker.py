import time

import pytest

from lms.cache import PatientRedisCache

pytestmark = pytest.mark.production


def test_beat_sends_every_list_and_the_worker_runs_it(worker):
    deadline = time.monotonic() + 30
    wanted = b"Task lms.run_listed["
    while worker.read_bytes().count(wanted) < 3 and time.monotonic() < deadline:
        time.sleep(0.3)

    log = worker.read_text(errors="replace")
    assert log.count("Task lms.run_listed[") >= 3
    assert "Traceback" not in log


def test_the_cache_keeps_json_in_redis_and_counts(servers):
    cache = PatientRedisCache(servers.replace("/0", "/1"), {})

    cache.set("tries", 1)
    cache.set("history", [1.5, {"a": "đ"}])

    assert (cache.incr("tries"), cache.get("history"), cache.add("tries", 9)) == (2, [1.5, {"a": "đ"}], False)
    assert not cache.is_away
