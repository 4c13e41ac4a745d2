"""Sections that overlap in any way: what can be filled is filled, and with what is wanted most."""

from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from quizzes.allocation import Shortage, allocate

SLOTS = "abcdef"


@st.composite
def tasks(draw):
    """(quotas, the slots that each question fits): at most six slots, so that every set of them can be tried."""
    slots = SLOTS[: draw(st.integers(1, 6))]
    quotas = {slot: draw(st.integers(0, 3)) for slot in slots}
    fits = draw(st.lists(st.frozensets(st.sampled_from(slots), max_size=4), max_size=14))
    return quotas, dict(enumerate(fits))


def most_that_can_be_placed(quotas, fits):
    """By Hall's theorem, tried on every set of slots: nothing here follows the way of ``allocate``."""
    total = sum(quotas.values())
    return min(
        total - sum(quotas[slot] for slot in chosen) + sum(not slots.isdisjoint(chosen) for slots in fits.values())
        for size in range(len(quotas) + 1)
        for chosen in combinations(quotas, size)
    )


def run(quotas, fits, order=None):
    return allocate(quotas, order or list(fits), lambda question: sorted(fits[question]))


@settings(max_examples=400, deadline=None)
@given(tasks())
def test_as_much_is_placed_as_can_be(task):
    quotas, fits = task

    found = run(quotas, fits)

    placed = [question for questions in found.placed.values() for question in questions]
    assert len(placed) == len(set(placed)) == most_that_can_be_placed(quotas, fits)
    assert all(slot in fits[question] for slot, questions in found.placed.items() for question in questions)
    assert all(len(questions) <= quotas[slot] for slot, questions in found.placed.items())


@settings(max_examples=400, deadline=None)
@given(tasks())
def test_a_shortage_is_told_exactly_where_there_is_one_and_its_figures_prove_it(task):
    quotas, fits = task

    shortage = run(quotas, fits).shortage

    assert (shortage is not None) == (most_that_can_be_placed(quotas, fits) < sum(quotas.values()))
    if shortage is not None:
        assert shortage.asked == sum(quotas[slot] for slot in shortage.slots)
        assert shortage.there == sum(not slots.isdisjoint(shortage.slots) for slots in fits.values())
        assert shortage.there < shortage.asked


@settings(max_examples=300, deadline=None)
@given(tasks(), st.integers(0, 14))
def test_no_allocation_has_more_of_the_wanted_questions(task, wanted):
    """The questions before ``wanted`` come first: as many of them stand as could stand alone."""
    quotas, fits = task

    placed = [question for questions in run(quotas, fits).placed.values() for question in questions]

    first = {question: slots for question, slots in fits.items() if question < wanted}
    assert sum(question < wanted for question in placed) == most_that_can_be_placed(quotas, first)


def test_an_earlier_question_makes_room_for_a_later_one():
    found = run({"a": 1, "b": 1, "c": 1}, {1: {"a", "b"}, 2: {"a", "c"}, 3: {"a"}})

    assert found.shortage is None
    assert found.placed["a"] == [3]


def test_a_shortage_names_only_the_slots_that_share_what_is_missing():
    found = run({"a": 1, "b": 1, "c": 1}, {1: {"a", "b"}, 2: {"c"}})

    assert found.shortage == Shortage(slots=("a", "b"), asked=2, there=1)


def test_five_thousand_questions_that_all_fit_are_not_all_looked_at():
    looked_at = []
    allocate({"a": 20}, range(5000), lambda question: looked_at.append(question) or ["a"])

    assert looked_at == list(range(20))
