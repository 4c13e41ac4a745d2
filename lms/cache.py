"""The cache of production: JSON only, and never a reason to fail.

While Redis is away each process keeps what it needs (sign-in limits, mostly) in its own memory, so that pages work and
limits still hold, more loosely: per process. Sessions are not cached, so that signing out is final.
"""

import json
import logging
import time

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

SECONDS_OF_REST = 5.0


class JsonSerializer:
    """Values as JSON: what somebody plants in Redis can never become code."""

    def dumps(self, value):
        return value if type(value) is int else json.dumps(value)

    def loads(self, data):
        return json.loads(data)


class JsonMemoryCache(LocMemCache):
    """This process's memory, which carries what JSON can say and hands it back as Redis would: lists for tuples.

    The tests have it too, so that what only pickle can carry fails there and not in production.
    """

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return super().add(key, json.loads(json.dumps(value)), timeout, version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        super().set(key, json.loads(json.dumps(value)), timeout, version)


class PatientRedisCache(BaseCache):
    """Redis, with this process's memory in its place while it is away. After a failure Redis rests for some seconds."""

    def __init__(self, server, params):
        super().__init__(params)
        options = {
            "serializer": "lms.cache.JsonSerializer",
            "socket_connect_timeout": 1,
            "socket_timeout": 1,
            **params.get("OPTIONS", {}),
        }
        self._redis = RedisCache(server, {**params, "OPTIONS": options})
        self._memory = JsonMemoryCache("patient-redis", {**params, "OPTIONS": {"MAX_ENTRIES": 10_000}})
        self._away_until = 0.0

    @property
    def is_away(self) -> bool:
        return time.monotonic() < self._away_until

    def _do(self, verb: str, *args, **kwargs):
        if not self.is_away:
            try:
                return getattr(self._redis, verb)(*args, **kwargs)
            except RedisError as error:
                logger.warning("The cache is away: %s", error)
                self._away_until = time.monotonic() + SECONDS_OF_REST
        return getattr(self._memory, verb)(*args, **kwargs)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._do("add", key, value, timeout=timeout, version=version)

    def get(self, key, default=None, version=None):
        return self._do("get", key, default=default, version=version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._do("set", key, value, timeout=timeout, version=version)

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self._do("touch", key, timeout=timeout, version=version)

    def delete(self, key, version=None):
        return self._do("delete", key, version=version)

    def incr(self, key, delta=1, version=None):
        return self._do("incr", key, delta=delta, version=version)

    def has_key(self, key, version=None):
        return self._do("has_key", key, version=version)

    def get_many(self, keys, version=None):
        return self._do("get_many", keys, version=version)

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        return self._do("set_many", data, timeout=timeout, version=version)

    def delete_many(self, keys, version=None):
        return self._do("delete_many", keys, version=version)

    def clear(self):
        return self._do("clear")
