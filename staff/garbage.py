"""Python's search for cyclic garbage, held back where very much is made and hardly any of it in cycles."""

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_SELDOM = 1_000
_lock = threading.Lock()
# How many blocks are under way, and what held before the first of them.
_under_way: list[tuple[int, int, int]] = []


@contextmanager
def seldom_searched() -> Iterator[None]:
    """What searches all that the process holds, a third of the time of a long list, comes a hundred times less often.

    What is young is searched as ever, so that memory does not grow by it. Blocks may overlap: what held before comes
    back with the end of the last.
    """
    with _lock:
        before = gc.get_threshold()
        _under_way.append(_under_way[0] if _under_way else before)
        gc.set_threshold(before[0], before[1], max(before[2], _SELDOM))
    try:
        yield
    finally:
        with _lock:
            before = _under_way.pop()
            if not _under_way:
                gc.set_threshold(*before)
