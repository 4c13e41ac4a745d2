"""Which questions go where: sections with quotas draw from pools that may overlap in any way. Pure.

A question fits some slots and stands in one; each slot takes so many. Taking questions in the order of preference
and moving earlier ones to another slot where that makes room finds a full allocation whenever there is one, and of
all full ones one that no other beats question by question: what can stand together is a matroid, and greed is
exact on matroids.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortage:
    """``slots`` together ask for ``asked`` questions, and only ``there`` questions fit any of them."""

    slots: tuple[Hashable, ...]
    asked: int
    there: int


@dataclass(frozen=True, slots=True)
class Allocation:
    """``placed`` has the questions of each slot; ``shortage`` names slots that cannot all be filled, if any."""

    placed: dict[Hashable, list]
    shortage: Shortage | None


def allocate(quotas: Mapping[Hashable, int], questions: Iterable, fitting: Callable[..., Sequence]) -> Allocation:
    """``questions`` come with the most wanted first; ``fitting`` tells the slots that a question may stand in."""
    work = _Work(quotas, fitting)
    for question in questions:
        if work.free == 0:
            break
        work.place(question)
    return Allocation(work.placed, work.shortage() if work.free else None)


class _Work:
    def __init__(self, quotas, fitting):
        self.quotas, self.fitting = quotas, fitting
        self.placed = {slot: [] for slot in quotas}
        self.fits: dict = {}  # of each question that was looked at
        self.free = sum(quotas.values())
        # Slots that no move can make room in: they are full, and their questions fit no slot outside of them.
        self.closed: set = set()

    def place(self, question) -> None:
        self.fits[question] = slots = self.fitting(question)
        came_from = {slot: None for slot in slots if slot not in self.closed}
        waiting = list(came_from)
        for slot in waiting:
            if len(self.placed[slot]) < self.quotas[slot]:
                self._move_along(slot, came_from, question)
                self.free -= 1
                return
            for other in self.placed[slot]:
                for beyond in self.fits[other]:
                    if beyond not in came_from:
                        came_from[beyond] = (slot, other)
                        waiting.append(beyond)
        self.closed.update(came_from)

    def _move_along(self, slot, came_from, question) -> None:
        while (step := came_from[slot]) is not None:
            before, moved = step
            self.placed[before].remove(moved)
            self.placed[slot].append(moved)
            slot = before
        self.placed[slot].append(question)

    def shortage(self) -> Shortage:
        """From the first slot with room on: the slots whose questions could stand in it, and in those, and so on."""
        start = next(slot for slot in self.quotas if len(self.placed[slot]) < self.quotas[slot])
        slots, waiting = {start}, [start]
        stands_in = {question: slot for slot, questions in self.placed.items() for question in questions}
        for slot in waiting:
            for question, fits in self.fits.items():
                if slot in fits and (other := stands_in.get(question)) is not None and other not in slots:
                    slots.add(other)
                    waiting.append(other)
        return Shortage(
            slots=tuple(slot for slot in self.quotas if slot in slots),
            asked=sum(self.quotas[slot] for slot in slots),
            there=sum(not slots.isdisjoint(fits) for fits in self.fits.values()),
        )
