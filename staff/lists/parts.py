"""A long list put away by parts: of a hundred thousand rows only those at hand are held as objects."""

import io
import pickle
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import is_dataclass
from functools import cache
from itertools import islice
from typing import Generic, TypeVar

PART = 400
T = TypeVar("T")


class Parts(Generic[T]):
    """Items in their order, each part of them packed: every look at a part makes its items anew, as they were put away.

    ``hold`` unpacks a part for good: what is changed in it from then on stays changed. Items that name each other
    stay together only within their part.
    """

    def __init__(self):
        self._parts: list[bytes | list[T]] = []
        self._length = 0

    @classmethod
    def of(cls, items: Iterable[T]) -> "Parts[T]":
        parts, items = cls(), iter(items)
        while part := list(islice(items, PART)):
            parts.put_away(part)
        return parts

    def put_away(self, part: list[T], *, held: bool = False) -> None:
        """A further part; ``held`` as it is, because others hold its items too."""
        self._parts.append(part if held else pack(part))
        self._length += len(part)

    def hold(self, index: int) -> list[T]:
        part = self._parts[index]
        if isinstance(part, bytes):
            part = self._parts[index] = unpack(part)
        return part

    def parts(self) -> Iterator[list[T]]:
        for part in self._parts:
            yield unpack(part) if isinstance(part, bytes) else part

    def __iter__(self) -> Iterator[T]:
        for part in self.parts():
            yield from part

    def __len__(self) -> int:
        return self._length


def pack(part: list) -> bytes:
    buffer = io.BytesIO()
    _Pickler(buffer, pickle.HIGHEST_PROTOCOL).dump(part)
    return zlib.compress(buffer.getbuffer(), 1)


def unpack(packed: bytes) -> list:
    return pickle.loads(zlib.decompress(packed))  # noqa: S301 packed by us, in this run


class _Pickler(pickle.Pickler):
    """Takes the values of a dataclass with slots as they stand: by itself Python asks for its fields each time."""

    def reducer_override(self, item):
        getters, _setters = _slots_of(type(item))
        return (_made, (type(item), [get(item) for get in getters])) if getters else NotImplemented


@cache
def _slots_of(kind: type) -> tuple[tuple, tuple]:
    """What reads and what writes each slot of a dataclass; nothing for any other type."""
    names = kind.__dict__.get("__slots__", ()) if is_dataclass(kind) else ()
    slots = [kind.__dict__[name] for name in names]
    return tuple(slot.__get__ for slot in slots), tuple(slot.__set__ for slot in slots)


def _made(kind: type, values: list):
    item = kind.__new__(kind)
    _getters, setters = _slots_of(kind)
    for put, value in zip(setters, values, strict=True):
        put(item, value)
    return item
