"""How the figures of a unit are shown: sorted, filtered, ranked, shaded and drawn. Pure: figures in, lines out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from staff.vietnamese import fold
from unit_coverage.queries import Figure, Month, UnitCoverage

# Shades of the heat map, from nobody to everybody.
SHADES = 10
WIDTH, HEIGHT = 480, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 76, 16, 32


@dataclass(frozen=True, slots=True)
class Against:
    """A share beside its target, in percent: ``gap`` is how far it stands above (or, negative, below)."""

    target: Decimal
    gap: Decimal | None

    @property
    def missing(self) -> Decimal | None:
        return None if self.gap is None else -self.gap

    @property
    def is_reached(self) -> bool:
        return self.gap is not None and self.gap >= 0


def against(share: Fraction | None, target: Decimal | None) -> Against | None:
    """None where there is no target. Below it is never rounded up to it."""
    if target is None:
        return None
    if share is None:
        return Against(target, None)
    exact = share * 100 - Fraction(target)
    rounded = Decimal(round(exact * 100)) / 100
    if exact < 0 and rounded == 0:
        rounded = Decimal("-0.01")
    return Against(target, rounded)


def is_below(figure: Figure, target: Decimal | None) -> bool:
    """Whether somebody is bound and the exact share is less than ``target`` percent."""
    return bool(figure.bound) and target is not None and figure.trained * 100 < target * figure.bound


def chosen_units(
    units: Iterable[UnitCoverage],
    *,
    figure: str,
    words: str = "",
    below: dict[int, dict] | None = None,
    order: str = "",
) -> list[UnitCoverage]:
    """The units whose name has all ``words``; with ``below`` (targets by unit and figure) only those below theirs.

    ``order`` is "name", "people" or a figure, with "-" before it for the other way round; empty keeps the order given.
    Units without a share come last in either direction.
    """
    asked = fold(words).split()
    found = [u for u in units if all(word in u.unit.search_key for word in asked)]
    if below is not None:
        found = [u for u in found if is_below(u.figures[figure], below[u.unit.pk].get(figure))]
    by = order.removeprefix("-")
    backwards = order.startswith("-")
    if by == "name":
        return sorted(found, key=lambda u: (u.unit.sort_key, u.unit.pk), reverse=backwards)
    if by == "people":
        return sorted(found, key=lambda u: u.headcount, reverse=backwards)
    if by:
        with_share = [u for u in found if u.figures[by].share is not None]
        without = [u for u in found if u.figures[by].share is None]
        return sorted(with_share, key=lambda u: u.figures[by].share, reverse=backwards) + without
    return found


def ranks(units: Sequence[UnitCoverage], figure: str) -> dict[int, int]:
    """The place of each unit by its exact share, 1 for the highest; equal shares share a place, no share has none."""
    shares = {u.unit.pk: u.figures[figure].share for u in units if u.figures[figure].bound}
    places = {}
    for place, share in enumerate(sorted(shares.values(), reverse=True), start=1):
        places.setdefault(share, place)
    return {pk: places[share] for pk, share in shares.items()}


def shade(figure: Figure) -> int | None:
    """0 to ``SHADES`` for the heat map; the darkest only where all are trained."""
    return figure.trained * SHADES // figure.bound if figure.bound else None


@dataclass(frozen=True, slots=True)
class Tick:
    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """A month of the chart; ``label`` is printed below it where there is room."""

    x: float
    y: float | None
    day: date
    share: Fraction | None
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Where everything of a line chart stands, ready to print; coordinates hold dots, never a local comma."""

    points: tuple[Point, ...]
    lines: tuple[str, ...]
    ticks: tuple[Tick, ...]
    target_y: float | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT

    @property
    def last(self) -> Point | None:
        return next((point for point in reversed(self.points) if point.y is not None), None)

    @property
    def label_y(self) -> float:
        """Where the last value is written: away from the label of the target."""
        if self.target_y is not None and abs(self.last.y - self.target_y) < 18:
            return round(self.target_y + 20, 1)
        return self.last.y


def trend(months: Sequence[Month], figure: str, target: Decimal | None = None) -> Chart:
    """The share of ``figure`` over ``months``; a month in which nobody was bound breaks the line."""
    step = (WIDTH - LEFT - RIGHT) / max(len(months) - 1, 1)
    points = tuple(
        Point(
            x=round(LEFT + number * step, 1),
            y=_height(month.figures[figure].share),
            day=month.day,
            share=month.figures[figure].share,
            label=f"{month.day:%m/%Y}" if (len(months) - 1 - number) % 3 == 0 else "",
        )
        for number, month in enumerate(months)
    )
    lines, run = [], []
    for point in (*points, None):
        if point is not None and point.y is not None:
            run.append(f"{point.x},{point.y}")
        elif run:
            lines.append(" ".join(run))
            run = []
    ticks = tuple(Tick(_height(Fraction(percent, 100)), f"{percent}%") for percent in (0, 25, 50, 75, 100))
    return Chart(points, tuple(lines), ticks, None if target is None else _height(Fraction(target) / 100))


def _height(share: Fraction | None) -> float | None:
    return None if share is None else round(TOP + float(1 - share) * (HEIGHT - TOP - BOTTOM), 1)
