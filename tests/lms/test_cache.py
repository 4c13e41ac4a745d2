import pytest

from lms.cache import JsonSerializer, PatientRedisCache


@pytest.fixture
def away():
    """A cache whose Redis is not there: nothing listens on port 1."""
    cache = PatientRedisCache("redis://127.0.0.1:1/0", {})
    cache.clear()
    return cache


def test_values_are_kept_in_memory_while_redis_is_away(away):
    away.set("tries", 3)

    assert (away.get("tries"), away.incr("tries"), away.get("nothing", "default")) == (3, 4, "default")
    assert away.is_away


def test_values_become_json_and_nothing_else():
    serializer = JsonSerializer()

    assert serializer.loads(serializer.dumps({"tries": [1.5, 2]})) == {"tries": [1.5, 2]}
    with pytest.raises(TypeError):
        serializer.dumps(object())
