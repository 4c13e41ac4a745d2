"""The main postings of one person as stretches of days, cut and joined: pure, without database or clock."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

ONE_DAY = timedelta(days=1)
# The last day of what has no end.
NO_END = date.max


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days of one main posting, both ends included; ``last`` is NO_END where it is open."""

    first: date
    last: date
    unit_id: int
    position: str
    category: str
    status: str

    @property
    def is_open(self) -> bool:
        return self.last == NO_END

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last

    def says_as(self, other: "Stretch") -> bool:
        """Whether both say the same but for their days."""
        return replace(self, first=other.first, last=other.last) == other


def on(stretches: Iterable[Stretch], day: date) -> Stretch | None:
    return next((stretch for stretch in stretches if stretch.holds_on(day)), None)


def run_from(stretches: Sequence[Stretch], day: date) -> list[Stretch]:
    """The stretch of ``day`` and those that follow it without a day between them."""
    found: list[Stretch] = []
    for stretch in stretches:
        follows = found[-1].last + ONE_DAY == stretch.first if found else stretch.holds_on(day)
        if follows:
            found.append(stretch)
        elif found:
            break
    return found


def changed_between(stretches: Iterable[Stretch], first: date, last: date, **values) -> list[Stretch]:
    """The days from ``first`` to ``last`` say ``values``, all others what they said."""
    return _rewritten(stretches, first, last, lambda stretch: replace(stretch, **values))


def joined(stretches: Iterable[Stretch], stored: Iterable[Stretch]) -> list[Stretch]:
    """Neighbours that say the same become one, unless both were ``stored`` so: these are two decisions."""
    untouched, found = set(stored), []
    for stretch in stretches:
        previous = found[-1] if found else None
        meets = previous is not None and not previous.is_open and previous.last + ONE_DAY == stretch.first
        if meets and previous.says_as(stretch) and not {previous, stretch} <= untouched:
            found[-1] = replace(previous, last=stretch.last)
        else:
            found.append(stretch)
    return found


def cut_before(stretches: Iterable[Stretch], day: date) -> list[Stretch]:
    """Nothing from ``day`` on."""
    return _rewritten(stretches, day, NO_END, lambda stretch: None)


def _rewritten(
    stretches: Iterable[Stretch], first: date, last: date, change: Callable[[Stretch], Stretch | None]
) -> list[Stretch]:
    found: list[Stretch] = []
    for stretch in stretches:
        if stretch.last < first or last < stretch.first:
            found.append(stretch)
            continue
        if stretch.first < first:
            found.append(replace(stretch, last=first - ONE_DAY))
        inside = change(replace(stretch, first=max(stretch.first, first), last=min(stretch.last, last)))
        if inside is not None:
            found.append(inside)
        if last < stretch.last:
            found.append(replace(stretch, first=last + ONE_DAY))
    return found
