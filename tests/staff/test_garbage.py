"""The search for garbage is held back for a while, and only for that while."""

import gc

import pytest

from staff.garbage import seldom_searched

pytestmark = pytest.mark.pure


def test_only_the_search_of_all_is_held_back_and_ever_so_long_as_the_block():
    before = gc.get_threshold()

    found = []

    @seldom_searched()
    def fails():
        found.append(gc.get_threshold())
        raise LookupError

    with pytest.raises(LookupError):
        fails()

    assert (*found, gc.get_threshold()) == ((before[0], before[1], 1_000), before)


def test_who_searches_more_seldom_already_is_left_alone():
    before = gc.get_threshold()
    gc.set_threshold(before[0], before[1], 5_000)
    try:
        with seldom_searched():
            inside = gc.get_threshold()
    finally:
        gc.set_threshold(*before)

    assert inside == (before[0], before[1], 5_000)


def test_blocks_that_overlap_give_back_what_held_before_the_first():
    before = gc.get_threshold()
    first, second = seldom_searched(), seldom_searched()
    first.__enter__()
    second.__enter__()

    first.__exit__(None, None, None)
    between = gc.get_threshold()
    second.__exit__(None, None, None)

    assert (between, gc.get_threshold()) == ((before[0], before[1], 1_000), before)
